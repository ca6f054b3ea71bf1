#include "crm/mapper_impl.h"

/* Edits between two names, by bytes, at most 64 of them. */
static size_t distance(struct view a, struct view b)
{
	size_t row[65];
	if (a.n > 64 || b.n > 64)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t up = row[j];
			size_t d = corner + (a.p[i - 1] != b.p[j - 1]);
			if (up + 1 < d)
				d = up + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			corner = up;
			row[j] = d;
		}
	}
	return row[b.n];
}

static bool lacks(struct mapper *m, struct view want, const struct view *name,
	size_t n, size_t missing, struct why *why)
{
	size_t best[2] = { SIZE_MAX, SIZE_MAX }, at[2] = { 0, 0 };
	for (size_t i = 0; i < n; i++) {
		size_t d = distance(want, name[i]);
		if (d < best[0]) {
			best[1] = best[0];
			at[1] = at[0];
			best[0] = d;
			at[0] = i;
		} else if (d < best[1]) {
			best[1] = d;
			at[1] = i;
		}
	}
	struct buf b = { 0 };
	buf_addf(&b, "no column '%.*s'", (int)want.n, want.p);
	if (missing > 1)
		buf_addf(&b, " (and %zu more that the map uses)", missing - 1);
	for (size_t k = 0; k < 2; k++)
		if (best[k] < want.n && name[at[k]].n < 60)
			buf_addf(&b, "%s '%.*s'",
				k ? " and" : "; the nearest here:",
				(int)name[at[k]].n, name[at[k]].p);
	if (best[0] >= want.n)
		for (size_t k = 0; k < n && k < 4; k++)
			buf_addf(&b, "%s '%.*s'", k ? "," : "; it begins with",
				(int)(name[k].n < 40 ? name[k].n : 40),
				name[k].p);
	why_not(why, "%s", b.p);
	buf_release(&b);
	(void)m;
	return false;
}

static size_t find_name(const struct view *name, size_t n, struct view want)
{
	for (size_t i = 0; i < n; i++)
		if (view_eq(name[i], want))
			return i;
	return SIZE_MAX;
}

/* The names of a header, made different from each other; what was made is said
 * to m, unless NULL. */
static struct view *header_names(struct arena *text, struct mapper *m,
	const struct view *cell, size_t n)
{
	struct view *name = arena_alloc(text, (n + 1) * sizeof(*name));
	struct map seen = { 0 };
	for (size_t i = 0; i < n; i++) {
		struct view v = text_trim(cell[i]);
		struct buf b = { 0 };
		bool isnew;
		if (v.n)
			buf_addv(&b, v);
		else
			buf_addf(&b, "col%zu", i + 1);
		map_add(&seen, b.p, b.n, &isnew);
		for (size_t k = 2; !isnew; k++) {
			b.n = v.n;
			buf_addf(&b, "_%zu", k);
			map_add(&seen, b.p, b.n, &isnew);
		}
		/* The last is a comma at the end of the line. */
		if (m && v.n == 0 && i + 1 < n)
			mapper_note(m, "column %zu has no name: '%s'", i + 1,
				b.p);
		else if (m && v.n && b.n != v.n)
			mapper_note(m, "column '%.*s' is there twice: '%s'",
				(int)(v.n < 80 ? v.n : 80), v.p, b.p);
		name[i] = (struct view){ arena_bytes(text, b.p, b.n), b.n };
		buf_release(&b);
	}
	map_release(&seen);
	return name;
}

struct view *mapper_columns(struct arena *text, const struct view *cell,
	size_t n)
{
	return header_names(text, NULL, cell, n);
}

static void remember_comment(struct mapper *m, struct view v)
{
	if (v.n < 2 || v.p[0] != '#')
		return;
	v = text_trim((struct view){ v.p + 1, v.n - 1 });
	const char *colon = memchr(v.p, ':', v.n);
	if (!colon)
		return;
	struct view key =
		text_trim((struct view){ v.p, (size_t)(colon - v.p) });
	struct view text = text_trim(
		(struct view){ colon + 1, v.n - (size_t)(colon - v.p) - 1 });
	bool isnew;
	map_add(&m->comment, key.p, key.n, &isnew);
	if (isnew)
		*vec_add(&m->comment_text) =
			(struct view){ arena_bytes(&m->names, text.p, text.n),
				text.n };
}

void mapper_comments(struct mapper *m)
{
	map_release(&m->comment);
	m->comment = (struct map){ 0 };
	m->comment_text.n = 0;
}

const struct view *mapper_names(const struct mapper *m, size_t *n)
{
	*n = m->nother;
	return m->other;
}

int mapper_header(struct mapper *m, const struct view *cell, size_t n,
	struct why *why)
{
	const struct mapping *map = m->map;
	if (!cell) {
		cell = map->column;
		n = map->ncolumns;
	}
	struct view *name = header_names(&m->names, NULL, cell, n);
	bool *used = xcalloc(n + 1, sizeof(*used));
	struct bind *bind = xcalloc(m->nslots + 1, sizeof(*bind));
	size_t nbind = 0, missing = 0;
	struct view first = { NULL, 0 };
	for (size_t i = 0; i < map->slot.n; i++) {
		const struct map_slot *s = &map->slot.v[i];
		size_t at = SIZE_MAX;
		for (size_t k = 0; k < s->npaths && at == SIZE_MAX; k++)
			at = find_name(name, n, s->path[k].text);
		if (at != SIZE_MAX) {
			used[at] = true;
			bind[nbind++] = (struct bind){ (unsigned)i,
				(uint32_t)at, s->guards };
		} else if (!s->may && !s->pseudo && missing++ == 0) {
			first = s->name;
		}
	}
	for (size_t i = 0; i < map->nmust; i++) {
		size_t at = find_name(name, n, map->must[i]);
		if (at == SIZE_MAX && missing++ == 0)
			first = map->must[i];
		else if (at != SIZE_MAX)
			used[at] = true;
	}
	if (missing) {
		lacks(m, first, name, n, missing, why);
		free(used);
		free(bind);
		m->other = name;
		m->nother = n;
		if (!map->preamble)
			return -1;
		if (n)
			remember_comment(m, cell[0]);
		*m->calls.withheld += 1;
		return 0;
	}
	name = header_names(&m->names, m, cell, n);
	m->unknown = arena_alloc(&m->names, (n + 1) * sizeof(*m->unknown));
	m->nunknown = 0;
	bind = xreallocarray(bind, nbind + n + 1, sizeof(*bind));
	for (size_t i = 0; i < n; i++) {
		if (used[i] || mapper_dropped(m, name[i]) || !map->extra)
			continue;
		struct buf b = { 0 };
		json_text(&b, name[i]);
		buf_addc(&b, ':');
		m->unknown[m->nunknown] =
			(struct view){ arena_bytes(&m->names, b.p, b.n), b.n };
		buf_release(&b);
		bind[nbind++] =
			(struct bind){ (unsigned)(m->nslots + m->nunknown++),
				(uint32_t)i, map->guards };
	}
	free(used);
	free(m->bind);
	m->bind = bind;
	m->nbind = nbind;
	m->ncells = n;
	free(m->cell);
	free(m->merged);
	m->cell = xcalloc(m->nslots + m->nunknown + 1, sizeof(*m->cell));
	m->merged = xcalloc(m->nslots + m->nunknown + 1, sizeof(*m->merged));
	return 1;
}
