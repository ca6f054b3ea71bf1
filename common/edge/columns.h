/*
 * columns: which fields become columns, and under which titles; one row a
 * record, or one for each element of an array in it.
 *
 *	columns_parse(&c, &t.keys, "phone,\"a, b\"=name,city");
 *	for each: c.column.v[i].title, column_get(&c, &c.column.v[i], r, NULL)
 *	columns_release(&c);
 */
#ifndef EDGE_COLUMNS_H
#define EDGE_COLUMNS_H

#include "base/vec.h"
#include "record/path.h"
#include "record/schema.h"

struct column {
	struct view title;
	bool titled; /* by title=, not by the field's name */
	struct path path;
	enum field_type type; /* by the page, where it knows the name */
	bool inside; /* of the array whose elements are rows */
	bool seen; /* for its user: some record had it */
};

struct columns {
	VEC(struct column) column;
	struct arena text;
	struct path each;
	bool has_each;
};

/* A row for each element of this array; before the columns are said. Dies,
 * naming option --each. */
void columns_each(struct columns *c, struct keys *keys, const char *path);
/* The array in a record; false where it has none, or an empty one. */
bool columns_elements(const struct columns *c, const struct rec *r,
	struct val *array);

/* field, title=field, "a title"=field, with commas between; text lives as long
 * as the columns. Dies where it cannot be taken, naming option -c. */
void columns_parse(struct columns *c, struct keys *keys, const char *text);
/* The members of a record, in their order, and in the place of the array those
 * of its first element; dies where one has no number. */
void columns_of(struct columns *c, const struct rec *r);
/* element: of the array, NULL without one. */
struct val column_get(const struct columns *c, const struct column *column,
	const struct rec *r, const struct val *element);
void columns_release(struct columns *c);

#endif
