/*
 * lookup: a table by its key, the rows ready to be put into records.
 *
 *	struct lookup l = { .path = "products.csv", .key = VIEW("sku") };
 *	lookup_open(&l);	the header and the columns asked for
 *	lookup_load(&l);	the rows
 *	i = lookup_find(&l, key);
 *	if (i != MAP_NONE)
 *		for (cell = lookup_cells(&l, i); lookup_cell(&cell);)
 *			set(l.column.v[cell.column].member, cell.json);
 *	lookup_release(&l);
 *
 * Keys are compared to the byte. A cell of a CSV is what scrm-record(5) says
 * of its name: a number, a date, true or false; text otherwise. Empty cells
 * and nulls are not there. What is doubtful in the table dies with its place,
 * and so does a key that stands twice.
 *
 * Memory: about 50 bytes a row, its key, and its cells as JSON with 8 bytes
 * each.
 */
#ifndef EDGE_LOOKUP_H
#define EDGE_LOOKUP_H

#include "base/map.h"
#include "base/vec.h"
#include "edge/columns.h"
#include "edge/rows.h"
#include "record/schema.h"

struct lookup_column {
	struct view member; /* its name in the record */
	enum field_type type; /* of a CSV's cells */
	size_t cell; /* of a CSV */
	bool seen; /* of NDJSON: a row has it */
};

struct lookup_row {
	uint32_t line; /* 0: wanted, and not met in the table */
	bool met; /* of a list: lookup_find found it */
};

struct lookup {
	/* Set before lookup_open. */
	const char *path;
	struct view key; /* the table's column */
	const char *columns; /* for columns_parse; NULL: all but the key's */
	const char *as; /* one column of this name: an object of them all */
	struct view inside; /* "products.": where scrm-record(5) has them */
	bool list; /* keys only, a header is not needed, twins do no harm */
	bool some; /* only the rows whose keys lookup_want named */

	struct map keys;
	/* By number of the key. What each look-up needs stands apart from the
	 * rest, so that more of it stays in the caches. */
	VEC(const char *) cells; /* NULL: wanted, and not met in the table */
	VEC(struct lookup_row) row;
	VEC(struct lookup_column) column;

	struct rows rows;
	struct columns asked;
	struct path key_path; /* of NDJSON */
	size_t key_cell; /* of CSV */
	VEC(uint32_t) of_name; /* of NDJSON: a name's column, from 1 */
	struct arena text;
	struct buf row_cells, json, scratch;
	size_t first; /* where the cells of row_cells begin */
};

/* One cell of a row; a walk begins with lookup_cells. */
struct lookup_cell {
	const char *at, *end;
	uint32_t column;
	struct view json;
};

void lookup_open(struct lookup *l);
/* Between open and load, with some: this key's row is wanted. */
void lookup_want(struct lookup *l, struct view key);
void lookup_load(struct lookup *l);
/* The row's number or MAP_NONE. */
size_t lookup_find(struct lookup *l, struct view key);
struct lookup_cell lookup_cells(const struct lookup *l, size_t row);
bool lookup_cell(struct lookup_cell *cell);
void lookup_release(struct lookup *l);

#endif
