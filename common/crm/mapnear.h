/*
 * mapnear: which of the maps that mappath finds a file is for, by crm/inspect.
 * Maps that cannot be read are passed over.
 */
#ifndef CRM_MAPNEAR_H
#define CRM_MAPNEAR_H

#include "crm/inspect.h"

struct mapnear {
	const char *name; /* of the map */
	struct inspect_fit fit;
};
struct mapnear_list {
	VEC(struct mapnear) v; /* the best first, then by name; no score of 0 */
	struct arena text;
};

void mapnear_rank(struct mapnear_list *list, const struct sample *s);
/* The first, if it clearly is the one; else NULL. */
const struct mapnear *mapnear_sure(const struct mapnear_list *list);
void mapnear_release(struct mapnear_list *list);

/*
 * For a file that lies in the folder of another map: appends the name of the
 * one that lacks none of these columns and fits best, knowing at least three.
 * False where there is none.
 */
bool mapnear(const struct view *column, size_t n, struct buf *out);

/* Prints the maps there are, with a sentence each. */
void mapnear_print(void);

#endif
