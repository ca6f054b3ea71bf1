#include "crm/mapper_impl.h"

#include "edge/file.h"
#include "value/time.h"

#include <stdarg.h>
#include <stdio.h>

struct mapper *mapper_new(const struct mapping *map,
	const struct mapper_calls *calls)
{
	struct mapper *m = xcalloc(1, sizeof(*m));
	m->map = map;
	m->calls = *calls;
	m->nslots = map->slot.n;
	m->end = &m->first;
	if (map->within) {
		while (m->mask < map->within)
			m->mask = 2 * m->mask + 1;
		m->bucket = xcalloc(m->mask + 1, sizeof(struct group *));
	}
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
	m->nbind = m->nunknown = m->nother = 0;
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
	mapper_free_groups(m);
	arena_release(&m->names);
	arena_release(&m->text);
	buf_release(&m->out);
	buf_release(&m->extra);
	buf_release(&m->tail);
	mapper_free_strange(m->strange);
	buf_release(&m->place_key);
	for (size_t i = 0; m->placed && i <= PLACED; i++)
		buf_release(&m->placed[i].key);
	free(m->placed);
	vec_release(&m->kept);
	vec_release(&m->start);
	vec_release(&m->comment_text);
	free(m->rows);
	free(m->done);
	free(m->days);
	free(m);
}

uint64_t mapper_asked(const struct mapper *m)
{
	return m->asked;
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
	file = file_base(file); /* of an archive */
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
		m->cell[i] = v.p && !mapper_null(m, v) ? mapper_keep(m, v)
						       : (struct cell){ 0 };
	}
}

/* Notes that these paths are used, and do not go to extra. */
static void use(struct mapper *m, const struct map_path *path, size_t n)
{
	const struct mapping *map = m->map;
	for (size_t i = 0; i < n; i++) {
		struct view v = map->format == MAP_XML ? path[i].text
						       : path[i].step[0].name;
		size_t k = 0;
		while (k < map->nkeep && !view_eq(map->keep[k], v))
			k++;
		if (k == map->nkeep)
			map_add(&m->used, v.p, v.n, NULL);
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
	m->stopped = m->sheet = false;
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
		if (!s->scope)
			use(m, s->path, s->npaths);
	}
	for (size_t i = 0; i < map->scope.n; i++)
		use(m, map->scope.v[i].path, map->scope.v[i].npaths);
	for (size_t i = 0; i < map->nmust; i++)
		map_add(&m->used, map->must[i].p, map->must[i].n, NULL);
}

void mapper_note(struct mapper *m, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	m->calls.note(m->calls.arg, text);
}

bool mapper_dropped(struct mapper *m, struct view name)
{
	for (size_t i = 0; i < m->map->ndrop; i++) {
		if (!view_eq(m->map->drop[i], name))
			continue;
		if (!m->drop_said[i])
			mapper_note(m, "'%.*s' is not kept, as the map says",
				(int)(name.n < 80 ? name.n : 80), name.p);
		m->drop_said[i] = true;
		return true;
	}
	return false;
}

/* Rows. */

/* A row whose cells are filled. */
static void take_row(struct mapper *m)
{
	const struct mapping *map = m->map;
	if (map->stop && test_holds(m, map->stop, m->cell))
		m->stopped = true;
	if (m->stopped || (map->skip && test_holds(m, map->skip, m->cell))) {
		*m->calls.withheld += 1;
		return;
	}
	for (size_t i = 0; i < map->nrefuse; i++)
		if (test_holds(m, map->refuse[i].when, m->cell)) {
			m->calls.refuse(m->calls.arg, m->line_no, m->row, NULL,
				m->raw, map->refuse[i].because);
			return;
		}
	if (map->grouped) {
		mapper_group(m);
		return;
	}
	m->rows = xreallocarray(m->rows, 1, sizeof(*m->rows));
	m->rows[0] = m->cell;
	m->nrows = 1;
	m->field = NULL;
	if (mapper_put(m, m->cell, NULL, m->row))
		mapper_emit(m, 1);
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
		*m->calls.withheld += 1;
	else
		m->calls.refuse(m->calls.arg, line, m->row, NULL, raw, reason);
}

bool mapper_lone(const struct csv_row *row)
{
	for (size_t i = 1; i < row->n; i++)
		if (row->cell[i].n)
			return false;
	return true;
}

void mapper_csv(struct mapper *m, const struct csv_row *row)
{
	if (m->map->footer && m->ncells > 1 &&
		(m->sheet ? mapper_lone(row) : row->n == 1))
		m->stopped = true;
	if (row->n != m->ncells && !m->stopped && !m->map->ragged) {
		char reason[80];
		snprintf(reason, sizeof(reason), "expected %zu fields, got %zu",
			m->ncells, row->n);
		mapper_refuse(m, row->line, row->raw, reason);
		return;
	}
	begin_row(m, row->line, row->raw);
	if (m->stopped) {
		*m->calls.withheld += 1;
		return;
	}
	bool longer = row->n > m->ncells;
	m->rest = longer ? row->cell + m->ncells : NULL;
	m->nrest = longer ? row->n - m->ncells : 0;
	for (size_t i = 0; i < m->nbind; i++) {
		struct bind b = m->bind[i];
		if (b.col >= row->n) {
			m->cell[b.slot] = (struct cell){ 0 };
			continue;
		}
		struct view v = row->cell[b.col];
		if (b.guards)
			v = cell_unguard(v, b.guards);
		m->cell[b.slot] = (struct cell){ mapper_null(m, v) ? NULL : v.p,
			(uint32_t)v.n, K_STRING };
	}
	for (size_t i = 0; row->bad && i < m->nbind; i++)
		if (m->bind[i].col < row->n && row->bad[m->bind[i].col])
			m->cell[m->bind[i].slot].kind = CELL_BAD;
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
		name = view_cell(mapper_keep(m, name));
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
		struct val w = mapper_walk(v, map->unwrap);
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
					mapper_walk(m->json, &s->path[k]),
					s->guards);
		}
		fill_pseudo(m);
		take_row(m);
	}
	buf_release(&inner);
	buf_release(&scratch);
}

void mapper_document(struct mapper *m, struct val v, size_t line)
{
	const struct mapping *map = m->map;
	struct view raw = { v.p - (v.kind == K_STRING),
		v.n + 2 * (v.kind == K_STRING) };
	struct val rows = { NULL, 0, K_MISSING, false };
	for (size_t i = 0; i < map->nrows && rows.kind == K_MISSING; i++)
		rows = map->rows[i].text.n ? mapper_walk(v, &map->rows[i]) : v;
	if (map->nrows && rows.kind != K_ARRAY && rows.p != v.p) {
		char reason[120];
		struct view name = map->rows[0].text;
		snprintf(reason, sizeof(reason), "no array '%.*s' in it",
			(int)(name.n < 80 ? name.n : 80), name.p);
		mapper_refuse(m, line, raw, reason);
		return;
	}
	if (map->nrows)
		v = rows;
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
