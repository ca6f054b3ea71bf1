/*
 * table: rows for people (aligned by display width), spreadsheets, programs.
 *
 *	struct table t = { .format = TABLE_TEXT };
 *	table_column(&t, "city", TABLE_LEFT);
 *	table_column(&t, "orders", TABLE_NUMBER);
 *	table_text(&t, city);
 *	table_number(&t, digits);		cells from left to right
 *	table_print(&t, &out);
 *	table_release(&t);
 *
 * Texts are copied. Zero is a valid empty table.
 */
#ifndef EDGE_TABLE_H
#define EDGE_TABLE_H

#include "base/vec.h"
#include "value/num.h"

enum table_format { TABLE_TEXT, TABLE_CSV, TABLE_NDJSON };

enum table_kind {
	TABLE_LEFT,
	TABLE_NUMBER, /* right, thousands in groups in text */
	TABLE_PLAIN, /* right, as it is: years, percentages */
	TABLE_BAR, /* a number drawn; only in text, where it stands last */
};

struct table_cell {
	struct view text; /* p is NULL where it is missing */
	bool number;
};

struct table {
	enum table_format format;
	bool ascii; /* bars of '#' */
	VEC(struct table_column) column;
	VEC(struct table_cell) cell;
	struct buf head, foot;
	struct arena text;
};

/* The format by its name; dies at another. NULL is text. */
enum table_format table_format(const char *name);
void table_column(struct table *t, const char *name, enum table_kind kind);
void table_text(struct table *t, struct view text);
/* Digits of a JSON number. */
void table_number(struct table *t, struct view digits);
void table_count(struct table *t, uint64_t n);
void table_dec(struct table *t, struct dec d);
/* "-" in text, empty in CSV, null in NDJSON. */
void table_missing(struct table *t);
/* Lines above and below, in text only. */
void table_head(struct table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void table_foot(struct table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Appends it all; the rows that are not full are a mistake of the caller.
 * Without columns that is what stands above and below. */
void table_print(const struct table *t, struct buf *out);
/* The rows only, for the next part of the same page. */
void table_clear(struct table *t);
void table_release(struct table *t);

/* Appends 1234567.80 as 1,234,567.80. */
void table_grouped(struct buf *out, struct view digits);

#endif
