/*
 * path: a field by its dotted name, "total", "products.sku", "extra.\"a.b\"".
 *
 * A name is anything without dots, blanks or quotes, or anything at all in
 * double quotes. A step through an array goes into each element, so one path
 * can have many values.
 */
#ifndef RECORD_PATH_H
#define RECORD_PATH_H

#include "base/vec.h"
#include "record/rec.h"

struct path {
	unsigned key; /* the first name, in the record */
	struct view *step; /* the names after it */
	size_t nsteps;
	char *text; /* owns the names */
};

typedef VEC(struct val) vals;

bool path_init(struct path *p, struct keys *keys, struct view text,
	struct why *why);
void path_release(struct path *p);

/* Appends every value that is there; nulls and missing ones are left out; an
 * array at the end gives its elements. */
void path_all(const struct path *p, const struct rec *r, vals *out);
/* The first of these, or K_MISSING. An array at the end is itself. */
struct val path_get(const struct path *p, const struct rec *r);
/* The same of a value that is reached already: what the steps from this one
 * on (nsteps: none) find in it. */
struct val path_from(const struct path *p, size_t step, struct val v);

#endif
