#include "record/writer.h"

#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK ((size_t)64 * 1024)

void writer_open_fd(struct writer *w, int fd)
{
	*w = (struct writer){ .fd = fd };
	/* where it is no pipe or not allowed, nothing is lost */
	fcntl(fd, F_SETPIPE_SZ, 1 << 20);
}

void writer_open_file(struct writer *w, const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		/* /dev/null and the like must stay what they are */
		int fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			die("cannot write '%s':", path);
		writer_open_fd(w, fd);
		w->name = path;
		return;
	}
	*w = (struct writer){ .path = xstrdup(path) };
	struct buf temp = { 0 };
	buf_addf(&temp, "%s.XXXXXX", path);
	w->temp = temp.p;
	w->fd = mkostemp(w->temp, O_CLOEXEC);
	if (w->fd < 0) {
		int saved = errno;
		free(w->temp);
		w->temp = NULL;
		errno = saved;
		die("cannot write beside '%s':", path);
	}
}

static void write_all(struct writer *w, const char *p, size_t n)
{
	while (n && !w->gone) {
		ssize_t done = write(w->fd, p, n);
		if (done >= 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno == EPIPE && !w->path) {
			w->gone = true;
		} else if (errno == EAGAIN) {
			/* somebody made it non-blocking: wait a little */
			usleep(1000);
		} else if (errno != EINTR) {
			const char *name = w->path ? w->path : w->name;
			if (!name)
				die("cannot write standard output:");
			die("cannot write '%s':", name);
		}
	}
}

void writer_flush(struct writer *w)
{
	/* a die inside must not find the same bytes again */
	size_t n = w->buf.n;
	w->buf.n = 0;
	if (n)
		write_all(w, w->buf.p, n);
}

static void ended_line(struct writer *w)
{
	buf_addc(&w->buf, '\n');
	w->lines++;
	if (w->buf.n >= BLOCK && !w->held)
		writer_flush(w);
}

void writer_rec(struct writer *w, const struct rec *r)
{
	rec_print(r, &w->buf);
	ended_line(w);
}

void writer_line(struct writer *w, struct view line)
{
	buf_addv(&w->buf, line);
	ended_line(w);
}

void writer_lines(struct writer *w, struct view text, uint64_t n)
{
	w->lines += n;
	if (text.n < BLOCK) {
		buf_addv(&w->buf, text);
		if (w->buf.n >= BLOCK)
			writer_flush(w);
		return;
	}
	writer_flush(w);
	write_all(w, text.p, text.n);
}

void writer_commit(struct writer *w)
{
	writer_flush(w);
	if (!w->path)
		return;
	if (fsync(w->fd) < 0 && errno != EINVAL && errno != EROFS)
		die("cannot sync '%s':", w->path);
	if (close(w->fd) < 0)
		die("cannot write '%s':", w->path);
	w->fd = -1;
	if (rename(w->temp, w->path) < 0)
		die("cannot rename to '%s':", w->path);
	free(w->temp);
	free(w->path);
	w->temp = w->path = NULL;
	buf_release(&w->buf);
}

void writer_discard(struct writer *w)
{
	if (w->temp) {
		close(w->fd);
		unlink(w->temp);
		free(w->temp);
		w->temp = NULL;
	}
	free(w->path);
	w->path = NULL;
	buf_release(&w->buf);
}
