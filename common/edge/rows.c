#include "edge/rows.h"

#include "base/die.h"
#include "value/text.h"

#include <stdarg.h>
#include <stdio.h>

void rows_die(const char *path, size_t line, size_t col, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (col)
		die("%s:%zu:%zu: %s", path, line, col, text);
	if (line)
		die("%s:%zu: %s", path, line, text);
	die("%s: %s", path, text);
}

struct view rows_name(struct arena *a, struct view name)
{
	struct buf b = { 0 };
	text_add_lower(&b, text_trim(name));
	struct view v = { arena_bytes(a, b.p, b.n), b.n };
	buf_release(&b);
	return v;
}

/* What a spreadsheet puts in place of a value, and what a wrong encoding
 * leaves of a character. */
static void check_cell(const struct rows *r, size_t line, struct view name,
	struct view v)
{
	static const char *const errors[] = { "#NAME?", "#REF!", "#VALUE!",
		"#N/A", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", NULL };
	struct view t = text_trim(v);
	for (const char *const *e = errors; *e; e++)
		if (view_is(t, *e))
			rows_die(r->path, line, 0,
				"column '%.*s' holds '%.*s', a spreadsheet's "
				"error in place of what was typed",
				(int)name.n, name.p, (int)t.n, t.p);
	if (memmem(v.p, v.n, "\xEF\xBF\xBD", 3))
		rows_die(r->path, line, 0,
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
static bool comment(const struct rows *r, const struct csv_row *row)
{
	if (row->raw.n && row->raw.p[0] == '#') {
		if (memchr(row->raw.p, '\n', row->raw.n))
			rows_die(r->path, row->line, 0,
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

/* The next row that is neither empty nor a comment. */
static bool next_row(struct rows *r, struct csv_row *row)
{
	struct why why = { 0 };
	enum csv_status st;
	while ((st = csv_next(&r->csv, row, &why)) != CSV_END) {
		if (comment(r, row))
			continue;
		if (st == CSV_REFUSED)
			rows_die(r->path, why.line, why.col, "%s", why.text);
		if (!row_blank(row))
			return true;
	}
	return false;
}

static void take_header(struct rows *r, const struct csv_row *row)
{
	size_t n = row->n;
	while (n && text_blank(row->cell[n - 1]))
		n--;
	r->header = row->line;
	r->column = arena_alloc(&r->text, n * sizeof(*r->column));
	r->title = arena_alloc(&r->text, n * sizeof(*r->title));
	r->cell = arena_alloc(&r->text, n * sizeof(*r->cell));
	for (size_t i = 0; i < n; i++) {
		struct view name = rows_name(&r->text, row->cell[i]);
		struct view title = text_trim(row->cell[i]);
		for (size_t k = 0; name.n && k < i; k++)
			if (view_eq(r->column[k], name))
				rows_die(r->path, row->line, 0,
					"column '%.*s' is there twice",
					(int)name.n, name.p);
		title.p = arena_bytes(&r->text, title.p, title.n);
		r->title[i] = title;
		r->column[r->ncolumns++] = name;
	}
}

static void take_row(struct rows *r, const struct csv_row *row)
{
	r->line = row->line;
	for (size_t i = 0; i < r->ncolumns; i++)
		r->cell[i] = (struct view){ NULL, 0 };
	for (size_t i = 0; i < row->n; i++) {
		struct view v = row->cell[i];
		if (i < r->ncolumns && r->column[i].n) {
			check_cell(r, row->line, r->column[i], v);
			r->cell[i] = v;
		} else if (!text_blank(v)) {
			rows_die(r->path, row->line, 0,
				"cell %zu, '%.*s', stands under no column "
				"name; a comma inside a cell needs quotes "
				"around the cell",
				i + 1, v.n < 40 ? (int)v.n : 40, v.p);
		}
	}
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

/* What people have in place of a table, with the remedy. */
static void refuse_other(const char *path, struct view start)
{
	if (start.n >= 4 && memcmp(start.p, "PK\003\004", 4) == 0)
		die("%s is a workbook; save the sheet as CSV UTF-8", path);
	if (start.n >= 4 && memcmp(start.p, "\xD0\xCF\x11\xE0", 4) == 0)
		die("%s is a workbook (.xls); save the sheet as CSV UTF-8",
			path);
	if (start.n && start.p[0] == '[' &&
		(start.n == 1 || memchr(start.p, '{', start.n)))
		die("%s is a JSON array; one object a line is wanted, as "
		    "jq -c '.[]' makes them",
			path);
}

/* What Excel calls "CSV" is in Europe none of the encodings that are tried. */
static void settle_charset(struct rows *r)
{
	struct source *in = &r->in;
	const char *p = in->buf.p + in->pos;
	size_t n = in->buf.n - in->pos, at = 0, line = 1, start = 0;
	if (!in->guessed || scan_utf8(p, n) == n)
		return;
	enum charset is = charset_eastern((struct view){ p, n }, &at);
	for (size_t i = 0; i < at; i++)
		if (p[i] == '\n') {
			line++;
			start = i + 1;
		}
	if (is == CHARSET_NONE)
		rows_die(r->path, line, at - start + 1,
			"a letter is in an encoding that cannot be told "
			"(Windows-1252 or GBK): save the table as CSV UTF-8");
	if (is == CHARSET_CP1252)
		in->charset = is;
}

void rows_open(struct rows *r, const char *path)
{
	static const enum charset tries[] = { CHARSET_UTF8, CHARSET_GB18030 };
	struct csv_row row;
	*r = (struct rows){ .path = path };
	source_open(&r->in, path, CHARSET_NONE, tries, 2);
	settle_charset(r);
	struct view head = header_line(&r->in), start = text_trim(head);
	refuse_other(path, start);
	if (start.n && start.p[0] == '{') {
		r->json = true;
		source_utf8(&r->in);
		rec_init(&r->rec, &r->keys);
		return;
	}
	csv_open(&r->csv, &r->in, header_delim(head));
	if (!next_row(r, &row))
		die("%s: no header: the first line names the columns", path);
	take_header(r, &row);
}

bool rows_next(struct rows *r)
{
	struct csv_row row;
	struct why why = { 0 };
	struct view line;
	if (!r->json) {
		if (!next_row(r, &row))
			return false;
		take_row(r, &row);
		return true;
	}
	while (next_line(&r->in, &line)) {
		r->line++;
		if (text_blank(line) || line.p[0] == '#')
			continue;
		if (!rec_parse(&r->rec, line.p, line.n, &why))
			rows_die(r->path, r->line, why.col, "%s", why.text);
		r->rec.file = r->path;
		r->rec.lineno = r->line;
		return true;
	}
	return false;
}

void rows_close(struct rows *r)
{
	if (r->json)
		rec_release(&r->rec);
	else
		csv_close(&r->csv);
	keys_release(&r->keys);
	source_close(&r->in);
	arena_release(&r->text);
	*r = (struct rows){ 0 };
}
