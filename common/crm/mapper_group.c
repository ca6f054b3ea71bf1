#include "crm/mapper_impl.h"

#include "base/hash.h"

static void forget_rows(struct group *g)
{
	for (size_t i = 0; i < g->held.n; i++)
		free(g->held.v[i].cell);
	g->held.n = 0;
}

void mapper_free_groups(struct mapper *m)
{
	struct group *list[] = { m->first, m->spare };
	for (size_t i = 0; i < 2; i++)
		while (list[i]) {
			struct group *g = list[i];
			list[i] = g->next;
			forget_rows(g);
			vec_release(&g->held);
			free(g);
		}
	free(m->bucket);
}

/* Rows of one group: what is repeated does not differ, and what is carried
 * down is filled in. */
static bool agree(struct mapper *m)
{
	const struct mapping *map = m->map;
	for (size_t s = 0; s < map->nsame; s++)
		for (size_t i = 0; i < m->nrows; i++) {
			struct cell c = m->rows[i][map->same[s]];
			struct cell all = m->merged[map->same[s]];
			if (!c.p || view_eq(view_cell(c), view_cell(all)))
				continue;
			m->field = map->slot.v[map->same[s]].name.p;
			why_not(&m->why,
				"it differs between the rows of one group");
			return false;
		}
	for (size_t s = 0; s < map->ncarry; s++)
		for (size_t i = 1; i < m->nrows; i++) {
			struct cell *c = &m->rows[i][map->carry[s]];
			if (!c->p)
				*c = m->rows[i - 1][map->carry[s]];
		}
	return true;
}

/* Its records leave, or all of its rows are refused. */
static void end_group(struct mapper *m, struct group *g)
{
	size_t n = g->held.n, ncells = m->nslots + m->nunknown;
	m->rows = xreallocarray(m->rows, n, sizeof(*m->rows));
	m->nrows = n;
	m->field = NULL;
	memset(m->merged, 0, ncells * sizeof(*m->merged));
	for (size_t i = 0; i < n; i++) {
		m->rows[i] = g->held.v[i].cell;
		for (size_t k = 0; k < ncells; k++)
			if (!m->merged[k].p)
				m->merged[k] = m->rows[i][k];
	}
	bool good = !g->broken;
	if (g->broken)
		why_not(&m->why, "a group of more than %d bytes", MAPPER_GROUP);
	good = good && agree(m) &&
	       mapper_put(m, m->merged, g->held.v, g->held.v[0].row);
	if (good)
		mapper_emit(m, n);
	for (size_t i = 0; !good && i < n; i++)
		m->calls.refuse(m->calls.arg, g->held.v[i].line,
			g->held.v[i].row, m->field, g->held.v[i].raw,
			m->why.text);
	forget_rows(g);
	if (m->latest == g)
		m->latest = NULL;
	struct group **at = m->bucket ? &m->bucket[g->hash & m->mask] : NULL;
	while (at && *at != g)
		at = &(*at)->chain;
	if (at)
		*at = g->chain;
	g->next = m->spare;
	m->spare = g;
}

static void end_first(struct mapper *m)
{
	struct group *g = m->first;
	m->first = g->next;
	if (!m->first)
		m->end = &m->first;
	end_group(m, g);
}

/* Groups that the next row cannot belong to leave, unless an older one is
 * still open; and now and then those that have waited long for it, so that no
 * group makes us hold the whole file. */
static void end_groups(struct mapper *m)
{
	size_t within = m->map->within;
	while (m->first && m->seen - m->first->last > within)
		end_first(m);
	if (m->seen - m->swept <= within)
		return;
	m->swept = m->seen;
	struct group **at = &m->first;
	while (*at) {
		struct group *g = *at;
		if (m->seen - g->last > 2 * within) {
			*at = g->next;
			end_group(m, g);
		} else {
			at = &g->next;
		}
	}
	m->end = at;
}

static struct group *new_group(struct mapper *m, uint64_t hash)
{
	struct group *g = m->spare;
	if (g)
		m->spare = g->next;
	else
		g = xcalloc(1, sizeof(*g));
	g->next = NULL;
	g->bytes = 0;
	g->broken = false;
	g->hash = hash;
	*m->end = g;
	m->end = &g->next;
	if (m->bucket) {
		g->chain = m->bucket[hash & m->mask];
		m->bucket[hash & m->mask] = g;
	}
	return g;
}

static void hold(struct mapper *m, struct group *g)
{
	struct held h = { .line = m->line_no, .row = m->row };
	size_t n = m->nslots + m->nunknown, text = m->raw.n, pads = 2;
	struct view unknown = { NULL, 0 };
	if ((m->map->format != MAP_CSV || m->nrest) && m->map->extra) {
		char sep = '{';
		m->out.n = 0;
		mapper_put_unknown(m, &sep);
		if (m->out.n)
			buf_addc(&m->out, '}');
		unknown = buf_view(&m->out);
	}
	for (size_t i = 0; i < n; i++)
		if (m->cell[i].p) {
			text += m->cell[i].n;
			pads++;
		}
	h.cell = xmalloc(n * sizeof(*h.cell) + text + unknown.n + pads * 16 +
			 (unknown.n ? SCAN_PAD : 0));
	char *p = (char *)(h.cell + n);
	for (size_t i = 0; i < n; i++) {
		h.cell[i] = m->cell[i];
		if (!h.cell[i].p)
			continue;
		h.cell[i].p = copy_to(p, view_cell(m->cell[i])).p;
		p += h.cell[i].n + 16;
	}
	h.raw = copy_to(p, m->raw);
	h.unknown = copy_to(p + m->raw.n + 16, unknown);
	g->bytes += text + unknown.n + n * sizeof(*h.cell);
	*vec_add(&g->held) = h;
}

/* Whether this row's key is the group's. */
static bool same_key(const struct mapper *m, const struct group *g)
{
	const struct mapping *map = m->map;
	for (size_t i = 0; i < map->nby; i++) {
		struct cell c = m->cell[map->by[i]];
		struct cell first = g->held.v[0].cell[map->by[i]];
		if (!c.p != !first.p ||
			(c.p && !view_eq(view_cell(c), view_cell(first))))
			return false;
	}
	return true;
}

static bool blank_key(const struct mapper *m)
{
	for (size_t i = 0; i < m->map->nby; i++)
		if (m->cell[m->map->by[i]].p)
			return false;
	return true;
}

static uint64_t key_hash(const struct mapper *m)
{
	uint64_t h = 0;
	for (size_t i = 0; i < m->map->nby; i++) {
		struct cell c = m->cell[m->map->by[i]];
		h = h * 31 + (c.p ? hash64(c.p, c.n) : 1);
	}
	return h;
}

/* The open group of this row's key, or NULL. */
static struct group *find_group(const struct mapper *m, uint64_t hash)
{
	if (!m->bucket)
		return NULL;
	struct group *g = m->bucket[hash & m->mask];
	while (g &&
		(g->hash != hash || m->seen - g->last > m->map->within + 1 ||
			!same_key(m, g)))
		g = g->chain;
	return g;
}

void mapper_group(struct mapper *m)
{
	struct group *g = m->latest;
	uint64_t hash = 0;
	bool blank = blank_key(m);
	m->seen++;
	if (blank && !m->map->blank_continues)
		g = NULL;
	if (!blank && !(g && same_key(m, g))) {
		hash = m->bucket ? key_hash(m) : 0;
		g = find_group(m, hash);
	}
	if (g)
		g->last = m->seen;
	end_groups(m);
	m->latest = g;
	if (blank && !g) {
		m->calls.refuse(m->calls.arg, m->line_no, m->row,
			m->map->slot.v[m->map->by[0]].name.p, m->raw,
			"there is none, and rows are grouped by it");
		return;
	}
	if (!g) {
		g = new_group(m, hash);
		g->last = m->seen;
	}
	m->latest = g;
	if (g->bytes > MAPPER_GROUP) {
		g->broken = true;
		m->calls.refuse(m->calls.arg, m->line_no, m->row, NULL, m->raw,
			"its group is too large");
		return;
	}
	hold(m, g);
}

void mapper_end(struct mapper *m)
{
	while (m->first)
		end_first(m);
	mapper_say_strange(m);
	m->seen = m->swept = 0;
}
