#include "crm/mapper.h"

#include "edge/csvout.h"
#include "base/hash.h"
#include "base/map.h"
#include "crm/mapcell.h"
#include "value/text.h"
#include "value/time.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

/*
 * A column's text in this row. p is NULL where it is missing. kind is that of
 * JSON: K_STRING is plain text (unescaped), anything else the JSON text.
 * At least 16 bytes can be read after it.
 */
struct cell {
	const char *p;
	uint32_t n;
	uint8_t kind;
};

/* Where a slot's text is in this file. */
struct bind {
	unsigned slot;
	uint32_t col;
	uint8_t guards;
};

/* A row of a group. Its cells are one block of memory with what they and the
 * views point to. */
struct held {
	struct cell *cell;
	size_t line, row;
	struct view raw;
	struct view unknown; /* an object, of JSON and XML */
};

struct group {
	struct group *next; /* the next by first rows; or spare */
	struct group *chain; /* the next of this bucket */
	uint64_t hash;
	VEC(struct held) held;
	size_t last; /* its last row, as m->seen counts them */
	size_t bytes;
	bool broken; /* too large: all rows of it are refused */
};

struct mapper {
	const struct mapping *map;
	struct mapper_calls calls;
	struct arena names; /* of a file */
	struct arena text; /* of a row */
	struct buf out;
	struct buf extra; /* members of extra met while a record is made */
	struct buf tail; /* "observed_at" and "file" of this file */
	VEC(unsigned) kept; /* slots that are in extra already */
	VEC(struct view) line;
	VEC(size_t) start;
	unsigned char *done; /* fields that the record got */
	struct mapcell_days *days;

	/* null words: their first bytes and the longest */
	bool null_first[256];
	size_t null_max;
	bool null_empty;

	/* The file. */
	const char *file;
	struct view observed;
	bool said, stopped, warned_drop;
	size_t ncells; /* that a row must have */
	struct bind *bind;
	size_t nbind;
	struct view *unknown; /* "name": of columns no field uses */
	size_t nunknown;
	struct map comment; /* of a preamble: names, and */
	VEC(struct view) comment_text;
	struct map used; /* first names of paths; and what is dropped */
	size_t nused;
	bool *drop_said;

	/* The row: slots, then unknown columns. */
	struct cell *cell;
	size_t nslots;
	size_t row, line_no;
	struct view raw;
	const struct xml_doc *doc;
	struct val json;

	/* Groups by their first rows: open, or waiting for an older one. */
	struct group *first, **end; /* where the next one is put */
	struct group *latest; /* that of the row above */
	struct group *spare;
	struct group **bucket; /* by their keys' hash; NULL: only latest */
	size_t seen; /* rows that groups were looked for */
	size_t swept; /* and at the last sweep */

	/* What records are made of: a row, or those of a group. */
	struct cell *merged;
	struct cell **rows;
	size_t nrows;
	const struct held *held; /* of the record at hand */
	size_t nheld;

	/* A refusal. */
	struct why why;
	const char *field;
};

enum put { PUT_NONE, PUT_DONE, PUT_BAD };

enum { BUCKETS = 4096 };

static inline void make_room(struct buf *b, size_t n)
{
	if (b->cap < b->n + n + BUF_PAD)
		buf_grow(b, n);
}

/* A copy at p with what mapcell_quote wants after it. */
static struct view copy_to(char *p, struct view v)
{
	if (v.n)
		memcpy(p, v.p, v.n);
	memset(p + v.n, 0, 16);
	return (struct view){ p, v.n };
}

static struct cell keep(struct mapper *m, struct view v)
{
	v = copy_to(arena_alloc(&m->text, v.n + 16), v);
	return (struct cell){ v.p, (uint32_t)v.n, K_STRING };
}

static inline struct view view_cell(struct cell c)
{
	return (struct view){ c.p, c.n };
}

/* Guards and words that mean nothing. */

static bool starts(struct view v, struct view with)
{
	return v.n >= with.n && memcmp(v.p, with.p, with.n) == 0;
}

static struct view unguard(struct view v, unsigned guards)
{
	if ((guards & GUARD_FORMULA) && v.n >= 3 && v.p[0] == '=' &&
		v.p[1] == '"' && v.p[v.n - 1] == '"')
		v = (struct view){ v.p + 2, v.n - 3 };
	if ((guards & GUARD_APOSTROPHE) && v.n && v.p[0] == '\'')
		v = (struct view){ v.p + 1, v.n - 1 };
	if (guards & GUARD_TAB)
		while (v.n && v.p[0] == '\t')
			v = (struct view){ v.p + 1, v.n - 1 };
	if (guards & GUARD_EXPORT)
		v = csvout_unguard(v);
	return v;
}

static bool in_words(const struct map_words *w, struct view v)
{
	for (size_t i = 0; i < w->n; i++)
		if (view_eq(w->from[i], v))
			return true;
	return false;
}

static inline bool is_null(const struct mapper *m, struct view v)
{
	if (v.n == 0)
		return m->null_empty;
	if (v.n > m->null_max || !m->null_first[(unsigned char)v.p[0]])
		return false;
	return in_words(&m->map->null, text_trim(v));
}

/* A new mapper. */

struct mapper *mapper_new(const struct mapping *map,
	const struct mapper_calls *calls)
{
	struct mapper *m = xcalloc(1, sizeof(*m));
	m->map = map;
	m->calls = *calls;
	m->nslots = map->slot.n;
	m->end = &m->first;
	if (map->within)
		m->bucket = xcalloc(BUCKETS, sizeof(struct group *));
	m->days = xcalloc(1, sizeof(*m->days));
	for (size_t i = 0; i < 256; i++)
		m->days->day[i].day = INT64_MIN;
	size_t most = 1;
	for (size_t i = 0; i < map->nrecords; i++)
		if (map->record[i].nfields > most)
			most = map->record[i].nfields;
	m->done = xcalloc(most, 1);
	for (size_t i = 0; i < map->null.n; i++) {
		struct view w = map->null.from[i];
		if (w.n == 0) {
			m->null_empty = true;
			continue;
		}
		m->null_first[(unsigned char)w.p[0]] = true;
		if (w.n + 16 > m->null_max)
			m->null_max = w.n + 16;
	}
	/* Words stand between blanks too, and blanks alone are "". */
	if (map->null.n) {
		static const unsigned char blank[] = { ' ', '\t', '\n', '\r',
			'\v', '\f', 0xc2, 0xe3, 0xe2, 0xef };
		for (size_t i = 0; i < sizeof(blank); i++)
			m->null_first[blank[i]] = true;
		if (m->null_max < 16)
			m->null_max = 16;
	}
	return m;
}

static void forget_rows(struct group *g)
{
	for (size_t i = 0; i < g->held.n; i++)
		free(g->held.v[i].cell);
	g->held.n = 0;
}

static void free_groups(struct mapper *m)
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

static void forget_file(struct mapper *m)
{
	arena_reset(&m->names);
	arena_reset(&m->text);
	free(m->bind);
	free(m->cell);
	free(m->merged);
	free(m->drop_said);
	m->bind = NULL;
	m->cell = m->merged = NULL;
	m->drop_said = NULL;
	m->nbind = m->nunknown = 0;
	map_release(&m->comment);
	map_release(&m->used);
	m->comment = (struct map){ 0 };
	m->used = (struct map){ 0 };
	m->comment_text.n = 0;
}

void mapper_free(struct mapper *m)
{
	if (!m)
		return;
	forget_file(m);
	free_groups(m);
	arena_release(&m->names);
	arena_release(&m->text);
	buf_release(&m->out);
	buf_release(&m->extra);
	buf_release(&m->tail);
	vec_release(&m->kept);
	vec_release(&m->line);
	vec_release(&m->start);
	vec_release(&m->comment_text);
	free(m->rows);
	free(m->done);
	free(m->days);
	free(m);
}

struct view mapper_date(const char *name)
{
	struct when w;
	struct view v = { name, strlen(name) };
	if (v.n < 10 || (v.n > 10 && v.p[10] >= '0' && v.p[10] <= '9') ||
		!when_parse(v.p, 10, &w))
		return (struct view){ "", 0 };
	return (struct view){ name, 10 };
}

/* The name without a leading date and what follows it, and without
 * extensions. */
static struct view bare_name(const char *file)
{
	struct view v = view_of(file);
	size_t date = mapper_date(file).n;
	if (date)
		while (date < v.n && strchr("-_ .", v.p[date]))
			date++;
	v.p += date;
	v.n -= date;
	const char *dot = memchr(v.p, '.', v.n);
	if (dot && dot > v.p)
		v.n = (size_t)(dot - v.p);
	return v;
}

/* Cells of the row that the file itself gives. */
static void fill_pseudo(struct mapper *m)
{
	for (size_t i = 0; i < m->nslots; i++) {
		const struct map_slot *s = &m->map->slot.v[i];
		char num[24];
		struct view v = { NULL, 0 };
		size_t k;
		switch (s->pseudo) {
		case SLOT_COLUMN:
			continue;
		case SLOT_FILE:
			v = view_of(m->file);
			break;
		case SLOT_NAME:
			v = bare_name(m->file);
			break;
		case SLOT_ROW:
		case SLOT_LINE:
			v.p = num;
			v.n = (size_t)snprintf(num, sizeof(num), "%zu",
				s->pseudo == SLOT_ROW ? m->row : m->line_no);
			break;
		case SLOT_COMMENT:
			k = map_find(&m->comment, s->name.p + 9, s->name.n - 9);
			if (k != MAP_NONE)
				v = m->comment_text.v[k];
			break;
		}
		m->cell[i] =
			v.p && !is_null(m, v) ? keep(m, v) : (struct cell){ 0 };
	}
}

void mapper_file(struct mapper *m, const char *name, struct view observed,
	bool said)
{
	forget_file(m);
	m->file = arena_bytes(&m->names, name, strlen(name) + 1);
	m->observed =
		(struct view){ arena_bytes(&m->names, observed.p, observed.n),
			observed.n };
	m->said = said;
	m->stopped = false;
	m->row = 0;
	buf_reset(&m->tail);
	buf_adds(&m->tail, ",\"file\":");
	json_text(&m->tail, view_of(name));
	buf_adds(&m->tail, ",\"row\":");
	const struct mapping *map = m->map;
	m->cell = xcalloc(m->nslots + 1, sizeof(*m->cell));
	m->merged = xcalloc(m->nslots + 1, sizeof(*m->merged));
	m->drop_said = xcalloc(map->ndrop + 1, sizeof(*m->drop_said));
	if (map->format == MAP_CSV)
		return;
	/* What of a row is used: the first names of all paths. */
	for (size_t i = 0; i < map->slot.n; i++) {
		const struct map_slot *s = &map->slot.v[i];
		if (s->scope)
			continue;
		for (size_t k = 0; k < s->npaths; k++) {
			struct view v = map->format == MAP_XML
						? s->path[k].text
						: s->path[k].step[0].name;
			map_add(&m->used, v.p, v.n, NULL);
		}
	}
	for (size_t i = 0; i < map->scope.n; i++)
		for (size_t k = 0; k < map->scope.v[i].npaths; k++) {
			struct map_path *p = &map->scope.v[i].path[k];
			struct view v = map->format == MAP_XML
						? p->text
						: p->step[0].name;
			map_add(&m->used, v.p, v.n, NULL);
		}
	for (size_t i = 0; i < map->nmust; i++)
		map_add(&m->used, map->must[i].p, map->must[i].n, NULL);
}

static void note(struct mapper *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct mapper *m, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	m->calls.note(m->calls.arg, text);
}

static bool dropped(struct mapper *m, struct view name)
{
	for (size_t i = 0; i < m->map->ndrop; i++) {
		if (!view_eq(m->map->drop[i], name))
			continue;
		if (!m->drop_said[i])
			note(m, "'%.*s' is not kept, as the map says",
				(int)(name.n < 80 ? name.n : 80), name.p);
		m->drop_said[i] = true;
		return true;
	}
	return false;
}

/* The header. */

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
	buf_adds(&b, missing > 3 ? "; is it another map's file?" : "");
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

/* The names of a header, made different from each other. */
static struct view *header_names(struct mapper *m, const struct view *cell,
	size_t n, bool say)
{
	struct view *name = arena_alloc(&m->names, (n + 1) * sizeof(*name));
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
		if (say && v.n == 0)
			note(m, "column %zu has no name: '%s'", i + 1, b.p);
		else if (say && b.n != v.n)
			note(m, "column '%.*s' is there twice: '%s'",
				(int)(v.n < 80 ? v.n : 80), v.p, b.p);
		name[i] =
			(struct view){ arena_bytes(&m->names, b.p, b.n), b.n };
		buf_release(&b);
	}
	map_release(&seen);
	return name;
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

int mapper_header(struct mapper *m, const struct view *cell, size_t n,
	struct why *why)
{
	const struct mapping *map = m->map;
	if (!cell) {
		cell = map->column;
		n = map->ncolumns;
	}
	struct view *name = header_names(m, cell, n, false);
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
		if (!map->preamble)
			return -1;
		if (n)
			remember_comment(m, cell[0]);
		m->calls.withheld(m->calls.arg, 1);
		return 0;
	}
	name = header_names(m, cell, n, true);
	m->unknown = arena_alloc(&m->names, (n + 1) * sizeof(*m->unknown));
	m->nunknown = 0;
	bind = xreallocarray(bind, nbind + n + 1, sizeof(*bind));
	for (size_t i = 0; i < n; i++) {
		if (used[i] || dropped(m, name[i]) || !map->extra)
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
	m->bind = bind;
	m->nbind = nbind;
	m->ncells = n;
	free(m->cell);
	free(m->merged);
	m->cell = xcalloc(m->nslots + m->nunknown + 1, sizeof(*m->cell));
	m->merged = xcalloc(m->nslots + m->nunknown + 1, sizeof(*m->merged));
	return 1;
}

/* Tests. */

static bool is_any(const struct map_leaf *l, struct view v)
{
	for (size_t i = 0; i < l->n; i++)
		if (view_eq(l->word[i], v))
			return true;
	return false;
}

static bool leaf_holds(const struct map_leaf *l, const struct cell *cells)
{
	struct cell c = cells[l->slot];
	struct view v = view_cell(c);
	struct dec d;
	struct why why;
	switch (l->op) {
	case TEST_THERE:
		return c.p;
	case TEST_MISSING:
		return !c.p;
	case TEST_IS:
		return c.p && is_any(l, v);
	case TEST_NOT:
		return !c.p || !is_any(l, v);
	case TEST_STARTS:
	case TEST_ENDS:
	case TEST_HAS:
		for (size_t i = 0; c.p && i < l->n; i++) {
			struct view w = l->word[i];
			if (w.n > v.n)
				continue;
			if (l->op == TEST_HAS
					? memmem(v.p, v.n, w.p, w.n) != NULL
				: l->op == TEST_STARTS
					? memcmp(v.p, w.p, w.n) == 0
					: memcmp(v.p + v.n - w.n, w.p, w.n) ==
						  0)
				return true;
		}
		return false;
	case TEST_OVER:
	case TEST_UNDER: {
		static const struct map_field plain = { .point = '.',
			.thousands = 0 };
		if (!c.p || !mapcell_number(&plain, v, &d, &why))
			return false;
		int order = dec_cmp(d, l->limit);
		return l->op == TEST_OVER ? order > 0 : order < 0;
	}
	}
	return false;
}

static bool holds(const struct map_test *t, const struct cell *cells)
{
	for (size_t i = 0; t && i < t->n; i++) {
		size_t k = 0;
		while (k < t->nleaves[i] && leaf_holds(&t->all[i][k], cells))
			k++;
		if (k == t->nleaves[i])
			return true;
	}
	return !t;
}

/* Where a field's text comes from. */

static bool bad(struct mapper *m, const struct map_field *f)
{
	m->field = f->name;
	return false;
}

static bool fetch(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out);

static struct view member_of(struct view v, const struct map_field *f)
{
	while (v.n) {
		const char *q = memmem(v.p, v.n, f->split.p, f->split.n);
		struct view one = { v.p, q ? (size_t)(q - v.p) : v.n };
		const char *is = memmem(one.p, one.n, f->pair.p, f->pair.n);
		if (is) {
			struct view name = text_trim(
				(struct view){ one.p, (size_t)(is - one.p) });
			if (view_eq(name, f->member)) {
				is += f->pair.n;
				return (struct view){ is,
					one.n - (size_t)(is - one.p) };
			}
		}
		size_t used = q ? one.n + f->split.n : one.n;
		v.p += used;
		v.n -= used;
	}
	return (struct view){ NULL, 0 };
}

static struct view part_of(struct view v, struct view at, int part)
{
	int n = 1;
	const char *p = v.p, *end = v.p + v.n, *q;
	while ((q = memmem(p, (size_t)(end - p), at.p, at.n))) {
		n++;
		p = q + at.n;
	}
	if (part < 0)
		part += n + 1;
	if (part < 1 || part > n)
		return (struct view){ NULL, 0 };
	for (p = v.p; --part; p = q + at.n)
		q = memmem(p, (size_t)(end - p), at.p, at.n);
	q = memmem(p, (size_t)(end - p), at.p, at.n);
	return (struct view){ p, (size_t)((q ? q : end) - p) };
}

/* %E4%B8%AD and + as links have them. */
static bool percent(struct mapper *m, struct view *v)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < v->n; i++) {
		unsigned byte = 0;
		char ch = v->p[i];
		if (ch == '+') {
			ch = ' ';
		} else if (ch == '%' && i + 2 < v->n &&
			   isxdigit((unsigned char)v->p[i + 1]) &&
			   isxdigit((unsigned char)v->p[i + 2])) {
			for (int k = 0; k < 2; k++) {
				unsigned d = (unsigned char)v->p[++i];
				byte = byte * 16 +
				       (d <= '9' ? d - '0'
						 : (d | 32) - 'a' + 10);
			}
			ch = (char)byte;
		}
		buf_addc(&b, ch);
	}
	bool good = scan_utf8(b.p ? b.p : "", b.n) == b.n &&
		    !memchr(b.p ? b.p : "", '\0', b.n);
	if (good)
		*v = view_cell(keep(m, buf_view(&b)));
	else
		why_not(&m->why, "'%.*s' is no UTF-8 behind its percent signs",
			(int)(v->n < 90 ? v->n : 90), v->p);
	buf_release(&b);
	return good;
}

/* What is done to a text before it is read as a type. */
static bool work(struct mapper *m, const struct map_field *f, struct cell *c)
{
	if (!c->p || c->kind != K_STRING) {
		if (c->p && f->has_words && c->kind < K_ARRAY)
			c->kind = K_STRING;
		else
			return true;
	}
	struct view v = view_cell(*c);
	if (f->trim)
		v = text_trim(v);
	if (f->null.n && in_words(&f->null, text_trim(v)))
		v.p = NULL;
	if (v.p && f->part)
		v = part_of(v, f->part_at, f->part);
	if (v.p && f->member.p)
		v = member_of(v, f);
	if (v.p && f->cut.p && starts(v, f->cut)) {
		v.p += f->cut.n;
		v.n -= f->cut.n;
	}
	if (v.p && v.n == 0 && c->n && m->null_empty)
		v.p = NULL;
	if (v.p && f->percent && !percent(m, &v))
		return bad(m, f);
	if (v.p && f->has_words) {
		struct view t = text_trim(v);
		size_t i = 0;
		while (i < f->words.n && !view_eq(f->words.from[i], t))
			i++;
		if (i < f->words.n) {
			v = f->words.to[i];
		} else if (f->has_otherwise) {
			v = f->otherwise;
		} else {
			why_not(&m->why,
				"'%.*s' is none of the words that the map "
				"knows",
				(int)(t.n < 90 ? t.n : 90), t.p);
			return bad(m, f);
		}
		if (v.p)
			v = view_cell(keep(m, v));
	}
	if (v.p && f->lower) {
		struct buf b = { 0 };
		text_add_lower(&b, v);
		v = view_cell(keep(m, buf_view(&b)));
		buf_release(&b);
	}
	c->p = v.p;
	c->n = (uint32_t)v.n;
	return true;
}

static bool join(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	struct buf b = { 0 };
	bool some = false, good = true, column = false;
	for (size_t i = 0; i < f->nsub && good; i++) {
		struct cell c = { 0 };
		good = fetch(m, f->sub[i], cells, &c);
		if (!good || !c.p)
			continue;
		column |= f->sub[i]->from != MF_CONST;
		if (some)
			buf_addv(&b, f->with);
		some = true;
		buf_addv(&b, view_cell(c));
	}
	/* Constants alone say nothing about this row. */
	*out = some && column ? keep(m, buf_view(&b)) : (struct cell){ 0 };
	buf_release(&b);
	return good;
}

static bool number_of(struct mapper *m, const struct map_field *f,
	const struct map_field *part, const struct cell *cells, struct dec *d,
	bool *there)
{
	struct cell c = { 0 };
	if (!fetch(m, part, cells, &c))
		return false;
	*there = c.p != NULL;
	if (!c.p)
		return true;
	struct map_field plain = *f;
	plain.negate = false;
	return mapcell_number(&plain, view_cell(c), d, &m->why) || bad(m, f);
}

/* The sum or the product of a row. */
static bool reckon(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct dec *sum, bool *some)
{
	struct dec d = { 0 };
	bool there, fits = true;
	for (size_t i = 0; i < f->nsub; i++) {
		if (!number_of(m, f, f->sub[i], cells, &d, &there))
			return false;
		if (!there && f->from == MF_TIMES) {
			*some = false;
			return true;
		}
		if (!there)
			continue;
		if (!*some && f->from == MF_TIMES)
			*sum = d;
		else if (f->from == MF_TIMES)
			fits &= dec_mul(sum, d);
		else if (i < f->nplus)
			fits &= dec_add(sum, d);
		else
			fits &= dec_sub(sum, d);
		*some = true;
	}
	if (!fits)
		why_not(&m->why, "a sum is too large");
	return fits || bad(m, f);
}

static bool total(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	struct dec all = { 0 };
	bool some = false;
	size_t n = f->over_rows ? m->nrows : 1;
	for (size_t i = 0; i < n; i++) {
		struct dec one = { 0 };
		bool there = false;
		if (!reckon(m, f, f->over_rows ? m->rows[i] : cells, &one,
			    &there))
			return false;
		if (there && !dec_add(&all, one)) {
			why_not(&m->why, "a sum is too large");
			return bad(m, f);
		}
		some |= there;
	}
	if (!some)
		return true;
	struct buf b = { 0 };
	dec_print(&b, all);
	*out = keep(m, buf_view(&b));
	buf_release(&b);
	return true;
}

static void fingerprint(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	struct buf b = { 0 };
	char hex[33];
	for (size_t i = 0; i < f->nextra; i++) {
		struct cell c = cells[f->extra[i]];
		if (c.p)
			buf_addv(&b, view_cell(c));
		/* Missing and "" are not the same. */
		buf_add(&b, c.p ? "\0\1" : "\0", c.p ? 2 : 1);
	}
	hash128_hex(b.p ? b.p : "", b.n, hex);
	*out = keep(m, (struct view){ hex, 32 });
	buf_release(&b);
}

static bool fetch(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	*out = (struct cell){ 0 };
	if (f->when && !holds(f->when, cells))
		return true;
	switch (f->from) {
	case MF_SLOT:
		*out = cells[f->slot];
		break;
	case MF_JOIN:
		if (!join(m, f, cells, out))
			return false;
		break;
	case MF_FIRST:
		for (size_t i = 0; i < f->nsub && !out->p; i++)
			if (!fetch(m, f->sub[i], cells, out))
				return false;
		return true;
	case MF_CASE:
		for (size_t i = 0; i < f->nsub; i++)
			if (holds(f->sub[i]->when, cells))
				return fetch(m, f->sub[i], cells, out);
		return true;
	case MF_CONST:
		if (f->text.n)
			*out = keep(m, f->text);
		break;
	case MF_SUM:
	case MF_TIMES:
		if (!total(m, f, cells, out))
			return false;
		break;
	case MF_HASH:
		fingerprint(m, f, cells, out);
		break;
	case MF_OBJECT:
	case MF_ROWS:
	case MF_ELEMENTS:
		break;
	}
	return work(m, f, out);
}

/* Fields. */

static void keep_extra(struct mapper *m, const struct map_field *f,
	struct view text)
{
	struct view name = view_of(f->name);
	if (f->from == MF_SLOT) {
		for (size_t i = 0; i < m->kept.n; i++)
			if (m->kept.v[i] == f->slot)
				return;
		*vec_add(&m->kept) = f->slot;
		name = m->map->slot.v[f->slot].name;
	}
	if (m->extra.n)
		buf_addc(&m->extra, ',');
	json_text(&m->extra, name);
	buf_addc(&m->extra, ':');
	json_text(&m->extra, text);
}

static bool env_of(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct mapcell_env *env)
{
	struct cell c;
	*env = (struct mapcell_env){ f->zone, f->region, -1 };
	if (f->zone_of) {
		if (!fetch(m, f->zone_of, cells, &c))
			return bad(m, f);
		env->zone = NULL;
		if (c.p && !(env->zone = zone_find(c.p, &m->why)))
			return bad(m, f);
	}
	if (f->region_of) {
		if (!fetch(m, f->region_of, cells, &c))
			return bad(m, f);
		env->region = c.p;
	}
	if (f->minor) {
		int64_t digits;
		if (!fetch(m, f->minor, cells, &c))
			return bad(m, f);
		if (!c.p || !int_parse(c.p, c.n, &digits) || digits < 0 ||
			digits > 9) {
			why_not(&m->why, "nothing says how many digits the "
					 "smallest unit has");
			return bad(m, f);
		}
		env->minor = (int)digits;
	}
	return true;
}

/* JSON as it was written, on one line: an end of line in it can only stand
 * between its parts. */
static void put_raw(struct buf *out, struct view v)
{
	make_room(out, v.n);
	for (size_t i = 0; i < v.n; i++) {
		char ch = v.p[i];
		out->p[out->n + i] = ch == '\n' || ch == '\r' ? ' ' : ch;
	}
	out->n += v.n;
}

static enum put put_json_list(struct mapper *m, struct cell c)
{
	struct val v = { c.p, c.n, K_ARRAY, false };
	struct buf scratch = { 0 };
	char sep = '[';
	struct val_iter it = val_iter(v);
	while (val_next(&it)) {
		if (it.val.kind == K_NULL)
			continue;
		buf_reset(&scratch);
		buf_addc(&m->out, sep);
		sep = ',';
		json_text(&m->out, val_text(it.val, &scratch));
	}
	buf_adds(&m->out, sep == '[' ? "[]" : "]");
	buf_release(&scratch);
	return PUT_DONE;
}

/* The text of a cell as the field's type; the key stands already. */
static enum put put_text(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell c)
{
	struct view v = view_cell(c);
	if (c.kind != K_STRING && f->type == MT_JSON) {
		put_raw(&m->out, v);
		return PUT_DONE;
	}
	if (c.kind == K_ARRAY && f->type == MT_LIST)
		return put_json_list(m, c);
	bool good = c.kind != K_ARRAY && c.kind != K_OBJECT;
	struct mapcell_env env = { f->zone, f->region, -1 };
	if (!good)
		why_not(&m->why, "an array or object, where a %s is wanted",
			"text");
	else if (f->type == MT_TEXT) {
		make_room(&m->out, v.n * 6 + 32);
		mapcell_quote(&m->out, v);
		return PUT_DONE;
	} else if (f->zone_of || f->region_of || f->minor) {
		good = env_of(m, f, cells, &env);
	}
	/* Masked and invented numbers are kept, never taken for one. */
	good = good && mapcell_put(f, &env, m->days, v, &m->out, &m->why);
	if (good)
		return PUT_DONE;
	if (f->bad == BAD_REFUSE) {
		m->field = f->name;
		return PUT_BAD;
	}
	if (f->bad == BAD_EXTRA && m->map->extra)
		keep_extra(m, f, v);
	return PUT_NONE;
}

static enum put put_field(struct mapper *m, const struct map_field *f,
	struct view key, struct cell *cells);

/* An object's members; nothing where it would have none. */
static enum put put_object(struct mapper *m, const struct map_field *f,
	struct cell *cells)
{
	size_t was = m->out.n;
	buf_addc(&m->out, '{');
	for (size_t i = 0; i < f->nsub; i++)
		if (put_field(m, f->sub[i], f->sub[i]->key, cells) == PUT_BAD)
			return PUT_BAD;
	char sep = '{';
	for (size_t i = 0; i < f->nextra; i++) {
		struct cell c = cells[f->extra[i]];
		if (!c.p)
			continue;
		if (sep == '{')
			buf_adds(&m->out, m->out.n > was + 1 ? ",\"extra\":"
							     : "\"extra\":");
		buf_addc(&m->out, sep);
		sep = ',';
		json_text(&m->out, m->map->slot.v[f->extra[i]].name);
		buf_addc(&m->out, ':');
		json_text(&m->out, view_cell(c));
	}
	if (sep == ',')
		buf_addc(&m->out, '}');
	if (m->out.n == was + 1) {
		m->out.n = was;
		return PUT_NONE;
	}
	buf_addc(&m->out, '}');
	return PUT_DONE;
}

/* Elements of an array in JSON or XML. */

struct each {
	const struct map_scope *scope;
	size_t path;
	struct val_iter it;
	struct val one;
	size_t i;
};

static struct val walk(struct val v, const struct map_path *path)
{
	for (size_t i = 0; i < path->n; i++) {
		const struct map_step *s = &path->step[i];
		if (v.kind == K_ARRAY) {
			struct val_iter it = val_iter(v);
			v = val_next(&it) ? it.val
					  : (struct val){ NULL, 0, 0, 0 };
		}
		if (v.kind != K_OBJECT)
			return (struct val){ NULL, 0, K_MISSING, false };
		v = val_member(v, s->name);
		if (s->key.p && v.kind == K_ARRAY) {
			struct val_iter it = val_iter(v);
			v = (struct val){ NULL, 0, K_MISSING, false };
			while (v.kind == K_MISSING && val_next(&it))
				if (it.val.kind == K_OBJECT &&
					val_is(val_member(it.val, s->key),
						s->text))
					v = it.val;
		}
	}
	return v;
}

static struct cell cell_of_val(struct mapper *m, struct val v, unsigned guards)
{
	if (v.kind == K_MISSING || v.kind == K_NULL || v.n > UINT32_MAX)
		return (struct cell){ 0 };
	if (v.kind != K_STRING)
		return (struct cell){ v.p, (uint32_t)v.n, v.kind };
	struct cell c = { v.p, (uint32_t)v.n, K_STRING };
	if (v.escaped) {
		struct buf b = { 0 };
		c = keep(m, val_text(v, &b));
		buf_release(&b);
	}
	struct view t = view_cell(c);
	if (guards)
		t = unguard(t, guards);
	if (is_null(m, t))
		return (struct cell){ 0 };
	c.p = t.p;
	c.n = (uint32_t)t.n;
	return c;
}

static struct cell cell_of_text(struct mapper *m, struct view v,
	unsigned guards)
{
	if (guards)
		v = unguard(v, guards);
	if (!v.p || is_null(m, v))
		return (struct cell){ 0 };
	return keep(m, v);
}

static struct each each_of(struct mapper *m, size_t scope)
{
	struct each e = { .scope = &m->map->scope.v[scope - 1] };
	if (m->map->format == MAP_XML)
		return e;
	struct val v = { NULL, 0, K_MISSING, false };
	for (size_t i = 0; i < e.scope->npaths && v.kind == K_MISSING; i++)
		v = walk(m->json, &e.scope->path[i]);
	if (v.kind == K_ARRAY)
		e.it = val_iter(v);
	else if (v.kind == K_OBJECT)
		e.one = v;
	else
		e.i = SIZE_MAX;
	return e;
}

static bool next_json(struct mapper *m, struct each *e, struct cell *cells)
{
	struct val v = e->one;
	if (e->i == SIZE_MAX)
		return false;
	if (v.p)
		e->i = SIZE_MAX;
	else if (val_next(&e->it))
		v = e->it.val;
	else
		return false;
	for (size_t i = 0; i < e->scope->n; i++) {
		const struct map_slot *s = &m->map->slot.v[e->scope->slot[i]];
		struct cell *c = &cells[e->scope->slot[i]];
		*c = (struct cell){ 0 };
		for (size_t k = 0; k < s->npaths && !c->p; k++)
			*c = cell_of_val(m, walk(v, &s->path[k]), s->guards);
	}
	return true;
}

static bool next_xml(struct mapper *m, struct each *e, struct cell *cells)
{
	struct buf b = { 0 };
	bool any = false;
	for (size_t k = 0; k < e->scope->npaths && !any; k++) {
		buf_reset(&b);
		buf_addv(&b, e->scope->path[k].text);
		if (e->i)
			buf_addf(&b, ".%zu", e->i);
		size_t base = b.n;
		for (size_t i = 0; i < e->scope->n; i++) {
			const struct map_slot *s =
				&m->map->slot.v[e->scope->slot[i]];
			struct view v = { NULL, 0 };
			for (size_t a = 0; a < s->npaths && !v.p; a++) {
				b.n = base;
				if (s->path[a].text.n)
					buf_addc(&b, '.');
				buf_addv(&b, s->path[a].text);
				v = xml_get(m->doc, b.p);
			}
			any |= v.p != NULL;
			cells[e->scope->slot[i]] =
				cell_of_text(m, v, s->guards);
		}
	}
	e->i++;
	buf_release(&b);
	return any;
}

static bool next_each(struct mapper *m, struct each *e, struct cell *cells)
{
	return m->map->format == MAP_XML ? next_xml(m, e, cells)
					 : next_json(m, e, cells);
}

static enum put put_rows(struct mapper *m, const struct map_field *f,
	struct cell *cells)
{
	size_t was = m->out.n;
	buf_addc(&m->out, '[');
	struct each e = { 0 };
	if (f->scope)
		e = each_of(m, f->scope);
	for (size_t i = 0;; i++) {
		struct cell *row = cells;
		if (f->scope) {
			if (!next_each(m, &e, cells))
				break;
		} else if (f->from == MF_ELEMENTS) {
			if (i == f->nsub)
				break;
		} else {
			if (i == m->nrows)
				break;
			row = m->rows[i];
		}
		size_t here = m->out.n;
		if (here > was + 1)
			buf_addc(&m->out, ',');
		enum put p = put_object(m,
			f->from == MF_ELEMENTS ? f->sub[i] : f, row);
		if (p == PUT_BAD)
			return p;
		if (p == PUT_NONE)
			m->out.n = here;
	}
	if (m->out.n == was + 1) {
		m->out.n = was;
		return PUT_NONE;
	}
	buf_addc(&m->out, ']');
	return PUT_DONE;
}

static enum put fetch_failed(struct mapper *m, const struct map_field *f,
	const struct cell *cells)
{
	if (f->bad == BAD_REFUSE)
		return PUT_BAD;
	if (f->bad == BAD_EXTRA && m->map->extra && f->from == MF_SLOT)
		keep_extra(m, f, view_cell(cells[f->slot]));
	return PUT_NONE;
}

/* A field with its key, if it has a value. */
static enum put put_field(struct mapper *m, const struct map_field *f,
	struct view key, struct cell *cells)
{
	size_t was = m->out.n;
	if (f->plain) {
		struct cell c = cells[f->slot];
		if (!c.p)
			return PUT_NONE;
		if (c.kind == K_STRING) {
			make_room(&m->out, key.n + (size_t)c.n * 6 + 32);
			char *d = m->out.p + m->out.n;
			if (d[-1] != '{')
				*d++ = ',';
			memcpy(d, key.p, key.n);
			m->out.n = (size_t)(d - m->out.p) + key.n;
			mapcell_quote(&m->out, view_cell(c));
			return PUT_DONE;
		}
	}
	if (f->when && !holds(f->when, cells))
		return PUT_NONE;
	if (f->from == MF_FIRST || f->from == MF_CASE) {
		for (size_t i = 0; i < f->nsub; i++) {
			const struct map_field *s = f->sub[i];
			if (s->when && !holds(s->when, cells))
				continue;
			enum put p = put_field(m, s, key, cells);
			if (p != PUT_NONE || f->from == MF_CASE)
				return p;
		}
		return PUT_NONE;
	}
	struct cell c = { 0 };
	if (f->from == MF_SLOT && !f->worked) {
		c = cells[f->slot];
		if (!c.p)
			return PUT_NONE;
	}
	if (f->from < MF_OBJECT) {
		if (!c.p && !fetch(m, f, cells, &c))
			return fetch_failed(m, f, cells);
		if (!c.p)
			return PUT_NONE;
		/* Blanks alone are no id, number, time, address. */
		if (f->type != MT_TEXT && c.kind == K_STRING &&
			(c.n == 0 || c.p[0] <= ' ' || c.p[0] & 0x80) &&
			text_blank(view_cell(c)))
			return PUT_NONE;
	}
	make_room(&m->out, key.n + 1);
	char *d = m->out.p + m->out.n;
	if (d[-1] != '{')
		*d++ = ',';
	memcpy(d, key.p, key.n);
	m->out.n = (size_t)(d - m->out.p) + key.n;
	enum put p = f->from < MF_OBJECT    ? put_text(m, f, cells, c)
		     : f->from == MF_OBJECT ? put_object(m, f, cells)
					    : put_rows(m, f, cells);
	if (p != PUT_DONE)
		m->out.n = was;
	return p;
}

/* Columns that no field uses. */

static void put_unknown(struct mapper *m, struct cell *cells, char *sep)
{
	for (size_t i = 0; i < m->nunknown; i++) {
		struct cell c = cells[m->nslots + i];
		if (!c.p)
			continue;
		make_room(&m->out, m->unknown[i].n + (size_t)c.n * 6 + 64);
		buf_addc(&m->out, *sep);
		*sep = ',';
		buf_addv(&m->out, m->unknown[i]);
		make_room(&m->out, (size_t)c.n * 6 + 32);
		mapcell_quote(&m->out, view_cell(c));
	}
}

static void put_unknown_json(struct mapper *m, char *sep)
{
	struct buf scratch = { 0 };
	struct val_iter it = val_iter(m->json);
	while (m->json.kind == K_OBJECT && val_next(&it)) {
		buf_reset(&scratch);
		struct view key = val_text(it.key, &scratch);
		if (it.val.kind == K_NULL ||
			map_find(&m->used, key.p, key.n) != MAP_NONE ||
			dropped(m, key))
			continue;
		if (it.val.kind == K_STRING && !it.val.escaped &&
			is_null(m, (struct view){ it.val.p, it.val.n }))
			continue;
		buf_addc(&m->out, *sep);
		*sep = ',';
		buf_addc(&m->out, '"');
		buf_add(&m->out, it.key.p, it.key.n);
		buf_adds(&m->out, "\":");
		if (it.val.kind < K_ARRAY)
			json_val(&m->out, it.val);
		else
			put_raw(&m->out, (struct view){ it.val.p, it.val.n });
	}
	buf_release(&scratch);
}

/* Whether a path of the document is one that is used, or inside an array
 * that is gone through. */
static bool used_xml(struct mapper *m, struct view path)
{
	if (map_find(&m->used, path.p, path.n) != MAP_NONE)
		return true;
	for (size_t i = 0; i < m->map->scope.n; i++) {
		const struct map_scope *s = &m->map->scope.v[i];
		for (size_t k = 0; k < s->npaths; k++)
			if (starts(path, s->path[k].text))
				return true;
	}
	return false;
}

static void put_unknown_xml(struct mapper *m, char *sep)
{
	for (size_t i = 0; i < m->doc->n; i++) {
		struct xml_field f = m->doc->field[i];
		if (is_null(m, f.text) || used_xml(m, f.path) ||
			dropped(m, f.path))
			continue;
		buf_addc(&m->out, *sep);
		*sep = ',';
		json_text(&m->out, f.path);
		buf_addc(&m->out, ':');
		json_text(&m->out, f.text);
	}
}

/* Those of the rows of a group; of each the first that has it. */
static void put_unknown_held(struct mapper *m, char *sep)
{
	struct map seen = { 0 };
	struct buf scratch = { 0 };
	for (size_t i = 0; i < m->nheld; i++) {
		struct view v = m->held[i].unknown;
		struct val object = { v.p, v.n, K_OBJECT, false };
		struct val_iter it = val_iter(object);
		while (v.n && val_next(&it)) {
			bool isnew;
			buf_reset(&scratch);
			struct view key = val_text(it.key, &scratch);
			map_add(&seen, key.p, key.n, &isnew);
			if (!isnew)
				continue;
			buf_addc(&m->out, *sep);
			*sep = ',';
			json_text(&m->out, key);
			buf_addc(&m->out, ':');
			json_val(&m->out, it.val);
		}
	}
	map_release(&seen);
	buf_release(&scratch);
}

static void put_unknown_document(struct mapper *m, char *sep)
{
	if (m->map->format == MAP_XML)
		put_unknown_xml(m, sep);
	else
		put_unknown_json(m, sep);
}

static void put_extra(struct mapper *m, struct cell *cells, bool unknown)
{
	size_t was = m->out.n;
	buf_adds(&m->out, ",\"extra\":");
	char sep = '{';
	if (m->extra.n) {
		buf_addc(&m->out, sep);
		sep = ',';
		buf_addv(&m->out, buf_view(&m->extra));
	}
	if (unknown && m->map->format == MAP_CSV)
		put_unknown(m, cells, &sep);
	else if (unknown && m->map->grouped)
		put_unknown_held(m, &sep);
	else if (unknown)
		put_unknown_document(m, &sep);
	if (sep == '{')
		m->out.n = was;
	else
		buf_addc(&m->out, '}');
}

/* Records. */

static void put_number(struct buf *b, size_t n)
{
	char text[20];
	size_t i = sizeof(text);
	do
		text[--i] = (char)('0' + n % 10);
	while (n /= 10);
	buf_add(b, text + i, sizeof(text) - i);
}

static bool put_tail(struct mapper *m, const struct map_record *r,
	struct cell *cells, size_t row)
{
	const struct mapping *map = m->map;
	if (!r->has_observed) {
		enum put p = PUT_NONE;
		if (map->observed && !m->said)
			p = put_field(m, map->observed,
				VIEW("\"observed_at\":"), cells);
		if (p == PUT_BAD)
			return false;
		if (p == PUT_NONE && m->observed.n) {
			buf_adds(&m->out, ",\"observed_at\":\"");
			buf_addv(&m->out, m->observed);
			buf_addc(&m->out, '"');
		}
	}
	buf_addv(&m->out, buf_view(&m->tail));
	put_number(&m->out, row);
	buf_addc(&m->out, '}');
	return true;
}

/* One record into out. */
static enum put put_record(struct mapper *m, const struct map_record *r,
	struct cell *cells, size_t row, bool unknown)
{
	buf_reset(&m->extra);
	m->kept.n = 0;
	*vec_add(&m->start) = m->out.n;
	buf_addv(&m->out, r->head);
	for (size_t i = 0; i < r->nfields; i++) {
		enum put p = put_field(m, r->field[i], r->field[i]->key, cells);
		if (p == PUT_BAD)
			return p;
		m->done[i] = p == PUT_DONE;
	}
	for (size_t i = 0; i < r->nkeys; i++)
		if (!m->done[r->key[i]]) {
			m->field = r->field[r->key[i]]->name;
			why_not(&m->why,
				"there is none, and a record of type "
				"%s cannot be without",
				r->type);
			return PUT_BAD;
		}
	if (m->extra.n || (unknown && m->map->extra))
		put_extra(m, cells, unknown);
	return put_tail(m, r, cells, row) ? PUT_DONE : PUT_BAD;
}

/* All records of a row or a group; what was made is in out. */
static bool put_records(struct mapper *m, struct cell *cells,
	const struct held *held, size_t row)
{
	const struct mapping *map = m->map;
	bool gave = false; /* the columns no field uses */
	m->out.n = 0;
	m->start.n = 0;
	for (size_t i = 0; i < map->nrecords; i++) {
		const struct map_record *r = &map->record[i];
		size_t times = r->per_row ? m->nrows : 1;
		struct each e = { 0 };
		if (r->scope)
			e = each_of(m, r->scope);
		for (size_t k = 0; r->scope || k < times; k++) {
			struct cell *c = r->per_row ? m->rows[k] : cells;
			if (r->scope && !next_each(m, &e, c))
				break;
			if (!holds(r->when, c))
				continue;
			m->held = r->per_row ? held + k : held;
			m->nheld = r->per_row ? 1 : m->nrows;
			if (put_record(m, r, c, r->per_row ? held[k].row : row,
				    r->extra && (!gave || r->per_row)) ==
				PUT_BAD)
				return false;
			gave |= r->extra;
		}
	}
	return true;
}

static void emit_all(struct mapper *m, size_t rows)
{
	if (m->start.n == 0) {
		m->calls.withheld(m->calls.arg, rows);
		return;
	}
	for (size_t i = 0; i < m->start.n; i++) {
		size_t end = i + 1 < m->start.n ? m->start.v[i + 1] : m->out.n;
		struct view line = { m->out.p + m->start.v[i],
			end - m->start.v[i] };
		m->calls.emit(m->calls.arg, line, i == 0);
	}
	if (rows > 1)
		m->calls.folded(m->calls.arg, rows - 1);
}

/* Groups. */

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
	       put_records(m, m->merged, g->held.v, g->held.v[0].row);
	if (good)
		emit_all(m, n);
	for (size_t i = 0; !good && i < n; i++)
		m->calls.refuse(m->calls.arg, g->held.v[i].line,
			g->held.v[i].row, m->field, g->held.v[i].raw,
			m->why.text);
	forget_rows(g);
	if (m->latest == g)
		m->latest = NULL;
	struct group **at = m->bucket ? &m->bucket[g->hash % BUCKETS] : NULL;
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
		g->chain = m->bucket[hash % BUCKETS];
		m->bucket[hash % BUCKETS] = g;
	}
	return g;
}

static void hold(struct mapper *m, struct group *g)
{
	struct held h = { .line = m->line_no, .row = m->row };
	size_t n = m->nslots + m->nunknown, text = m->raw.n;
	struct view unknown = { NULL, 0 };
	if (m->map->format != MAP_CSV && m->map->extra) {
		char sep = '{';
		m->out.n = 0;
		put_unknown_document(m, &sep);
		if (m->out.n)
			buf_addc(&m->out, '}');
		unknown = buf_view(&m->out);
	}
	for (size_t i = 0; i < n; i++)
		if (m->cell[i].p)
			text += m->cell[i].n;
	h.cell = xmalloc(n * sizeof(*h.cell) + text + unknown.n + (n + 2) * 16 +
			 SCAN_PAD);
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
	struct group *g = m->bucket[hash % BUCKETS];
	while (g &&
		(g->hash != hash || m->seen - g->last > m->map->within + 1 ||
			!same_key(m, g)))
		g = g->chain;
	return g;
}

static void group_row(struct mapper *m)
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

/* A row whose cells are filled. */
static void take_row(struct mapper *m)
{
	const struct mapping *map = m->map;
	if (map->stop && holds(map->stop, m->cell))
		m->stopped = true;
	if (m->stopped || (map->skip && holds(map->skip, m->cell))) {
		m->calls.withheld(m->calls.arg, 1);
		return;
	}
	if (map->grouped) {
		group_row(m);
		return;
	}
	m->rows = xreallocarray(m->rows, 1, sizeof(*m->rows));
	m->rows[0] = m->cell;
	m->nrows = 1;
	m->field = NULL;
	if (put_records(m, m->cell, NULL, m->row))
		emit_all(m, 1);
	else
		m->calls.refuse(m->calls.arg, m->line_no, m->row, m->field,
			m->raw, m->why.text);
}

static void begin_row(struct mapper *m, size_t line, struct view raw)
{
	m->row++;
	m->line_no = line;
	m->raw = raw;
	arena_reset(&m->text);
}

void mapper_refuse(struct mapper *m, size_t line, struct view raw,
	const char *reason)
{
	m->row++;
	if (m->stopped)
		m->calls.withheld(m->calls.arg, 1);
	else
		m->calls.refuse(m->calls.arg, line, m->row, NULL, raw, reason);
}

void mapper_csv(struct mapper *m, const struct csv_row *row)
{
	if (row->n != m->ncells && !m->stopped) {
		char reason[80];
		snprintf(reason, sizeof(reason), "expected %zu fields, got %zu",
			m->ncells, row->n);
		mapper_refuse(m, row->line, row->raw, reason);
		return;
	}
	begin_row(m, row->line, row->raw);
	if (m->stopped) {
		m->calls.withheld(m->calls.arg, 1);
		return;
	}
	for (size_t i = 0; i < m->nbind; i++) {
		struct bind b = m->bind[i];
		struct view v = row->cell[b.col];
		if (b.guards)
			v = unguard(v, b.guards);
		m->cell[b.slot] = (struct cell){ is_null(m, v) ? NULL : v.p,
			(uint32_t)v.n, K_STRING };
	}
	fill_pseudo(m);
	take_row(m);
}

/* The name of a member that is there twice, or empty. */
static struct view twice(struct mapper *m, struct val object)
{
	struct map seen = { 0 };
	struct buf scratch = { 0 };
	struct val_iter it = val_iter(object);
	bool isnew = true;
	struct view name = { NULL, 0 };
	while (isnew && val_next(&it)) {
		buf_reset(&scratch);
		name = val_text(it.key, &scratch);
		map_add(&seen, name.p, name.n, &isnew);
	}
	if (!isnew)
		name = view_cell(keep(m, name));
	map_release(&seen);
	buf_release(&scratch);
	return isnew ? (struct view){ NULL, 0 } : name;
}

void mapper_json(struct mapper *m, struct val v, size_t line, struct view raw)
{
	begin_row(m, line, raw);
	struct buf inner = { 0 }, scratch = { 0 };
	const struct mapping *map = m->map;
	m->json = v;
	if (map->unwrap) {
		struct val w = walk(v, map->unwrap);
		if (w.kind == K_STRING) {
			buf_addv(&inner, val_text(w, &scratch));
			size_t n = inner.n;
			buf_grow(&inner, SCAN_PAD);
			memset(inner.p + n, 0, SCAN_PAD);
			const char *end = scan_value(inner.p, inner.p + n,
				inner.p, &m->json, &m->why);
			if (end != inner.p + n)
				m->json.kind = K_MISSING;
		}
	}
	struct view again = { NULL, 0 };
	if (m->json.kind == K_OBJECT)
		again = twice(m, m->json);
	if (m->json.kind != K_OBJECT) {
		m->calls.refuse(m->calls.arg, line, m->row, NULL, raw,
			"not an object");
	} else if (again.p) {
		why_not(&m->why, "the member '%.*s' is there twice",
			(int)(again.n < 90 ? again.n : 90), again.p);
		m->calls.refuse(m->calls.arg, line, m->row, NULL, raw,
			m->why.text);
	} else {
		for (size_t i = 0; i < map->slot.n; i++) {
			const struct map_slot *s = &map->slot.v[i];
			if (s->pseudo || s->scope)
				continue;
			m->cell[i] = (struct cell){ 0 };
			for (size_t k = 0; k < s->npaths && !m->cell[i].p; k++)
				m->cell[i] = cell_of_val(m,
					walk(m->json, &s->path[k]), s->guards);
		}
		fill_pseudo(m);
		take_row(m);
	}
	buf_release(&inner);
	buf_release(&scratch);
}

void mapper_document(struct mapper *m, struct val v, size_t line)
{
	const struct map_path *rows = m->map->rows;
	struct view raw = { v.p - (v.kind == K_STRING),
		v.n + 2 * (v.kind == K_STRING) };
	if (rows)
		v = walk(v, rows);
	if (rows && v.kind != K_ARRAY) {
		char reason[120];
		snprintf(reason, sizeof(reason), "no array '%.*s' in it",
			(int)(rows->text.n < 80 ? rows->text.n : 80),
			rows->text.p);
		mapper_refuse(m, line, raw, reason);
		return;
	}
	if (v.kind != K_ARRAY) {
		mapper_json(m, v, line, raw);
		return;
	}
	struct val_iter it = val_iter(v);
	const char *at = raw.p;
	while (val_next(&it)) {
		struct val one = it.val;
		raw = (struct view){ one.p - (one.kind == K_STRING),
			one.n + 2 * (one.kind == K_STRING) };
		for (; at < raw.p; at++)
			line += *at == '\n';
		mapper_json(m, one, line, raw);
	}
}

void mapper_xml(struct mapper *m, const struct xml_doc *doc)
{
	begin_row(m, doc->line, doc->raw);
	m->doc = doc;
	const struct mapping *map = m->map;
	for (size_t i = 0; i < map->slot.n; i++) {
		const struct map_slot *s = &map->slot.v[i];
		if (s->pseudo || s->scope)
			continue;
		m->cell[i] = (struct cell){ 0 };
		for (size_t k = 0; k < s->npaths && !m->cell[i].p; k++)
			for (size_t f = 0; f < doc->n; f++)
				if (view_eq(doc->field[f].path,
					    s->path[k].text)) {
					m->cell[i] = cell_of_text(m,
						doc->field[f].text, s->guards);
					break;
				}
	}
	fill_pseudo(m);
	take_row(m);
}

void mapper_end(struct mapper *m)
{
	while (m->first)
		end_first(m);
	m->seen = m->swept = 0;
}
