#include "edge/source.h"

#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK ((size_t)128 << 10)
#define GUESS ((size_t)64 << 10) /* what a guess at the encoding looks at */

/* Appends at most n bytes of the file to b; 0 is its end. */
static size_t fill(struct source *s, struct buf *b, size_t n)
{
	ssize_t got;
	buf_grow(b, n);
	if (s->read) {
		got = (ssize_t)s->read(s->read_arg, b->p + b->n, n);
	} else if (s->fd < 0) {
		got = (ssize_t)(n < s->memory.n ? n : s->memory.n);
		if (got)
			memcpy(b->p + b->n, s->memory.p, (size_t)got);
		s->memory.p += got;
		s->memory.n -= (size_t)got;
	} else {
		if (s->before_wait)
			s->before_wait(s->wait_arg);
		do
			got = read(s->fd, b->p + b->n, n);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			die("cannot read '%s':", s->name);
	}
	b->n += (size_t)got;
	b->p[b->n] = '\0';
	s->bytes += (uint64_t)got;
	s->eof = got == 0;
	return (size_t)got;
}

/* What is in buf was read before the encoding was known. */
static void decode_rest(struct source *s)
{
	struct buf had = s->buf;
	s->buf = (struct buf){ 0 };
	s->decode = true;
	charset_open(&s->dec, s->charset);
	buf_grow(&s->buf, s->block);
	charset_block(&s->dec, (struct view){ had.p + s->pos, had.n - s->pos },
		s->eof, &s->buf);
	s->pos = 0;
	buf_release(&had);
}

static void start(struct source *s, enum charset asked,
	const enum charset *tries, size_t ntries)
{
	bool guess = asked == CHARSET_NONE && ntries > 1;
	if (!s->block)
		s->block = BLOCK;
	/* of memory no more, so that a test can set the block */
	while (s->buf.n < 4 && fill(s, &s->buf, s->memory.p ? 4 : s->block))
		;
	struct view text = buf_view(&s->buf);
	if (text.n >= 4 && (memcmp(text.p, "\xFF\xFE\0\0", 4) == 0 ||
				   memcmp(text.p, "\0\0\xFE\xFF", 4) == 0))
		die("cannot read '%s': it is UTF-32; save it as UTF-8",
			s->name);
	size_t mark;
	s->charset = charset_bom(text, &mark);
	s->bom = s->charset != CHARSET_NONE;
	s->pos = mark;
	if (!s->bom && !guess) {
		s->charset = asked != CHARSET_NONE ? asked
			     : ntries              ? tries[0]
						   : CHARSET_UTF8;
	} else if (!s->bom) {
		while (s->buf.n < GUESS && fill(s, &s->buf, s->block))
			;
		s->charset =
			charset_guess(buf_view(&s->buf), s->eof, tries, ntries);
		s->guessed = true;
	}
	if (s->charset == CHARSET_UTF16LE || s->charset == CHARSET_UTF16BE)
		decode_rest(s);
}

void source_open(struct source *s, const char *path, enum charset asked,
	const enum charset *tries, size_t ntries)
{
	*s = (struct source){ .name = path, .fd = STDIN_FILENO };
	if (strcmp(path, "-") == 0)
		s->name = "standard input";
	else
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		die("cannot open '%s':", path);
	start(s, asked, tries, ntries);
}

void source_memory(struct source *s, const char *name, struct view text,
	enum charset asked, const enum charset *tries, size_t ntries)
{
	*s = (struct source){ .name = name, .fd = -1, .memory = text };
	start(s, asked, tries, ntries);
}

void source_stream(struct source *s, const char *name, source_read *read,
	void *arg, enum charset asked, const enum charset *tries, size_t ntries)
{
	*s = (struct source){ .name = name,
		.fd = -1,
		.read = read,
		.read_arg = arg };
	start(s, asked, tries, ntries);
}

void source_utf8(struct source *s)
{
	if (!s->decode && s->charset != CHARSET_UTF8)
		decode_rest(s);
}

bool source_more(struct source *s)
{
	if (s->pos) {
		s->buf.n -= s->pos;
		memmove(s->buf.p, s->buf.p + s->pos, s->buf.n);
		s->buf.p[s->buf.n] = '\0';
		s->pos = 0;
	}
	if (!s->decode)
		return !s->eof && fill(s, &s->buf, s->block) > 0;
	size_t had = s->buf.n;
	while (!s->eof && s->buf.n == had) {
		buf_reset(&s->raw);
		fill(s, &s->raw, s->block);
		charset_block(&s->dec, buf_view(&s->raw), s->eof, &s->buf);
	}
	return s->buf.n > had;
}

void source_close(struct source *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	buf_release(&s->buf);
	buf_release(&s->raw);
	charset_close(&s->dec);
	*s = (struct source){ .fd = -1 };
}
