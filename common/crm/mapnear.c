#include "crm/mapnear.h"

#include "edge/mappath.h"

#include <stdio.h>

struct trial {
	struct mapnear_list *list;
	const struct sample *sample; /* or columns */
	const struct view *column;
	size_t n;
};

static void try(void *arg, const char *name)
{
	struct trial *t = arg;
	struct buf path = { 0 };
	struct why why = { 0 };
	struct mapping *map =
		mapping_columns(name, mappath_load, NULL, &path, &why);
	buf_release(&path);
	if (!map)
		return;
	struct inspect_fit fit =
		t->sample ? inspect_fit(map, t->sample)
			  : inspect_columns(map, t->column, t->n);
	mapping_free(map);
	if (fit.score <= 0)
		return;
	*vec_add(&t->list->v) = (struct mapnear){
		arena_bytes(&t->list->text, name, strlen(name) + 1), fit
	};
}

/* mappath gives them by name, so equal ones are put by that. */
static int by_score(const void *a, const void *b)
{
	const struct mapnear *x = a, *y = b;
	if (x->fit.score != y->fit.score)
		return x->fit.score < y->fit.score ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void rank(struct trial *t)
{
	*t->list = (struct mapnear_list){ 0 };
	mappath_each(NULL, try, t);
	if (t->list->v.n)
		qsort(t->list->v.v, t->list->v.n, sizeof(*t->list->v.v),
			by_score);
}

void mapnear_rank(struct mapnear_list *list, const struct sample *s)
{
	rank(&(struct trial){ .list = list, .sample = s });
}

const struct mapnear *mapnear_sure(const struct mapnear_list *list)
{
	const struct mapnear *m = list->v.v;
	if (!list->v.n || m->fit.score < INSPECT_FITS)
		return NULL;
	if (list->v.n > 1 && m->fit.score - m[1].fit.score < INSPECT_AHEAD)
		return NULL;
	return m;
}

void mapnear_release(struct mapnear_list *list)
{
	vec_release(&list->v);
	arena_release(&list->text);
}

bool mapnear(const struct view *column, size_t n, struct buf *out)
{
	struct mapnear_list list;
	bool found = false;
	rank(&(struct trial){ .list = &list, .column = column, .n = n });
	for (size_t i = 0; !found && i < list.v.n; i++) {
		const struct mapnear *m = &list.v.v[i];
		found = m->fit.found == m->fit.needed && m->fit.known > 2;
		if (found)
			buf_adds(out, m->name);
	}
	mapnear_release(&list);
	return found;
}

static void print(void *arg, const char *name)
{
	struct buf text = { 0 }, path = { 0 };
	struct why why;
	(void)arg;
	if (mappath_load(NULL, name, 0, &text, &path, &why)) {
		buf_reset(&path);
		mapping_about(buf_view(&text), &path);
		printf("%-20s %s\n", name, path.p);
	}
	buf_release(&text);
	buf_release(&path);
}

void mapnear_print(void)
{
	mappath_each(NULL, print, NULL);
}
