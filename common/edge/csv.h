/*
 * csv: rows of comma-separated text, each on its own, so that an error costs
 * one row and never the file.
 *
 * RFC 4180, and what real files add to it: LF, CRLF, both mixed, or CR alone
 * (where the first line ends so); line ends inside quotes are kept as they
 * are; a quote inside an unquoted cell is a character (5" pipe); blanks are
 * kept; the last row may lack its line end; empty lines are skipped and
 * counted; Excel's first line "sep=;" is taken and obeyed. A CR by itself in a
 * file with LF is a character.
 *
 * Refused, with the reason: text after a closing quote; a quote that is not
 * closed before the end of the file or within max_row bytes (the line where it
 * opened is named, and reading goes on with the line after that one); a NUL; a
 * byte that does not fit the encoding; more than CSV_CELLS cells.
 *
 *	csv_open(&c, &source, ',');
 *	while ((status = csv_next(&c, &row, &why)) != CSV_END)
 *		if (status == CSV_ROW) use(row.cell[i], row.n);
 *		else reject(row.line, row.raw, why.text);
 *	csv_close(&c);
 *
 * CSV_BROKEN is said of what makes the rest unreadable, again at each call.
 *
 * The header is just the first row. Rows without a doubled quote are split in
 * place; the others go to libcsv, one at a time.
 */
#ifndef EDGE_CSV_H
#define EDGE_CSV_H

#include "edge/source.h"

#define CSV_MAX_ROW (4 << 20)
#define CSV_CELLS 65536

enum csv_status { CSV_ROW, CSV_REFUSED, CSV_END, CSV_BROKEN };

struct csv_row {
	struct view *cell; /* UTF-8 without NUL; of CSV_ROW only */
	size_t n; /* at least 1 */
	size_t line; /* of the file, where the row begins, from 1 */
	/* The bytes of the row as they stand in the file, without its line
	 * end (of UTF-16: their UTF-8). */
	struct view raw;
	/* Cells that hold no value, only the mark that it could not be made
	 * ("#N/A"); NULL where there is none, as in all of CSV. */
	const bool *bad;
};

struct csv {
	struct source *in;
	char delim;
	/* May be changed after open: */
	char quote; /* '"'; 0: there are none */
	char escape; /* before a quote inside quotes; 0: it is doubled only */
	size_t skip; /* lines passed over before the first row */
	size_t max_row; /* bytes; CSV_MAX_ROW */
	size_t line; /* of what comes next */
	size_t blank; /* empty lines skipped */
	bool mac; /* lines end in CR alone */
	/* Cells that a row has, where the caller knows it: then a last row that
	 * has no line end, and fewer cells or an open quote, is half a file,
	 * CSV_BROKEN. 0: it is a row like others. */
	size_t width;
	struct csv_state *state;
};

/*
 * delim: one ASCII byte, no quote and no line end; 0 is chosen by the first
 * row: the one of , ; TAB | that occurs most often outside quotes, the earlier
 * at a tie. A "sep=" line beats it. The source must be open, and live longer.
 */
void csv_open(struct csv *c, struct source *in, char delim);
/*
 * The next row. Cells and raw are valid until the next call; row and c->line
 * are right for CSV_REFUSED too. why->line is the line of the mistake, and
 * why->col its byte in that line (both from 1, 0 where there is none); a
 * tool that names the row says row.line.
 */
enum csv_status csv_next(struct csv *c, struct csv_row *row, struct why *why);
void csv_close(struct csv *c);

#endif
