/*
 * xlsxout: a workbook of one sheet, a row at a time, by libxlsxwriter.
 *
 *	x = xlsxout_open(fd, "out/list.xlsx");
 *	xlsxout_text(x, title, &why) ...; xlsxout_end(x);	the titles
 *	xlsxout_number(x, v), xlsxout_text(x, ...) ...; xlsxout_end(x);
 *	xlsxout_close(x);
 *
 * The first row is bold and stays in sight, columns are as wide as their
 * widest cell (CJK counts twice). Rows lie in unnamed files beside the output
 * until the end; memory is that of a row. The same cells give the same bytes:
 * the workbook says it was made on 1 January 1980.
 *
 * Dies where the disk is full or a sheet cannot hold so much.
 */
#ifndef EDGE_XLSXOUT_H
#define EDGE_XLSXOUT_H

#include "base/why.h"
#include "edge/zone.h"
#include "record/scan.h"

#define XLSXOUT_ROWS 1048576
#define XLSXOUT_COLUMNS 16384
#define XLSXOUT_TEXT 32767 /* UTF-16 units of a cell */
#define XLSXOUT_DIGITS 15 /* what a cell's double keeps of a number */

struct xlsxout;

/* fd is a plain file, empty, whose name is path. */
struct xlsxout *xlsxout_open(int fd, const char *path);

/* Each of these is the next cell of the row. */
void xlsxout_blank(struct xlsxout *x);
void xlsxout_bool(struct xlsxout *x, bool value);
/* A JSON number, shown with the digits after the point that it has; a text
 * where a double would not keep them all. */
void xlsxout_number(struct xlsxout *x, struct view number);
/* A date or a time of RFC 3339, shown in the zone, or with its own offset
 * where zone is NULL (the offset itself is lost). False where it is neither,
 * or none that Excel has: before 1900-03-01, finer than a millisecond. */
bool xlsxout_time(struct xlsxout *x, struct view text, const struct zone *zone);
/* Never a formula, a link or a number. False with why: longer than a cell. */
bool xlsxout_text(struct xlsxout *x, struct view text, struct why *why);

/* The row is whole; or it never was. */
void xlsxout_end(struct xlsxout *x);
void xlsxout_drop(struct xlsxout *x);
/* The row that comes is bold. */
void xlsxout_bold(struct xlsxout *x);
/* All of it is in fd. */
void xlsxout_close(struct xlsxout *x);

#endif
