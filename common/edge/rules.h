/*
 * rules: the tables that people write (tags.csv, segments.csv, facts.csv),
 * read as they save them.
 *
 * .csv in UTF-8, UTF-16 or GB18030, with a BOM or none, "," or ";" or TAB,
 * Excel's "sep=" line, empty rows and columns at the end; or .ndjson, one
 * object a row. Column names are lower-cased and trimmed. What is doubtful is
 * refused with line and column. '#' at the start of a line is a comment.
 */
#ifndef EDGE_RULES_H
#define EDGE_RULES_H

#include "base/vec.h"
#include "base/why.h"

struct rules_row {
	size_t line;
	struct view *cell; /* by column; p is NULL where absent, "" if empty */
};

struct rules {
	const char *path;
	struct view *column;
	size_t ncolumns;
	VEC(struct rules_row) row;
	struct arena text;
};

/* Dies with file, line and column where the file cannot be taken. need and
 * may are NULL-terminated column names; one outside both dies with the nearest
 * (may NULL: any other is allowed). */
void rules_load(struct rules *r, const char *path, const char *const *need,
	const char *const *may);
/* The column's number or MAP_NONE. */
size_t rules_column(const struct rules *r, const char *name);
/* The cell, "" where there is none, blanks around it cut. */
struct view rules_cell(const struct rules *r, size_t row, const char *name);
/* Dies: path:line: reason. */
void rules_die(const struct rules *r, size_t row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), noreturn));
void rules_release(struct rules *r);

#endif
