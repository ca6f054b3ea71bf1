/*
 * totals: the last row of a table: what its columns of numbers come to.
 *
 * Sums are exact. A column is one of numbers if all it holds is numbers; a
 * sum beyond 38 digits, and money where two currencies were seen, is left
 * out and said.
 */
#ifndef EDGE_TOTALS_H
#define EDGE_TOTALS_H

#include "edge/columns.h"
#include "edge/sheetout.h"

struct total {
	struct dec sum;
	uint64_t n;
	bool text, lost; /* holds something else; a number that is too long */
};

struct totals {
	struct total *column; /* as many as there are columns */
	uint64_t rows;
	unsigned currency; /* its key */
	struct buf first; /* currency that was seen */
	bool mixed;
};

void totals_init(struct totals *s, struct keys *keys);
/*
 * A row that was written. again: it is not the first of its record, so that
 * what does not belong to the element counts no second time.
 */
void totals_add(struct totals *s, const struct columns *c, struct rec *r,
	const struct val *element, bool again);
/* Writes the row. Its label, "Total of 12 rows", or in Chinese if a title is,
 * stands in the first column that has no sum. */
void totals_put(struct totals *s, const struct columns *c,
	struct sheetout *out);
void totals_release(struct totals *s);

#endif
