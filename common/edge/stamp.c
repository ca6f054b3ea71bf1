#include "edge/stamp.h"

#include "base/die.h"
#include "base/hash.h"
#include "edge/file.h"
#include "record/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define END ((size_t)64 * 1024)

/* A part is preceded by its length, so that no two can be one. */
void stamp_add(struct stamp *s, const void *p, size_t n)
{
	buf_addf(&s->seen, "%zu:", n);
	buf_add(&s->seen, p, n);
}

static void add_facts(struct stamp *s, const struct stat *st)
{
	buf_addf(&s->seen, "%lld %lld.%09ld:", (long long)st->st_size,
		(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

void stamp_init(struct stamp *s, const char *out)
{
	struct stat self;
	*s = (struct stamp){ .out = out };
	buf_addf(&s->path, "%s.stamp", out);
	buf_addf(&s->seen, "%s " VERSION ":", prog);
	/* a build of one's own keeps the version, and may do otherwise */
	if (stat("/proc/self/exe", &self) == 0)
		add_facts(s, &self);
}

static void add_bytes(struct stamp *s, int fd, const char *path, off_t from)
{
	struct buf b = { 0 };
	buf_grow(&b, END);
	ssize_t n = pread(fd, b.p, END, from);
	if (n < 0)
		die("cannot read '%s':", path);
	char hex[33];
	hash128_hex(b.p, (size_t)n, hex);
	stamp_add(s, hex, 32);
	buf_release(&b);
}

void stamp_file(struct stamp *s, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		die("cannot open '%s':", path);
	if (!S_ISREG(st.st_mode))
		die("'%s' is no file, and whether it changed cannot be told",
			path);
	stamp_add(s, path, strlen(path));
	add_facts(s, &st);
	add_bytes(s, fd, path, 0);
	if (st.st_size > (off_t)END)
		add_bytes(s, fd, path, st.st_size - (off_t)END);
	close(fd);
}

/* The line, of a file of this size. */
static void line(const struct stamp *s, off_t size, int status, struct buf *out)
{
	char hex[33];
	hash128_hex(s->seen.p, s->seen.n, hex);
	buf_addf(out,
		"{\"type\":\"stamp\",\"from\":\"%s\",\"size\":%lld,"
		"\"exit\":%d}",
		hex, (long long)size, status);
}

bool stamp_same(const struct stamp *s, int *status)
{
	struct stat st;
	if (stat(s->out, &st) < 0 || access(s->path.p, R_OK) < 0)
		return false;
	struct buf have = { 0 };
	file_read(s->path.p, &have);
	bool same = false;
	for (int i = 0; i < 2 && !same; i++) {
		struct buf want = { 0 };
		line(s, st.st_size, i, &want);
		buf_addc(&want, '\n');
		same = view_eq(buf_view(&want), buf_view(&have));
		*status = i;
		buf_release(&want);
	}
	buf_release(&have);
	return same;
}

void stamp_drop(const struct stamp *s)
{
	if (unlink(s->path.p) < 0 && errno != ENOENT)
		die("cannot remove '%s':", s->path.p);
}

void stamp_put(const struct stamp *s, int status)
{
	struct stat st;
	if (stat(s->out, &st) < 0)
		die("cannot look at '%s':", s->out);
	struct buf b = { 0 };
	struct writer w;
	line(s, st.st_size, status, &b);
	writer_open_file(&w, s->path.p);
	writer_line(&w, buf_view(&b));
	writer_commit(&w);
	buf_release(&b);
}

void stamp_release(struct stamp *s)
{
	buf_release(&s->path);
	buf_release(&s->seen);
}
