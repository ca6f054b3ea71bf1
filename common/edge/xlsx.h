/*
 * xlsx: the rows of a sheet of a workbook, in the shape of CSV rows.
 *
 * A cell is the text that a person would have typed:
 *
 *	text		as it is (shared, inline, of a formula)
 *	number		its digits, without exponent; rounded to 15 of them, as a
 *			spreadsheet does, where the file has 17 (19.989999999999998
 *			is 19.99); in the format 00000 with its zeros in front
 *	more than 15 digits before the point
 *			3.92184813135803E+18, which no id is taken from: the rest
 *			of the digits is gone, or nobody can tell (counted)
 *	date, time	2026-11-20, 2026-11-20 10:05:00 or 10:05:00 (.123 if there
 *			are milliseconds), local, by the number format and the
 *			workbook's system of 1900 or 1904; 26:30:00 by [h]
 *	true, false	TRUE, FALSE
 *	error		#N/A, and row.bad
 *	formula		its value as it was saved; where none was, "=A1+B1" and
 *			row.bad
 *
 * Rows without any text are skipped. row.line is the number of the row that the
 * spreadsheet shows; row.raw the cells as CSV.
 *
 * The sheet is streamed; texts that cells share are held in memory, all of
 * them (at most XLSX_SHARED bytes). Refused, a row: a cell beyond XLSX_COLUMNS, of
 * a type or number that cannot be read, more than max_row bytes. CSV_BROKEN:
 * the rest of the file cannot be read.
 *
 *	xlsx_open(&x, &zip, NULL, &why);
 *	while ((st = xlsx_next(&x, &row, &why)) == CSV_ROW || st == CSV_REFUSED)
 *		as csv_next
 *	xlsx_close(&x);
 */
#ifndef EDGE_XLSX_H
#define EDGE_XLSX_H

#include "edge/csv.h"
#include "edge/zip.h"

#define XLSX_COLUMNS 16384
#define XLSX_SHARED ((size_t)1 << 30)

struct xlsx_sheet {
	struct view name;
	const char *part; /* of the archive */
	bool hidden;
};

struct xlsx {
	struct zip *zip;
	VEC(struct xlsx_sheet) sheet; /* in the order of their tabs */
	size_t at; /* the one that is read */
	size_t width; /* short rows get so many cells; 0: they stay short */
	size_t max_row; /* bytes of text; CSV_MAX_ROW */
	uint64_t long_numbers; /* of more than 15 digits, so far */
	/* Formulas so far, in a workbook that was written by a program and
	 * never computed by a spreadsheet. */
	uint64_t stale;
	struct xlsx_state *state;
};

/* sheet: a name, or a number from 1 among the tabs that are not hidden; NULL is
 * 1. False with why: there is nothing to close. */
bool xlsx_open(struct xlsx *x, struct zip *zip, const char *sheet,
	struct why *why);
/* As csv_next; CSV_BROKEN with why. */
enum csv_status xlsx_next(struct xlsx *x, struct csv_row *row, struct why *why);
void xlsx_close(struct xlsx *x);

#endif
