#include "crm/mapper_impl.h"

enum put { PUT_NONE, PUT_DONE, PUT_BAD };

/* Fields. */

void mapper_keep_extra(struct mapper *m, const struct map_field *f,
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
	*env = (struct mapcell_env){ f->zone, f->region, &m->asked, -1,
		m->sheet };
	if (f->zone_of) {
		if (!mapper_fetch(m, f->zone_of, cells, &c))
			return mapper_bad(m, f);
		env->zone = NULL;
		/* A cell is not terminated; what is kept is. */
		if (c.p && !(env->zone = zone_find(
				     mapper_keep(m, view_cell(c)).p, &m->why)))
			return mapper_bad(m, f);
	}
	if (f->region_of) {
		if (!mapper_fetch(m, f->region_of, cells, &c))
			return mapper_bad(m, f);
		env->region = c.p ? mapper_keep(m, view_cell(c)).p : NULL;
	}
	if (f->minor) {
		int64_t digits;
		if (!mapper_fetch(m, f->minor, cells, &c))
			return mapper_bad(m, f);
		if (!c.p || !int_parse(c.p, c.n, &digits) || digits < 0 ||
			digits > 9) {
			why_not(&m->why, "nothing says how many digits the "
					 "smallest unit has");
			return mapper_bad(m, f);
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

static enum put put_json_list(struct mapper *m, const struct map_field *f,
	struct cell c)
{
	struct val v = { c.p, c.n, K_ARRAY, false };
	struct buf scratch = { 0 };
	char sep = '[';
	struct val_iter it = val_iter(v);
	while (val_next(&it)) {
		struct val one = it.val;
		if (f->member.p && one.kind == K_OBJECT)
			one = val_member(one, f->member);
		if (one.kind == K_NULL || one.kind == K_MISSING)
			continue;
		buf_reset(&scratch);
		buf_addc(&m->out, sep);
		sep = ',';
		json_text(&m->out, val_text(one, &scratch));
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
		return put_json_list(m, f, c);
	bool good = c.kind != K_ARRAY && c.kind != K_OBJECT;
	struct mapcell_env env = { f->zone, f->region, &m->asked, -1,
		m->sheet };
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
		mapper_keep_extra(m, f, v);
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
	m->place = NULL;
	for (size_t i = 0; i < f->nsub; i++)
		if (put_field(m, f->sub[i], f->sub[i]->key, cells) == PUT_BAD)
			return PUT_BAD;
	m->place = NULL;
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

/* An element of a list, after those that stand already. */
static enum put put_element(struct mapper *m, const struct map_field *f,
	struct cell *cells)
{
	size_t was = m->out.n;
	if (m->out.p[was - 1] != '[')
		buf_addc(&m->out, ',');
	enum put p = put_object(m, f, cells);
	if (p == PUT_NONE)
		m->out.n = was;
	return p;
}

/* How many the text is when it is cut. */
static size_t count_parts(struct view v, struct view at)
{
	size_t n = 1;
	const char *end = v.p + v.n, *q;
	while ((q = memmem(v.p, (size_t)(end - v.p), at.p, at.n))) {
		v.p = q + at.n;
		n++;
	}
	return n;
}

/* A row whose cells hold several things: an element for each. A column that
 * has another number of parts says nothing about one of them. */
static enum put put_parts(struct mapper *m, const struct map_field *f,
	const struct cell *row, size_t times)
{
	size_t n = m->nslots + m->nunknown;
	struct cell *cells = arena_alloc(&m->text, n * sizeof(*cells));
	struct view *rest = arena_alloc(&m->text, f->nparts * sizeof(*rest));
	memcpy(cells, row, n * sizeof(*cells));
	for (size_t k = 0; k < f->nparts; k++) {
		struct map_field part = { .name = f->name,
			.slot = f->parts[k] };
		struct view v = view_cell(row[part.slot]);
		bool fits = v.p && count_parts(v, f->split) == times;
		rest[k] = fits ? v : (struct view){ NULL, 0 };
		if (v.p && !fits && m->map->extra)
			mapper_keep_extra(m, &part, v);
	}
	for (size_t i = 0; i < times; i++) {
		for (size_t k = 0; k < f->nparts; k++) {
			struct view v =
				text_trim(text_part(&rest[k], f->split));
			if (!v.p || mapper_null(m, v))
				v = (struct view){ NULL, 0 };
			cells[f->parts[k]] =
				(struct cell){ v.p, (uint32_t)v.n, K_STRING };
		}
		if (put_element(m, f, cells) == PUT_BAD)
			return PUT_BAD;
	}
	return PUT_DONE;
}

static enum put put_rows(struct mapper *m, const struct map_field *f,
	struct cell *cells)
{
	size_t was = m->out.n;
	buf_addc(&m->out, '[');
	struct each e = { 0 };
	if (f->scope)
		e = each_begin(m, f->scope);
	for (size_t i = 0;; i++) {
		struct cell *row = cells;
		if (f->scope) {
			if (!each_next(m, &e, cells))
				break;
		} else if (f->from == MF_ELEMENTS) {
			if (i == f->nsub)
				break;
		} else {
			if (i == m->nrows)
				break;
			row = m->rows[i];
		}
		const struct map_field *one =
			f->from == MF_ELEMENTS ? f->sub[i] : f;
		struct view whole = { NULL, 0 };
		if (f->nparts)
			whole = view_cell(row[f->parts[0]]);
		size_t times = whole.p ? count_parts(whole, f->split) : 1;
		enum put p = times > 1 ? put_parts(m, f, row, times)
				       : put_element(m, one, row);
		if (p == PUT_BAD)
			return p;
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
		mapper_keep_extra(m, f, view_cell(cells[f->slot]));
	return PUT_NONE;
}

static void put_key(struct mapper *m, struct view key)
{
	make_room(&m->out, key.n + 1);
	char *d = m->out.p + m->out.n;
	if (d[-1] != '{')
		*d++ = ',';
	memcpy(d, key.p, key.n);
	m->out.n = (size_t)(d - m->out.p) + key.n;
}

static enum put put_place(struct mapper *m, const struct map_field *f,
	struct view key, const struct cell *cells)
{
	struct view text;
	if (!mapper_place(m, f, cells, &text))
		return PUT_BAD;
	if (!text.p)
		return PUT_NONE;
	put_key(m, key);
	json_text(&m->out, text);
	return PUT_DONE;
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
	if (f->row && !(cells = mapper_row(m, f)))
		return PUT_NONE;
	if (f->when && !test_holds(m, f->when, cells))
		return PUT_NONE;
	if (f->place)
		return put_place(m, f, key, cells);
	if (f->from == MF_FIRST || f->from == MF_CASE) {
		for (size_t i = 0; i < f->nsub; i++) {
			const struct map_field *s = f->sub[i];
			if (s->when && !test_holds(m, s->when, cells))
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
		bool good = c.p ? mapper_sound(m, c) || mapper_bad(m, f)
				: mapper_fetch(m, f, cells, &c);
		if (!good)
			return fetch_failed(m, f, cells);
		if (!c.p)
			return PUT_NONE;
		/* Blanks alone are no id, number, time, address. */
		if (f->type != MT_TEXT && c.kind == K_STRING &&
			(c.n == 0 || c.p[0] <= ' ' || c.p[0] & 0x80) &&
			text_blank(view_cell(c)))
			return PUT_NONE;
	}
	put_key(m, key);
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
			mapper_dropped(m, key))
			continue;
		if (it.val.kind == K_STRING && !it.val.escaped &&
			mapper_null(m, (struct view){ it.val.p, it.val.n }))
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
			if (view_starts(path, s->path[k].text))
				return true;
	}
	return false;
}

static void put_unknown_xml(struct mapper *m, char *sep)
{
	for (size_t i = 0; i < m->doc->n; i++) {
		struct xml_field f = m->doc->field[i];
		if (mapper_null(m, f.text) || used_xml(m, f.path) ||
			mapper_dropped(m, f.path))
			continue;
		buf_addc(&m->out, *sep);
		*sep = ',';
		json_text(&m->out, f.path);
		buf_addc(&m->out, ':');
		json_text(&m->out, f.text);
	}
}

/* What a row has more than the header, by its place. */
static void put_rest(struct mapper *m, char *sep)
{
	for (size_t i = 0; i < m->nrest; i++) {
		if (mapper_null(m, m->rest[i]))
			continue;
		buf_addf(&m->out, "%c\"col%zu\":", *sep, m->ncells + i + 1);
		*sep = ',';
		json_text(&m->out, m->rest[i]);
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

void mapper_put_unknown(struct mapper *m, char *sep)
{
	if (m->map->format == MAP_CSV)
		put_rest(m, sep);
	else if (m->map->format == MAP_XML)
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
	if (unknown && m->map->grouped)
		put_unknown_held(m, &sep);
	else if (unknown)
		mapper_put_unknown(m, &sep);
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
	m->place = NULL;
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
bool mapper_put(struct mapper *m, struct cell *cells, const struct held *held,
	size_t row)
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
			e = each_begin(m, r->scope);
		for (size_t k = 0; r->scope || k < times; k++) {
			struct cell *c = r->per_row ? m->rows[k] : cells;
			if (r->scope && !each_next(m, &e, c))
				break;
			if (!test_holds(m, r->when, c))
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

void mapper_emit(struct mapper *m, size_t rows)
{
	if (m->start.n == 0) {
		*m->calls.withheld += rows;
		return;
	}
	for (size_t i = 0; i < m->start.n; i++) {
		size_t end = i + 1 < m->start.n ? m->start.v[i + 1] : m->out.n;
		struct view line = { m->out.p + m->start.v[i],
			end - m->start.v[i] };
		m->calls.emit(m->calls.arg, line, i == 0);
	}
	if (rows > 1)
		*m->calls.folded += rows - 1;
}
