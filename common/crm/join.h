/*
 * join: the columns of a table go where their key stands: into the record,
 * an object in it, each element of an array.
 *
 *	join_init(&j, &keys, "products.sku=code", &why)
 *	j.table.path = "products.csv";
 *	lookup_open(&j.table); lookup_load(&j.table);
 *	join_ready(&j);
 *	join_put(&j, r, &why)		or join_has(&j, r)
 *	join_notes(&j, say, arg);
 */
#ifndef CRM_JOIN_H
#define CRM_JOIN_H

#include "edge/lookup.h"
#include "record/objects.h"

struct join {
	struct lookup table;
	bool replace; /* what the record has already */

	struct objects objects; /* that hold the key */
	struct view field; /* the key's path */
	VEC(unsigned) member; /* of these objects, by the table's column */
	vals keys;
	struct buf scratch;
	uint64_t asked, missed; /* keys, and those without a row */
	VEC(char *) first; /* of these, some to name */
};

/* here=there: a field of the record and a column of the table; the field's
 * last name where there is none. text must live as long. */
bool join_init(struct join *j, struct keys *keys, const char *text,
	struct why *why);
/* Between lookup_open and lookup_load: the record's rows are wanted. */
void join_want(struct join *j, const struct rec *r);
/* After lookup_load. */
void join_ready(struct join *j);
/* Sets the columns of each key; a member that is there stays, unless replace.
 * False with why: the record is not changed. */
bool join_put(struct join *j, struct rec *r, struct why *why);
/* Whether one of the record's keys is in the table. */
bool join_has(struct join *j, const struct rec *r);
/* What a user should know: keys without a row, a list's ids in no record. */
void join_notes(const struct join *j, void (*say)(void *arg, const char *text),
	void *arg);
void join_release(struct join *j);

#endif
