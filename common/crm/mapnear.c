#include "crm/mapnear.h"

#include "crm/mapper.h"
#include "edge/mappath.h"

struct near {
	const struct view *column;
	size_t n, best;
	struct buf *out;
	size_t from; /* where the name stands in out */
};

static void try(void *arg, const char *name)
{
	struct near *near = arg;
	struct buf path = { 0 };
	struct why why = { 0 };
	struct mapping *map =
		mapping_compile(name, mappath_load, NULL, NULL, &path, &why);
	buf_release(&path);
	if (!map)
		return;
	size_t fits = mapper_fits(map, near->column, near->n);
	mapping_free(map);
	if (fits <= near->best)
		return;
	near->best = fits;
	near->out->n = near->from;
	buf_adds(near->out, name);
}

bool mapnear(const struct view *column, size_t n, struct buf *out)
{
	struct near near = { column, n, 2, out, out->n };
	mappath_each(NULL, try, &near);
	return near.best > 2;
}
