/*
 * customers: all records of each customer folded into one golden line.
 *
 * What a record says is packed into a few bytes of one growing log, chained
 * by customer; the line is computed when it is printed, so the order of
 * records makes no difference. Records are taken in batches: a customer's
 * place is asked for before it is used, which hides the memory's latency. Memory: about 60 bytes a customer, 45 an order of two products,
 * 30 for each event name, 25 a delivery, a profile's fields as they are
 * written and 3 bytes for each; 32 for each fact of scrm-facts(5).
 */
#ifndef CRM_CUSTOMERS_H
#define CRM_CUSTOMERS_H

#include "crm/consent_rules.h"
#include "crm/facts.h"
#include "crm/golden.h"
#include "crm/ids.h"
#include "edge/rates.h"

struct customers_options {
	struct when as_of;
	/* The zone of calendar days; NULL: as each time was written. */
	int32_t (*offset)(const void *zone, int64_t sec);
	const void *zone;
	const struct golden *golden;
	struct facts *facts; /* NULL: none but the defaults */
	struct consent_rules *consent; /* NULL: what was said, no more */
	const struct rates *rates; /* NULL: one currency only */
	bool defaults; /* the facts of scrm-profile(1) */
	bool explain;
	size_t jobs; /* threads; no byte depends on it */
};

enum customers_took {
	TOOK, /* folded */
	TOOK_NO_ID, /* no customer_id */
	TOOK_LATER, /* later than as-of */
	TOOK_FOREIGN, /* no type that is known: none of our business */
	TOOK_REFUSE, /* cannot be used: why, and field or NULL */
	TOOK_STOP, /* nothing can be computed: why */
};

#define BATCH 512

struct pending {
	uint64_t hash;
	char id[32];
	const char *long_id; /* where 32 bytes are not enough */
	uint32_t idlen;
	uint32_t entry; /* in the log; 0: none */
	uint32_t event, channel; /* numbers in texts; event 0: none */
	struct when time;
	size_t from, to; /* its outcomes */
};

struct batch {
	struct pending pending[BATCH];
	size_t n;
	outcomes out;
	struct arena text;
	bool apart; /* from the log and the texts */
};

struct customers {
	const struct customers_options *o;
	struct keys *keys;
	struct map texts; /* number 0 is "" */
	struct ids ids;

	uint8_t *log;
	size_t nlog, cap;
	unsigned char *table; /* n customers of stride bytes */
	size_t n, cap_table, stride;
	struct cslot *slot;
	size_t mask;
	uint32_t *order; /* after customers_sort */
	struct arena long_ids;

	struct batch batch[2], *now;
	struct folder *folder;
	size_t jobs;
	struct buf scratch;

	uint32_t currency; /* of all figures, in texts; 0: none yet */
	int digits; /* its minor units */
	uint32_t forgotten; /* times that texts were begun again */
	const char *field; /* what TOOK_REFUSE is about */
	uint64_t profiles, profiles_with_id, records, later, no_id;
	uint64_t no_currency; /* orders and refunds without one */

	struct customers_keys *k;
	struct customers_fields *fields;
	struct printer *printer;
};

void customers_init(struct customers *c, struct keys *keys,
	const struct customers_options *o);
enum customers_took customers_add(struct customers *c, struct rec *r,
	struct why *why);
/* The id that customers_add would take, p is NULL where there is none. */
struct view customers_id(const struct customers *c, struct rec *r);
/* Whether a fact may not have this name: defaults says whether those of
 * scrm-profile(1) are written, too. */
bool customers_taken(struct view name, bool defaults);
/* Whether a record's type is one that customers_add folds. */
bool customers_known(struct customers *c, const struct rec *r);
/* After the last record and before a line is printed. */
void customers_sort(struct customers *c);
/* Appends the golden line of the i-th customer in byte order of ids. False:
 * a figure does not fit in 38 digits. */
bool customers_print(struct customers *c, size_t i, struct buf *out,
	struct why *why);
/* All of them, a line a call, by o->jobs threads; the calls come in order and
 * from this thread. */
bool customers_print_all(struct customers *c,
	void (*put_line)(void *arg, struct view line), void *arg,
	struct why *why);
/* Forgets all customers, keeps the memory: for input sorted by customer. */
void customers_clear(struct customers *c);
size_t customers_bytes(struct customers *c);
void customers_release(struct customers *c);

#endif
