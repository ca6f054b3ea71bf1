#include "edge/spool.h"

#include "base/die.h"
#include "edge/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK ((size_t)SPOOL_MEMORY)

struct spool_part {
	const char *name;
	bool copied; /* its lines are in the copy */
	struct stat st;
	size_t last; /* number of the last line kept */
	size_t gap; /* first of its gaps */
	uint64_t lines, bytes;
};

/* Lines from .. from + n - 1 of a part were not kept. */
struct spool_gap {
	size_t from, n;
};

void spool_init(struct spool *s, struct tool *t)
{
	*s = (struct spool){ .tool = t, .temp = -1, .fd = -1 };
}

static void copy_flush(struct spool *s)
{
	if (s->temp < 0)
		s->temp = temp_open();
	temp_write(s->temp, s->copy.p, s->copy.n);
	buf_reset(&s->copy);
}

static struct spool_part *add_part(struct spool *s, const struct rec *r)
{
	struct spool_part *p = vec_add(&s->part);

	*p = (struct spool_part){ .name = r->file, .gap = s->gap.n };
	p->copied = s->tool->in.fd <= STDIN_FILENO ||
		    fstat(s->tool->in.fd, &p->st) != 0 ||
		    !S_ISREG(p->st.st_mode);
	return p;
}

void spool_keep(struct spool *s, const struct rec *r)
{
	struct spool_part *p = s->part.n ? &s->part.v[s->part.n - 1] : NULL;

	if (!p || p->name != r->file || r->lineno <= p->last)
		p = add_part(s, r);
	if (r->lineno > p->last + 1)
		*vec_add(&s->gap) = (struct spool_gap){ p->last + 1,
			r->lineno - p->last - 1 };
	p->last = r->lineno;
	p->lines++;
	p->bytes += r->n;
	s->kept++;
	if (!p->copied)
		return;
	buf_add(&s->copy, r->line, r->n);
	buf_addc(&s->copy, '\n');
	if (s->copy.n >= BLOCK)
		copy_flush(s);
}

static void die_changed(const char *name)
{
	die("'%s' changed while it was read", name);
}

static void close_part(struct spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->open = false;
	buf_reset(&s->buf);
	s->pos = 0;
}

static void open_part(struct spool *s, const struct spool_part *p)
{
	struct stat st;

	s->open = true;
	s->gaps = p->gap;
	s->lineno = 0;
	s->left = p->lines;
	s->bytes = 0;
	s->off = p->copied ? s->copied : 0;
	if (p->copied)
		return;
	s->fd = open(p->name, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		die("cannot open '%s' again:", p->name);
	if (fstat(s->fd, &st) != 0)
		die("cannot read '%s' again:", p->name);
	if (st.st_dev != p->st.st_dev || st.st_ino != p->st.st_ino ||
		st.st_size != p->st.st_size ||
		st.st_mtim.tv_sec != p->st.st_mtim.tv_sec ||
		st.st_mtim.tv_nsec != p->st.st_mtim.tv_nsec)
		die_changed(p->name);
}

static void end_part(struct spool *s, const struct spool_part *p)
{
	if (s->bytes != p->bytes)
		die_changed(p->name);
	if (p->copied)
		s->copied += p->bytes + p->lines;
	close_part(s);
}

/* Reads on behind what is there; false at the end. */
static bool fill(struct spool *s, const struct spool_part *p)
{
	ssize_t n;

	memmove(s->buf.p, s->buf.p + s->pos, s->buf.n - s->pos);
	s->buf.n -= s->pos;
	s->pos = 0;
	buf_grow(&s->buf, BLOCK);
	do
		n = pread(p->copied ? s->temp : s->fd, s->buf.p + s->buf.n,
			BLOCK, (off_t)s->off);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		die("cannot read '%s' again:", p->name);
	s->off += (uint64_t)n;
	s->buf.n += (size_t)n;
	return n > 0;
}

/* The next line of the part, whatever it is. */
static void next_line(struct spool *s, const struct spool_part *p,
	struct view *line)
{
	if (p->copied && s->temp < 0) {
		const char *from = s->copy.p + s->off;
		const char *nl = memchr(from, '\n', s->copy.n - s->off);
		*line = (struct view){ from, (size_t)(nl - from) };
		s->off += line->n + 1;
		return;
	}
	buf_grow(&s->buf, BLOCK);
	for (size_t seen = 0;;) {
		const char *from = s->buf.p + s->pos;
		size_t n = s->buf.n - s->pos;
		const char *nl = memchr(from + seen, '\n', n - seen);
		if (nl || (!fill(s, p) && n > 0)) {
			/* fill moves what is left to the front. */
			from = nl ? from : s->buf.p;
			n = nl ? (size_t)(nl - from) : n;
			s->pos += n + (nl ? 1 : 0);
			*line = (struct view){ from, n };
			return;
		}
		if (s->buf.n == s->pos)
			die_changed(p->name);
		seen = n;
	}
}

void spool_rewind(struct spool *s)
{
	if (s->temp >= 0 && s->copy.n)
		copy_flush(s);
	close_part(s);
	s->at = 0;
	s->copied = 0;
	s->left = 0;
}

bool spool_next(struct spool *s, struct view *line)
{
	const struct spool_part *p = s->at ? &s->part.v[s->at - 1] : NULL;

	while (s->left == 0) {
		if (s->open)
			end_part(s, p);
		if (s->at == s->part.n)
			return false;
		p = &s->part.v[s->at++];
		open_part(s, p);
	}
	size_t gap_end = s->at < s->part.n ? s->part.v[s->at].gap : s->gap.n;
	s->lineno++;
	if (s->gaps < gap_end && s->gap.v[s->gaps].from == s->lineno) {
		size_t n = s->gap.v[s->gaps++].n;
		s->lineno += n;
		while (!p->copied && n--)
			next_line(s, p, line);
	}
	next_line(s, p, line);
	if (!p->copied) {
		/* As the reader does. */
		if (s->lineno == 1 && line->n >= 3 &&
			memcmp(line->p, "\xEF\xBB\xBF", 3) == 0)
			*line = (struct view){ line->p + 3, line->n - 3 };
	}
	s->bytes += line->n;
	s->left--;
	return true;
}

void spool_parse(struct spool *s, struct rec *r, struct view line)
{
	const struct spool_part *p = &s->part.v[s->at - 1];
	struct why why = { 0 };

	if (!rec_parse(r, line.p, line.n, &why))
		die_changed(p->name);
	r->file = p->name;
	r->lineno = s->lineno;
}

void spool_put(struct spool *s, struct view line)
{
	writer_line(&s->tool->out, line);
	s->tool->written++;
}

void spool_release(struct spool *s)
{
	close_part(s);
	if (s->temp >= 0)
		close(s->temp);
	buf_release(&s->copy);
	buf_release(&s->buf);
	vec_release(&s->part);
	vec_release(&s->gap);
	spool_init(s, s->tool);
}
