#include "crm/mapping_impl.h"

struct map_path compile_path(struct compile *c, const json_t *at,
	struct view text)
{
	struct map_path path = { .text = compile_keep(c, text) };
	if (c->m->format == MAP_CSV)
		return path;
	path.step = compile_room(c, text.n / 2 + 1, sizeof(*path.step));
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
			int64_t nth = 0;
			bool number = q && int_parse(p + 1, (size_t)(q - p) - 1,
						   &nth);
			if (number && nth > 0 && nth < 1000) {
				s->nth = (unsigned)nth;
			} else if (!q || !is || is > q) {
				fail(c, at,
					"'[' wants a number or key=text, and "
					"']' in '%.*s'",
					(int)text.n, text.p);
				break;
			} else {
				s->key = (struct view){ p + 1,
					(size_t)(is - p) - 1 };
				s->text = (struct view){ is + 1,
					(size_t)(q - is) - 1 };
			}
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
	slot->path[slot->npaths++] = compile_path(c, at, name);
	return *scope;
}

static json_t *aliases_of(struct compile *c, const char *name)
{
	json_t *a = json_object_get(c->aliases, name);
	if (a && !json_is_array(a))
		fail(c, a, "the aliases of '%s' are a list", name);
	return a;
}

unsigned compile_slot(struct compile *c, const json_t *j)
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
			compile_unknown(c, j, "column", json_string_value(j),
				known);
	} else if (name.n > 1 && name.p[0] == '@') {
		name.p++;
		name.n--;
	}
	json_t *aliases =
		slot.pseudo ? NULL : aliases_of(c, json_string_value(j));
	slot.path = compile_room(c, 1 + json_array_size(aliases),
		sizeof(*slot.path));
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
	slot.name = compile_keep(c, str(j));
	slot.may = m->may_all || slot.pseudo || m->format != MAP_CSV;
	*vec_add(&m->slot) = slot;
	if (slot.scope)
		m->scope.v[slot.scope - 1].n++;
	return (unsigned)(m->slot.n - 1);
}

size_t compile_slots(struct compile *c, const json_t *j, unsigned **out)
{
	size_t n = json_is_array(j) ? json_array_size(j) : j ? 1 : 0;
	*out = compile_room(c, n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] = compile_slot(c,
			json_is_array(j) ? json_array_get(j, i) : j);
	return n;
}

size_t compile_scope(struct compile *c, json_t *each)
{
	if (!each)
		return 0;
	if (c->m->format == MAP_CSV || c->grouped)
		fail(c, each, "'each' is for JSON and XML without a group");
	if (c->scope)
		fail(c, each, "'each' does not stand inside 'each'");
	struct view *name;
	size_t n = compile_texts(c, each, &name);
	struct map_scope s = { .npaths = n };
	s.path = compile_room(c, n, sizeof(*s.path));
	for (size_t i = 0; i < n; i++)
		s.path[i] = compile_path(c, each, name[i]);
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
		"lacks", "over", "under", NULL };
	json_t *name = json_string(column);
	if (!name) {
		fail(c, j, "a column's name is no text");
		return;
	}
	leaf->slot = compile_slot(c, name);
	json_decref(name);
	json_t *every = json_object_get(j, "every");
	if (every) {
		if (!c->grouped || json_object_size(j) != 1)
			fail(c, j, "'every' is alone, in a map with 'group'");
		leaf->every = true;
		j = every;
	}
	if (json_is_string(j)) {
		struct view v = str(j);
		leaf->op = v.n == 0          ? TEST_MISSING
			   : view_is(v, "*") ? TEST_THERE
					     : TEST_IS;
		leaf->n = compile_texts(c, j, &leaf->word);
		return;
	}
	if (json_is_array(j)) {
		leaf->op = TEST_IS;
		leaf->n = compile_texts(c, j, &leaf->word);
		return;
	}
	if (!json_is_object(j) || json_object_size(j) != 1) {
		fail(c, j,
			"a test is a text, a list of texts, or an object "
			"of one member");
		return;
	}
	if (!compile_only(c, j, ops))
		return;
	for (size_t i = 0; ops[i]; i++) {
		json_t *v = json_object_get(j, ops[i]);
		if (!v)
			continue;
		leaf->op = (enum map_op)(TEST_NOT + i);
		leaf->n = compile_texts(c, v, &leaf->word);
		if (leaf->op >= TEST_OVER &&
			(leaf->n != 1 ||
				!dec_parse(leaf->word[0].p, leaf->word[0].n,
					&leaf->limit)))
			fail(c, v, "'%s' wants a number in quotes", ops[i]);
	}
}

struct map_test *compile_test(struct compile *c, json_t *j)
{
	if (!j)
		return NULL;
	struct map_test *t = compile_room(c, 1, sizeof(*t));
	t->n = json_is_array(j) ? json_array_size(j) : 1;
	t->all = compile_room(c, t->n, sizeof(*t->all));
	t->nleaves = compile_room(c, t->n, sizeof(*t->nleaves));
	for (size_t i = 0; i < t->n; i++) {
		json_t *one = json_is_array(j) ? json_array_get(j, i) : j;
		if (!json_is_object(one)) {
			fail(c, one ? one : j,
				"a test is an object of columns");
			continue;
		}
		t->all[i] = compile_room(c, json_object_size(one),
			sizeof(**t->all));
		const char *key;
		json_t *value;
		json_object_foreach(one, key, value)
			leaf_of(c, key, value, &t->all[i][t->nleaves[i]++]);
	}
	return t;
}
