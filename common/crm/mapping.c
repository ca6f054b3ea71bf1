#include "crm/mapping.h"

#include "record/scan.h"
#include "record/schema.h"
#include "value/text.h"

#include <jansson.h>

#include <stdarg.h>

#define DEPTH 12 /* fields within fields, maps that extend maps */

/* Where the nodes of a file stand, for messages. */
struct place {
	const json_t *node;
	size_t file, at;
};

struct file {
	char *path;
	struct buf text;
};

struct compile {
	struct mapping *m;
	map_loader *load;
	void *arg;
	const char *const *define;
	json_t *constants, *set, *aliases;
	VEC(struct place) place;
	VEC(struct file) file;
	bool failed;
	struct why *why;
	struct buf *path;
	/* while fields are compiled */
	size_t scope;
	const struct schema_type *type;
	bool grouped;
	int depth;
};

/* Mistakes: the first one is kept, the rest of the map is read on. */

__attribute__((format(printf, 3, 4))) static void fail_at(struct compile *c,
	const struct place *at, const char *fmt, ...)
{
	if (c->failed)
		return;
	c->failed = true;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(c->why->text, sizeof(c->why->text), fmt, ap);
	va_end(ap);
	c->why->line = c->why->col = 0;
	buf_reset(c->path);
	if (!at) {
		buf_adds(c->path, c->file.n ? c->file.v[0].path : "");
		return;
	}
	const struct file *f = &c->file.v[at->file];
	buf_adds(c->path, f->path);
	c->why->line = c->why->col = 1;
	for (size_t i = 0; i < at->at && i < f->text.n; i++) {
		c->why->col++;
		if (f->text.p[i] == '\n') {
			c->why->line++;
			c->why->col = 1;
		}
	}
}

static const struct place *place_of(struct compile *c, const json_t *node)
{
	for (size_t i = 0; i < c->place.n; i++)
		if (c->place.v[i].node == node)
			return &c->place.v[i];
	return NULL;
}

#define fail(c, node, ...) fail_at(c, place_of(c, node), __VA_ARGS__)

/* Pairs each node of the tree with its place in the text. */
static void note_places(struct compile *c, const json_t *node, struct val v,
	const char *text, int depth)
{
	const char *start = v.p - (v.kind == K_STRING);
	if (!json_is_null(node) && !json_is_boolean(node))
		*vec_add(&c->place) = (struct place){ node, c->file.n - 1,
			(size_t)(start - text) };
	if (depth == 0 || (v.kind != K_OBJECT && v.kind != K_ARRAY))
		return;
	struct val_iter it = val_iter(v);
	struct buf key = { 0 };
	for (size_t i = 0; val_next(&it); i++) {
		const json_t *child;
		if (it.object) {
			buf_reset(&key);
			struct view k = val_text(it.key, &key);
			char *name = xmemdup(k.p, k.n);
			child = json_object_get(node, name);
			free(name);
		} else {
			child = json_array_get(node, i);
		}
		if (child)
			note_places(c, child, it.val, text, depth - 1);
	}
	buf_release(&key);
}

static const char *keep_str(struct compile *c, struct view v)
{
	char *s = arena_alloc(&c->m->text, v.n + 1);
	if (v.n)
		memcpy(s, v.p, v.n);
	s[v.n] = '\0';
	return s;
}

/* With a NUL after it: names go into messages. */
static struct view keep(struct compile *c, struct view v)
{
	return (struct view){ keep_str(c, v), v.n };
}

static void *room(struct compile *c, size_t n, size_t size)
{
	size_t bytes = 0;
	if (__builtin_mul_overflow(n ? n : 1, size, &bytes))
		abort();
	return memset(arena_alloc(&c->m->text, bytes), 0, bytes);
}

static struct view str(const json_t *j)
{
	return (struct view){ json_string_value(j), json_string_length(j) };
}

/* For messages: "" for what is no text. */
static const char *word(const json_t *j)
{
	return json_is_string(j) ? json_string_value(j) : "";
}

/* The name of the list that is nearest, or NULL. */
static const char *nearest(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (text_near(view_of(name), view_of(*names)))
			return *names;
	return NULL;
}

static void unknown(struct compile *c, const json_t *at, const char *what,
	const char *name, const char *const *names)
{
	const char *near = nearest(name, names);
	if (near)
		fail(c, at, "no %s '%s'; is it '%s'?", what, name, near);
	else
		fail(c, at, "no %s '%s'", what, name);
}

/* Every member of the object is one of these. */
static bool only(struct compile *c, json_t *object, const char *const *names)
{
	if (!json_is_object(object)) {
		fail(c, object, "an object is wanted here");
		return false;
	}
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		size_t i = 0;
		while (names[i] && strcmp(names[i], key))
			i++;
		if (!names[i])
			unknown(c, place_of(c, value) ? value : object,
				"member", key, names);
	}
	return true;
}

/* A text with its ${constants} put in. */
static struct view expand(struct compile *c, const json_t *j)
{
	if (!json_is_string(j)) {
		fail(c, j, "a text is wanted here");
		return VIEW("");
	}
	struct view v = str(j);
	struct buf out = { 0 };
	for (size_t i = 0; i < v.n; i++) {
		const char *end;
		if (v.p[i] != '$' || i + 1 == v.n || v.p[i + 1] != '{' ||
			!(end = memchr(v.p + i, '}', v.n - i))) {
			buf_addc(&out, v.p[i]);
			continue;
		}
		char *name = xmemdup(v.p + i + 2, (size_t)(end - v.p) - i - 2);
		json_t *value = json_object_get(c->constants, name);
		if (value)
			buf_addv(&out, str(value));
		else
			fail(c, j,
				"no constant '%s'; it must stand in constants "
				"or needs",
				name);
		free(name);
		i = (size_t)(end - v.p);
	}
	struct view kept = keep(c, buf_view(&out));
	buf_release(&out);
	return kept;
}

static struct view text_of(struct compile *c, const json_t *j)
{
	if (json_is_string(j))
		return keep(c, str(j));
	fail(c, j, "a text is wanted here");
	return VIEW("");
}

static bool flag(struct compile *c, json_t *object, const char *name)
{
	json_t *j = json_object_get(object, name);
	if (j && !json_is_boolean(j))
		fail(c, j, "'%s' is true or false", name);
	return json_is_true(j);
}

static char sign(struct compile *c, json_t *object, const char *name, char dflt)
{
	json_t *j = json_object_get(object, name);
	if (!j)
		return dflt;
	struct view v = expand(c, j);
	if (v.n == 0)
		return 0;
	if (v.n > 1 || (v.p[0] & 0x80))
		fail(c, j, "'%s' is one ASCII character", name);
	return v.p[0];
}

/* One text or a list of them. */
static size_t texts(struct compile *c, const json_t *j, struct view **out)
{
	size_t n = json_is_array(j) ? json_array_size(j) : j ? 1 : 0;
	*out = room(c, n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] =
			text_of(c, json_is_array(j) ? json_array_get(j, i) : j);
	return n;
}

/* Columns. */

static struct map_path path_of(struct compile *c, const json_t *at,
	struct view text)
{
	struct map_path path = { .text = keep(c, text) };
	if (c->m->format == MAP_CSV)
		return path;
	path.step = room(c, text.n / 2 + 1, sizeof(*path.step));
	const char *p = path.text.p, *end = p + text.n;
	while (!c->failed) {
		struct map_step *s = &path.step[path.n++];
		const char *from = p;
		if (p < end && *p == '"') {
			const char *q =
				memchr(p + 1, '"', (size_t)(end - p) - 1);
			if (!q) {
				fail(c, at, "a quote is not closed in '%.*s'",
					(int)text.n, text.p);
				break;
			}
			s->name = (struct view){ p + 1, (size_t)(q - p) - 1 };
			p = q + 1;
		} else {
			while (p < end && *p != '.' && *p != '[')
				p++;
			s->name = (struct view){ from, (size_t)(p - from) };
		}
		if (p < end && *p == '[') {
			const char *q = memchr(p, ']', (size_t)(end - p));
			const char *is = memchr(p, '=', (size_t)(end - p));
			if (!q || !is || is > q) {
				fail(c, at,
					"'[' wants key=text and ']' in '%.*s'",
					(int)text.n, text.p);
				break;
			}
			s->key = (struct view){ p + 1, (size_t)(is - p) - 1 };
			s->text = (struct view){ is + 1, (size_t)(q - is) - 1 };
			p = q + 1;
		}
		if (p == end)
			break;
		if (*p != '.' || p + 1 == end || path.n > text.n / 2) {
			fail(c, at, "'%.*s' is no path", (int)text.n, text.p);
			break;
		}
		p++;
	}
	return path;
}

static bool inside(struct view name, struct view scope)
{
	return name.n > scope.n + 1 && memcmp(name.p, scope.p, scope.n) == 0 &&
	       name.p[scope.n] == '.';
}

/* Adds a name of a slot; inside an array it is the rest that counts. */
static size_t add_name(struct compile *c, const json_t *at,
	struct map_slot *slot, struct view name, size_t *scope)
{
	*scope = 0;
	for (size_t i = c->scope; i > 0; i = 0) {
		const struct map_scope *s = &c->m->scope.v[i - 1];
		for (size_t k = 0; k < s->npaths; k++)
			if (view_eq(name, s->path[k].text)) {
				/* the element itself */
				slot->path[slot->npaths++] =
					(struct map_path){ .text = VIEW("") };
				return *scope = i;
			} else if (inside(name, s->path[k].text)) {
				name.p += s->path[k].text.n + 1;
				name.n -= s->path[k].text.n + 1;
				*scope = i;
				break;
			}
	}
	slot->path[slot->npaths++] = path_of(c, at, name);
	return *scope;
}

static json_t *aliases_of(struct compile *c, const char *name)
{
	json_t *a = json_object_get(c->aliases, name);
	if (a && !json_is_array(a))
		fail(c, a, "the aliases of '%s' are a list", name);
	return a;
}

static unsigned slot_of(struct compile *c, const json_t *j)
{
	struct mapping *m = c->m;
	if (!json_is_string(j)) {
		fail(c, j, "the name of a column is wanted here");
		return 0;
	}
	struct view name = str(j);
	struct map_slot slot = { .name = name };
	if (name.n == 0)
		fail(c, j, "a column has a name");
	if (name.n > 1 && name.p[0] == '@' && name.p[1] != '@') {
		static const char *const known[] = { "@file", "@name", "@row",
			"@line", NULL };
		size_t k = 0;
		while (known[k] && !view_is(name, known[k]))
			k++;
		slot.pseudo = known[k] ? (enum map_pseudo)(SLOT_FILE + k)
				       : SLOT_COMMENT;
		if (!known[k] &&
			(name.n < 10 || memcmp(name.p, "@comment.", 9)))
			unknown(c, j, "column", json_string_value(j), known);
	} else if (name.n > 1 && name.p[0] == '@') {
		name.p++;
		name.n--;
	}
	json_t *aliases =
		slot.pseudo ? NULL : aliases_of(c, json_string_value(j));
	slot.path = room(c, 1 + json_array_size(aliases), sizeof(*slot.path));
	if (!slot.pseudo) {
		size_t scope;
		add_name(c, j, &slot, name, &scope);
		slot.scope = scope;
		for (size_t i = 0; i < json_array_size(aliases); i++) {
			json_t *a = json_array_get(aliases, i);
			if (!json_is_string(a))
				fail(c, a, "an alias is a text");
			else if (add_name(c, a, &slot, str(a), &scope) !=
				 slot.scope)
				fail(c, a,
					"'%s' and '%s' are not in the same "
					"array",
					json_string_value(j),
					json_string_value(a));
		}
	}
	for (size_t i = 0; i < m->slot.n; i++)
		if (view_eq(m->slot.v[i].name, str(j)) &&
			m->slot.v[i].scope == slot.scope)
			return (unsigned)i;
	slot.name = keep(c, str(j));
	slot.may = m->may_all || slot.pseudo || m->format != MAP_CSV;
	*vec_add(&m->slot) = slot;
	if (slot.scope)
		m->scope.v[slot.scope - 1].n++;
	return (unsigned)(m->slot.n - 1);
}

static size_t slots(struct compile *c, const json_t *j, unsigned **out)
{
	size_t n = json_is_array(j) ? json_array_size(j) : j ? 1 : 0;
	*out = room(c, n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] =
			slot_of(c, json_is_array(j) ? json_array_get(j, i) : j);
	return n;
}

static size_t scope_of(struct compile *c, json_t *each)
{
	if (!each)
		return 0;
	if (c->m->format == MAP_CSV || c->grouped)
		fail(c, each, "'each' is for JSON and XML without a group");
	if (c->scope)
		fail(c, each, "'each' does not stand inside 'each'");
	struct view *name;
	size_t n = texts(c, each, &name);
	struct map_scope s = { .npaths = n };
	s.path = room(c, n, sizeof(*s.path));
	for (size_t i = 0; i < n; i++)
		s.path[i] = path_of(c, each, name[i]);
	for (size_t i = 0; i < c->m->scope.n; i++)
		if (n && c->m->scope.v[i].npaths == n &&
			view_eq(c->m->scope.v[i].path[0].text, name[0]))
			return i + 1;
	*vec_add(&c->m->scope) = s;
	return c->m->scope.n;
}

/* Tests. */

static void leaf_of(struct compile *c, const char *column, json_t *j,
	struct map_leaf *leaf)
{
	static const char *const ops[] = { "not", "starts", "ends", "has",
		"over", "under", NULL };
	json_t *name = json_string(column);
	if (!name) {
		fail(c, j, "a column's name is no text");
		return;
	}
	leaf->slot = slot_of(c, name);
	json_decref(name);
	if (json_is_string(j)) {
		struct view v = str(j);
		leaf->op = v.n == 0          ? TEST_MISSING
			   : view_is(v, "*") ? TEST_THERE
					     : TEST_IS;
		leaf->n = texts(c, j, &leaf->word);
		return;
	}
	if (json_is_array(j)) {
		leaf->op = TEST_IS;
		leaf->n = texts(c, j, &leaf->word);
		return;
	}
	if (!json_is_object(j) || json_object_size(j) != 1) {
		fail(c, j,
			"a test is a text, a list of texts, or an object "
			"of one member");
		return;
	}
	if (!only(c, j, ops))
		return;
	for (size_t i = 0; ops[i]; i++) {
		json_t *v = json_object_get(j, ops[i]);
		if (!v)
			continue;
		leaf->op = (enum map_op)(TEST_NOT + i);
		leaf->n = texts(c, v, &leaf->word);
		if (leaf->op >= TEST_OVER &&
			(leaf->n != 1 ||
				!dec_parse(leaf->word[0].p, leaf->word[0].n,
					&leaf->limit)))
			fail(c, v, "'%s' wants a number in quotes", ops[i]);
	}
}

static struct map_test *test_of(struct compile *c, json_t *j)
{
	if (!j)
		return NULL;
	struct map_test *t = room(c, 1, sizeof(*t));
	t->n = json_is_array(j) ? json_array_size(j) : 1;
	t->all = room(c, t->n, sizeof(*t->all));
	t->nleaves = room(c, t->n, sizeof(*t->nleaves));
	for (size_t i = 0; i < t->n; i++) {
		json_t *one = json_is_array(j) ? json_array_get(j, i) : j;
		if (!json_is_object(one)) {
			fail(c, one ? one : j,
				"a test is an object of columns");
			continue;
		}
		t->all[i] = room(c, json_object_size(one), sizeof(**t->all));
		const char *key;
		json_t *value;
		json_object_foreach(one, key, value)
			leaf_of(c, key, value, &t->all[i][t->nleaves[i]++]);
	}
	return t;
}

/* Fields. */

static const char *const type_names[] = { "", "text", "id", "integer",
	"decimal", "money", "time", "date", "bool", "phone", "email", "list",
	"pairs", "json", NULL };

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
	w.from = room(c, json_object_size(j), sizeof(*w.from));
	w.to = room(c, json_object_size(j), sizeof(*w.to));
	const char *key;
	json_t *value;
	json_object_foreach(j, key, value)
	{
		w.from[w.n] = keep(c, view_of(key));
		w.to[w.n++] = json_is_null(value) ? (struct view){ NULL, 0 }
						  : expand(c, value);
	}
	return w;
}

static struct map_words null_of(struct compile *c, json_t *j)
{
	struct map_words w = { 0 };
	w.n = texts(c, j, &w.from);
	return w;
}

static const char *const field_members[] = { "from", "join", "with", "first",
	"const", "sum", "minus", "times", "hash", "case", "fields", "rows",
	"elements", "each", "extra", "over", "when", "trim", "null", "member",
	"decode", "split", "pair", "part", "cut", "words", "otherwise", "lower",
	"type", "decimal", "group", "units", "minor", "format", "zone", "true",
	"false", "region", "negate", "bad", NULL };

static struct map_field *field_of(struct compile *c, const char *name,
	json_t *j, const struct map_field *outer);

/* A list of fields that are no members: parts, choices. */
static void parts_of(struct compile *c, struct map_field *f, json_t *j,
	const struct map_field *outer)
{
	size_t n = json_is_array(j) ? json_array_size(j) : 1;
	f->sub = room(c, n, sizeof(*f->sub));
	for (size_t i = 0; i < n; i++)
		f->sub[f->nsub++] = field_of(c, f->name,
			json_is_array(j) ? json_array_get(j, i) : j, outer);
}

static struct map_field **members_of(struct compile *c, const char *prefix,
	json_t *j, size_t *n)
{
	if (!json_is_object(j)) {
		fail(c, j, "an object of fields is wanted here");
		*n = 0;
		return NULL;
	}
	struct map_field **f = room(c, json_object_size(j), sizeof(*f));
	const char *key;
	json_t *value;
	*n = 0;
	json_object_foreach(j, key, value)
	{
		struct buf b = { 0 };
		buf_addf(&b, "%s%s%s", prefix, *prefix ? "." : "", key);
		const char *name = keep_str(c, buf_view(&b));
		f[*n] = field_of(c, name, value, NULL);
		buf_reset(&b);
		json_text(&b, view_of(key));
		buf_addc(&b, ':');
		f[(*n)++]->key = keep(c, buf_view(&b));
		buf_release(&b);
	}
	return f;
}

static void from_of(struct compile *c, struct map_field *f, json_t *j,
	const struct map_field *outer)
{
	static const char *const sources[] = { "from", "join", "first", "const",
		"sum", "times", "hash", "case", "fields", "rows", "elements",
		NULL };
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
		f->slot = slot_of(c, v);
	} else if (strcmp(which, "join") == 0) {
		f->from = MF_JOIN;
		parts_of(c, f, v, &any);
	} else if (strcmp(which, "first") == 0) {
		f->from = MF_FIRST;
		parts_of(c, f, v, outer);
	} else if (strcmp(which, "case") == 0) {
		f->from = MF_CASE;
		parts_of(c, f, v, outer);
	} else if (strcmp(which, "const") == 0) {
		f->from = MF_CONST;
		f->text = json_is_true(v)    ? VIEW("true")
			  : json_is_false(v) ? VIEW("false")
					     : expand(c, v);
	} else if (strcmp(which, "sum") == 0) {
		f->from = MF_SUM;
		parts_of(c, f, v, &any);
		f->nplus = f->nsub;
		json_t *minus = json_object_get(j, "minus");
		if (minus) {
			struct map_field less = { .name = f->name };
			parts_of(c, &less, minus, &any);
			struct map_field **all =
				room(c, f->nsub + less.nsub, sizeof(*all));
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
		f->nextra = slots(c, v, &f->extra);
	} else if (strcmp(which, "fields") == 0) {
		f->from = MF_OBJECT;
		f->sub = members_of(c, f->name, v, &f->nsub);
	} else if (strcmp(which, "rows") == 0) {
		f->from = MF_ROWS;
		f->scope = scope_of(c, json_object_get(j, "each"));
		size_t was = c->scope;
		c->scope = f->scope ? f->scope : was;
		f->sub = members_of(c, f->name, v, &f->nsub);
		f->nextra = slots(c, json_object_get(j, "extra"), &f->extra);
		c->scope = was;
	} else {
		f->from = MF_ELEMENTS;
		size_t n = json_array_size(v);
		f->sub = room(c, n, sizeof(*f->sub));
		for (size_t i = 0; i < n; i++) {
			struct map_field *e = room(c, 1, sizeof(*e));
			e->name = f->name;
			e->from = MF_OBJECT;
			e->sub = members_of(c, f->name, json_array_get(v, i),
				&e->nsub);
			f->sub[f->nsub++] = e;
		}
	}
	if (json_object_get(j, "minus") && f->from != MF_SUM)
		fail(c, j, "'minus' goes with 'sum'");
	if (json_object_get(j, "each") && f->from != MF_ROWS)
		fail(c, j, "'each' goes with 'rows'");
	json_t *over = json_object_get(j, "over");
	if (over) {
		f->over_rows = view_is(text_of(c, over), "rows");
		if (!f->over_rows || (f->from != MF_SUM && f->from != MF_TIMES))
			fail(c, over, "'over' is \"rows\", of a sum or times");
	}
}

/* A text with constants, or a field that gives it. */
static struct map_field *text_or_field(struct compile *c, json_t *j,
	const char **text)
{
	if (json_is_string(j)) {
		*text = keep_str(c, expand(c, j));
		return NULL;
	}
	struct map_field any = { .type = MT_TEXT };
	*text = NULL;
	return field_of(c, "zone", j, &any);
}

static void time_of(struct compile *c, struct map_field *f, json_t *j)
{
	struct why why = { 0 };
	json_t *v = json_object_get(j, "zone");
	const char *zone = NULL;
	if (v)
		f->zone_of = text_or_field(c, v, &zone);
	if (zone && *zone && !(f->zone = zone_find(zone, &why)))
		fail(c, v, "%s", why.text);
	v = json_object_get(j, "format");
	if (!v)
		return;
	struct view *format;
	f->nformats = texts(c, v, &format);
	f->format = room(c, f->nformats, sizeof(*f->format));
	for (size_t i = 0; i < f->nformats; i++) {
		f->format[i] = keep_str(c, format[i]);
		static const char *const known[] = { "rfc3339", "epoch",
			"epoch ms", "epoch us", NULL };
		if (!strchr(f->format[i], '%')) {
			size_t k = 0;
			while (known[k] && strcmp(known[k], f->format[i]))
				k++;
			if (!known[k])
				unknown(c, v, "format", f->format[i], known);
		}
	}
}

static void numbers_of(struct compile *c, struct map_field *f, json_t *j)
{
	f->point = sign(c, j, "decimal", f->point);
	f->thousands = sign(c, j, "group", f->thousands);
	json_t *v = json_object_get(j, "units");
	if (v) {
		struct map_words w = words_of(c, v);
		f->unit = room(c, w.n, sizeof(*f->unit));
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
		f->minor = room(c, 1, sizeof(*f->minor));
		if (json_is_integer(v)) {
			struct buf b = { 0 };
			buf_addf(&b, "%d", (int)json_integer_value(v));
			f->minor->from = MF_CONST;
			f->minor->text = keep(c, buf_view(&b));
			f->minor->type = MT_TEXT;
			buf_release(&b);
		} else {
			f->minor = field_of(c, "minor", v, &any);
		}
	}
	f->negate |= flag(c, j, "negate");
}

static void bool_of(struct compile *c, struct map_field *f, json_t *j)
{
	json_t *yes = json_object_get(j, "true");
	json_t *no = json_object_get(j, "false");
	if (!yes && !no)
		return;
	struct view *y, *n;
	size_t ny = texts(c, yes, &y), nn = texts(c, no, &n);
	f->words.from = room(c, ny + nn, sizeof(*y));
	f->words.to = room(c, ny + nn, sizeof(*y));
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
		struct view t = text_of(c, v);
		f->type = MT_NONE;
		for (int i = MT_TEXT; type_names[i]; i++)
			if (view_is(t, type_names[i]))
				f->type = (enum map_type)i;
		if (f->type == MT_NONE)
			unknown(c, v, "type", word(v), type_names + 1);
		if (f->type == MT_PHONE || f->type == MT_EMAIL)
			f->bad = BAD_EXTRA;
	}
	f->trim |= flag(c, j, "trim");
	f->lower |= flag(c, j, "lower");
	if ((v = json_object_get(j, "null")))
		f->null = null_of(c, v);
	if ((v = json_object_get(j, "with")))
		f->with = expand(c, v);
	f->split = VIEW(";");
	if (f->type == MT_LIST)
		f->split = VIEW(",");
	f->pair = VIEW(":");
	if ((v = json_object_get(j, "split")))
		f->split = text_of(c, v);
	if ((v = json_object_get(j, "pair")))
		f->pair = text_of(c, v);
	if (f->split.n == 0 || f->pair.n == 0)
		fail(c, j, "'split' and 'pair' are not empty");
	if ((v = json_object_get(j, "member")))
		f->member = text_of(c, v);
	if ((v = json_object_get(j, "decode"))) {
		f->percent = view_is(text_of(c, v), "percent");
		if (!f->percent)
			fail(c, v, "'decode' is \"percent\"");
	}
	if ((v = json_object_get(j, "cut")))
		f->cut = text_of(c, v);
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
		f->part_at = text_of(c, json_array_get(v, 0));
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
			f->otherwise = expand(c, v);
	}
	if (f->type == MT_BOOL)
		bool_of(c, f, j);
	numbers_of(c, f, j);
	time_of(c, f, j);
	if ((v = json_object_get(j, "region"))) {
		f->region_of = text_or_field(c, v, &f->region);
		if (f->region && !*f->region)
			f->region = NULL;
	}
	if ((v = json_object_get(j, "bad"))) {
		static const char *const known[] = { "refuse", "extra", "drop",
			NULL };
		struct view b = text_of(c, v);
		size_t k = 0;
		while (known[k] && !view_is(b, known[k]))
			k++;
		if (!known[k])
			unknown(c, v, "bad", word(v), known);
		f->bad = (enum map_bad)k;
	}
	f->when = test_of(c, json_object_get(j, "when"));
}

/* outer: whose type and ways of reading a part or a choice takes over. */
static struct map_field *field_of(struct compile *c, const char *name,
	json_t *j, const struct map_field *outer)
{
	struct map_field *f = room(c, 1, sizeof(*f));
	if (outer)
		*f = *outer;
	else
		f->type = type_by_schema(c->type, name);
	f->sub = NULL;
	f->nsub = f->nplus = 0;
	f->when = NULL;
	f->over_rows = false;
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
	if (c->depth >= DEPTH) {
		fail(c, j, "fields within fields go %d deep at most", DEPTH);
		return f;
	}
	c->depth++;
	if (json_is_object(j)) {
		if (only(c, j, field_members)) {
			work_of(c, f, j);
			from_of(c, f, j, f);
		}
	} else {
		f->slot = slot_of(c, j);
	}
	c->depth--;
	f->usual = f->type == MT_TIME && f->nformats &&
		   strcmp(f->format[0], "%Y-%m-%d %H:%M:%S") == 0;
	f->worked = f->when || f->trim || f->lower || f->null.n ||
		    f->member.p || f->cut.p || f->part || f->percent ||
		    f->has_words;
	f->plain = f->from == MF_SLOT && f->type == MT_TEXT && !f->worked;
	return f;
}

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
		struct view text = expand(c, value);
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
	r->head = keep(c, buf_view(&b));
	buf_release(&b);
}

static void key_of(struct compile *c, struct map_record *r, json_t *at)
{
	if (!c->type)
		return;
	for (size_t i = 0; c->type->key[i]; i++) {
		const char *key = c->type->key[i];
		json_t *set = json_object_get(c->set, key);
		size_t k = 0;
		while (k < r->nfields && strcmp(r->field[k]->name, key))
			k++;
		if (k < r->nfields)
			r->key[r->nkeys++] = k;
		else if (!set || expand(c, set).n == 0)
			fail(c, at, "a record of type %s needs a field '%s'",
				r->type, key);
	}
}

static void record_of(struct compile *c, struct map_record *r, json_t *j)
{
	static const char *const members[] = { "type", "when", "fields", "per",
		"each", "extra", NULL };
	if (!only(c, j, members))
		return;
	json_t *v = json_object_get(j, "type");
	struct view type = v ? text_of(c, v) : VIEW("");
	r->type = keep_str(c, type);
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
		unknown(c, v, "type", r->type, names);
	}
	if ((v = json_object_get(j, "per"))) {
		r->per_row = view_is(text_of(c, v), "row");
		if (!r->per_row || !c->grouped)
			fail(c, v, "'per' is \"row\", in a map with 'group'");
	}
	r->scope = scope_of(c, json_object_get(j, "each"));
	c->scope = r->scope;
	r->when = test_of(c, json_object_get(j, "when"));
	r->extra = flag(c, j, "extra");
	v = json_object_get(j, "fields");
	if (v)
		r->field = members_of(c, "", v, &r->nfields);
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

static const char *const map_members[] = { "about", "extends", "set", "also",
	"constants", "needs", "input", "null", "guards", "aliases", "may",
	"must", "drop", "skip", "stop", "group", "observed", "extra", "records",
	"pass", NULL };

static void input_of(struct compile *c, json_t *j)
{
	static const char *const members[] = { "format", "encodings",
		"delimiter", "columns", "preamble", "rows", "unwrap", "root",
		NULL };
	static const char *const formats[] = { "csv", "json", "ndjson", "xml",
		"tsv", NULL };
	struct mapping *m = c->m;
	m->delim = ',';
	if (!j || !only(c, j, members))
		return;
	json_t *v = json_object_get(j, "format");
	if (v) {
		struct view f = text_of(c, v);
		size_t k = 0;
		while (formats[k] && !view_is(f, formats[k]))
			k++;
		if (!formats[k])
			unknown(c, v, "format", word(v), formats);
		m->format = k < 4 ? (enum map_format)k : MAP_CSV;
		if (k == 4)
			m->delim = '\t';
	}
	if ((v = json_object_get(j, "delimiter"))) {
		if (view_is(text_of(c, v), "auto"))
			m->delim = 0;
		else
			m->delim = sign(c, j, "delimiter", ',');
	}
	if ((v = json_object_get(j, "encodings"))) {
		struct view *name;
		size_t n = texts(c, v, &name);
		for (size_t i = 0; i < n; i++) {
			enum charset e = charset_find(name[i]);
			if (e == CHARSET_NONE)
				fail(c, v, "no encoding '%.*s'", (int)name[i].n,
					name[i].p);
			else if (m->nencodings < 8)
				m->encoding[m->nencodings++] = e;
		}
	}
	m->ncolumns = texts(c, json_object_get(j, "columns"), &m->column);
	m->preamble = flag(c, j, "preamble");
	if ((v = json_object_get(j, "root")))
		m->root = keep_str(c, text_of(c, v));
	if ((v = json_object_get(j, "rows")) && m->format != MAP_CSV) {
		m->rows = room(c, 1, sizeof(*m->rows));
		*m->rows = path_of(c, v, text_of(c, v));
	}
	if ((v = json_object_get(j, "unwrap")) && m->format != MAP_CSV) {
		m->unwrap = room(c, 1, sizeof(*m->unwrap));
		*m->unwrap = path_of(c, v, text_of(c, v));
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
		(void)only(c, j, names);
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
			unknown(c, json_array_get(j, i), "guard", s, names);
	}
}

static void group_of(struct compile *c, json_t *j)
{
	static const char *const members[] = { "by", "blank", "same", "carry",
		"within", NULL };
	struct mapping *m = c->m;
	if (!j || !only(c, j, members))
		return;
	json_t *v = json_object_get(j, "by");
	if (!v)
		fail(c, j, "a group is made by a column");
	m->nby = slots(c, v, &m->by);
	m->grouped = c->grouped = true;
	if ((v = json_object_get(j, "blank"))) {
		m->blank_continues = view_is(text_of(c, v), "continue");
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
	m->nsame = slots(c, json_object_get(j, "same"), &m->same);
	m->ncarry = slots(c, json_object_get(j, "carry"), &m->carry);
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
	m->record = room(c, n, sizeof(*m->record));
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

static void compile(struct compile *c, json_t *map)
{
	struct mapping *m = c->m;
	json_t *v = json_object_get(map, "about");
	if (v)
		m->about = text_of(c, v);
	m->pass = flag(c, map, "pass");
	v = json_object_get(map, "extra");
	m->extra = !v || flag(c, map, "extra");
	v = json_object_get(map, "may");
	m->may_all = json_is_true(v);
	input_of(c, json_object_get(map, "input"));
	v = json_object_get(map, "null");
	m->null = v ? null_of(c, v)
		    : (struct map_words){ room(c, 1, sizeof(struct view)), NULL,
			      1 };
	if (!v)
		m->null.from[0] = VIEW("");
	group_of(c, json_object_get(map, "group"));
	m->skip = test_of(c, json_object_get(map, "skip"));
	m->stop = test_of(c, json_object_get(map, "stop"));
	v = json_object_get(map, "observed");
	if (v) {
		struct map_field time = { .name = "observed_at",
			.type = MT_TIME };
		m->observed = field_of(c, "observed_at", v, &time);
	}
	records_of(c, json_object_get(map, "records"));
	guards_of(c, json_object_get(map, "guards"));
	m->nmust = texts(c, json_object_get(map, "must"), &m->must);
	m->ndrop = texts(c, json_object_get(map, "drop"), &m->drop);
	v = json_object_get(map, "may");
	if (v && !json_is_boolean(v)) {
		struct view *may;
		size_t n = texts(c, v, &may);
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
		s->slot = room(c, s->n, sizeof(*s->slot));
		s->n = 0;
		for (size_t k = 0; k < m->slot.n; k++)
			if (m->slot.v[k].scope == i + 1)
				s->slot[s->n++] = (unsigned)k;
	}
}

/* Files: each is read and checked by itself, then put upon what it extends. */

static json_t *read_map(struct compile *c, const char *name, size_t skip)
{
	struct buf text = { 0 }, path = { 0 };
	struct why why = { 0 };
	json_t *j = NULL;
	if (!c->load(c->arg, name, skip, &text, &path, &why)) {
		if (!c->failed) {
			c->failed = true;
			*c->why = why;
			c->why->line = c->why->col = 0;
			buf_reset(c->path);
		}
		goto out;
	}
	struct file *f = vec_add(&c->file);
	*f = (struct file){ xstrdup(path.p ? path.p : name), text };
	size_t n = text.n;
	buf_grow(&f->text, SCAN_PAD);
	memset(f->text.p + n, 0, SCAN_PAD);
	text = (struct buf){ 0 };
	const char *p = f->text.p, *end = p + n;
	json_error_t error;
	j = json_loadb(p, n, JSON_REJECT_DUPLICATES, &error);
	if (!j) {
		fail_at(c,
			&(struct place){ NULL, c->file.n - 1,
				error.position > 0 ? (size_t)error.position
						   : 0 },
			"%s", error.text);
		goto out;
	}
	/* The same text once more, for the places: jansson keeps none. */
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	struct val v;
	if (scan_value(p, end, f->text.p, &v, &why))
		note_places(c, j, v, f->text.p, 64);
	(void)only(c, j, map_members);
out:
	buf_release(&text);
	buf_release(&path);
	return j;
}

static void update(json_t *into, json_t *from)
{
	const char *key;
	json_t *value;
	json_object_foreach(from, key, value) json_object_set(into, key, value);
}

/* Fields added to the records of a map that is extended. */
static void also(struct compile *c, json_t *map, json_t *add)
{
	const char *type, *key;
	json_t *fields, *value;
	json_object_foreach(add, type, fields)
	{
		bool found = false;
		json_t *records = json_object_get(map, "records");
		for (size_t i = 0; i < json_array_size(records); i++) {
			json_t *r = json_array_get(records, i);
			const char *t =
				json_string_value(json_object_get(r, "type"));
			if (!t || strcmp(t, type))
				continue;
			found = true;
			json_t *f = json_object_get(r, "fields");
			if (!json_is_object(fields)) {
				fail(c, fields,
					"an object of fields is "
					"wanted here");
				continue;
			}
			json_object_foreach(fields, key, value)
			{
				if (json_is_null(value))
					json_object_del(f, key);
				else
					json_object_set(f, key, value);
			}
		}
		if (!found)
			fail(c, fields,
				"the map that is extended makes no "
				"record of type '%s'",
				type);
	}
}

static json_t *read_chain(struct compile *c, const char *name, size_t skip,
	int depth)
{
	json_t *map = read_map(c, name, skip);
	json_t *parent = json_object_get(map, "extends");
	if (!map || c->failed || !parent)
		return map;
	if (!json_is_string(parent)) {
		fail(c, parent, "'extends' is the name of a map");
		return map;
	}
	if (depth == DEPTH) {
		fail(c, parent, "maps extend each other in a circle");
		return map;
	}
	const char *up = json_string_value(parent);
	json_t *base = read_chain(c, up, strcmp(up, name) == 0 ? skip + 1 : 0,
		depth + 1);
	if (!base || c->failed) {
		json_decref(base);
		return map;
	}
	static const char *const merged[] = { "set", "constants", "aliases",
		"needs", NULL };
	const char *key;
	json_t *value;
	json_object_foreach(map, key, value)
	{
		size_t i = 0;
		while (merged[i] && strcmp(merged[i], key))
			i++;
		json_t *have = json_object_get(base, key);
		if (merged[i] && json_is_object(have) && json_is_object(value))
			update(have, value);
		else if (strcmp(key, "also") && strcmp(key, "extends"))
			json_object_set(base, key, value);
	}
	json_t *add = json_object_get(map, "also");
	if (add)
		also(c, base, add);
	json_object_del(base, "also");
	/* The tree of this file lives on as long as its places are asked
	 * for. */
	json_object_set_new(base, "extends", map);
	return base;
}

static void constants_of(struct compile *c, json_t *map)
{
	json_t *needs = json_object_get(map, "needs");
	c->constants = json_object_get(map, "constants");
	c->set = json_object_get(map, "set");
	c->aliases = json_object_get(map, "aliases");
	if (!c->constants) {
		c->constants = json_object();
		json_object_set_new(map, "constants", c->constants);
	}
	if (!c->set) {
		c->set = json_object();
		json_object_set_new(map, "set", c->set);
	}
	const char *key;
	json_t *value;
	json_t *tables[] = { needs, c->constants, c->set };
	for (size_t i = 0; i < 3; i++) {
		if (tables[i] && !json_is_object(tables[i])) {
			fail(c, tables[i],
				"an object of texts is wanted "
				"here");
			return;
		}
		json_object_foreach(tables[i], key, value)
		{
			if (!json_is_string(value)) {
				fail(c, value, "'%s' is a text", key);
				return;
			}
		}
	}
	const char *known[128];
	size_t n = 0;
	json_object_foreach(needs, key, value)
	{
		if (n < 60)
			known[n++] = key;
	}
	json_object_foreach(c->constants, key, value)
	{
		if (n < 120)
			known[n++] = key;
	}
	static const char *const always[] = { "source", "house", "account" };
	for (size_t i = 0; i < 3; i++)
		known[n++] = always[i];
	known[n] = NULL;
	/* A constant that is new to the table must not move its names. */
	json_t *given = json_object();
	for (const char *const *d = c->define; d && d[0]; d += 2) {
		size_t k = 0;
		while (known[k] && strcmp(known[k], d[0]))
			k++;
		if (!known[k]) {
			const char *near = nearest(d[0], known);
			fail(c, NULL,
				near ? "-D %s: the map has no constant of "
				       "that name; is it '%s'?"
				     : "-D %s: the map has no constant of "
				       "that name",
				d[0], near);
		}
		json_t *text = json_string(d[1]);
		if (!text)
			fail(c, NULL, "-D %s: not valid UTF-8", d[0]);
		else
			json_object_set_new(given, d[0], text);
	}
	json_object_foreach(given, key, value)
	{
		bool field = false;
		for (size_t i = 0; i < 3; i++)
			field |= strcmp(key, always[i]) == 0;
		json_object_set(field ? c->set : c->constants, key, value);
		if (field && json_object_get(c->constants, key))
			json_object_set(c->constants, key, value);
	}
	json_decref(given);
	json_object_foreach(needs, key, value)
	{
		json_t *have = json_object_get(c->constants, key);
		if (!have || json_string_length(have) == 0)
			fail(c, NULL, "it needs -D %s=...: %s", key,
				json_string_value(value));
	}
}

struct mapping *mapping_compile(const char *name, map_loader *load, void *arg,
	const char *const *define, struct buf *path, struct why *why)
{
	struct mapping *m = xcalloc(1, sizeof(*m));
	struct compile c = { .m = m,
		.load = load,
		.arg = arg,
		.define = define,
		.why = why,
		.path = path };
	*why = (struct why){ 0 };
	json_t *map = read_chain(&c, name, 0, 0);
	if (map && !c.failed) {
		if (json_object_get(map, "also"))
			fail(&c, json_object_get(map, "also"),
				"'also' goes with 'extends'");
		constants_of(&c, map);
		if (!c.failed)
			compile(&c, map);
	}
	json_decref(map);
	for (size_t i = 0; i < c.file.n; i++) {
		free(c.file.v[i].path);
		buf_release(&c.file.v[i].text);
	}
	vec_release(&c.file);
	vec_release(&c.place);
	if (!c.failed)
		return m;
	mapping_free(m);
	return NULL;
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

void mapping_about(struct view text, struct buf *out)
{
	json_t *map = json_loadb(text.p, text.n, 0, NULL);
	const char *about = json_string_value(json_object_get(map, "about"));
	for (const char *p = about; p && *p; p++)
		buf_addc(out, (unsigned char)*p < ' ' ? ' ' : *p);
	json_decref(map);
}
