/*
 * objects: the objects inside a record that hold the last name of a path, to
 * change them where they are.
 *
 * "total" is held by the record itself, "receiver.city" by one object,
 * "products.sku" by each element of an array. Each is read as a record of its
 * own, so rec_get, rec_set and rec_drop do inside what they do outside, and
 * every byte that is not changed stays.
 *
 *	objects_init(&o, &keys, VIEW("products.sku"), &why)
 *	cost = keys_want(o.keys, "cost");
 *	objects_each(&o, r, visit, arg, &why)
 *		visit: v = rec_get(object, o.key); rec_set(object, cost, json);
 */
#ifndef RECORD_OBJECTS_H
#define RECORD_OBJECTS_H

#include "record/path.h"

struct objects {
	struct path path;
	struct keys *keys; /* names of the members of these objects */
	unsigned key; /* among them: the last name of the path */
	struct keys inner;
	struct rec rec;
	struct buf text;
};

/* keys: the record's; must live longer. */
bool objects_init(struct objects *o, struct keys *keys, struct view path,
	struct why *why);
void objects_release(struct objects *o);

/*
 * Calls visit with each of them, the record itself for a path of one name, in
 * their order; those that have no such member are visited too. False where one
 * cannot be changed safely (a key stands twice in it); the record is as it was
 * then.
 */
bool objects_each(struct objects *o, struct rec *r,
	void (*visit)(void *arg, struct rec *object), void *arg,
	struct why *why);

#endif
