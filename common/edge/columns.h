/*
 * columns: which fields become columns, and under which titles.
 *
 *	columns_parse(&c, &t.keys, "phone,\"a, b\"=name,city");
 *	for each: c.column.v[i].title, path_get(&c.column.v[i].path, r)
 *	columns_release(&c);
 */
#ifndef EDGE_COLUMNS_H
#define EDGE_COLUMNS_H

#include "base/vec.h"
#include "record/path.h"

struct column {
	struct view title;
	struct path path;
};

struct columns {
	VEC(struct column) column;
	struct arena text;
};

/* field, title=field, "a title"=field, with commas between; text lives as long
 * as the columns. Dies where it cannot be taken, naming option -c. */
void columns_parse(struct columns *c, struct keys *keys, const char *text);
/* The members of a record, in their order; dies where one has no number. */
void columns_of(struct columns *c, const struct rec *r);
void columns_release(struct columns *c);

#endif
