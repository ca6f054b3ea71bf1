#include "crm/mapping_impl.h"

#include <stdarg.h>

/* Mistakes: the first one is kept, the rest of the map is read on. */

void compile_fail(struct compile *c, const struct place *at, const char *fmt,
	...)
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

void compile_release(struct compile *c)
{
	for (size_t i = 0; i < c->file.n; i++) {
		free(c->file.v[i].path);
		buf_release(&c->file.v[i].text);
	}
	vec_release(&c->file);
	vec_release(&c->place);
}

const struct place *compile_place(struct compile *c, const json_t *node)
{
	for (size_t i = 0; i < c->place.n; i++)
		if (c->place.v[i].node == node)
			return &c->place.v[i];
	return NULL;
}

void compile_places(struct compile *c, const json_t *node, struct val v,
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
			compile_places(c, child, it.val, text, depth - 1);
	}
	buf_release(&key);
}

const char *compile_keep_str(struct compile *c, struct view v)
{
	char *s = arena_alloc(c->text, v.n + 1);
	if (v.n)
		memcpy(s, v.p, v.n);
	s[v.n] = '\0';
	return s;
}

struct view compile_keep(struct compile *c, struct view v)
{
	return (struct view){ compile_keep_str(c, v), v.n };
}

void *compile_room(struct compile *c, size_t n, size_t size)
{
	size_t bytes = 0;
	if (__builtin_mul_overflow(n ? n : 1, size, &bytes))
		abort();
	return memset(arena_alloc(c->text, bytes), 0, bytes);
}

const char *compile_nearest(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (text_near(view_of(name), view_of(*names)))
			return *names;
	return NULL;
}

void compile_unknown(struct compile *c, const json_t *at, const char *what,
	const char *name, const char *const *names)
{
	const char *near = compile_nearest(name, names);
	if (near)
		fail(c, at, "no %s '%s'; is it '%s'?", what, name, near);
	else
		fail(c, at, "no %s '%s'", what, name);
}

bool compile_only(struct compile *c, json_t *object, const char *const *names)
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
			compile_unknown(c,
				compile_place(c, value) ? value : object,
				"member", key, names);
	}
	return true;
}

struct view compile_expand(struct compile *c, const json_t *j)
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
	struct view kept = compile_keep(c, buf_view(&out));
	buf_release(&out);
	return kept;
}

struct view compile_text(struct compile *c, const json_t *j)
{
	if (json_is_string(j))
		return compile_keep(c, str(j));
	fail(c, j, "a text is wanted here");
	return VIEW("");
}

bool compile_flag(struct compile *c, json_t *object, const char *name)
{
	json_t *j = json_object_get(object, name);
	if (j && !json_is_boolean(j))
		fail(c, j, "'%s' is true or false", name);
	return json_is_true(j);
}

char compile_sign(struct compile *c, json_t *object, const char *name,
	char dflt)
{
	json_t *j = json_object_get(object, name);
	if (!j)
		return dflt;
	struct view v = compile_expand(c, j);
	if (v.n == 0)
		return 0;
	if (v.n > 1 || (v.p[0] & 0x80))
		fail(c, j, "'%s' is one ASCII character", name);
	return v.p[0];
}

size_t compile_texts(struct compile *c, const json_t *j, struct view **out)
{
	size_t n = json_is_array(j) ? json_array_size(j) : j ? 1 : 0;
	*out = compile_room(c, n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] = compile_text(c,
			json_is_array(j) ? json_array_get(j, i) : j);
	return n;
}
