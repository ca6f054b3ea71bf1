/*
 * listing: a table of records: a row each, or one for each element of an
 * array, by columns; with its titles and, if it is wanted, a row of totals.
 *
 *	listing_init(&l, &t, &out, "name,phone", NULL);
 *	for each record: listing_add(&l, r)
 *	listing_close(&l);
 */
#ifndef EDGE_LISTING_H
#define EDGE_LISTING_H

#include "edge/columns.h"
#include "edge/sheetout.h"
#include "edge/totals.h"

struct listing {
	struct tool *t;
	struct sheetout *out;
	struct columns columns;
	const char *each; /* NULL: a row a record */
	struct totals totals;
	bool with_totals, begun;
	uint64_t without; /* records that have no such array */
};

/* columns and each as the options gave them, or NULL; dies naming them. */
void listing_init(struct listing *l, struct tool *t, struct sheetout *out,
	const char *columns, const char *each);
/* Counts the record as written, withheld or refused. */
void listing_add(struct listing *l, struct rec *r);
/* The last row, and what a user should know. */
void listing_close(struct listing *l);

#endif
