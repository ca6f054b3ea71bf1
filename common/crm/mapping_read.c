#include "crm/mapping_impl.h"

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
		compile_fail(c,
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
		compile_places(c, j, v, f->text.p, 64);
	(void)compile_only(c, j, c->members);
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

json_t *compile_read(struct compile *c, const char *name, size_t skip,
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
	if (depth == MAPPING_DEPTH) {
		fail(c, parent, "maps extend each other in a circle");
		return map;
	}
	const char *up = json_string_value(parent);
	json_t *base = compile_read(c, up, strcmp(up, name) == 0 ? skip + 1 : 0,
		depth + 1);
	if (!base || c->failed) {
		json_decref(base);
		return map;
	}
	static const char *const merged[] = { "set", "constants", "aliases",
		"needs", "columns", NULL };
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

/* Of a constant that is needed and not there, where that does not matter: a
 * value that fields take. */
static const char *stand_in(const char *name)
{
	return strstr(name, "zone")   ? "UTC"
	       : strstr(name, "curr") ? "USD"
				      : "x";
}

void compile_constants(struct compile *c, json_t *map)
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
			const char *near = compile_nearest(d[0], known);
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
		if (!have)
			have = json_object_get(c->set, key);
		if (c->anyhow && !have)
			json_object_set_new(view_is(VIEW("source"), key)
						    ? c->set
						    : c->constants,
				key, json_string(stand_in(key)));
		else if (!have || json_string_length(have) == 0)
			fail(c, NULL, "it needs -D %s=...: %s", key,
				json_string_value(value));
	}
}

void mapping_about(struct view text, struct buf *out)
{
	json_t *map = json_loadb(text.p, text.n, 0, NULL);
	const char *about = json_string_value(json_object_get(map, "about"));
	for (const char *p = about; p && *p; p++)
		buf_addc(out, (unsigned char)*p < ' ' ? ' ' : *p);
	json_decref(map);
}
