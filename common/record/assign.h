/*
 * assign: what scrm-set does to a record: a list of
 *
 *	net = paid - refunded, rename tel to phone, drop note
 *
 * All right sides see the record as it came. A value that is missing leaves
 * its field as it is.
 */
#ifndef RECORD_ASSIGN_H
#define RECORD_ASSIGN_H

#include "record/condition.h"

struct assignment {
	enum { ASSIGN_SET, ASSIGN_RENAME, ASSIGN_DROP } act;
	unsigned key, to;
	struct condition *value;
	size_t from, n; /* of the record at hand, in json; 0: no change */
};

struct assignments {
	VEC(struct assignment) list;
	struct condition_env env;
	struct buf json;
	char *text; /* as given */
};

/* False with why (text, line, col). keys and what env points to must outlive
 * it. */
bool assignments_compile(struct assignments *a, struct view text,
	struct keys *keys, const struct condition_env *env, struct why *why);
void assignments_release(struct assignments *a);

/* False with why: the record cannot be judged; it is not changed then. A
 * record whose fields come out the same is not changed either. */
bool assignments_apply(struct assignments *a, struct rec *r, struct why *why);
/* As condition_join and condition_notes. */
void assignments_join(struct assignments *a, struct assignments *other);
void assignments_notes(const struct assignments *a,
	void (*say)(void *arg, const char *text), void *arg);

#endif
