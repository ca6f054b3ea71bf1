#include "edge/columns.h"

#include "base/die.h"

void columns_each(struct columns *c, struct keys *keys, const char *path)
{
	struct why why = { 0 };
	if (!path_init(&c->each, keys, view_of(path), &why))
		die("option '--each': field '%s': %s", path, why.text);
	c->has_each = true;
}

bool columns_elements(const struct columns *c, const struct rec *r,
	struct val *array)
{
	*array = path_get(&c->each, r);
	if (array->kind != K_ARRAY)
		return false;
	struct val_iter it = val_iter(*array);
	return val_next(&it);
}

/* What the page and the array say of a column. */
static void settle(struct columns *c, struct keys *keys, struct column *column)
{
	const struct path *p = &column->path, *e = &c->each;
	struct buf name = { 0 };
	buf_addv(&name, keys_name(keys, p->key));
	for (size_t i = 0; i < p->nsteps; i++) {
		buf_addc(&name, '.');
		buf_addv(&name, p->step[i]);
	}
	column->type = schema_any(buf_view(&name));
	buf_release(&name);
	column->inside =
		c->has_each && p->key == e->key && p->nsteps >= e->nsteps;
	for (size_t i = 0; column->inside && i < e->nsteps; i++)
		column->inside = view_eq(p->step[i], e->step[i]);
}

struct val column_get(const struct columns *c, const struct column *column,
	const struct rec *r, const struct val *element)
{
	if (!element || !column->inside)
		return path_get(&column->path, r);
	return path_from(&column->path, c->each.nsteps, *element);
}

/* The column at p; where the next one begins. */
static const char *add(struct columns *c, struct keys *keys, const char *from)
{
	const char *p = from, *equals = NULL;
	bool quoted = false;
	for (; *p && (quoted || *p != ','); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '=' && !quoted && !equals)
			equals = p;
	}
	if (quoted)
		die("option '-c': a quote is not closed in '%s'", from);
	struct view name = { from, (size_t)(p - from) }, title = name;
	if (equals) {
		title.n = (size_t)(equals - from);
		name.p = equals + 1;
		name.n = (size_t)(p - name.p);
	}
	if (equals && title.n > 1 && title.p[0] == '"' &&
		title.p[title.n - 1] == '"')
		title = (struct view){ title.p + 1, title.n - 2 };
	struct column *column = vec_add(&c->column);
	*column = (struct column){ 0 };
	struct why why = { 0 };
	if (!path_init(&column->path, keys, name, &why))
		die("option '-c': field '%.*s': %s", (int)name.n, name.p,
			why.text);
	column->title = title;
	column->titled = equals;
	settle(c, keys, column);
	if (*p == ',' && !*++p)
		die("option '-c' ends with a comma");
	return p;
}

void columns_parse(struct columns *c, struct keys *keys, const char *text)
{
	if (!*text)
		die("option '-c' names no column");
	while (*text)
		text = add(c, keys, text);
}

/* A column for each member of the array's first element. */
static void columns_within(struct columns *c, const struct rec *r,
	struct val array)
{
	struct val_iter it = val_iter(array);
	struct buf name = { 0 };
	val_next(&it);
	if (it.val.kind != K_OBJECT)
		die("%s:%zu: the array holds no objects: say with -c which "
		    "columns",
			r->file, r->lineno);
	for (struct val_iter in = val_iter(it.val); val_next(&in);) {
		struct why why = { 0 };
		buf_reset(&name);
		buf_addv(&name, view_of(c->each.text));
		buf_adds(&name, ".\"");
		val_append_text(in.key, &name);
		buf_addc(&name, '"');
		struct column *column = vec_add(&c->column);
		*column = (struct column){ 0 };
		if (!path_init(&column->path, r->keys, buf_view(&name), &why))
			die("%s:%zu: '%s': %s", r->file, r->lineno, name.p,
				why.text);
		buf_reset(&name);
		buf_addv(&name, view_of(c->each.text));
		buf_addc(&name, '.');
		val_append_text(in.key, &name);
		column->title.p = arena_bytes(&c->text, name.p, name.n);
		column->title.n = name.n;
		settle(c, r->keys, column);
	}
	buf_release(&name);
}

void columns_of(struct columns *c, const struct rec *r)
{
	for (size_t i = 0; i < r->nmembers; i++) {
		if (r->member[i].id == KEY_OTHER)
			die("%s:%zu: too many columns, or too long a name: say "
			    "with -c which ones",
				r->file, r->lineno);
		struct val array;
		if (c->has_each && !c->each.nsteps &&
			r->member[i].id == c->each.key &&
			columns_elements(c, r, &array)) {
			columns_within(c, r, array);
			continue;
		}
		struct column *column = vec_add(&c->column);
		*column = (struct column){ 0 };
		struct view name = keys_name(r->keys, r->member[i].id);
		column->title.p = arena_bytes(&c->text, name.p, name.n);
		column->title.n = name.n;
		column->titled = false;
		column->path = (struct path){ .key = r->member[i].id };
		settle(c, r->keys, column);
	}
}

void columns_release(struct columns *c)
{
	for (size_t i = 0; i < c->column.n; i++)
		path_release(&c->column.v[i].path);
	vec_release(&c->column);
	arena_release(&c->text);
	if (c->has_each)
		path_release(&c->each);
}
