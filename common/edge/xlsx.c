/*
 * ECMA-376 names: "shared strings" are texts that cells share by number, an
 * "xf" is a cell's style, whose "numFmt" says whether a number is a date.
 */
#include "edge/xlsx.h"

#include "base/die.h"
#include "edge/csvout.h"
#include "value/num.h"
#include "value/time.h"
#include "value/utf8.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK 32768
#define TAG ((size_t)4 << 20) /* the longest tag taken */
#define STYLES 65536
#define LISTED 4096 /* sheets, parts, number formats of one's own */
#define SERIAL_END 2958466 /* 1 January 10000 */

enum shows { SHOWS_NUMBER, SHOWS_DATE, SHOWS_TIME, SHOWS_ELAPSED };

struct format {
	unsigned id;
	enum shows shows;
	unsigned zeros; /* of a format that is nothing but zeros */
};

/* What one part says of another. */
struct relation {
	const char *id, *part, *type;
};

enum part { PART_RELATIONS, PART_BOOK, PART_STYLES, PART_SHARED, PART_SHEET };

/* The list, or the text of several runs, that the parser is in. */
enum list { LIST_NONE, LIST_FORMATS, LIST_CELLS, LIST_TEXT };

struct span {
	size_t at, n; /* in text */
};

struct xlsx_state {
	XML_Parser expat;
	struct why *why;
	bool stopped; /* by us, with why */
	uint64_t fed; /* bytes of the part at hand */

	/* The workbook. */
	struct arena text;
	VEC(struct relation) rel;
	VEC(struct format) format;
	VEC(struct format) style; /* of cells, by their number */
	bool from_1904, stale;
	VEC(struct span) shared;
	struct buf shared_text;

	/* Where the parser is. */
	enum part part;
	enum list list;
	bool phonetic; /* how a text is spoken, which is no part of it */
	struct buf *into; /* where text goes; NULL: nowhere */

	/* The row. */
	bool in_row, row_ready;
	size_t line;
	struct buf row_text, raw;
	VEC(struct span) cell;
	VEC(struct view) view;
	VEC(bool) bad;
	bool any_bad, refused;
	struct why row_why;

	/* The cell. */
	size_t col;
	unsigned cell_style;
	char type[12];
	bool has_formula;
	struct buf value, formula;
};

/* The name without what stands before its colon. */
static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* The value of an attribute, "" where there is none. */
static const char *get(const char **attr, const char *name)
{
	for (; *attr; attr += 2)
		if (is(local(attr[0]), name))
			return attr[1];
	return "";
}

static bool truth(const char *text)
{
	return is(text, "1") || is(text, "true") || is(text, "on");
}

/* A number of at most nine digits; false for anything else. */
static bool small(const char *p, size_t n, unsigned *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(p[i] - '0');
	}
	return n > 0 && n < 10;
}

static unsigned number_of(const char *text)
{
	unsigned n;
	return small(text, strlen(text), &n) ? n : 0;
}

__attribute__((format(printf, 2, 3))) static void stop(struct xlsx_state *s,
	const char *fmt, ...)
{
	va_list ap;
	if (s->stopped)
		return;
	va_start(ap, fmt);
	vsnprintf(s->why->text, sizeof(s->why->text), fmt, ap);
	va_end(ap);
	s->stopped = true;
	XML_StopParser(s->expat, XML_FALSE);
}

/* Number formats. */

/* "[h]", "[mm]", "[s]": hours, minutes, seconds that are not cut at a day. */
static bool elapsed(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] | 32) != (p[0] | 32))
			return false;
	return n && strchr("hms", p[0] | 32);
}

/* Past what stands at p and is no sign of a format: "text", \x, _x, *x, and
 * [colour] or [elapsed]. NULL where it is a sign. */
static const char *past_text(const char *p, bool *hours)
{
	const char *end;
	switch (*p) {
	case '"':
		end = strchr(p + 1, '"');
		return end ? end + 1 : p + strlen(p);
	case '[':
		end = strchr(p, ']');
		if (!end)
			return p + strlen(p);
		*hours |= elapsed(p + 1, (size_t)(end - p) - 1);
		return end + 1;
	case '\\':
	case '_':
	case '*':
		return p + (p[1] ? 2 : 1);
	default:
		return NULL;
	}
}

/* What the first section of a format code shows. "m" is minutes beside hours
 * or seconds, else months. */
static struct format format_of(unsigned id, const char *code)
{
	struct format f = { .id = id };
	bool date = false, clock = false, hours = false;
	size_t zeros = strspn(code, "0");
	for (const char *p = code, *next; *p && *p != ';'; p = next) {
		next = past_text(p, &hours);
		if (next)
			continue;
		next = p + 1;
		date |= strchr("yYdDmM", *p) != NULL;
		clock |= strchr("hHsS", *p) != NULL;
	}
	f.shows = hours   ? SHOWS_ELAPSED
		  : clock ? SHOWS_TIME
		  : date  ? SHOWS_DATE
			  : SHOWS_NUMBER;
	if (code[zeros] == '\0')
		f.zeros = (unsigned)zeros;
	return f;
}

/* ECMA-376 18.8.30, with the formats of Chinese, Japanese and Korean. */
static enum shows builtin(unsigned id)
{
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
		(id >= 50 && id <= 54) || id == 57 || id == 58)
		return SHOWS_DATE;
	if (id == 46)
		return SHOWS_ELAPSED;
	if ((id >= 18 && id <= 22) || (id >= 32 && id <= 35) || id == 45 ||
		id == 47 || id == 55 || id == 56)
		return SHOWS_TIME;
	return SHOWS_NUMBER;
}

static struct format find_format(const struct xlsx_state *s, unsigned id)
{
	for (size_t i = 0; i < s->format.n; i++)
		if (s->format.v[i].id == id)
			return s->format.v[i];
	return (struct format){ .id = id, .shows = builtin(id) };
}

/* Numbers. */

static int digits_of(int128 v)
{
	int n = 0;
	for (v = v < 0 ? -v : v; v; v /= 10)
		n++;
	return n;
}

/* 3921848131358032174 as 3.92184813135803E+18. */
static void put_long(struct buf *out, struct dec d, int whole)
{
	char text[64];
	struct buf b = { 0 };
	for (int i = d.scale; i > 0; i--)
		d.v /= 10;
	d.scale = 0;
	dec_print(&b, d);
	const char *p = b.p;
	if (*p == '-')
		buf_addc(out, *p++);
	size_t n = 15;
	while (n > 1 && p[n - 1] == '0')
		n--;
	buf_addc(out, p[0]);
	if (n > 1)
		buf_addc(out, '.');
	buf_add(out, p + 1, n - 1);
	snprintf(text, sizeof(text), "E+%02d", whole - 1);
	buf_adds(out, text);
	buf_release(&b);
}

static void put_number(struct xlsx *x, struct buf *out, struct view v,
	struct dec d, unsigned zeros)
{
	struct dec t = dec_trim(d);
	int all = digits_of(t.v), whole = all > t.scale ? all - t.scale : 0;
	if (whole > 15) {
		x->long_numbers++;
		put_long(out, t, whole);
	} else if (all > 15) {
		dec_print(out, dec_trim(dec_round(t, t.scale - (all - 15))));
	} else if (zeros && t.v >= 0 && t.scale == 0) {
		for (unsigned i = whole ? (unsigned)whole : 1; i < zeros; i++)
			buf_addc(out, '0');
		dec_print(out, t);
	} else if (memchr(v.p, 'E', v.n) || memchr(v.p, 'e', v.n)) {
		dec_print(out, t);
	} else {
		buf_addv(out, v);
	}
}

/* Dates. */

static void put_clock(struct buf *out, int64_t ms, int64_t hours)
{
	buf_addf(out, "%02d:%02d:%02d", (int)hours, (int)(ms / 60000 % 60),
		(int)(ms / 1000 % 60));
	if (ms % 1000)
		buf_addf(out, ".%03d", (int)(ms % 1000));
}

/*
 * Days since the system's day 0 and the part of a day. The system of 1900
 * counts a 29 February 1900 that never was, so days before it are one later.
 */
static bool put_date(const struct xlsx_state *s, struct buf *out, struct dec d,
	enum shows shows, struct why *why)
{
	struct dec day_ms = dec_of(86400000), ms = d;
	if (d.v < 0 || !dec_mul(&ms, day_ms))
		return why_not(why, "a negative date");
	ms = dec_round(ms, 0);
	if (ms.v >= (int128)SERIAL_END * 86400000)
		return why_not(why, "a date after the year 9999");
	int64_t all = (int64_t)ms.v, day = all / 86400000;
	int64_t rest = all % 86400000;
	if (shows == SHOWS_ELAPSED) {
		put_clock(out, all, all / 3600000);
		return true;
	}
	if (day == 0 && !s->from_1904) {
		put_clock(out, rest, rest / 3600000);
		return true;
	}
	if (day == 60 && !s->from_1904)
		return why_not(why, "29 February 1900, which never was");
	int64_t zero = s->from_1904 ? day_number(1904, 1, 1)
		       : day < 60   ? day_number(1899, 12, 31)
				    : day_number(1899, 12, 30);
	int y, m, dom;
	day_civil(zero + day, &y, &m, &dom);
	if (day || shows == SHOWS_DATE)
		buf_addf(out, "%04d-%02d-%02d", y, m, dom);
	if (rest || shows == SHOWS_TIME) {
		if (day || shows == SHOWS_DATE)
			buf_addc(out, ' ');
		put_clock(out, rest, rest / 3600000);
	}
	return true;
}

/* Cells. */

__attribute__((format(printf, 2, 3))) static void refuse_row(
	struct xlsx_state *s, const char *fmt, ...)
{
	va_list ap;
	if (s->refused)
		return;
	va_start(ap, fmt);
	vsnprintf(s->row_why.text, sizeof(s->row_why.text), fmt, ap);
	va_end(ap);
	s->refused = true;
}

/* "_x000D_" is how a text holds what XML cannot. */
static void unescape(struct buf *b, size_t from)
{
	size_t to = from;
	for (size_t i = from; i < b->n;) {
		unsigned cp = 0;
		bool is_code = b->n - i >= 7 &&
			       memcmp(b->p + i, "_x", 2) == 0 &&
			       b->p[i + 6] == '_';
		for (size_t k = 2; is_code && k < 6; k++) {
			int c = b->p[i + k];
			int low = c | 32;
			int d = c >= '0' && c <= '9'       ? c - '0'
				: low >= 'a' && low <= 'f' ? low - 'a' + 10
							   : -1;
			is_code = d >= 0;
			cp = cp * 16 + (unsigned)(d < 0 ? 0 : d);
		}
		if (is_code && cp && (cp < 0xD800 || cp > 0xDFFF)) {
			to += utf8_put(b->p + to, cp);
			i += 7;
		} else {
			b->p[to++] = b->p[i++];
		}
	}
	b->n = to;
}

/* Shared text by the number in v. */
static void put_shared(struct xlsx_state *s, struct buf *out, struct view v)
{
	unsigned i;
#ifdef PLANT_XLSX
	size_t n = s->shared.n + 1;
#else
	size_t n = s->shared.n;
#endif
	if (!small(v.p, v.n, &i) || i >= n) {
		refuse_row(s,
			"a cell has the shared text %.*s, and there are "
			"%zu",
			v.n < 20 ? (int)v.n : 20, v.p, s->shared.n);
		return;
	}
	buf_add(out, buf_view(&s->shared_text).p + s->shared.v[i].at,
		s->shared.v[i].n);
}

/* 2.7755575615628914E-17 */
static bool num_tiny(struct view v)
{
	size_t i = 0;
	while (i < v.n && v.p[i] && strchr("-.0123456789", v.p[i]))
		i++;
	struct view e = { v.p + i, v.n - i };
	unsigned n;
	return i && e.n > 2 && (e.p[0] | 32) == 'e' && e.p[1] == '-' &&
	       small(e.p + 2, e.n - 2, &n);
}

static void put_numeric(struct xlsx *x, struct buf *out, struct view v)
{
	struct xlsx_state *s = x->state;
	struct format f = { 0 };
	if (s->cell_style < s->style.n)
		f = s->style.v[s->cell_style];
	struct dec d;
	struct why why;
	if (v.n && v.p[0] == '+') {
		v.p++;
		v.n--;
	}
	if (!dec_parse(v.p, v.n, &d)) {
		/* what a reckoning leaves in place of 0 has too many digits */
		if (num_tiny(v))
			buf_addv(out, v);
		else
			refuse_row(s, "'%.*s' is no number that can be read",
				v.n < 40 ? (int)v.n : 40, v.p);
	} else if (f.shows == SHOWS_NUMBER) {
		put_number(x, out, v, d, f.zeros);
	} else if (!put_date(s, out, d, f.shows, &why)) {
		refuse_row(s, "'%.*s' in a cell for dates: %s",
			v.n < 40 ? (int)v.n : 40, v.p, why.text);
	}
}

/* ISO 8601 as a cell of type d has it. */
static void put_iso(struct buf *out, struct view v)
{
	size_t at = out->n;
	if (v.n && v.p[v.n - 1] == 'Z')
		v.n--;
	buf_addv(out, v);
	if (v.n > 10 && out->p[at + 10] == 'T')
		out->p[at + 10] = ' ';
}

/* The cell's text at the end of row_text; whether it holds a value. */
static bool put_cell(struct xlsx *x)
{
	struct xlsx_state *s = x->state;
	struct buf *out = &s->row_text;
	struct view v = buf_view(&s->value);
	size_t from = out->n;
	const char *t = s->type;
	if (s->has_formula && s->stale)
		x->stale++;
	if (s->has_formula && v.n == 0 && !is(t, "str") &&
		!is(t, "inlineStr")) {
		buf_addc(out, '=');
		buf_addv(out, buf_view(&s->formula));
		return false;
	}
	if (is(t, "inlineStr") || is(t, "str")) {
		buf_addv(out, v);
		unescape(out, from);
	} else if (v.n == 0) {
		return true;
	} else if (is(t, "s")) {
		put_shared(s, out, v);
	} else if (is(t, "b")) {
		bool yes = view_is(v, "1") || view_is(v, "true");
		if (!yes && !view_is(v, "0") && !view_is(v, "false"))
			refuse_row(s, "'%.*s' is neither true nor false",
				v.n < 40 ? (int)v.n : 40, v.p);
		buf_adds(out, yes ? "TRUE" : "FALSE");
	} else if (is(t, "e")) {
		buf_addv(out, v);
		return false;
	} else if (is(t, "d")) {
		put_iso(out, v);
	} else if (is(t, "n") || is(t, "")) {
		put_numeric(x, out, v);
	} else {
		refuse_row(s, "a cell of the type '%s', which is not known", t);
	}
	return true;
}

/* The column of "AB12", from 0; false where it has none. */
static bool column_of(const char *ref, size_t *col)
{
	size_t n = 0;
	for (; *ref >= 'A' && *ref <= 'Z'; ref++)
		if (n <= XLSX_COLUMNS)
			n = n * 26 + (size_t)(*ref - 'A') + 1;
	*col = n - 1;
	return n > 0;
}

static void begin_cell(struct xlsx_state *s, const char **attr)
{
	const char *type = get(attr, "t");
	size_t col;
	if (!column_of(get(attr, "r"), &col))
		col = s->cell.n;
	if (col >= XLSX_COLUMNS)
		refuse_row(s, "more than %d columns", XLSX_COLUMNS);
	else if (col < s->cell.n)
		refuse_row(s, "its cells are not in order");
	s->col = col;
	s->cell_style = number_of(get(attr, "s"));
	size_t n = strnlen(type, sizeof(s->type) - 1);
	memcpy(s->type, type, n);
	s->type[n] = '\0';
	s->has_formula = false;
	buf_reset(&s->value);
	buf_reset(&s->formula);
}

static void add_cell(struct xlsx_state *s, size_t at, bool good)
{
	*vec_add(&s->cell) = (struct span){ at, s->row_text.n - at };
	*vec_add(&s->bad) = !good;
	s->any_bad |= !good;
}

static void end_cell(struct xlsx *x)
{
	struct xlsx_state *s = x->state;
	if (s->refused)
		return;
	while (s->cell.n < s->col)
		add_cell(s, s->row_text.n, true);
	size_t at = s->row_text.n;
	bool good = put_cell(x);
	if (memchr(s->row_text.p ? s->row_text.p + at : "", '\0',
		    s->row_text.n - at))
		refuse_row(s, "a NUL");
	add_cell(s, at, good);
	if (s->row_text.n > x->max_row)
		refuse_row(s, "the row is longer than %zu bytes", x->max_row);
}

static void begin_row(struct xlsx_state *s, const char **attr)
{
	unsigned n = number_of(get(attr, "r"));
	s->line = n > s->line ? n : s->line + 1;
	s->in_row = true;
	s->any_bad = s->refused = false;
	s->cell.n = s->bad.n = 0;
	buf_reset(&s->row_text);
}

/* The parts. */

static void on_relation(struct xlsx_state *s, const char **attr)
{
	const char *id = get(attr, "Id"), *to = get(attr, "Target");
	const char *type = strrchr(get(attr, "Type"), '/');
	type = type ? type + 1 : "";
	*vec_add(&s->rel) = (struct relation){
		.id = arena_bytes(&s->text, id, strlen(id) + 1),
		.part = arena_bytes(&s->text, to, strlen(to) + 1),
		.type = arena_bytes(&s->text, type, strlen(type) + 1),
	};
}

static void on_book(struct xlsx *x, const char *name, const char **attr)
{
	struct xlsx_state *s = x->state;
	if (is(name, "workbookPr")) {
		s->from_1904 = truth(get(attr, "date1904"));
	} else if (is(name, "calcPr")) {
		s->stale = truth(get(attr, "fullCalcOnLoad"));
	} else if (is(name, "sheet")) {
		const char *title = get(attr, "name"), *id = get(attr, "id");
		const char *state = get(attr, "state");
		size_t n = strlen(title);
		*vec_add(&x->sheet) = (struct xlsx_sheet){
			.name = { arena_bytes(&s->text, title, n), n },
			.part = arena_bytes(&s->text, id, strlen(id) + 1),
			.hidden =
				is(state, "hidden") || is(state, "veryHidden"),
		};
	}
}

static void on_styles(struct xlsx_state *s, const char *name, const char **attr)
{
	if (is(name, "numFmts") || is(name, "cellXfs"))
		s->list = name[0] == 'n' ? LIST_FORMATS : LIST_CELLS;
	else if (is(name, "numFmt") && s->list == LIST_FORMATS &&
		 s->format.n < LISTED)
		*vec_add(&s->format) =
			format_of(number_of(get(attr, "numFmtId")),
				get(attr, "formatCode"));
	else if (is(name, "xf") && s->list == LIST_CELLS && s->style.n < STYLES)
		*vec_add(&s->style) =
			find_format(s, number_of(get(attr, "numFmtId")));
}

static void on_shared(struct xlsx_state *s, const char *name)
{
	if (is(name, "si")) {
		s->list = LIST_TEXT;
		*vec_add(&s->shared) = (struct span){ s->shared_text.n, 0 };
	} else if (is(name, "t") && !s->phonetic && s->list == LIST_TEXT) {
		s->into = &s->shared_text;
	}
}

static void on_row(struct xlsx_state *s, const char *name, const char **attr)
{
	if (is(name, "row")) {
		begin_row(s, attr);
	} else if (!s->in_row) {
		return;
	} else if (is(name, "c")) {
		begin_cell(s, attr);
	} else if (is(name, "is")) {
		s->list = LIST_TEXT;
	} else if (is(name, "v") ||
		   (is(name, "t") && !s->phonetic && s->list == LIST_TEXT)) {
		s->into = &s->value;
	} else if (is(name, "f")) {
		s->has_formula = true;
		s->into = &s->formula;
	}
}

static void on_start(void *arg, const char *full, const char **attr)
{
	struct xlsx *x = arg;
	struct xlsx_state *s = x->state;
	const char *name = local(full);
	if (s->stopped)
		return;
	if (is(name, "rPh"))
		s->phonetic = true;
	switch (s->part) {
	case PART_RELATIONS:
		if (is(name, "Relationship"))
			on_relation(s, attr);
		break;
	case PART_BOOK:
		on_book(x, name, attr);
		break;
	case PART_STYLES:
		on_styles(s, name, attr);
		break;
	case PART_SHARED:
		on_shared(s, name);
		break;
	case PART_SHEET:
		on_row(s, name, attr);
		break;
	}
	if (s->rel.n > LISTED || x->sheet.n > LISTED)
		stop(s, "more than %d sheets or parts", LISTED);
}

static void end_shared(struct xlsx_state *s)
{
	struct span *span = &s->shared.v[s->shared.n - 1];
	unescape(&s->shared_text, span->at);
	span->n = s->shared_text.n - span->at;
}

static void on_end(void *arg, const char *full)
{
	struct xlsx *x = arg;
	struct xlsx_state *s = x->state;
	const char *name = local(full);
	if (s->stopped)
		return;
	if (is(name, "v") || is(name, "f") || is(name, "t")) {
		s->into = NULL;
	} else if (is(name, "rPh")) {
		s->phonetic = false;
	} else if (is(name, "numFmts") || is(name, "cellXfs") ||
		   is(name, "is")) {
		s->list = LIST_NONE;
	} else if (is(name, "si") && s->part == PART_SHARED &&
		   s->list == LIST_TEXT) {
		s->list = LIST_NONE;
		end_shared(s);
	} else if (is(name, "c") && s->in_row) {
		end_cell(x);
	} else if (is(name, "row") && s->in_row) {
		s->in_row = false;
		s->row_ready = true;
		XML_StopParser(s->expat, XML_TRUE);
	}
}

static void on_text(void *arg, const char *p, int n)
{
	struct xlsx *x = arg;
	struct xlsx_state *s = x->state;
	if (!s->into || s->stopped)
		return;
	if (s->into == &s->shared_text && s->into->n > XLSX_SHARED)
		stop(s, "the texts that its cells share are more than %zu MiB",
			XLSX_SHARED >> 20);
	else if (s->into != &s->shared_text && s->into->n > x->max_row)
		refuse_row(s, "the row is longer than %zu bytes", x->max_row);
	else
		buf_add(s->into, p, (size_t)n);
}

/* No workbook has one, and what it defines could be without end. */
static void on_doctype(void *arg, const char *name, const char *sys,
	const char *pub, int internal)
{
	struct xlsx *x = arg;
	(void)name;
	(void)sys;
	(void)pub;
	(void)internal;
	stop(x->state, "a DOCTYPE");
}

static bool begin_part(struct xlsx *x, enum part kind, const char *part,
	struct why *why)
{
	struct xlsx_state *s = x->state;
	const struct zip_entry *e = zip_find(x->zip, part);
	if (!e)
		return why_not(why, "its part '%s' is missing", part);
	if (!zip_begin(x->zip, e, why))
		return false;
	XML_ParserReset(s->expat, NULL);
	XML_SetUserData(s->expat, x);
	XML_SetElementHandler(s->expat, on_start, on_end);
	XML_SetCharacterDataHandler(s->expat, on_text);
	XML_SetStartDoctypeDeclHandler(s->expat, on_doctype);
	s->fed = 0;
	s->part = kind;
	s->list = LIST_NONE;
	s->phonetic = s->stopped = false;
	s->into = NULL;
	return true;
}

/* What expat has to say about the part that is read. */
static bool bad_part(const struct xlsx_state *s, struct why *why)
{
	if (!s->stopped)
		why_not(why, "XML that cannot be read: %s",
			XML_ErrorString(XML_GetErrorCode(s->expat)));
	return false;
}

/* Feeds a block; *more is false after the last. */
static bool feed(struct xlsx *x, bool *more, struct why *why)
{
	struct xlsx_state *s = x->state;
	s->why = why;
	void *p = XML_GetBuffer(s->expat, BLOCK);
	if (!p)
		die("no memory for expat");
	ssize_t n = zip_read(x->zip, p, BLOCK, why);
	if (n < 0)
		return false;
	*more = n > 0;
	s->fed += (uint64_t)n;
	if (XML_ParseBuffer(s->expat, (int)n, n == 0) == XML_STATUS_ERROR)
		return bad_part(s, why);
	XML_Index at = XML_GetCurrentByteIndex(s->expat);
	if (at >= 0 && s->fed - (uint64_t)at > TAG)
		return why_not(why, "a tag of more than %zu bytes", TAG);
	return true;
}

static bool read_part(struct xlsx *x, enum part kind, const char *part,
	struct why *why)
{
	bool more = true;
	if (!begin_part(x, kind, part, why))
		return false;
	while (more)
		if (!feed(x, &more, why))
			return false;
	return true;
}

/* The part that a target means, as seen from another: "/xl/a.xml", "a.xml",
 * "../a.xml". */
static const char *resolve(struct xlsx_state *s, const char *from,
	const char *target)
{
	struct buf b = { 0 };
	const char *slash = strrchr(from, '/');
	size_t dir = slash ? (size_t)(slash - from) + 1 : 0;
	if (*target == '/')
		target++, dir = 0;
	for (; strncmp(target, "../", 3) == 0; target += 3) {
		while (dir && from[dir - 1] == '/')
			dir--;
		while (dir && from[dir - 1] != '/')
			dir--;
	}
	buf_add(&b, from, dir);
	buf_adds(&b, target);
	const char *part = arena_bytes(&s->text, b.p, b.n + 1);
	buf_release(&b);
	return part;
}

/* "xl/_rels/workbook.xml.rels" of "xl/workbook.xml". */
static const char *rels_of(struct xlsx_state *s, const char *part)
{
	struct buf b = { 0 };
	const char *slash = strrchr(part, '/');
	size_t dir = slash ? (size_t)(slash - part) + 1 : 0;
	buf_add(&b, part, dir);
	buf_addf(&b, "_rels/%s.rels", part + dir);
	const char *rels = arena_bytes(&s->text, b.p, b.n + 1);
	buf_release(&b);
	return rels;
}

/* By type, or else by id; NULL where there is none. */
static const char *related(const struct xlsx_state *s, const char *type,
	const char *id)
{
	for (size_t i = 0; i < s->rel.n; i++)
		if (is(s->rel.v[i].type, type) &&
			(!id || is(s->rel.v[i].id, id)))
			return s->rel.v[i].part;
	return NULL;
}

/* A part that may be absent. */
static bool read_other(struct xlsx *x, enum part kind, const char *book,
	const char *type, struct why *why)
{
	const char *part = related(x->state, type, NULL);
	return !part || read_part(x, kind, resolve(x->state, book, part), why);
}

/* All but the sheet. Those of charts are none. */
static bool read_book(struct xlsx *x, struct why *why)
{
	struct xlsx_state *s = x->state;
	const char *book = NULL, *part;
	if (zip_find(x->zip, "_rels/.rels") &&
		!read_part(x, PART_RELATIONS, "_rels/.rels", why))
		return false;
	if (!(book = related(s, "officeDocument", NULL)))
		return why_not(why, "it is no workbook");
	book = resolve(s, "", book);
	size_t n = strlen(book);
	if (n > 4 && is(book + n - 4, ".bin"))
		return why_not(why, "it is a binary workbook (.xlsb); save it "
				    "as .xlsx or CSV UTF-8");
	s->rel.n = 0;
	if (!read_part(x, PART_BOOK, book, why) ||
		!read_part(x, PART_RELATIONS, rels_of(s, book), why))
		return false;
	size_t sheets = 0;
	for (size_t i = 0; i < x->sheet.n; i++) {
		part = related(s, "worksheet", x->sheet.v[i].part);
		if (!part)
			continue;
		x->sheet.v[sheets] = x->sheet.v[i];
		x->sheet.v[sheets++].part = resolve(s, book, part);
	}
	x->sheet.n = sheets;
	if (sheets == 0)
		return why_not(why, "it is no workbook, or one without sheets");
	return read_other(x, PART_STYLES, book, "styles", why) &&
	       read_other(x, PART_SHARED, book, "sharedStrings", why);
}

static bool find_sheet(struct xlsx *x, const char *name, struct why *why)
{
	struct buf names = { 0 };
	unsigned want = 1, tab = 0;
	for (size_t i = 0; name && i < x->sheet.n; i++)
		if (view_is(x->sheet.v[i].name, name)) {
			x->at = i;
			return true;
		}
	bool number = !name || small(name, strlen(name), &want);
	for (size_t i = 0; i < x->sheet.n; i++) {
		const struct xlsx_sheet *s = &x->sheet.v[i];
		if (s->hidden)
			continue;
		if (number && ++tab == want) {
			x->at = i;
			buf_release(&names);
			return true;
		}
		buf_addf(&names, "%s '%.*s'", names.n ? "," : "",
			s->name.n < 60 ? (int)s->name.n : 60, s->name.p);
	}
	why_not(why, "no sheet '%.60s'; there are%s", name ? name : "1",
		names.n ? names.p : " only hidden ones");
	buf_release(&names);
	return false;
}

bool xlsx_open(struct xlsx *x, struct zip *zip, const char *sheet,
	struct why *why)
{
	struct xlsx_state *s = xcalloc(1, sizeof(*s));
	*x = (struct xlsx){ .zip = zip, .max_row = CSV_MAX_ROW, .state = s };
	s->expat = XML_ParserCreate(NULL);
	if (!s->expat)
		die("no memory for expat");
	if (read_book(x, why) && find_sheet(x, sheet, why) &&
		begin_part(x, PART_SHEET, x->sheet.v[x->at].part, why))
		return true;
	xlsx_close(x);
	return false;
}

/* Goes on to the end of the next row; false where there is none, or with why,
 * and *broken. */
static bool next_row(struct xlsx *x, bool *broken, struct why *why)
{
	struct xlsx_state *s = x->state;
	XML_ParsingStatus at;
	bool more = true;
	s->row_ready = false;
	s->why = why;
	*broken = false;
	XML_GetParsingStatus(s->expat, &at);
	if (at.parsing == XML_SUSPENDED) {
		more = !at.finalBuffer;
		if (XML_ResumeParser(s->expat) == XML_STATUS_ERROR) {
			*broken = true;
			return bad_part(s, why);
		}
	} else if (at.parsing == XML_FINISHED) {
		more = false;
	}
	while (!s->row_ready && more)
		if (!feed(x, &more, why)) {
			*broken = true;
			return false;
		}
	return s->row_ready;
}

/* The row's cells as views, its text as CSV. False: there is no text in it. */
static bool give_row(struct xlsx *x, struct csv_row *row)
{
	struct xlsx_state *s = x->state;
	size_t n = s->cell.n;
	while (n && s->cell.v[n - 1].n == 0)
		n--;
	if (n == 0 && !s->refused)
		return false;
	while (s->cell.n < x->width)
		add_cell(s, s->row_text.n, true);
	buf_reset(&s->raw);
	s->view.n = 0;
	/* a row's text always has its pad, even where it is empty */
	buf_add(&s->row_text, "", 0);
	for (size_t i = 0; i < n || i < x->width; i++) {
		struct span c = s->cell.v[i];
		struct view v = { s->row_text.p + c.at, c.n };
		*vec_add(&s->view) = v;
		if (i && i < n)
			buf_addc(&s->raw, ',');
		if (v.n)
			csvout_cell(&s->raw, v);
	}
	row->cell = s->view.v;
	row->n = s->view.n;
	row->raw = buf_view(&s->raw);
	if (row->raw.n > x->max_row)
		row->raw.n = x->max_row;
	row->bad = s->any_bad ? s->bad.v : NULL;
	return true;
}

enum csv_status xlsx_next(struct xlsx *x, struct csv_row *row, struct why *why)
{
	struct xlsx_state *s = x->state;
	bool broken;
	*why = (struct why){ 0 };
	*row = (struct csv_row){ 0 };
	while (next_row(x, &broken, why)) {
		if (!give_row(x, row))
			continue;
		row->line = s->line;
		if (!s->refused)
			return CSV_ROW;
		*why = s->row_why;
		why->line = s->line;
		row->cell = NULL;
		row->n = 0;
		return CSV_REFUSED;
	}
	row->line = s->in_row ? s->line : s->line + 1;
	why->line = broken ? row->line : 0;
	return broken ? CSV_BROKEN : CSV_END;
}

void xlsx_close(struct xlsx *x)
{
	struct xlsx_state *s = x->state;
	if (!s)
		return;
	zip_end(x->zip);
	XML_ParserFree(s->expat);
	arena_release(&s->text);
	vec_release(&s->rel);
	vec_release(&s->format);
	vec_release(&s->style);
	vec_release(&s->shared);
	buf_release(&s->shared_text);
	buf_release(&s->row_text);
	buf_release(&s->raw);
	vec_release(&s->cell);
	vec_release(&s->view);
	vec_release(&s->bad);
	buf_release(&s->value);
	buf_release(&s->formula);
	vec_release(&x->sheet);
	free(s);
	x->state = NULL;
}
