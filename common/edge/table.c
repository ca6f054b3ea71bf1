#include "edge/table.h"

#include "base/die.h"
#include "edge/csvout.h"
#include "record/scan.h"
#include "value/utf8.h"

#include <stdarg.h>
#include <stdio.h>

#define BAR_COLUMNS 24
#define CELL_COLUMNS 60

struct table_column {
	const char *name;
	enum table_kind kind;
};

enum table_format table_format(const char *name)
{
	if (!name || strcmp(name, "text") == 0)
		return TABLE_TEXT;
	if (strcmp(name, "csv") == 0)
		return TABLE_CSV;
	if (strcmp(name, "ndjson") == 0)
		return TABLE_NDJSON;
	die("no format '%s'; there are text, csv and ndjson", name);
}

void table_column(struct table *t, const char *name, enum table_kind kind)
{
	struct table_column *c = vec_add(&t->column);
	c->name = arena_bytes(&t->text, name, strlen(name) + 1);
	c->kind = kind;
}

static void add(struct table *t, struct view text, bool number)
{
	struct table_cell *c = vec_add(&t->cell);
	c->number = number;
	c->text = text;
	if (text.p)
		c->text.p = arena_bytes(&t->text, text.p, text.n);
}

void table_text(struct table *t, struct view text)
{
	add(t, text.p ? text : VIEW(""), false);
}

void table_number(struct table *t, struct view digits)
{
	add(t, digits, true);
}

void table_count(struct table *t, uint64_t n)
{
	char digits[24];
	int len =
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	table_number(t, (struct view){ digits, (size_t)len });
}

void table_dec(struct table *t, struct dec d)
{
	struct buf b = { 0 };
	dec_print(&b, d);
	table_number(t, buf_view(&b));
	buf_release(&b);
}

void table_missing(struct table *t)
{
	add(t, (struct view){ 0 }, false);
}

__attribute__((format(printf, 2, 0))) static void add_line(struct buf *out,
	const char *fmt, va_list ap)
{
	char text[1024];
	vsnprintf(text, sizeof(text), fmt, ap);
	buf_adds(out, text);
	buf_addc(out, '\n');
}

void table_head(struct table *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add_line(&t->head, fmt, ap);
	va_end(ap);
}

void table_foot(struct table *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add_line(&t->foot, fmt, ap);
	va_end(ap);
}

void table_grouped(struct buf *out, struct view digits)
{
	size_t whole = 0, sign = digits.n && digits.p[0] == '-';
	while (sign + whole < digits.n && digits.p[sign + whole] >= '0' &&
		digits.p[sign + whole] <= '9')
		whole++;
	buf_add(out, digits.p, sign);
	for (size_t i = 0; i < whole; i++) {
		if (i && (whole - i) % 3 == 0)
			buf_addc(out, ',');
		buf_addc(out, digits.p[sign + i]);
	}
	buf_add(out, digits.p + sign + whole, digits.n - sign - whole);
}

static double magnitude(struct view digits)
{
	struct dec d;
	return dec_parse(digits.p, digits.n, &d) ? dec_double(d) : 0;
}

static void add_bar(const struct table *t, struct buf *out, struct view digits,
	double most)
{
	double v = magnitude(digits);
	int n = most > 0 && v > 0 ? (int)(v / most * BAR_COLUMNS + 0.5) : 0;
	for (int i = 0; i < n; i++)
		buf_adds(out, t->ascii ? "#" : "\xe2\x96\x88");
}

/* The cell as text shows it: control characters would break the line. */
static void show(const struct table *t, size_t column,
	const struct table_cell *c, double most, struct buf *out)
{
	if (!c->text.p) {
		buf_addc(out, '-');
	} else if (t->column.v[column].kind == TABLE_BAR) {
		add_bar(t, out, c->text, most);
	} else if (t->column.v[column].kind == TABLE_NUMBER) {
		table_grouped(out, c->text);
	} else {
		struct view v = utf8_cut(c->text, CELL_COLUMNS);
		for (size_t i = 0; i < v.n; i++)
			buf_addc(out,
				(unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f
					? ' '
					: v.p[i]);
		if (v.n < c->text.n)
			buf_adds(out, t->ascii ? "..." : "\xe2\x80\xa6");
	}
}

static void pad(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, ' ');
}

static void print_text(const struct table *t, struct buf *out)
{
	size_t columns = t->column.n, rows = t->cell.n / columns;
	size_t *width = xcalloc(columns, sizeof(*width));
	double *most = xcalloc(columns, sizeof(*most));
	struct buf b = { 0 };
	for (size_t c = 0; c < columns; c++) {
		width[c] = utf8_columns(view_of(t->column.v[c].name));
		for (size_t r = 0; r < rows; r++) {
			struct table_cell *cell = &t->cell.v[r * columns + c];
			if (t->column.v[c].kind == TABLE_BAR) {
				double v = cell->text.p ? magnitude(cell->text)
							: 0;
				most[c] = v > most[c] ? v : most[c];
				continue;
			}
			buf_reset(&b);
			show(t, c, cell, 0, &b);
			size_t w = utf8_columns(buf_view(&b));
			width[c] = w > width[c] ? w : width[c];
		}
	}
	buf_addv(out, buf_view(&t->head));
	for (size_t r = 0; r <= rows; r++) {
		size_t owed = 0; /* blanks, written only before something */
		for (size_t c = 0; c < columns; c++) {
			buf_reset(&b);
			if (r == 0)
				buf_adds(&b, t->column.v[c].name);
			else
				show(t, c, &t->cell.v[(r - 1) * columns + c],
					most[c], &b);
			size_t w = utf8_columns(buf_view(&b));
			size_t gap = w < width[c] ? width[c] - w : 0;
			enum table_kind kind = t->column.v[c].kind;
			bool right =
				kind == TABLE_NUMBER || kind == TABLE_PLAIN;
			if (right)
				owed += gap;
			if (b.n) {
				pad(out, owed);
				owed = 0;
				buf_addv(out, buf_view(&b));
			} else {
				owed += w;
			}
			owed += (right ? 0 : gap) + 2;
		}
		buf_addc(out, '\n');
	}
	buf_addv(out, buf_view(&t->foot));
	buf_release(&b);
	free(width);
	free(most);
}

static void print_csv(const struct table *t, struct buf *out)
{
	size_t columns = t->column.n;
	for (size_t i = 0, first = 1; i < columns; i++) {
		if (t->column.v[i].kind == TABLE_BAR)
			continue;
		if (!first)
			buf_addc(out, ',');
		first = 0;
		csvout_cell(out, view_of(t->column.v[i].name));
	}
	buf_addc(out, '\n');
	for (size_t i = 0; i < t->cell.n; i++) {
		const struct table_cell *c = &t->cell.v[i];
		if (t->column.v[i % columns].kind != TABLE_BAR) {
			if (i % columns)
				buf_addc(out, ',');
			if (c->text.p)
				csvout_cell(out, c->text);
		}
		if (i % columns == columns - 1)
			buf_addc(out, '\n');
	}
}

static void print_ndjson(const struct table *t, struct buf *out)
{
	size_t columns = t->column.n;
	for (size_t i = 0; i < t->cell.n; i++) {
		const struct table_cell *c = &t->cell.v[i];
		size_t k = i % columns;
		if (t->column.v[k].kind != TABLE_BAR) {
			buf_addc(out, k ? ',' : '{');
			json_text(out, view_of(t->column.v[k].name));
			buf_addc(out, ':');
			if (!c->text.p)
				buf_adds(out, "null");
			else if (c->number)
				buf_addv(out, c->text);
			else
				json_text(out, c->text);
		}
		if (k == columns - 1)
			buf_adds(out, "}\n");
	}
}

void table_print(const struct table *t, struct buf *out)
{
	if (!t->column.n && t->format == TABLE_TEXT) {
		buf_addv(out, buf_view(&t->head));
		buf_addv(out, buf_view(&t->foot));
	}
	if (!t->column.n)
		return;
	if (t->format == TABLE_CSV)
		print_csv(t, out);
	else if (t->format == TABLE_NDJSON)
		print_ndjson(t, out);
	else
		print_text(t, out);
}

void table_clear(struct table *t)
{
	t->cell.n = 0;
	t->column.n = 0;
	buf_reset(&t->head);
	buf_reset(&t->foot);
	arena_reset(&t->text);
}

void table_release(struct table *t)
{
	vec_release(&t->column);
	vec_release(&t->cell);
	buf_release(&t->head);
	buf_release(&t->foot);
	arena_release(&t->text);
}
