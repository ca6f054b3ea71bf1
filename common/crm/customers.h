/*
 * customers: all records of each customer folded into one golden line.
 *
 * What a record says is packed into a few bytes of one growing log, chained
 * by customer; the line is computed when it is printed, so the order of
 * records makes no difference. Records are taken in batches: a customer's
 * place is asked for before it is used, which hides the memory's latency.
 *
 * Several threads can take records: each has a customers of its own, made by
 * customers_again, that packs the records of a block, and customers_join adds
 * the blocks to the first one, in order.
 *
 * Memory: about 60 bytes a customer, 45 an order of two products, 30 for each
 * event name, 25 a delivery, a profile's fields as they are written and 3
 * bytes for each; 32 for each fact of scrm-facts(5).
 */
#ifndef CRM_CUSTOMERS_H
#define CRM_CUSTOMERS_H

#include "crm/consent_rules.h"
#include "crm/facts.h"
#include "crm/golden.h"
#include "crm/ids.h"
#include "edge/rates.h"

#include <pthread.h>

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
	TOOK_ERASED, /* of somebody who was erased: nobody's */
	TOOK_FOREIGN, /* no type that is known: none of our business */
	TOOK_REFUSE, /* cannot be used: why, and field or NULL */
	TOOK_STOP, /* nothing can be computed: why */
};

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
	VEC(struct pending) pending;
	outcomes out;
	struct arena text; /* long ids */
};

/* What a thread made of a block: places in the log count from its own. */
struct customers_block {
	struct batch batch;
	uint8_t *log;
	size_t nlog, cap;
	uint64_t profiles, profiles_with_id, records, later, no_id, no_currency;
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

	struct batch batch;
	size_t jobs;
	/* Of a thread: whose it is, and what to call before a text that it
	 * does not know is numbered there. Of that one: the lock of its texts,
	 * fields and currency. */
	struct customers *home;
	void (*turn)(void *arg);
	void *turn_arg;
	pthread_mutex_t lock;
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
/*
 * Another for a thread, with keys and options (facts, consent) that are its
 * own. turn returns when all records before those in hand were added, by
 * whichever thread.
 */
void customers_again(struct customers *c, struct customers *home,
	struct keys *keys, const struct customers_options *o,
	void (*turn)(void *arg), void *turn_arg);
/* What c takes from here on goes into b; and it does no more. */
void customers_begin(struct customers *c, struct customers_block *b);
void customers_end(struct customers *c, struct customers_block *b);
/* Adds a block to the home, on the thread that it belongs to; b is empty. */
void customers_join(struct customers *home, struct customers_block *b);
void customers_block_release(struct customers_block *b);
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
