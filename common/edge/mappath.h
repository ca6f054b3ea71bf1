/*
 * mappath: where maps and export files are: the folders of SCRM_MAPS or
 * SCRM_EXPORTS (with colons between them), then ./maps or ./exports, then
 * those that come with the tools.
 */
#ifndef EDGE_MAPPATH_H
#define EDGE_MAPPATH_H

#include "base/buf.h"
#include "base/why.h"

#include <stddef.h>

struct mappath {
	const char *env, *folder, *what,
		*lister; /* for messages the last two */
};

extern const struct mappath mappath_exports;

/*
 * Appends the text of the map NAME.json, and its path. skip: so many of that
 * name are passed over. A name with a slash, or that ends in .json, is a file.
 * Fits mapping's map_loader; arg is a struct mappath, NULL for maps. False
 * with the nearest name.
 */
bool mappath_load(void *arg, const char *name, size_t skip, struct buf *text,
	struct buf *path, struct why *why);
/* Calls for each map by name, in order of bytes, the first of a name only. */
void mappath_each(const struct mappath *where,
	void (*each)(void *arg, const char *name), void *arg);
/* Dies of a mistake in the map of this name: at its place, or in the file that
 * path says, or in none. */
void mappath_die(const struct mappath *where, const char *name,
	const struct buf *path, const struct why *why)
	__attribute__((noreturn));

#endif
