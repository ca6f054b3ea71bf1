#include "edge/rules.h"

#include "base/die.h"
#include "base/map.h"
#include "edge/csv.h"
#include "record/rec.h"
#include "value/text.h"

#include <stdarg.h>
#include <stdio.h>

/* Where a cell stands, for messages. */
struct spot {
	size_t line, col;
};

__attribute__((format(printf, 3, 4), noreturn)) static void refuse(
	const struct rules *r, struct spot at, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (at.col)
		die("%s:%zu:%zu: %s", r->path, at.line, at.col, text);
	die("%s:%zu: %s", r->path, at.line, text);
}

static struct view keep(struct rules *r, struct view v)
{
	return (struct view){ arena_bytes(&r->text, v.p, v.n), v.n };
}

static size_t find_column(const struct rules *r, struct view name)
{
	for (size_t i = 0; i < r->ncolumns; i++)
		if (view_eq(r->column[i], name))
			return i;
	return MAP_NONE;
}

static bool listed(struct view name, const char *const *list)
{
	for (; list && *list; list++)
		if (view_is(name, *list))
			return true;
	return false;
}

/* "; is it 'when'?" of the lists, or nothing. */
static void nearest(struct buf *out, struct view name, const char *const *need,
	const char *const *may)
{
	for (int k = 0; k < 2; k++)
		for (const char *const *p = k ? may : need; p && *p; p++)
			if (text_near(name, view_of(*p))) {
				buf_addf(out, "; is it '%s'?", *p);
				return;
			}
	buf_adds(out, "; there are");
	for (int k = 0; k < 2; k++)
		for (const char *const *p = k ? may : need; p && *p; p++)
			buf_addf(out, " %s", *p);
}

static void check_columns(const struct rules *r, struct spot at,
	const char *const *need, const char *const *may)
{
	struct buf more = { 0 };
	for (size_t i = 0; i < r->ncolumns; i++) {
		struct view v = r->column[i];
		if (!may || !v.n || listed(v, need) || listed(v, may))
			continue;
		nearest(&more, v, need, may);
		refuse(r, at, "no column '%.*s' is known%s", (int)v.n, v.p,
			more.p);
	}
	for (; need && *need; need++) {
		if (find_column(r, view_of(*need)) != MAP_NONE)
			continue;
		for (size_t i = 0; i < r->ncolumns; i++)
			buf_addf(&more, "%s%.*s", i ? ", " : "; it has ",
				(int)r->column[i].n, r->column[i].p);
		refuse(r, at, "column '%s' is missing%s", *need,
			more.p ? more.p : "");
	}
	buf_release(&more);
}

static struct view column_name(struct rules *r, struct view v)
{
	struct buf b = { 0 };
	text_add_lower(&b, text_trim(v));
	v = keep(r, buf_view(&b));
	buf_release(&b);
	return v;
}

/* What a spreadsheet puts in place of a value, and what a wrong encoding
 * leaves of a character. */
static void check_cell(const struct rules *r, size_t line, struct view name,
	struct view v)
{
	static const char *const errors[] = { "#NAME?", "#REF!", "#VALUE!",
		"#N/A", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", NULL };
	struct spot at = { line, 0 };
	struct view t = text_trim(v);
	if (listed(t, errors))
		refuse(r, at,
			"column '%.*s' holds '%.*s', a spreadsheet's error in "
			"place of what was typed",
			(int)name.n, name.p, (int)t.n, t.p);
	if (memmem(v.p, v.n, "\xEF\xBF\xBD", 3))
		refuse(r, at,
			"column '%.*s' holds U+FFFD: a character was lost "
			"when the file was saved",
			(int)name.n, name.p);
}

/* Bytes of the first line that is neither empty nor a comment: the header. */
static struct view header_line(struct source *s)
{
	for (;;) {
		const char *p = s->buf.p + s->pos, *end = s->buf.p + s->buf.n;
		while (p < end) {
			const char *e = p;
			while (e < end && *e != '\n' && *e != '\r')
				e++;
			if (e == end && !s->eof)
				break;
			if (e > p && *p != '#')
				return (struct view){ p, (size_t)(e - p) };
			p = e + 1;
		}
		if (!source_more(s))
			break;
	}
	/* the end of the file stands without a line end */
	const char *p = s->buf.p + s->buf.n;
	while (p > s->buf.p + s->pos && p[-1] != '\n' && p[-1] != '\r')
		p--;
	return (struct view){ p, (size_t)(s->buf.p + s->buf.n - p) };
}

/* Of , ; TAB the one that the header has most of. */
static char header_delim(struct view line)
{
	static const char names[] = ",;\t";
	size_t count[3] = { 0 }, best = 0;
	for (size_t i = 0; i < line.n; i++)
		for (size_t k = 0; k < 3; k++)
			count[k] += line.p[i] == names[k];
	for (size_t k = 1; k < 3; k++)
		if (count[k] > count[best])
			best = k;
	return names[best];
}

static bool row_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (!text_blank(row->cell[i]))
			return false;
	return true;
}

/* A line that begins with '#'; or what a spreadsheet makes of one: the sign
 * in the first cell and nothing in the others. */
static bool comment(const struct rules *r, const struct csv_row *row)
{
	if (row->raw.n && row->raw.p[0] == '#') {
		const char *lf = memchr(row->raw.p, '\n', row->raw.n);
		if (lf)
			refuse(r, (struct spot){ row->line, 0 },
				"a comment goes on over two lines: it holds "
				"a quote");
		if (row->n && r->ncolumns)
			check_cell(r, row->line, r->column[0], row->cell[0]);
		return true;
	}
	if (!row->n || !row->cell[0].n || row->cell[0].p[0] != '#')
		return false;
	for (size_t i = 1; i < row->n; i++)
		if (!text_blank(row->cell[i]))
			return false;
	return row->n > 1;
}

static void take_header(struct rules *r, const struct csv_row *row)
{
	size_t n = row->n;
	while (n && text_blank(row->cell[n - 1]))
		n--;
	r->column = arena_alloc(&r->text, n * sizeof(*r->column));
	for (size_t i = 0; i < n; i++) {
		struct view name = column_name(r, row->cell[i]);
		if (name.n && find_column(r, name) != MAP_NONE)
			refuse(r, (struct spot){ row->line, 0 },
				"column '%.*s' is there twice", (int)name.n,
				name.p);
		r->column[r->ncolumns++] = name;
	}
}

static void take_row(struct rules *r, const struct csv_row *row)
{
	struct spot at = { row->line, 0 };
	struct rules_row *out = vec_add(&r->row);
	out->line = row->line;
	out->cell = arena_alloc(&r->text, r->ncolumns * sizeof(*out->cell));
	for (size_t i = 0; i < r->ncolumns; i++)
		out->cell[i] = (struct view){ NULL, 0 };
	for (size_t i = 0; i < row->n; i++) {
		struct view v = row->cell[i];
		if (i < r->ncolumns && r->column[i].n) {
			check_cell(r, row->line, r->column[i], v);
			out->cell[i] = keep(r, v);
		} else if (!text_blank(v)) {
			refuse(r, at,
				"cell %zu, '%.*s', stands under no column "
				"name; a comma inside a cell needs quotes "
				"around the cell",
				i + 1, v.n < 40 ? (int)v.n : 40, v.p);
		}
	}
}

static void load_csv(struct rules *r, struct source *s, const char *const *need,
	const char *const *may)
{
	struct csv c;
	struct csv_row row;
	struct why why;
	enum csv_status st;
	bool header = false;
	csv_open(&c, s, header_delim(header_line(s)));
	while ((st = csv_next(&c, &row, &why)) != CSV_END) {
		if (comment(r, &row))
			continue;
		if (st == CSV_REFUSED)
			refuse(r, (struct spot){ why.line, why.col }, "%s",
				why.text);
		if (row_blank(&row))
			continue;
		if (header) {
			take_row(r, &row);
			continue;
		}
		take_header(r, &row);
		check_columns(r, (struct spot){ row.line, 0 }, need, may);
		header = true;
	}
	csv_close(&c);
	if (!header)
		die("%s: no header: the first line names the columns", r->path);
}

/* The next line without its end; false at the end of the file. */
static bool next_line(struct source *s, struct view *line)
{
	size_t at = 0;
	for (;;) {
		const char *p = s->buf.p + s->pos;
		size_t n = s->buf.n - s->pos;
		const char *lf = n > at ? memchr(p + at, '\n', n - at) : NULL;
		if (lf || (!source_more(s) && n)) {
			p = s->buf.p + s->pos;
			n = lf ? (size_t)(lf - p) : n;
			s->pos += n + (lf ? 1 : 0);
			*line = (struct view){ p, n };
			return true;
		}
		if (s->eof && s->pos == s->buf.n)
			return false;
		at = n;
	}
}

static size_t json_column(struct rules *r, size_t *cap, struct view name)
{
	size_t i = find_column(r, name);
	if (i != MAP_NONE)
		return i;
	if (r->ncolumns == *cap) {
		struct view *had = r->column;
		*cap = *cap ? *cap * 2 : 16;
		r->column = arena_alloc(&r->text, *cap * sizeof(*had));
		if (r->ncolumns)
			memcpy(r->column, had, r->ncolumns * sizeof(*had));
	}
	r->column[r->ncolumns] = name;
	return r->ncolumns++;
}

static void json_row(struct rules *r, struct rec *rec, size_t line, size_t *cap,
	struct buf *scratch)
{
	struct spot at = { line, 0 };
	for (size_t i = 0; i < rec->nmembers; i++)
		json_column(r, cap,
			column_name(r, val_text(rec->member[i].key, scratch)));
	struct rules_row *out = vec_add(&r->row);
	out->line = line;
	out->cell = arena_alloc(&r->text, r->ncolumns * sizeof(*out->cell));
	for (size_t i = 0; i < r->ncolumns; i++)
		out->cell[i] = (struct view){ NULL, 0 };
	for (size_t i = 0; i < rec->nmembers; i++) {
		struct val v = rec->member[i].val;
		struct view name =
			column_name(r, val_text(rec->member[i].key, scratch));
		size_t col = find_column(r, name);
		if (out->cell[col].p)
			refuse(r, at, "'%.*s' is there twice", (int)name.n,
				name.p);
		if (v.kind == K_NULL || v.kind == K_MISSING)
			continue;
		if (val_has_nul(v))
			refuse(r, at, "'%.*s' holds U+0000", (int)name.n,
				name.p);
		out->cell[col] = keep(r, val_text(v, scratch));
	}
}

static void load_json(struct rules *r, struct source *s,
	const char *const *need, const char *const *may)
{
	struct keys keys = { 0 };
	struct rec rec;
	struct why why = { 0 };
	struct view line;
	struct buf scratch = { 0 };
	VEC(size_t) had = { 0 };
	size_t n = 0, first = 0, cap = 0;
	source_utf8(s);
	rec_init(&rec, &keys);
	while (next_line(s, &line)) {
		n++;
		if (text_blank(line) || line.p[0] == '#')
			continue;
		if (!rec_parse(&rec, line.p, line.n, &why))
			refuse(r, (struct spot){ n, why.col }, "%s", why.text);
		json_row(r, &rec, n, &cap, &scratch);
		*vec_add(&had) = r->ncolumns;
		first = first ? first : n;
	}
	/* rows read before a column was first seen do not have it */
	for (size_t i = 0; i < r->row.n; i++) {
		struct view *cell =
			arena_alloc(&r->text, r->ncolumns * sizeof(*cell));
		for (size_t k = 0; k < r->ncolumns; k++)
			cell[k] = k < had.v[i] ? r->row.v[i].cell[k]
					       : (struct view){ NULL, 0 };
		r->row.v[i].cell = cell;
	}
	vec_release(&had);
	check_columns(r, (struct spot){ first, 0 }, need, may);
	rec_release(&rec);
	keys_release(&keys);
	buf_release(&scratch);
}

void rules_load(struct rules *r, const char *path, const char *const *need,
	const char *const *may)
{
	static const enum charset tries[] = { CHARSET_UTF8, CHARSET_GB18030 };
	struct source s;
	*r = (struct rules){ .path = path };
	source_open(&s, path, CHARSET_NONE, tries, 2);
	struct view head = header_line(&s);
	head = text_trim(head);
	if (head.n && head.p[0] == '{')
		load_json(r, &s, need, may);
	else
		load_csv(r, &s, need, may);
	source_close(&s);
}

size_t rules_column(const struct rules *r, const char *name)
{
	return find_column(r, view_of(name));
}

struct view rules_cell(const struct rules *r, size_t row, const char *name)
{
	size_t i = rules_column(r, name);
	if (i == MAP_NONE || !r->row.v[row].cell[i].p)
		return VIEW("");
	return text_trim(r->row.v[row].cell[i]);
}

void rules_die(const struct rules *r, size_t row, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	refuse(r, (struct spot){ r->row.v[row].line, 0 }, "%s", text);
}

void rules_release(struct rules *r)
{
	vec_release(&r->row);
	arena_release(&r->text);
	*r = (struct rules){ 0 };
}
