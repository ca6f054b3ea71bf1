#include "record/reader.h"

#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK ((size_t)256 * 1024)
#define MAX_LINE ((size_t)64 << 20)

void reader_open(struct reader *in, struct keys *keys, char **files)
{
	static char dash[] = "-", *standard_input[] = { dash, NULL };
	*in = (struct reader){ .fd = -1, .max_line = MAX_LINE };
	in->file = files && files[0] ? files : standard_input;
	in->type = keys_want(keys, "type");
}

void reader_open_file(struct reader *in, struct keys *keys, const char *path)
{
	reader_open(in, keys, NULL);
	in->one[0] = (char *)(uintptr_t)path;
	in->file = in->one;
}

void reader_open_block(struct reader *in, struct keys *keys, const char *name,
	struct view text, bool first)
{
	static char *none[] = { NULL };
	size_t max_line = in->max_line;
	*in = (struct reader){ .file = none,
		.name = name,
		.max_line = max_line,
		.buf = { (char *)(uintptr_t)text.p, text.n, text.n },
		.eof = true,
		.started = !first };
	in->type = keys_want(keys, "type");
}

bool reader_whole(struct reader *in, struct rec *r)
{
	for (;;) {
		struct why why = { 0 };
		switch (reader_next(in, r, &why)) {
		case READ_REC:
			return true;
		case READ_END:
			return false;
		case READ_CUT:
			why_not(&why, "the last line is cut");
			break;
		case READ_ABORT:
			why_not(&why, "what made this file died");
			break;
		case READ_REFUSED:
			break;
		case READ_SEAL:
		case READ_FILE:
			continue;
		}
		die("%s:%zu: %s", in->name, in->lineno, why.text);
	}
}

void reader_close(struct reader *in)
{
	if (in->fd > 0)
		close(in->fd);
	in->fd = -1;
	buf_release(&in->buf);
}

static void open_next(struct reader *in)
{
	const char *path = *in->file++;
	if (strcmp(path, "-") == 0) {
		in->name = "standard input";
		in->fd = STDIN_FILENO;
	} else {
		in->name = path;
		in->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (in->fd < 0)
			die("cannot open '%s':", path);
	}
	struct stat st;
	if (fstat(in->fd, &st) < 0)
		die("cannot read '%s':", in->name);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		die("cannot read '%s':", in->name);
	}
	in->pipe = S_ISFIFO(st.st_mode);
	in->lineno = 0;
	in->pos = in->buf.n = 0;
	in->eof = in->started = false;
}

/* Reads another block behind what is there; what was used is moved out. */
static void fill(struct reader *in)
{
	if (in->pos) {
		memmove(in->buf.p, in->buf.p + in->pos, in->buf.n - in->pos);
		in->buf.n -= in->pos;
		in->pos = 0;
	}
	if (in->buf.cap - in->buf.n < BLOCK / 4 || !in->buf.p)
		buf_grow(&in->buf,
			in->buf.n < BLOCK ? BLOCK - in->buf.n : in->buf.n);
	if (in->before_wait) {
		struct pollfd p = { .fd = in->fd, .events = POLLIN };
		if (poll(&p, 1, 0) == 0)
			in->before_wait(in->wait_arg);
	}
	ssize_t n;
	do
		n = read(in->fd, in->buf.p + in->buf.n,
			in->buf.cap - in->buf.n);
	while (n < 0 &&
		(errno == EINTR || (errno == EAGAIN && usleep(1000) == 0)));
	if (n < 0)
		die("cannot read '%s':", in->name);
	if (n == 0)
		in->eof = true;
	in->bytes += (uint64_t)n;
	in->buf.n += (size_t)n;
	in->buf.p[in->buf.n] = '\0';
}

/* The next line without its end in *p, *n; false at the end of the file. */
static bool next_line(struct reader *in, const char **p, size_t *n, bool *cut,
	bool *large)
{
	*cut = *large = false;
	size_t seen = 0;
	for (;;) {
		if (!in->started && in->buf.n - in->pos >= 3) {
			in->started = true;
			if (memcmp(in->buf.p + in->pos, "\xef\xbb\xbf", 3) == 0)
				in->pos += 3;
		}
		const char *start = in->buf.p ? in->buf.p + in->pos : "";
		size_t left = in->buf.n - in->pos;
		const char *end =
			left > seen ? memchr(start + seen, '\n', left - seen)
				    : NULL;
		if (end) {
			*p = start;
			*n = (size_t)(end - start);
			in->lineno++;
			*large = *n > in->max_line;
			if (!*large)
				in->pos += *n + 1;
			return true;
		}
		if (left > in->max_line) {
			/* the line is given up, its beginning is shown */
			*large = true;
			*p = start;
			*n = in->max_line;
			in->lineno++;
			return true;
		}
		if (in->eof) {
			if (!left)
				return false;
			*p = start;
			*n = left;
			*cut = true;
			in->pos = in->buf.n;
			in->lineno++;
			return true;
		}
		seen = left;
		fill(in);
	}
}

/* Drops the rest of a line that was too long. */
static void skip_line(struct reader *in)
{
	for (;;) {
		const char *start = in->buf.p + in->pos;
		const char *end = memchr(start, '\n', in->buf.n - in->pos);
		if (end) {
			in->pos += (size_t)(end - start) + 1;
			return;
		}
		in->pos = in->buf.n;
		if (in->eof)
			return;
		fill(in);
	}
}

static bool blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
			return false;
	return true;
}

enum reader_status reader_next(struct reader *in, struct rec *r,
	struct why *why)
{
	if (in->skip) {
		skip_line(in);
		in->skip = false;
	}
	for (;;) {
		if (in->fd < 0) {
			if (!*in->file)
				return READ_END;
			open_next(in);
		}
		const char *p;
		size_t n;
		bool cut, large;
		if (!next_line(in, &p, &n, &cut, &large)) {
			if (in->fd > 0)
				close(in->fd);
			in->fd = -1;
			return READ_FILE;
		}
		if (n == 0 || (*p <= ' ' && blank(p, n)))
			continue;
		r->file = in->name;
		r->lineno = in->lineno;
		why->line = in->lineno;
		if (large) {
			in->skip = true;
			r->line = p;
			r->n = n < 1024 ? n : 1024;
			r->nmembers = 0;
			why->col = 0;
			why_not(why, "line is longer than %zu bytes",
				in->max_line);
			return READ_REFUSED;
		}
		if (!rec_parse(r, p, n, why))
			return cut ? READ_CUT : READ_REFUSED;
		struct val type = rec_get(r, in->type);
		if (type.n == 3 && val_is(type, VIEW("end")))
			return READ_SEAL;
		if (type.n == 5 && val_is(type, VIEW("abort")))
			return READ_ABORT;
		return READ_REC;
	}
}
