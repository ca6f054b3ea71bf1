/*
 * mapper: runs a mapping over the rows of a file. Rows come in as CSV cells,
 * JSON values or XML documents; lines of records go out by a call, and so do
 * refusals. It opens and writes nothing itself.
 *
 *	m = mapper_new(mapping, calls);
 *	for each file
 *		mapper_file(m, "2026-11-20-orders.csv", observed);
 *		mapper_read(m, &source, 0, &why);
 *	or
 *		mapper_header(m, cells, n, &why);	of CSV
 *		mapper_csv(m, &row); ... mapper_end(m);
 *	mapper_free(m);
 *
 * Rows of a group are kept until the group ends; of more than MAPPER_GROUP
 * bytes of text the group is refused. With the map's within, a group that has
 * ended may wait for an older one, for at most twice so many rows.
 */
#ifndef CRM_MAPPER_H
#define CRM_MAPPER_H

#include "crm/mapping.h"
#include "edge/csv.h"
#include "edge/places.h"
#include "edge/xlsx.h"
#include "edge/xml.h"
#include "record/scan.h"

#define MAPPER_GROUP (8 << 20)

struct mapper;

/* Places that no list has, or several, and that stay as they were written:
 * countries, provinces, cities; and the first names of each. */
#define MAPPER_STRANGE 3
struct mapper_strange {
	size_t n, nnames;
	struct buf name[3];
};

struct mapper_calls {
	void *arg;
	/* A record, without line end; first: of its row or group. */
	void (*emit)(void *arg, struct view line, bool first);
	/* A row that makes no record; field may be NULL. */
	void (*refuse)(void *arg, size_t line, size_t row, const char *field,
		struct view raw, const char *reason);
	/* What the user should know of this file. */
	void (*note)(void *arg, const char *text);
	/* Added to: rows passed over by skip, stop, a preamble, or a when;
	 * rows that went into the record of another. */
	uint64_t *withheld, *folded;
	/* The lists, where mapping->places; without them no place is known. */
	const struct places *places;
};

struct mapper *mapper_new(const struct mapping *mapping,
	const struct mapper_calls *calls);
void mapper_free(struct mapper *m);

/*
 * A new file, by its base name. observed: RFC 3339 or a date, of --observed
 * (said: beats the map) or of the name; empty where it is not known.
 */
void mapper_file(struct mapper *m, const char *name, struct view observed,
	bool said);
/*
 * The first row of a CSV file; its names, n of them. 1: this is the header.
 * 0: it is one of the rows before it (withheld). -1: the map does not fit,
 * and why says which column it lacks. A map with columns of its own wants it
 * called with cells NULL.
 */
int mapper_header(struct mapper *m, const struct view *cell, size_t n,
	struct why *why);
/* The names of the header that it said -1 of, until the next file; *n is 0
 * where there was none. */
const struct view *mapper_names(const struct mapper *m, size_t *n);
/* The names that maps call the columns of a header by: without blanks around
 * them, and each another. They live in text. */
struct view *mapper_columns(struct arena *text, const struct view *cell,
	size_t n);
void mapper_csv(struct mapper *m, const struct csv_row *row);
/* A row that could not be read as CSV, JSON or XML. */
void mapper_refuse(struct mapper *m, size_t line, struct view raw,
	const char *reason);
/* v was checked and has SCAN_PAD readable bytes after it. */
void mapper_json(struct mapper *m, struct val v, size_t line, struct view raw);
/* The rows of a document: the map's rows path, or itself. */
void mapper_document(struct mapper *m, struct val v, size_t line);
void mapper_xml(struct mapper *m, const struct xml_doc *doc);
/* The end of the file: what is held leaves. */
void mapper_end(struct mapper *m);

/*
 * All of a file, from after mapper_file to its end, by the map's format; the
 * caller opens and closes the source. max_row: bytes of a row, 0: as many as
 * is usual of the format. Else than MAPPER_DONE with why, of a line if
 * why->line is not 0.
 */
enum mapper_read {
	MAPPER_DONE,
	MAPPER_BROKEN, /* its header, or the rest of it, cannot be read */
	MAPPER_OTHER, /* the map does not fit: mapper_header said -1 */
};
enum mapper_read mapper_read(struct mapper *m, struct source *in,
	size_t max_row, struct why *why);

/*
 * The same by several threads, of a CSV file whose rows stand each for
 * themselves: rows are read by one after the other, mapped by whoever is free.
 *
 *	mapper_begin(m, &csv, &source, 0, &why);
 *	while (mapper_rows_read(m, &rows, &csv))	one at a time
 *		mapper_rows_put(again, &rows);		several at once
 *		mapper_rows_turn(m, &rows);		one after the other
 *	mapper_rest(m, &csv, &why);
 *	csv_close(&csv);
 *	mapper_end(m);
 */
struct mapper_span {
	size_t at, n; /* in text */
};
struct mapper_row {
	size_t line, n; /* cells; 0: it is refused, its one cell says why */
	struct mapper_span raw;
};
struct mapper_rows {
	struct mapper_strange strange[MAPPER_STRANGE];
	struct buf text;
	VEC(struct mapper_row) row;
	VEC(struct mapper_span) cell;
	VEC(struct view) view; /* of a row's cells */
	size_t first; /* rows of the file before these */
	uint64_t asked; /* phone numbers, as mapper_asked has them */
	uint64_t bytes; /* read of the file up to here, for who asks */
};
/* Whether the map allows it. */
bool mapper_apart(const struct mapping *mapping);
/* Opens c and reads up to behind the header. */
enum mapper_read mapper_begin(struct mapper *m, struct csv *c,
	struct source *in, size_t max_row, struct why *why);
/* A mapper for a thread, at the same place of the same file; before m. */
struct mapper *mapper_again(const struct mapper *m,
	const struct mapper_calls *calls);
/* Takes the next rows; false: there are none. */
bool mapper_rows_read(struct mapper *m, struct mapper_rows *b, struct csv *c);
void mapper_rows_put(struct mapper *m, struct mapper_rows *b);
/* What these rows leave to be said of the file, in the order of the rows. */
void mapper_rows_turn(struct mapper *m, struct mapper_rows *b);
/* All rows that are left; after the others none, but whether they were whole. */
enum mapper_read mapper_rest(struct mapper *m, struct csv *c, struct why *why);
void mapper_rows_release(struct mapper_rows *b);

/*
 * The same of a sheet. Its dates and times are read whatever format the map
 * names. A cell that holds no value (csv_row.bad) refuses the row if a field
 * wants it; else its text is kept under extra.
 */
enum mapper_read mapper_sheet(struct mapper *m, struct xlsx *x,
	struct why *why);

/* Phone numbers so far that libphonenumber was asked of, since their form was
 * not plain. */
uint64_t mapper_asked(const struct mapper *m);

/* The date a file name begins with, "2026-11-20", or empty. */
struct view mapper_date(const char *name);

#endif
