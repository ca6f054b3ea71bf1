/*
 * moves: how large segments are, what they are worth, and who went from where
 * to where since another file of customers.
 *
 * A segment is "file:name"; moves are told within a file. Memory: of OLD 60
 * bytes and the id a customer, and a row a segment.
 */
#ifndef CRM_MOVES_H
#define CRM_MOVES_H

#include "crm/report.h"
#include "record/reader.h"

struct moves {
	struct keys *keys;
	unsigned type, customer_id, segments, revenue, currency;
	bool compare;
	struct map names; /* of segments */
	VEC(struct moves_segment) segment;
	struct map old; /* customer_id */
	VEC(struct moves_old) who;
	VEC(uint32_t) held; /* segments of OLD's customers, in runs */
	struct map paths; /* from, NUL, to */
	VEC(uint64_t) path;
	VEC(uint32_t) now;
	uint64_t customers, before;
	char one_currency[4];
	struct buf key;
};

void moves_init(struct moves *m, struct keys *keys);
/* The customers of OLD; before the first of moves_add. */
void moves_take(struct moves *m, struct reader *in);
/* False: no profile; or with why->text set, one that cannot be used. */
bool moves_add(struct moves *m, struct rec *r, struct why *why);
/* The segments; what each definition says. */
void moves_report(struct moves *m, struct report *r);
/* From where to where, largest first; false where nobody moved. */
bool moves_paths(struct moves *m, struct report *r);
void moves_release(struct moves *m);

#endif
