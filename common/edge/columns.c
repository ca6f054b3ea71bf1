#include "edge/columns.h"

#include "base/die.h"

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
	struct why why = { 0 };
	if (!path_init(&column->path, keys, name, &why))
		die("option '-c': field '%.*s': %s", (int)name.n, name.p,
			why.text);
	column->title = title;
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

void columns_of(struct columns *c, const struct rec *r)
{
	for (size_t i = 0; i < r->nmembers; i++) {
		if (r->member[i].id == KEY_OTHER)
			die("%s:%zu: too many columns, or too long a name: say "
			    "with -c which ones",
				r->file, r->lineno);
		struct column *column = vec_add(&c->column);
		struct view name = keys_name(r->keys, r->member[i].id);
		column->title.p = arena_bytes(&c->text, name.p, name.n);
		column->title.n = name.n;
		column->path = (struct path){ .key = r->member[i].id };
	}
}

void columns_release(struct columns *c)
{
	for (size_t i = 0; i < c->column.n; i++)
		path_release(&c->column.v[i].path);
	vec_release(&c->column);
	arena_release(&c->text);
}
