#include "crm/mapping_impl.h"

static const char *const type_names[] = { "", "text", "id", "integer",
	"decimal", "money", "time", "date", "bool", "phone", "email", "list",
	"pairs", "json", "country", "province", "city", "district", NULL };

static const char *const part_names[] = { "country", "province", "city",
	"district", "province_code", "city_code", "city_tier", NULL };

static bool of_place(const struct map_field *f)
{
	return f->type >= MT_COUNTRY;
}

static enum map_type type_by_schema(const struct schema_type *t,
	const char *name)
{
	const char *last = strrchr(name, '.');
	last = last ? last + 1 : name;
	if (strcmp(last, "phone") == 0)
		return MT_PHONE;
	if (strcmp(last, "email") == 0)
		return MT_EMAIL;
	const struct schema_field *f =
		t ? schema_field(t, view_of(name)) : NULL;
	if (!f && strncmp(name, "products.", 9) == 0)
		f = schema_field(schema_type(VIEW("order")), view_of(name));
	switch (f ? f->type : F_UNKNOWN) {
	case F_ID:
		return MT_ID;
	case F_NUMBER:
		return MT_DECIMAL;
	case F_INTEGER:
		return MT_INTEGER;
	case F_MONEY:
		return MT_MONEY;
	case F_TIME:
		return MT_TIME;
	case F_DATE:
		return MT_DATE;
	case F_BOOL:
		return MT_BOOL;
	case F_TEXTS:
		return MT_LIST;
	default:
		return MT_TEXT;
	}
}

static struct map_words words_of(struct compile *c, json_t *j)
{
	struct map_words w = { 0 };
	if (!json_is_object(j)) {
		fail(c, j, "a table of words is wanted here");
		return w;
	}
	w.from = compile_room(c, json_object_size(j), sizeof(*w.from));
	w.to = compile_room(c, json_object_size(j), sizeof(*w.to));
	const char *key;
	json_t *value;
	json_object_foreach(j, key, value)
	{
		w.from[w.n] = compile_keep(c, view_of(key));
		w.to[w.n++] = json_is_null(value) ? (struct view){ NULL, 0 }
						  : compile_expand(c, value);
	}
	return w;
}

struct map_words compile_null(struct compile *c, json_t *j)
{
	struct map_words w = { 0 };
	w.n = compile_texts(c, j, &w.from);
	return w;
}

static const char *const field_members[] = { "from", "join", "with", "first",
	"const", "sum", "minus", "times", "hash", "case", "fields", "rows",
	"elements", "place", "each", "extra", "over", "when", "trim", "null",
	"member", "decode", "split", "pair", "part", "cut", "words",
	"otherwise", "lower", "upper", "type", "decimal", "group", "units",
	"minor", "format", "zone", "true", "false", "region", "negate", "bad",
	"row", "parts", "about", NULL };

/* A list of fields that are no members: parts, choices. */
static void parts_of(struct compile *c, struct map_field *f, json_t *j,
	const struct map_field *outer)
{
	size_t n = json_is_array(j) ? json_array_size(j) : 1;
	f->sub = compile_room(c, n, sizeof(*f->sub));
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_is_array(j) ? json_array_get(j, i) : j;
		struct map_field *s = compile_field(c, f->name, one, outer);
		if ((of_place(s) && s->type != f->type) || s->from == MF_PLACE)
			fail(c, one,
				"a place is said of the field as a whole, not "
				"of its parts");
		f->sub[f->nsub++] = s;
	}
}

/* Puts the fields of an object that are of one place together. */
static void places_of(struct compile *c, struct map_field **f, size_t n,
	json_t *j)
{
	struct map_place *place = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!of_place(f[i]) && f[i]->from != MF_PLACE)
			continue;
		if (!place)
			place = compile_room(c, 1, sizeof(*place));
		f[i]->place = place;
		if (f[i]->from == MF_PLACE)
			continue;
		f[i]->part_of = (enum map_part)(f[i]->type - MT_COUNTRY);
		struct map_field **by = &place->by[f[i]->part_of];
		if (*by)
			fail(c, j, "'%s' and '%s' are both of type %s",
				(*by)->name, f[i]->name,
				part_names[f[i]->part_of]);
		*by = f[i];
	}
	if (place && !place->by[PART_PROVINCE] && !place->by[PART_CITY] &&
		!place->by[PART_COUNTRY])
		fail(c, j,
			"a place wants a field of type country, province or "
			"city beside it");
	c->m->places |= place != NULL;
}

struct map_field **compile_members(struct compile *c, const char *prefix,
	json_t *j, size_t *n)
{
	if (!json_is_object(j)) {
		fail(c, j, "an object of fields is wanted here");
		*n = 0;
		return NULL;
	}
	struct map_field **f = compile_room(c, json_object_size(j), sizeof(*f));
	const char *key;
	json_t *value;
	*n = 0;
	json_object_foreach(j, key, value)
	{
		struct buf b = { 0 };
		buf_addf(&b, "%s%s%s", prefix, *prefix ? "." : "", key);
		const char *name = compile_keep_str(c, buf_view(&b));
		f[*n] = compile_field(c, name, value, NULL);
		buf_reset(&b);
		json_text(&b, view_of(key));
		buf_addc(&b, ':');
		f[(*n)++]->key = compile_keep(c, buf_view(&b));
		buf_release(&b);
	}
	places_of(c, f, *n, j);
	return f;
}

static void part_named(struct compile *c, struct map_field *f, json_t *j)
{
	struct view name = compile_text(c, j);
	size_t k = 0;
	while (part_names[k] && !view_is(name, part_names[k]))
		k++;
	if (!part_names[k])
		compile_unknown(c, j, "part of a place", word(j), part_names);
	f->part_of = (enum map_part)k;
	f->type = MT_TEXT;
}

static void from_of(struct compile *c, struct map_field *f, json_t *j,
	const struct map_field *outer)
{
	static const char *const sources[] = { "from", "join", "first", "const",
		"sum", "times", "hash", "case", "fields", "rows", "elements",
		"place", NULL };
	json_t *v = NULL;
	const char *which = NULL;
	for (size_t i = 0; sources[i]; i++) {
		json_t *one = json_object_get(j, sources[i]);
		if (!one)
			continue;
		if (v && !(strcmp(which, "fields") == 0))
			fail(c, j,
				"'%s' and '%s' cannot both say where '%s' "
				"comes from",
				which, sources[i], f->name);
		v = one;
		which = sources[i];
	}
	if (!v) {
		fail(c, j,
			"nothing says where '%s' comes from (from, join, "
			"first, const ...)",
			f->name);
		return;
	}
	struct map_field any = { .name = f->name, .type = MT_TEXT };
	if (strcmp(which, "from") == 0) {
		f->slot = compile_slot(c, v);
	} else if (strcmp(which, "join") == 0) {
		f->from = MF_JOIN;
		parts_of(c, f, v, &any);
	} else if (strcmp(which, "first") == 0) {
		f->from = MF_FIRST;
		parts_of(c, f, v, outer);
	} else if (strcmp(which, "case") == 0) {
		f->from = MF_CASE;
		parts_of(c, f, v, outer);
	} else if (strcmp(which, "place") == 0) {
		f->from = MF_PLACE;
		part_named(c, f, v);
	} else if (strcmp(which, "const") == 0) {
		f->from = MF_CONST;
		f->text = json_is_true(v)    ? VIEW("true")
			  : json_is_false(v) ? VIEW("false")
					     : compile_expand(c, v);
	} else if (strcmp(which, "sum") == 0) {
		f->from = MF_SUM;
		parts_of(c, f, v, &any);
		f->nplus = f->nsub;
		json_t *minus = json_object_get(j, "minus");
		if (minus) {
			struct map_field less = { .name = f->name };
			parts_of(c, &less, minus, &any);
			struct map_field **all = compile_room(c,
				f->nsub + less.nsub, sizeof(*all));
			memcpy(all, f->sub, f->nsub * sizeof(*all));
			memcpy(all + f->nsub, less.sub,
				less.nsub * sizeof(*all));
			f->sub = all;
			f->nsub += less.nsub;
		}
	} else if (strcmp(which, "times") == 0) {
		f->from = MF_TIMES;
		parts_of(c, f, v, &any);
	} else if (strcmp(which, "hash") == 0) {
		f->from = MF_HASH;
		f->nextra = compile_slots(c, v, &f->extra);
	} else if (strcmp(which, "fields") == 0) {
		f->from = MF_OBJECT;
		f->sub = compile_members(c, f->name, v, &f->nsub);
	} else if (strcmp(which, "rows") == 0) {
		f->from = MF_ROWS;
		f->scope = compile_scope(c, json_object_get(j, "each"));
		size_t was = c->scope;
		c->scope = f->scope ? f->scope : was;
		f->sub = compile_members(c, f->name, v, &f->nsub);
		f->nextra = compile_slots(c, json_object_get(j, "extra"),
			&f->extra);
		f->nparts = compile_slots(c, json_object_get(j, "parts"),
			&f->parts);
		c->scope = was;
	} else {
		f->from = MF_ELEMENTS;
		size_t n = json_array_size(v);
		f->sub = compile_room(c, n, sizeof(*f->sub));
		for (size_t i = 0; i < n; i++) {
			struct map_field *e = compile_room(c, 1, sizeof(*e));
			e->name = f->name;
			e->from = MF_OBJECT;
			e->sub = compile_members(c, f->name,
				json_array_get(v, i), &e->nsub);
			f->sub[f->nsub++] = e;
		}
	}
	if (json_object_get(j, "minus") && f->from != MF_SUM)
		fail(c, j, "'minus' goes with 'sum'");
	if (json_object_get(j, "each") && f->from != MF_ROWS)
		fail(c, j, "'each' goes with 'rows'");
	if (json_object_get(j, "parts") && (f->from != MF_ROWS || f->scope))
		fail(c, j, "'parts' goes with 'rows' that have no 'each'");
	json_t *over = json_object_get(j, "over");
	if (over) {
		f->over_rows = view_is(compile_text(c, over), "rows");
		if (!f->over_rows || (f->from != MF_SUM && f->from != MF_TIMES))
			fail(c, over, "'over' is \"rows\", of a sum or times");
	}
}

/* A text with constants, or a field that gives it. */
static struct map_field *compile_text_or_field(struct compile *c, json_t *j,
	const char **text)
{
	if (json_is_string(j)) {
		*text = compile_keep_str(c, compile_expand(c, j));
		return NULL;
	}
	struct map_field any = { .type = MT_TEXT };
	*text = NULL;
	return compile_field(c, "zone", j, &any);
}

static void time_of(struct compile *c, struct map_field *f, json_t *j)
{
	struct why why = { 0 };
	json_t *v = json_object_get(j, "zone");
	const char *zone = NULL;
	if (v)
		f->zone_of = compile_text_or_field(c, v, &zone);
	if (zone && *zone && !(f->zone = zone_find(zone, &why)))
		fail(c, v, "%s", why.text);
	v = json_object_get(j, "format");
	if (!v)
		return;
	struct view *format;
	f->nformats = compile_texts(c, v, &format);
	f->format = compile_room(c, f->nformats, sizeof(*f->format));
	for (size_t i = 0; i < f->nformats; i++) {
		f->format[i] = compile_keep_str(c, format[i]);
		static const char *const known[] = { "rfc3339", "epoch",
			"epoch ms", "epoch us", NULL };
		if (!strchr(f->format[i], '%')) {
			size_t k = 0;
			while (known[k] && strcmp(known[k], f->format[i]))
				k++;
			if (!known[k])
				compile_unknown(c, v, "format", f->format[i],
					known);
		}
	}
}

static void numbers_of(struct compile *c, struct map_field *f, json_t *j)
{
	json_t *v = json_object_get(j, "decimal");
	f->either = v ? view_is(compile_expand(c, v), "either") : f->either;
	if (!f->either)
		f->point = compile_sign(c, j, "decimal", f->point);
	f->thousands = compile_sign(c, j, "group", f->thousands);
	if (f->either && f->thousands)
		fail(c, j, "'group' does not go with either decimal sign");
	v = json_object_get(j, "units");
	if (v) {
		struct map_words w = words_of(c, v);
		f->unit = compile_room(c, w.n, sizeof(*f->unit));
		f->nunits = w.n;
		for (size_t i = 0; i < w.n; i++) {
			f->unit[i].end = w.from[i];
			if (!w.to[i].p || !w.from[i].n ||
				!dec_parse(w.to[i].p, w.to[i].n,
					&f->unit[i].by))
				fail(c, v,
					"a unit is an ending and a number "
					"in quotes");
		}
	}
	v = json_object_get(j, "minor");
	if (v) {
		struct map_field any = { .type = MT_TEXT };
		f->minor = compile_room(c, 1, sizeof(*f->minor));
		if (json_is_integer(v)) {
			struct buf b = { 0 };
			buf_addf(&b, "%d", (int)json_integer_value(v));
			f->minor->from = MF_CONST;
			f->minor->text = compile_keep(c, buf_view(&b));
			f->minor->type = MT_TEXT;
			buf_release(&b);
		} else {
			f->minor = compile_field(c, "minor", v, &any);
		}
	}
	f->negate |= compile_flag(c, j, "negate");
}

static void bool_of(struct compile *c, struct map_field *f, json_t *j)
{
	json_t *yes = json_object_get(j, "true");
	json_t *no = json_object_get(j, "false");
	if (!yes && !no)
		return;
	struct view *y, *n;
	size_t ny = compile_texts(c, yes, &y), nn = compile_texts(c, no, &n);
	f->words.from = compile_room(c, ny + nn, sizeof(*y));
	f->words.to = compile_room(c, ny + nn, sizeof(*y));
	f->has_words = true;
	for (size_t i = 0; i < ny + nn; i++) {
		f->words.from[i] = i < ny ? y[i] : n[i - ny];
		f->words.to[i] = i < ny ? VIEW("true") : VIEW("false");
	}
	f->words.n = ny + nn;
}

static void work_of(struct compile *c, struct map_field *f, json_t *j)
{
	json_t *v;
	if ((v = json_object_get(j, "type"))) {
		struct view t = compile_text(c, v);
		f->type = MT_NONE;
		for (int i = MT_TEXT; type_names[i]; i++)
			if (view_is(t, type_names[i]))
				f->type = (enum map_type)i;
		if (f->type == MT_NONE)
			compile_unknown(c, v, "type", word(v), type_names + 1);
		if (f->type == MT_PHONE || f->type == MT_EMAIL)
			f->bad = BAD_EXTRA;
		if (of_place(f))
			f->bad = BAD_KEEP;
	}
	f->trim |= compile_flag(c, j, "trim");
	f->lower |= compile_flag(c, j, "lower");
	f->upper |= compile_flag(c, j, "upper");
	if ((v = json_object_get(j, "null")))
		f->null = compile_null(c, v);
	if ((v = json_object_get(j, "with")))
		f->with = compile_expand(c, v);
	f->split = VIEW(";");
	if (f->type == MT_LIST)
		f->split = VIEW(",");
	f->pair = VIEW(":");
	if ((v = json_object_get(j, "split")))
		f->split = compile_text(c, v);
	if ((v = json_object_get(j, "pair")))
		f->pair = compile_text(c, v);
	if (f->split.n == 0 || f->pair.n == 0)
		fail(c, j, "'split' and 'pair' are not empty");
	if ((v = json_object_get(j, "member")))
		f->member = compile_text(c, v);
	if ((v = json_object_get(j, "decode"))) {
		f->percent = view_is(compile_text(c, v), "percent");
		if (!f->percent)
			fail(c, v, "'decode' is \"percent\"");
	}
	if ((v = json_object_get(j, "cut")))
		f->cut = compile_text(c, v);
	if ((v = json_object_get(j, "part"))) {
		json_t *n = json_array_get(v, 1);
		if (json_array_size(v) != 2 || !json_is_integer(n) ||
			json_integer_value(n) == 0 ||
			json_integer_value(n) > 1000 ||
			json_integer_value(n) < -1000)
			fail(c, v,
				"'part' is a text and a number, "
				"[\"-\", 2]");
		else
			f->part = (int)json_integer_value(n);
		f->part_at = compile_text(c, json_array_get(v, 0));
		if (f->part_at.n == 0)
			fail(c, v, "'part' cuts at a text that is not empty");
	}
	if ((v = json_object_get(j, "words"))) {
		f->words = words_of(c, v);
		f->has_words = true;
	}
	if ((v = json_object_get(j, "otherwise"))) {
		f->has_otherwise = true;
		if (!json_is_null(v))
			f->otherwise = compile_expand(c, v);
	}
	if (f->type == MT_BOOL)
		bool_of(c, f, j);
	numbers_of(c, f, j);
	time_of(c, f, j);
	if ((v = json_object_get(j, "region"))) {
		f->region_of = compile_text_or_field(c, v, &f->region);
		if (f->region && !*f->region)
			f->region = NULL;
	}
	if ((v = json_object_get(j, "bad"))) {
		static const char *const known[] = { "refuse", "extra", "drop",
			"keep", NULL };
		struct view b = compile_text(c, v);
		size_t k = 0;
		while (known[k] && !view_is(b, known[k]))
			k++;
		if (!known[k])
			compile_unknown(c, v, "bad", word(v), known);
		f->bad = (enum map_bad)k;
		if (f->bad == BAD_KEEP && !of_place(f))
			fail(c, v, "'keep' is for places");
	}
	f->when = compile_test(c, json_object_get(j, "when"));
	f->row = compile_test(c, json_object_get(j, "row"));
	if (f->row && !c->grouped)
		fail(c, j, "'row' is for a map with 'group'");
}

struct map_field *compile_field(struct compile *c, const char *name, json_t *j,
	const struct map_field *outer)
{
	struct map_field *f = compile_room(c, 1, sizeof(*f));
	if (outer)
		*f = *outer;
	else
		f->type = type_by_schema(c->type, name);
	f->sub = NULL;
	f->nsub = f->nplus = 0;
	f->when = f->row = NULL;
	f->over_rows = false;
	f->nparts = 0;
	f->text = (struct view){ NULL, 0 };
	f->from = MF_SLOT;
	f->name = name;
	if (!outer) {
		f->point = '.';
		f->with = VIEW(" ");
		f->split = f->type == MT_LIST ? VIEW(",") : VIEW(";");
		f->pair = VIEW(":");
		f->bad = f->type == MT_PHONE || f->type == MT_EMAIL
				 ? BAD_EXTRA
				 : BAD_REFUSE;
	}
	if (!f->with.p)
		f->with = VIEW(" ");
	if (!f->point)
		f->point = '.';
	if (c->depth >= MAPPING_DEPTH) {
		fail(c, j, "fields within fields go %d deep at most",
			MAPPING_DEPTH);
		return f;
	}
	c->depth++;
	if (json_is_object(j)) {
		if (compile_only(c, j, field_members)) {
			work_of(c, f, j);
			from_of(c, f, j, f);
		}
	} else {
		f->slot = compile_slot(c, j);
	}
	c->depth--;
	f->usual = f->type == MT_TIME && f->nformats &&
		   strcmp(f->format[0], "%Y-%m-%d %H:%M:%S") == 0;
	f->worked = f->when || f->row || f->trim || f->lower || f->upper ||
		    f->null.n || f->member.p || f->cut.p || f->part ||
		    f->percent || f->has_words;
	f->plain = f->from == MF_SLOT && f->type == MT_TEXT && !f->worked;
	return f;
}
