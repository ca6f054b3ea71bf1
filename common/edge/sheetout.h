/*
 * sheetout: a table for spreadsheets, cell by cell: CSV on the tool's output,
 * or a workbook where the name of -o ends in .xlsx.
 *
 *	sheetout_open(&s, t);			after the first tool_next
 *	sheetout_title(&s, ...); sheetout_end(&s);
 *	if (sheetout_val(&s, v, type, &why) && ...) sheetout_end(&s);
 *	else sheetout_drop(&s);
 *	sheetout_close(&s);			before tool_close
 */
#ifndef EDGE_SHEETOUT_H
#define EDGE_SHEETOUT_H

#include "edge/tool.h"
#include "record/schema.h"

enum sheetout_guard { SHEETOUT_ANY, SHEETOUT_QUOTE, SHEETOUT_REFUSE };

struct sheetout {
	/* Set before sheetout_open. */
	enum sheetout_guard guard;
	bool excel; /* CSV with a BOM and CRLF */

	struct tool *t;
	struct xlsxout *xlsx; /* NULL: CSV */
	struct buf row, cell, scratch;
	size_t cells; /* of the row at hand */
	bool begun;
};

/* Whether -o asks for a workbook; dies where it asks for what is not written
 * here (.xls). */
bool sheetout_wanted(const struct tool *t);

void sheetout_open(struct sheetout *s, struct tool *t);
void sheetout_title(struct sheetout *s, struct view title);
/* The next cell; false with why where it must not leave. type is that of the
 * field: a time is one in a workbook, if it is not known what it reads like;
 * an id never is. */
bool sheetout_val(struct sheetout *s, struct val v, enum field_type type,
	struct why *why);
bool sheetout_text(struct sheetout *s, struct view text, struct why *why);
void sheetout_blank(struct sheetout *s);
/* JSON digits. */
void sheetout_number(struct sheetout *s, struct view digits);
/* The row that comes stands out, where that can be shown. */
void sheetout_bold(struct sheetout *s);
void sheetout_end(struct sheetout *s);
void sheetout_drop(struct sheetout *s);
/* The row is dropped, and its record refused for the cell of this title. */
void sheetout_refuse(struct sheetout *s, const struct rec *r, struct view title,
	const struct why *why);
void sheetout_close(struct sheetout *s);

#endif
