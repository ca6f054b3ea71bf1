#include "crm/inspect.h"

#include "crm/mapper.h"
#include "value/text.h"

#define HEADER_ROWS 20 /* in which a header is looked for, behind a preamble */

static double f_measure(double p, double r, double b)
{
	double down = b * b * p + r;
	return down > 0 ? (1 + b * b) * p * r / down : 0;
}

static double share(size_t part, size_t all)
{
	return all ? (double)part / (double)all : 0;
}

static bool one_of(const struct view *list, size_t n, struct view v)
{
	for (size_t i = 0; i < n; i++)
		if (view_eq(list[i], v))
			return true;
	return false;
}

bool inspect_slot(const struct map_slot *s, struct view v)
{
	for (size_t k = 0; k < s->npaths; k++)
		if (view_eq(s->path[k].text, v))
			return true;
	return false;
}

bool inspect_used(const struct mapping *map, struct view column)
{
	for (size_t i = 0; i < map->slot.n; i++)
		if (inspect_slot(&map->slot.v[i], column))
			return true;
	return false;
}

bool inspect_dropped(const struct mapping *map, struct view column)
{
	return one_of(map->drop, map->ndrop, column);
}

struct inspect_fit inspect_columns(const struct mapping *map,
	const struct view *column, size_t n)
{
	struct inspect_fit f = { 0 };
	size_t slots = 0, there = 0;
	if (map->format != MAP_CSV || map->pass || map->ncolumns)
		return f;
	for (size_t i = 0; i < map->slot.n; i++) {
		const struct map_slot *s = &map->slot.v[i];
		if (s->pseudo)
			continue;
		size_t k = 0;
		while (k < n && !inspect_slot(s, column[k]))
			k++;
		slots++;
		there += k < n;
		f.needed += !s->may;
		f.found += !s->may && k < n;
	}
	for (size_t i = 0; i < map->nmust; i++) {
		f.needed++;
		f.found += one_of(column, n, map->must[i]);
	}
	for (size_t k = 0; k < n; k++) {
		f.columns += column[k].n > 0;
		f.known += column[k].n &&
			   (inspect_used(map, column[k]) ||
				   one_of(map->must, map->nmust, column[k]) ||
				   one_of(map->drop, map->ndrop, column[k]));
	}
	double r = f.needed ? share(f.found, f.needed) : share(there, slots);
	f.score = f_measure(share(f.known, f.columns), r, 2);
	return f;
}

/* Appends a path's names with dots between them, without quotes and keys. */
static void add_steps(struct buf *b, const struct map_path *p, bool xml)
{
	if (xml) {
		buf_addf(b, "%s%.*s", b->n ? "." : "", (int)p->text.n,
			p->text.p);
		return;
	}
	for (size_t i = 0; i < p->n; i++)
		buf_addf(b, "%s%.*s", b->n ? "." : "", (int)p->step[i].name.n,
			p->step[i].name.p);
}

static bool beneath(struct view path, struct view top)
{
	return path.n >= top.n && memcmp(path.p, top.p, top.n) == 0 &&
	       (path.n == top.n || top.n == 0 || path.p[top.n] == '.');
}

/* Marks what is at this path of the map, or beneath it. */
static bool mark(const struct sample *s, struct view path, bool *known)
{
	if (path.n == 0 || map_find(&s->path, path.p, path.n) == MAP_NONE)
		return false;
	for (size_t i = 0; i < s->path.n; i++)
		if (beneath(map_key(&s->path, i), path))
			known[i] = true;
	return true;
}

static bool mark_slot(const struct mapping *map, const struct sample *s,
	const struct map_slot *slot, struct view top, bool *known)
{
	bool there = false, xml = map->format == MAP_XML;
	const struct map_scope *scope =
		slot->scope ? &map->scope.v[slot->scope - 1] : NULL;
	for (size_t k = 0; k < slot->npaths; k++)
		for (size_t i = 0; i < (scope ? scope->npaths : 1); i++) {
			struct buf b = { 0 };
			buf_addv(&b, top);
			if (scope)
				add_steps(&b, &scope->path[i], xml);
			add_steps(&b, &slot->path[k], xml);
			there |= mark(s, buf_view(&b), known);
			buf_release(&b);
		}
	return there;
}

/* All that the map uses, of rows that stand at top. */
static void mark_rows(const struct mapping *map, const struct sample *s,
	struct view top, bool *known, bool *found)
{
	for (size_t i = 0; i < map->slot.n; i++)
		if (!map->slot.v[i].pseudo)
			found[i] |=
				mark_slot(map, s, &map->slot.v[i], top, known);
	for (size_t i = 0; i < map->nmust; i++) {
		struct buf b = { 0 };
		buf_addf(&b, "%.*s%s%.*s", (int)top.n, top.p, top.n ? "." : "",
			(int)map->must[i].n, map->must[i].p);
		mark(s, buf_view(&b), known);
		buf_release(&b);
	}
}

static struct inspect_fit fit_document(const struct mapping *map,
	const struct sample *s)
{
	struct inspect_fit f = { 0 };
	bool *known = xcalloc(s->path.n + 1, sizeof(*known));
	bool *found = xcalloc(map->slot.n + 1, sizeof(*found));
	for (size_t i = 0; i < (map->nrows ? map->nrows : 1); i++) {
		struct buf top = { 0 };
		if (map->nrows)
			add_steps(&top, &map->rows[i], false);
		mark_rows(map, s, buf_view(&top), known, found);
		if (map->unwrap) { /* which some rows may not be in */
			add_steps(&top, map->unwrap, false);
			mark_rows(map, s, buf_view(&top), known, found);
		}
		buf_release(&top);
	}
	for (size_t i = 0; i < map->slot.n; i++) {
		f.needed += !map->slot.v[i].pseudo;
		f.found += found[i];
	}
	for (size_t i = 0; i < s->path.n; i++) {
		f.columns += s->leaf.v[i];
		f.known += s->leaf.v[i] && known[i];
	}
	f.score = f_measure(share(f.known, f.columns), share(f.found, f.needed),
		0.5);
	free(known);
	free(found);
	return f;
}

/* Records say themselves what they are. */
static struct inspect_fit fit_records(const struct sample *s)
{
	struct inspect_fit f = { .needed = 2 };
	f.found = (map_find(&s->path, "type", 4) != MAP_NONE) +
		  (map_find(&s->path, "observed_at", 11) != MAP_NONE ||
			  map_find(&s->path, "source", 6) != MAP_NONE);
	f.score = f.found == 2;
	return f;
}

struct inspect_fit inspect_fit(const struct mapping *map,
	const struct sample *s)
{
	struct inspect_fit best = { 0 };
	enum map_format format =
		map->format == MAP_NDJSON ? MAP_JSON : map->format;
	if (map->pass)
		return s->format == MAP_JSON ? fit_records(s) : best;
	if (format != s->format)
		return best;
	if (format != MAP_CSV)
		return fit_document(map, s);
	size_t rows = map->preamble ? HEADER_ROWS : 1;
	for (size_t i = 0; i < s->row.n && i < rows; i++) {
		const struct sample_row *row = &s->row.v[i];
		struct arena text = { 0 };
		struct view *name = mapper_columns(&text, row->cell, row->n);
		struct inspect_fit f = inspect_columns(map, name, row->n);
		f.header = i;
		if (f.score > best.score)
			best = f;
		arena_release(&text);
	}
	return best;
}
