#include "crm/mapping_impl.h"

/* Records. */

static void head_of(struct compile *c, struct map_record *r)
{
	struct buf b = { 0 };
	buf_adds(&b, "{\"type\":");
	json_text(&b, view_of(r->type));
	const char *key;
	json_t *value;
	json_object_foreach(c->set, key, value)
	{
		struct view text = compile_expand(c, value);
		bool own = text.n == 0 || strcmp(key, "type") == 0;
		for (size_t i = 0; i < r->nfields; i++)
			own |= strcmp(r->field[i]->name, key) == 0;
		if (own)
			continue;
		buf_addc(&b, ',');
		json_text(&b, view_of(key));
		buf_addc(&b, ':');
		json_text(&b, text);
	}
	r->head = compile_keep(c, buf_view(&b));
	buf_release(&b);
}

/* The place of a field among those of the record, or how many it has. */
static size_t field_at(const struct map_record *r, const char *name)
{
	size_t k = 0;
	while (k < r->nfields && strcmp(r->field[k]->name, name))
		k++;
	return k;
}

static void key_of(struct compile *c, struct map_record *r, json_t *at)
{
	if (!c->type)
		return;
	const char *lacks = NULL;
	for (size_t i = 0; c->type->key[i]; i++) {
		const char *key = c->type->key[i];
		json_t *set = json_object_get(c->set, key);
		size_t k = field_at(r, key);
		if (k < r->nfields)
			r->key[r->nkeys++] = k;
		else if (!set || compile_expand(c, set).n == 0)
			lacks = lacks ? lacks : key;
	}
	const char *instead = c->type->instead[0];
	size_t k = instead ? field_at(r, instead) : r->nfields;
	if (lacks && k < r->nfields) {
		r->key[0] = k;
		r->nkeys = 1;
	} else if (lacks) {
		fail(c, at, "a record of type %s needs a field '%s'%s%s%s",
			r->type, lacks, instead ? ", or '" : "",
			instead ? instead : "", instead ? "'" : "");
	}
}

static void record_of(struct compile *c, struct map_record *r, json_t *j)
{
	static const char *const members[] = { "type", "when", "fields", "per",
		"each", "extra", NULL };
	if (!compile_only(c, j, members))
		return;
	json_t *v = json_object_get(j, "type");
	struct view type = v ? compile_text(c, v) : VIEW("");
	r->type = compile_keep_str(c, type);
	c->type = schema_type(type);
	if (!v)
		fail(c, j, "a record has a type");
	else if (!c->type) {
		const char *names[64];
		size_t n = 0;
		for (const struct schema_type *t = schema_types();
			t->name && n < 63; t++)
			names[n++] = t->name;
		names[n] = NULL;
		compile_unknown(c, v, "type", r->type, names);
	}
	if ((v = json_object_get(j, "per"))) {
		r->per_row = view_is(compile_text(c, v), "row");
		if (!r->per_row || !c->grouped)
			fail(c, v, "'per' is \"row\", in a map with 'group'");
	}
	r->scope = compile_scope(c, json_object_get(j, "each"));
	c->scope = r->scope;
	r->when = compile_test(c, json_object_get(j, "when"));
	r->extra = compile_flag(c, j, "extra");
	v = json_object_get(j, "fields");
	if (v)
		r->field = compile_members(c, "", v, &r->nfields);
	else
		fail(c, j, "a record has fields");
	c->scope = 0;
	for (size_t i = 0; i < r->nfields; i++)
		r->has_observed |=
			strcmp(r->field[i]->name, "observed_at") == 0;
	if (!c->failed) {
		head_of(c, r);
		key_of(c, r, j);
	}
}

/* The map as a whole. */

static void input_of(struct compile *c, json_t *j)
{
	static const char *const members[] = { "format", "encodings",
		"delimiter", "quote", "escape", "skip", "ragged", "columns",
		"preamble", "footer", "rows", "unwrap", "root", "sheet", NULL };
	static const char *const formats[] = { "csv", "json", "ndjson", "xml",
		"tsv", NULL };
	struct mapping *m = c->m;
	m->delim = ',';
	m->quote = '"';
	if (!j || !compile_only(c, j, members))
		return;
	json_t *v = json_object_get(j, "format");
	if (v) {
		struct view f = compile_text(c, v);
		size_t k = 0;
		while (formats[k] && !view_is(f, formats[k]))
			k++;
		if (!formats[k])
			compile_unknown(c, v, "format", word(v), formats);
		m->format = k < 4 ? (enum map_format)k : MAP_CSV;
		if (k == 4)
			m->delim = '\t';
	}
	if ((v = json_object_get(j, "delimiter"))) {
		if (view_is(compile_text(c, v), "auto"))
			m->delim = 0;
		else
			m->delim = compile_sign(c, j, "delimiter", ',');
	}
	m->quote = compile_sign(c, j, "quote", '"');
	m->escape = compile_sign(c, j, "escape", 0);
	m->ragged = compile_flag(c, j, "ragged");
	if ((v = json_object_get(j, "skip"))) {
		json_int_t n = json_integer_value(v);
		if (!json_is_integer(v) || n < 0)
			fail(c, v, "'skip' is a number of lines");
		else
			m->skip_lines = (size_t)n;
	}
	if ((v = json_object_get(j, "encodings"))) {
		struct view *name;
		size_t n = compile_texts(c, v, &name);
		for (size_t i = 0; i < n; i++) {
			enum charset e = charset_find(name[i]);
			if (e == CHARSET_NONE)
				fail(c, v, "no encoding '%.*s'", (int)name[i].n,
					name[i].p);
			else if (m->nencodings < 8)
				m->encoding[m->nencodings++] = e;
		}
	}
	m->ncolumns =
		compile_texts(c, json_object_get(j, "columns"), &m->column);
	m->preamble = compile_flag(c, j, "preamble");
	m->footer = compile_flag(c, j, "footer");
	if ((v = json_object_get(j, "root")))
		m->root = compile_keep_str(c, compile_text(c, v));
	if ((v = json_object_get(j, "sheet")))
		m->sheet = compile_keep_str(c, compile_text(c, v));
	if ((v = json_object_get(j, "rows")) && m->format != MAP_CSV) {
		struct view *name;
		m->nrows = compile_texts(c, v, &name);
		m->rows = compile_room(c, m->nrows, sizeof(*m->rows));
		for (size_t i = 0; i < m->nrows; i++)
			m->rows[i] = compile_path(c, v, name[i]);
	}
	if ((v = json_object_get(j, "unwrap")) && m->format != MAP_CSV) {
		m->unwrap = compile_room(c, 1, sizeof(*m->unwrap));
		*m->unwrap = compile_path(c, v, compile_text(c, v));
	}
}

static void guards_of(struct compile *c, json_t *j)
{
	static const char *const names[] = { "formula", "apostrophe", "tab",
		"export", NULL };
	struct mapping *m = c->m;
	if (!j)
		return;
	if (json_is_object(j))
		(void)compile_only(c, j, names);
	for (size_t k = 0; names[k]; k++) {
		bool all = false;
		json_t *cols = json_object_get(j, names[k]);
		for (size_t i = 0; i < json_array_size(j); i++) {
			json_t *one = json_array_get(j, i);
			if (!json_is_string(one))
				fail(c, one ? one : j, "a guard is a name");
			else if (strcmp(json_string_value(one), names[k]) == 0)
				all = true;
		}
		if (all)
			m->guards |= (unsigned char)(1u << k);
		for (size_t s = 0; s < m->slot.n; s++) {
			bool has = all || json_is_true(cols);
			for (size_t i = 0; i < json_array_size(cols); i++) {
				json_t *one = json_array_get(cols, i);
				has |= json_is_string(one) &&
				       view_eq(str(one), m->slot.v[s].name);
			}
			if (has)
				m->slot.v[s].guards |= (unsigned char)(1u << k);
		}
	}
	for (size_t i = 0; i < json_array_size(j); i++) {
		const char *s = json_string_value(json_array_get(j, i));
		size_t k = 0;
		while (s && names[k] && strcmp(names[k], s))
			k++;
		if (s && !names[k])
			compile_unknown(c, json_array_get(j, i), "guard", s,
				names);
	}
}

static void group_of(struct compile *c, json_t *j)
{
	static const char *const members[] = { "by", "blank", "same", "carry",
		"within", NULL };
	struct mapping *m = c->m;
	if (!j || !compile_only(c, j, members))
		return;
	json_t *v = json_object_get(j, "by");
	if (!v)
		fail(c, j, "a group is made by a column");
	m->nby = compile_slots(c, v, &m->by);
	m->grouped = c->grouped = true;
	if ((v = json_object_get(j, "blank"))) {
		m->blank_continues = view_is(compile_text(c, v), "continue");
		if (!m->blank_continues)
			fail(c, v, "'blank' is \"continue\"");
	}
	if ((v = json_object_get(j, "within"))) {
		json_int_t n = json_integer_value(v);
		if (!json_is_integer(v) || n < 0 || n > MAPPING_WITHIN)
			fail(c, v, "'within' is a number of rows, 0 to %d",
				MAPPING_WITHIN);
		else
			m->within = (size_t)n;
	}
	m->nsame = compile_slots(c, json_object_get(j, "same"), &m->same);
	m->ncarry = compile_slots(c, json_object_get(j, "carry"), &m->carry);
}

static void records_of(struct compile *c, json_t *j)
{
	struct mapping *m = c->m;
	size_t n = json_array_size(j);
	if (m->pass) {
		if (j)
			fail(c, j, "'records' and 'pass' exclude each other");
		return;
	}
	if (n == 0) {
		fail(c, j, "a map makes records; there are none");
		return;
	}
	m->record = compile_room(c, n, sizeof(*m->record));
	m->nrecords = n;
	bool extra = false;
	for (size_t i = 0; i < n; i++) {
		record_of(c, &m->record[i], json_array_get(j, i));
		extra |= m->record[i].extra;
	}
	if (!extra)
		for (size_t i = 0; i < n; i++)
			m->record[i].extra = true;
}

static void refuse_of(struct compile *c, json_t *j)
{
	static const char *const members[] = { "when", "because", NULL };
	struct mapping *m = c->m;
	size_t n = json_is_array(j) ? json_array_size(j) : 0;
	if (j && !json_is_array(j))
		fail(c, j, "'refuse' is a list of tests, each with a reason");
	m->refuse = compile_room(c, n, sizeof(*m->refuse));
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_array_get(j, i);
		if (!compile_only(c, one, members))
			continue;
		json_t *because = json_object_get(one, "because");
		struct map_refusal *r = &m->refuse[m->nrefuse++];
		r->when = compile_test(c, json_object_get(one, "when"));
		if (!r->when || !because)
			fail(c, one, "a refusal has 'when' and 'because'");
		else
			r->because =
				compile_keep_str(c, compile_text(c, because));
	}
}

static void compile_map(struct compile *c, json_t *map)
{
	struct mapping *m = c->m;
	json_t *v = json_object_get(map, "about");
	if (v)
		m->about = compile_text(c, v);
	m->pass = compile_flag(c, map, "pass");
	v = json_object_get(map, "extra");
	m->extra = !v || compile_flag(c, map, "extra");
	v = json_object_get(map, "may");
	m->may_all = json_is_true(v);
	input_of(c, json_object_get(map, "input"));
	v = json_object_get(map, "null");
	m->null =
		v ? compile_null(c, v)
		  : (struct map_words){ compile_room(c, 1, sizeof(struct view)),
			    NULL, 1 };
	if (!v)
		m->null.from[0] = VIEW("");
	group_of(c, json_object_get(map, "group"));
	m->skip = compile_test(c, json_object_get(map, "skip"));
	m->stop = compile_test(c, json_object_get(map, "stop"));
	refuse_of(c, json_object_get(map, "refuse"));
	v = json_object_get(map, "observed");
	if (v) {
		struct map_field time = { .name = "observed_at",
			.type = MT_TIME };
		m->observed = compile_field(c, "observed_at", v, &time);
	}
	records_of(c, json_object_get(map, "records"));
	guards_of(c, json_object_get(map, "guards"));
	m->nmust = compile_texts(c, json_object_get(map, "must"), &m->must);
	m->ndrop = compile_texts(c, json_object_get(map, "drop"), &m->drop);
	m->nkeep = compile_texts(c, json_object_get(map, "keep"), &m->keep);
	v = json_object_get(map, "may");
	if (v && !json_is_boolean(v)) {
		struct view *may;
		size_t n = compile_texts(c, v, &may);
		for (size_t i = 0; i < n; i++) {
			size_t k = 0, found = 0;
			for (; k < m->slot.n; k++)
				if (view_eq(m->slot.v[k].name, may[i])) {
					m->slot.v[k].may = true;
					found++;
				}
			if (!found)
				fail(c, v,
					"no field uses the column '%.*s', "
					"which may be absent",
					(int)may[i].n, may[i].p);
		}
	}
	for (size_t i = 0; i < m->scope.n; i++) {
		struct map_scope *s = &m->scope.v[i];
		s->slot = compile_room(c, s->n, sizeof(*s->slot));
		s->n = 0;
		for (size_t k = 0; k < m->slot.n; k++)
			if (m->slot.v[k].scope == i + 1)
				s->slot[s->n++] = (unsigned)k;
	}
}

static struct mapping *compile(const char *name, struct compile c)
{
	static const char *const members[] = { "about", "extends", "set",
		"also", "constants", "needs", "input", "null", "guards",
		"aliases", "may", "must", "drop", "skip", "stop", "group",
		"observed", "extra", "records", "pass", "refuse", "keep",
		NULL };
	struct mapping *m = xcalloc(1, sizeof(*m));
	c.m = m;
	c.text = &m->text;
	c.members = members;
	*c.why = (struct why){ 0 };
	json_t *map = compile_read(&c, name, 0, 0);
	if (map && !c.failed) {
		if (json_object_get(map, "also"))
			fail(&c, json_object_get(map, "also"),
				"'also' goes with 'extends'");
		compile_constants(&c, map);
		if (!c.failed)
			compile_map(&c, map);
	}
	json_decref(map);
	compile_release(&c);
	if (!c.failed)
		return m;
	mapping_free(m);
	return NULL;
}

struct mapping *mapping_compile(const char *name, map_loader *load, void *arg,
	const char *const *define, struct buf *path, struct why *why)
{
	return compile(name, (struct compile){ .load = load,
				     .arg = arg,
				     .define = define,
				     .why = why,
				     .path = path });
}

struct mapping *mapping_columns(const char *name, map_loader *load, void *arg,
	struct buf *path, struct why *why)
{
	return compile(name, (struct compile){ .load = load,
				     .arg = arg,
				     .anyhow = true,
				     .why = why,
				     .path = path });
}

void mapping_free(struct mapping *m)
{
	if (!m)
		return;
	vec_release(&m->slot);
	vec_release(&m->scope);
	arena_release(&m->text);
	free(m);
}
