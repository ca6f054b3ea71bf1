/*
 * check: what of a record breaks scrm-record(5), field by field.
 *
 *	check_init(&c, &keys);
 *	if (!check_rec(&c, r))
 *		c.breach.v[0].field, .reason ...
 *
 * Looked at are the type, the members of its key, and of each member the page
 * knows: its kind, its words, and what it must be as a currency, telephone
 * number, mail address, channel or customer_id; money of orders, refunds and
 * spends needs a currency. What stands in extra{}, offer{}, profile{} and
 * members that the page does not know are the user's.
 */
#ifndef CRM_CHECK_H
#define CRM_CHECK_H

#include "base/map.h"
#include "base/vec.h"
#include "record/rec.h"
#include "record/schema.h"

struct breach {
	struct view field; /* "products.price" */
	char reason[120]; /* "number wanted, not text" */
};

struct check {
	VEC(struct breach) breach; /* of the last record */
	struct keys *keys;
	unsigned k_type, k_currency, k_customer_id;
	struct check_type *type; /* as in the schema */
	size_t last;
	struct map slips; /* "order citty": said once */
	struct buf scratch;
	/* Members that look like a slip of a known name; may be NULL. */
	void (*slip)(void *arg, const char *text);
	void *arg;
};

void check_init(struct check *c, struct keys *keys);
/* Whether all of it is as the page says. */
bool check_rec(struct check *c, struct rec *r);
void check_release(struct check *c);

#endif
