#include "edge/csv.h"

#include "base/mem.h"
#include "record/scan.h"

#include <csv.h>
#include <stdint.h>
#include <stdlib.h>
#if defined(__SSE2__) && !defined(NO_SSE2)
#include <emmintrin.h>
#define SSE2
#endif

struct csv_state {
	struct view *cell;
	size_t ncells, cap;
	struct charset_decoder dec;
	struct buf text; /* a row in UTF-8, where the file is not */
	struct csv_parser lib;
	struct buf out; /* libcsv's fields */
	size_t max_row;
	size_t used; /* bytes of the source that the last row took */
	bool skip; /* what is left of its line is to be skipped too */
	bool started;
};

/* What became of one attempt to frame and split a row. */
enum split_status {
	SPLIT_ROW,
	SPLIT_MORE, /* the row goes on behind the bytes at hand */
	SPLIT_OPEN, /* a quote is not closed */
	SPLIT_AFTER, /* text after a closing quote */
	SPLIT_LONG, /* no quote is open and no line end found */
};

struct split {
	const char *end; /* of the row's text */
	const char *next; /* after its line end */
	const char *open; /* the last quote that opened a cell */
	const char *bad; /* SPLIT_AFTER: what follows the closing quote */
	size_t lines; /* line ends inside quotes */
	bool doubled, literal, many;
};

/* Walks the bytes that matter: quote, delimiter, LF, and CR in a file of such
 * lines. 32 bytes at once may be read behind the end. */
struct marks {
	const char *base, *end;
	uint32_t mask;
#ifdef SSE2
	__m128i delim, eol, quote;
#else
	char delim, eol, quote;
#endif
};

#ifdef SSE2
static inline uint32_t marks_16(const struct marks *m, const char *p)
{
	__m128i v = _mm_loadu_si128((const void *)p);
	__m128i quote = _mm_cmpeq_epi8(v, m->quote);
	__m128i lf = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
	__m128i delim = _mm_cmpeq_epi8(v, m->delim);
	__m128i eol = _mm_cmpeq_epi8(v, m->eol);
	return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, lf),
		_mm_or_si128(delim, eol)));
}
#endif

static inline void marks_load(struct marks *m)
{
#ifdef SSE2
	m->mask = marks_16(m, m->base) | marks_16(m, m->base + 16) << 16;
#else
	m->mask = 0;
	for (unsigned i = 0; i < 32; i++) {
		char c = m->base[i];
		m->mask |= (uint32_t)(c == m->quote || c == '\n' ||
				      c == m->delim || c == m->eol)
			   << i;
	}
#endif
}

static inline struct marks marks_of(const struct csv *c, const char *p,
	const char *end)
{
	struct marks m = { .base = p, .end = end };
	char eol = c->mac ? '\r' : '\n';
	char quote = c->quote ? c->quote : eol; /* none: no mark of its own */
#ifdef SSE2
	m.delim = _mm_set1_epi8(c->delim);
	m.eol = _mm_set1_epi8(eol);
	m.quote = _mm_set1_epi8(quote);
#else
	m.delim = c->delim;
	m.eol = eol;
	m.quote = quote;
#endif
	if (p < end)
		marks_load(&m);
	return m;
}

/* The next of them, or the end. */
static inline const char *marks_next(struct marks *m)
{
	while (!m->mask) {
		m->base += 32;
		if (m->base >= m->end)
			return m->end;
		marks_load(m);
	}
	const char *p = m->base + __builtin_ctz(m->mask);
	m->mask &= m->mask - 1;
#ifdef PLANT_CSV
	return p; /* what stands behind the end counts */
#else
	return p < m->end ? p : m->end;
#endif
}

static void add_cell(struct csv_state *s, struct split *sp, const char *p,
	const char *end)
{
	if (s->ncells == s->cap) {
		if (s->cap >= CSV_CELLS) {
			sp->many = true;
			return;
		}
		s->cap = s->cap ? s->cap * 2 : 64;
		s->cell = xreallocarray(s->cell, s->cap, sizeof(*s->cell));
	}
	s->cell[s->ncells++] = (struct view){ p, (size_t)(end - p) };
}

/* Whether the quote at p, of the cell whose text begins at from, stands behind
 * an odd number of escapes. */
static bool escaped(const struct csv *c, const char *from, const char *p)
{
	const char *q = p;
	while (q > from && q[-1] == c->escape)
		q--;
	return c->escape && (p - q) % 2;
}

/*
 * Reads on from an opening quote, which was the last mark, to what follows the
 * closing one: a delimiter or a line end or the end, in *after. *text_end is
 * the closing quote.
 */
static enum split_status quoted_cell(const struct csv *c, struct marks *m,
	const char *row, bool last, size_t max_row, struct split *sp,
	const char **text_end, const char **after)
{
	const char *end = m->end, *p;
	for (;;) {
		p = marks_next(m);
		if ((size_t)(p - row) > max_row || (p == end && last))
			return SPLIT_OPEN;
		if (p == end)
			return SPLIT_MORE;
		if (*p == '\n' || (c->mac && *p == '\r')) {
			/* CRLF is one line, also where CR ends lines */
			if (!c->mac || *p == '\r' || p[-1] != '\r')
				sp->lines++;
			continue;
		}
		if (*p != c->quote || escaped(c, sp->open + 1, p))
			continue;
		if (p + 1 == end && !last)
			return SPLIT_MORE;
		if (p + 1 == end || p[1] != c->quote)
			break;
		sp->doubled = true;
		marks_next(m);
	}
	*text_end = p;
	const char *q = p + 1;
	if (q < end && *q == '\r' && !c->mac) {
		if (q + 1 == end && !last)
			return SPLIT_MORE;
		if (q + 1 == end || q[1] == '\n')
			q++;
	}
	sp->bad = p + 1;
	*after = q;
	if (q == end)
		return last ? SPLIT_ROW : SPLIT_MORE;
	return marks_next(m) == q ? SPLIT_ROW : SPLIT_AFTER;
}

/* Frames and splits the row at p. last: nothing comes after end. */
static enum split_status split(const struct csv *c, const char *p,
	const char *end, bool last, size_t max_row, struct split *sp)
{
	struct csv_state *s = c->state;
	struct marks m = marks_of(c, p, end);
	const char *row = p, *at, *stop;
	s->ncells = 0;
	*sp = (struct split){ 0 };
	for (;; p = at + 1) {
		at = marks_next(&m);
		if (at < end && *at == c->quote) {
			if (at == p) {
				if ((size_t)(at - row) > max_row)
					return SPLIT_LONG;
				sp->open = p;
				enum split_status st = quoted_cell(c, &m, row,
					last, max_row, sp, &stop, &at);
				if (st != SPLIT_ROW)
					return st;
				add_cell(s, sp, p + 1, stop);
				if (at < end && *at == c->delim)
					continue;
				sp->end = stop + 1;
				break;
			}
			do {
				sp->literal = true;
				at = marks_next(&m);
			} while (at < end && *at == c->quote);
		}
		if (at < end && *at == c->delim) {
			add_cell(s, sp, p, at);
			continue;
		}
		if ((size_t)(at - row) > max_row)
			return SPLIT_LONG;
		if (at == end && !last)
			return SPLIT_MORE;
		stop = at;
		if (stop > p && stop[-1] == '\r' && !c->mac)
			stop--;
		add_cell(s, sp, p, stop);
		sp->end = stop;
		break;
	}
	if ((size_t)(at - row) > max_row)
		return SPLIT_LONG;
	sp->next = at < end ? at + 1 : end;
	if (c->mac && at < end && *at == '\r') {
		if (at + 1 == end && !last)
			return SPLIT_MORE;
		if (at + 1 < end && at[1] == '\n')
			sp->next++;
	}
	return SPLIT_ROW;
}

/* Whether the bytes hold one beyond ASCII, and whether a NUL. */
struct bytes {
	bool high, nul;
};

static struct bytes look(const char *p, size_t n)
{
	size_t i = 0;
	unsigned high = 0, nul = 0;
#ifdef SSE2
	for (; i + 16 <= n; i += 16) {
		__m128i v = _mm_loadu_si128((const void *)(p + i));
		high |= (unsigned)_mm_movemask_epi8(v);
		nul |= (unsigned)_mm_movemask_epi8(
			_mm_cmpeq_epi8(v, _mm_setzero_si128()));
	}
#endif
	for (; i < n; i++) {
		high |= p[i] & 0x80;
		nul |= !p[i];
	}
	return (struct bytes){ high != 0, nul != 0 };
}

/* Sets why's line and column by a place in the row that begins on line. */
static void place(struct why *why, const struct csv *c, size_t line,
	const char *row, const char *at)
{
	const char *start = row;
	for (const char *p = row; p < at; p++) {
		if (*p != '\n' && !(c->mac && *p == '\r'))
			continue;
		if (!(c->mac && *p == '\n' && p > row && p[-1] == '\r'))
			line++;
		start = p + 1;
	}
	why->line = line;
	why->col = (size_t)(at - start) + 1;
}

/*
 * The row is cut at the end of the line that holds its byte at, and reading
 * resumes after it. The raw bytes are all of that, at most max_row.
 */
static void give_up(struct csv *c, struct csv_row *row, size_t at)
{
	struct csv_state *s = c->state;
	struct source *in = c->in;
	const char *text;
	size_t n;
	for (;; at = n) {
		text = in->buf.p + in->pos;
		n = in->buf.n - in->pos;
		while (at < n && text[at] != '\n' &&
			!(c->mac && text[at] == '\r'))
			at++;
		if (at < n || at > s->max_row)
			break;
		if (!source_more(in)) { /* which moves the bytes all the same */
			text = in->buf.p + in->pos;
			break;
		}
	}
	s->skip = true;
	s->used = at;
	if (at < n && text[at] == '\n' && at && text[at - 1] == '\r')
		at--;
	row->raw.p = text;
	row->raw.n = at < s->max_row ? at : s->max_row;
}

static enum csv_status refuse(struct csv *c, struct csv_row *row,
	const struct split *sp, enum split_status st, struct why *why)
{
	const char *text = row->raw.p;
	size_t max = c->state->max_row;
	if (st == SPLIT_LONG) {
		why_not(why, "the row is longer than %zu bytes", max);
		c->line += sp->lines + 1;
		give_up(c, row, max);
		return CSV_REFUSED;
	}
	place(why, c, row->line, text, sp->open);
	size_t opened = why->line;
	size_t at_hand = (size_t)(c->in->buf.p + c->in->buf.n - text);
	if (st == SPLIT_OPEN && at_hand > max) {
		why_not(why,
			"the quote opened in line %zu is not closed "
			"within %zu bytes",
			opened, max);
	} else if (st == SPLIT_OPEN) {
		why_not(why,
			"the quote opened in line %zu is not closed "
			"before the end of the file",
			opened);
	} else {
		bool escape = sp->bad[-2] == '\\';
		place(why, c, row->line, text, sp->bad);
		if (escape)
			why_not(why,
				"text after a closing quote: a quote "
				"inside quotes is doubled, not escaped by a "
				"backslash");
		else if (why->line != opened)
			why_not(why,
				"text after a closing quote; it was "
				"opened in line %zu",
				opened);
		else
			why_not(why, "text after a closing quote; a quote "
				     "inside quotes is doubled");
	}
	c->line = opened + 1;
	give_up(c, row, (size_t)(sp->open - text));
	return CSV_REFUSED;
}

struct field_sink {
	struct csv_state *s;
	struct split *sp;
};

static void on_field(void *p, size_t n, void *arg)
{
	struct field_sink *f = arg;
	char *at = f->s->out.p + f->s->out.n;
	if (n)
		memcpy(at, p, n);
	f->s->out.n += n;
	add_cell(f->s, f->sp, at, at + n);
}

static int never(unsigned char c)
{
	(void)c;
	return 0;
}

/* Doubled quotes are libcsv's. */
static bool unquote(const struct csv *c, const char *p, struct split *sp)
{
	struct csv_state *s = c->state;
	struct field_sink sink = { s, sp };
	size_t n = (size_t)(sp->end - p);
	s->ncells = 0;
	buf_reset(&s->out);
	buf_grow(&s->out, n); /* fields point into it: it must not move */
	csv_set_opts(&s->lib, sp->literal ? 0 : CSV_STRICT | CSV_STRICT_FINI);
	csv_set_delim(&s->lib, (unsigned char)c->delim);
	csv_set_quote(&s->lib, (unsigned char)c->quote);
	bool good = csv_parse(&s->lib, p, n, on_field, NULL, &sink) == n;
	good = csv_fini(&s->lib, on_field, NULL, &sink) == 0 && good;
	return good;
}

/* Escapes are ours: before a quote or another one they go, anywhere else they
 * are characters. Only what stood in quotes has any. */
static void unescape(const struct csv *c, struct view row)
{
	struct csv_state *s = c->state;
	buf_reset(&s->out);
	buf_grow(&s->out, row.n); /* cells point into it: it must not move */
	for (size_t i = 0; i < s->ncells; i++) {
		struct view v = s->cell[i];
		if (v.p == row.p || v.p[-1] != c->quote)
			continue;
		char *to = s->out.p + s->out.n;
		s->cell[i] = (struct view){ to, 0 };
		for (size_t k = 0; k < v.n; k++) {
			bool twice = v.p[k] == c->quote;
			bool before = v.p[k] == c->escape && k + 1 < v.n &&
				      (v.p[k + 1] == c->quote ||
					      v.p[k + 1] == c->escape);
			k += twice || before;
			*to++ = v.p[k];
		}
		s->cell[i].n = (size_t)(to - s->cell[i].p);
		s->out.n += s->cell[i].n;
	}
}

/* A row that was framed, but cannot be given. */
static enum csv_status refuse_text(struct csv *c, struct csv_row *row,
	size_t at, struct why *why)
{
	place(why, c, row->line, row->raw.p, row->raw.p + at);
	row->cell = NULL;
	row->n = 0;
	return CSV_REFUSED;
}

/* The row's cells, from its raw bytes, which split has framed in place. */
static enum csv_status take(struct csv *c, struct csv_row *row,
	struct split *sp, struct why *why)
{
	struct csv_state *s = c->state;
	const char *text = row->raw.p;
	struct bytes b = look(text, row->raw.n);
	if (b.nul) {
		const char *nul = memchr(text, 0, row->raw.n);
		why_not(why, "a NUL byte");
		return refuse_text(c, row, (size_t)(nul - text), why);
	}
	if (b.high && (c->in->charset == CHARSET_UTF8 || c->in->decode)) {
		size_t n = scan_utf8(text, row->raw.n);
		if (n < row->raw.n) {
			why_not(why, "byte %zu of the row is not %s", n + 1,
				charset_name(c->in->charset));
			return refuse_text(c, row, n, why);
		}
	} else if (b.high) {
		buf_reset(&s->text);
		if (!charset_row(&s->dec, row->raw, &s->text, why))
			return refuse_text(c, row, why->col - 1, why);
		text = s->text.p;
		/* decoded it may be longer than max_row */
		split(c, text, text + s->text.n, true, SIZE_MAX, sp);
	}
	struct view all = { text, (size_t)(sp->end - text) };
	if (c->escape && sp->open && memchr(text, c->escape, all.n)) {
		unescape(c, all);
	} else if (sp->doubled && !sp->many && !unquote(c, text, sp)) {
		why_not(why, "libcsv: %s", csv_strerror(csv_error(&s->lib)));
		return refuse_text(c, row, 0, why);
	}
	if (sp->many) {
		why_not(why, "more than %d cells", CSV_CELLS);
		return refuse_text(c, row, 0, why);
	}
	row->cell = s->cell;
	row->n = s->ncells;
	return CSV_ROW;
}

/* Takes a line end at the source's place, the second byte of a CRLF too. */
static bool line_end(struct csv *c)
{
	struct source *in = c->in;
	if (in->pos == in->buf.n && !source_more(in))
		return false;
	char first = in->buf.p[in->pos];
	if (first == '\n') {
		in->pos++;
		return true;
	}
	if (first != '\r')
		return false;
	bool more = in->pos + 1 < in->buf.n || source_more(in);
	if (more && in->buf.p[in->pos + 1] == '\n') {
		in->pos += 2;
		return true;
	}
	if (!c->mac && more)
		return false;
	in->pos++;
	return true;
}

static void skip_line(struct csv *c)
{
	struct source *in = c->in;
	do {
		const char *p = in->buf.p + in->pos,
			   *end = in->buf.p + in->buf.n;
		while (p < end && *p != '\n' && !(c->mac && *p == '\r'))
			p++;
		in->pos = (size_t)(p - in->buf.p);
	} while (in->pos == in->buf.n && source_more(in));
	line_end(c);
}

/*
 * Whether the first line ends within max_row bytes, outside quotes; *n is its
 * length, or that of what there is. A quote opens at the start of a cell
 * whatever the delimiter is.
 */
static bool first_line(struct csv *c, size_t *n)
{
	struct source *in = c->in;
	for (;;) {
		const char *p = in->buf.p + in->pos;
		size_t have = in->buf.n - in->pos, i = 0;
		bool quoted = false;
		for (; i < have && i <= c->state->max_row; i++) {
			bool quote = c->quote && p[i] == c->quote;
			if (quote && quoted)
				quoted = false;
			else if (quote)
				quoted = i == 0 || p[i - 1] == c->quote ||
					 p[i - 1] == c->delim ||
					 strchr(",;\t|", p[i - 1]);
			else if (!quoted && (p[i] == '\n' || p[i] == '\r'))
				break;
		}
		*n = i;
		if (i > c->state->max_row)
			return false;
		/* of a CR the next byte must be known */
		if (i < have && (p[i] == '\n' || i + 1 < have))
			return true;
		if (!source_more(in))
			return i < have;
	}
}

/* The delimiter that the first line has most of. */
static char choose_delim(const struct csv *c, const char *p, size_t n)
{
	static const char names[] = ",;\t|";
	size_t count[sizeof(names)] = { 0 };
	bool quoted = false;
	for (size_t i = 0; i < n; i++) {
		unsigned char b = (unsigned char)p[i];
		if (b >= 0x81 && c->in->charset == CHARSET_GB18030 &&
			!c->in->decode)
			i++; /* its second byte may look like one */
		else if (c->quote && b == (unsigned char)c->quote)
			quoted = !quoted;
		else if (b && !quoted && strchr(names, b))
			count[strchr(names, b) - names]++;
	}
	size_t best = 0;
	for (size_t i = 1; i < sizeof(names) - 1; i++)
		if (count[i] > count[best])
			best = i;
	return names[best];
}

/* Whether the line end at a place is a CR by itself; at the end of the file
 * it is half a CRLF. */
static bool is_mac(const struct source *in, size_t at)
{
	const char *p = in->buf.p + in->pos + at;
	return *p == '\r' && p + 1 < in->buf.p + in->buf.n && p[1] != '\n';
}

/* Lines before the first row, whatever stands in them. */
static void skip_lines(struct csv *c)
{
	size_t n;
	if (first_line(c, &n))
		c->mac = is_mac(c->in, n);
	for (size_t i = 0; i < c->skip; i++) {
		if (c->in->pos == c->in->buf.n && !source_more(c->in))
			break;
		skip_line(c);
		c->line++;
	}
}

/* Whether the byte can be the second one of a character in GB18030. */
static bool is_second(char b)
{
	return b >= '@' || (b >= '0' && b <= '9');
}

static void start(struct csv *c)
{
	struct csv_state *s = c->state;
	struct source *in = c->in;
	s->started = true;
	s->max_row = c->max_row ? c->max_row : CSV_MAX_ROW;
	size_t n;
	bool ended;
	/* such as '|' or a backslash: then all is decoded first */
	if (is_second(c->delim) || is_second(c->quote) || is_second(c->escape))
		source_utf8(in);
	if (c->skip)
		skip_lines(c);
	/* the first line end says what ends lines, empty ones too */
	while ((ended = first_line(c, &n)) && n == 0) {
		c->mac = is_mac(in, 0);
		line_end(c);
		c->line++;
		c->blank++;
	}
	if (ended)
		c->mac = is_mac(in, n);
	const char *p = in->buf.p + in->pos;
	struct view v = { p, n };
	if (v.n == 7 && v.p[0] == '"' && v.p[6] == '"')
		v = (struct view){ p + 1, 5 };
	if (v.n == 5 && memcmp(v.p, "sep=", 4) == 0 && v.p[4] != '"' &&
		!(v.p[4] & 0x80)) {
		c->delim = v.p[4];
		in->pos += n;
		if (line_end(c))
			c->line++;
	}
	if (!c->delim)
		c->delim = choose_delim(c, p, n);
	if (is_second(c->delim))
		source_utf8(in);
	if (in->charset != CHARSET_UTF8 && !in->decode)
		charset_open(&s->dec, in->charset);
}

void csv_open(struct csv *c, struct source *in, char delim)
{
	struct csv_state *s = xcalloc(1, sizeof(*s));
	*c = (struct csv){ .in = in,
		.delim = delim,
		.quote = '"',
		.max_row = CSV_MAX_ROW,
		.line = 1,
		.state = s };
	csv_init(&s->lib, 0);
	csv_set_space_func(&s->lib, never);
	csv_set_term_func(&s->lib, never);
}

/*
 * Whether the file ends inside the row at p: in its last line there is no line
 * end, but a quote that is not closed, or too few cells. (A quote that was
 * opened in a line before is a mistake of that line.)
 */
static bool is_cut(const struct csv *c, enum split_status st,
	const struct split *sp)
{
	const struct source *in = c->in;
	const char *end = in->buf.p + in->buf.n;
	if (!c->width || !in->eof || end[-1] == '\n' || end[-1] == '\r')
		return false;
	if (st == SPLIT_OPEN)
		return !memchr(sp->open, '\n', (size_t)(end - sp->open));
	return st == SPLIT_ROW && sp->next == end &&
	       c->state->ncells < c->width;
}

enum csv_status csv_next(struct csv *c, struct csv_row *row, struct why *why)
{
	struct csv_state *s = c->state;
	struct source *in = c->in;
	struct split sp;
	if (!s->started)
		start(c);
	in->pos += s->used;
	s->used = 0;
	if (s->skip)
		skip_line(c);
	s->skip = false;
	for (;;) {
		if (in->pos == in->buf.n && !source_more(in))
			break;
		const char *p = in->buf.p + in->pos;
		if ((*p == '\n' || *p == '\r') && line_end(c)) {
			c->line++;
			c->blank++;
			continue;
		}
		p = in->buf.p + in->pos;
		enum split_status st = split(c, p, in->buf.p + in->buf.n,
			in->eof, s->max_row, &sp);
		if (st == SPLIT_MORE) {
			source_more(in);
			continue;
		}
		*row = (struct csv_row){ .line = c->line, .raw = { p, 0 } };
		*why = (struct why){ .line = c->line };
		if (is_cut(c, st, &sp)) {
			why_not(why, "the file ends in the middle of a row; "
				     "was it downloaded whole?");
			return CSV_BROKEN;
		}
		if (st != SPLIT_ROW)
			return refuse(c, row, &sp, st, why);
		row->raw.n = (size_t)(sp.end - p);
		s->used = (size_t)(sp.next - p);
		c->line += sp.lines + 1;
		return take(c, row, &sp, why);
	}
	*row = (struct csv_row){ .line = c->line };
	return CSV_END;
}

void csv_close(struct csv *c)
{
	struct csv_state *s = c->state;
	csv_free(&s->lib);
	charset_close(&s->dec);
	buf_release(&s->text);
	buf_release(&s->out);
	free(s->cell);
	free(s);
	c->state = NULL;
}
