/*
 * rows: a table that people write, one row at a time, read as they save it.
 *
 * CSV in UTF-8, UTF-16, GB18030 or Windows-1252, with a BOM or none, "," or ";" or TAB,
 * Excel's "sep=" line, empty rows and columns at the end; or NDJSON, one
 * object a row. '#' at the start of a line is a comment. What is doubtful is
 * refused with line and column: rows die with the file's name.
 *
 *	rows_open(&r, path);
 *	while (rows_next(&r))
 *		if (r.json) use(&r.rec); else use(r.cell[0]);
 *	rows_close(&r);
 */
#ifndef EDGE_ROWS_H
#define EDGE_ROWS_H

#include "edge/csv.h"
#include "record/rec.h"

struct rows {
	const char *path;
	bool json; /* NDJSON: a row is rec; else it is cells */
	struct rec rec;
	/* Of CSV: the header, trimmed and lower-cased ("": none), and as it
	 * was written; cells by column, as they stand, p NULL where absent. */
	struct view *column, *title, *cell;
	size_t ncolumns;
	size_t header; /* its line */
	size_t line; /* of the row */

	struct source in;
	struct csv csv;
	struct keys keys;
	struct arena text;
};

/* Opens the table and reads the header of a CSV. */
void rows_open(struct rows *r, const char *path);
/* The next row, valid until the one after it; false at the end. */
bool rows_next(struct rows *r);
void rows_close(struct rows *r);
/* A column's name as rows have it: trimmed, lower-cased, in the arena. */
struct view rows_name(struct arena *a, struct view name);
/* Dies: path:line:col: reason; line or col may be 0. */
void rows_die(const char *path, size_t line, size_t col, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), noreturn));

#endif
