#include "crm/join.h"

#include <stdlib.h>

/* Keys without a row that are named. */
#define NAMED 3
#define NAME_BYTES 80

bool join_init(struct join *j, struct keys *keys, const char *text,
	struct why *why)
{
	const char *p = text;

	*j = (struct join){ 0 };
	for (bool quoted = false; *p && (quoted || *p != '='); p++)
		if (*p == '"')
			quoted = !quoted;
	j->field = (struct view){ text, (size_t)(p - text) };
	if (!objects_init(&j->objects, keys, j->field, why))
		return false;
	j->table.key = view_of(*p ? p + 1 : text);
	if (!*p && j->objects.path.nsteps)
		j->table.key = j->objects.path.step[j->objects.path.nsteps - 1];
	const char *dot =
		j->objects.path.nsteps ? memrchr(text, '.', j->field.n) : NULL;
	if (dot)
		j->table.inside =
			(struct view){ text, (size_t)(dot + 1 - text) };
	return true;
}

/* A text, or the digits of a number; p is NULL for what is no key. */
static struct view text_of(struct join *j, struct val v)
{
	if (v.kind != K_STRING && v.kind != K_NUMBER)
		return (struct view){ 0 };
	return val_text(v, &j->scratch);
}

static size_t find(struct join *j, struct val v)
{
	struct view key = text_of(j, v);

	return key.p ? lookup_find(&j->table, key) : MAP_NONE;
}

/* Of several keys in one place the first that has a row. */
static size_t find_row(struct join *j, struct val v)
{
	size_t row = MAP_NONE;

	if (v.kind != K_ARRAY)
		return find(j, v);
	for (struct val_iter it = val_iter(v);
		row == MAP_NONE && val_next(&it);)
		row = find(j, it.val);
	return row;
}

void join_want(struct join *j, const struct rec *r)
{
	j->keys.n = 0;
	path_all(&j->objects.path, r, &j->keys);
	for (size_t i = 0; i < j->keys.n; i++) {
		struct view key = text_of(j, j->keys.v[i]);
		if (key.p)
			lookup_want(&j->table, key);
	}
}

void join_ready(struct join *j)
{
	for (size_t i = 0; i < j->table.column.n; i++)
		*vec_add(&j->member) = keys_want_view(j->objects.keys,
			j->table.column.v[i].member);
}

static void miss(struct join *j, struct val v)
{
	struct view key = val_text(v, &j->scratch);

	j->missed++;
	if (j->first.n == NAMED)
		return;
	key.n = key.n < NAME_BYTES ? key.n : NAME_BYTES;
	for (size_t i = 0; i < j->first.n; i++)
		if (view_is(key, j->first.v[i]))
			return;
	*vec_add(&j->first) = xmemdup(key.p, key.n);
}

static void put_columns(void *arg, struct rec *object)
{
	struct join *j = arg;
	struct val key = rec_get(object, j->objects.key);

	if (val_none(key))
		return;
	j->asked++;
	size_t row = find_row(j, key);
	if (row == MAP_NONE) {
		miss(j, key);
		return;
	}
	struct lookup_cell cell = lookup_cells(&j->table, row);
	while (lookup_cell(&cell)) {
		unsigned id = j->member.v[cell.column];
		if (j->replace || val_none(rec_get(object, id)))
			rec_set(object, id, cell.json);
	}
}

bool join_put(struct join *j, struct rec *r, struct why *why)
{
	return objects_each(&j->objects, r, put_columns, j, why);
}

bool join_has(struct join *j, const struct rec *r)
{
	bool has = false;

	j->keys.n = 0;
	path_all(&j->objects.path, r, &j->keys);
	j->asked += j->keys.n;
	for (size_t i = 0; i < j->keys.n; i++)
		has |= find(j, j->keys.v[i]) != MAP_NONE;
	return has;
}

static void name(struct buf *b, size_t i, struct view key)
{
	buf_addf(b, "%s'%.*s'", i ? ", " : ": ", (int)key.n, key.p);
}

static void note_missed(const struct join *j, struct buf *b)
{
	buf_addf(b, "%llu of %llu keys without a row in %s",
		(unsigned long long)j->missed, (unsigned long long)j->asked,
		j->table.path);
	for (size_t i = 0; i < j->first.n; i++)
		name(b, i, view_of(j->first.v[i]));
	if (j->missed > j->first.n)
		buf_adds(b, " ...");
}

/* The ids of a list that no record had. */
static void note_unmet(const struct join *j, struct buf *b)
{
	const struct lookup *l = &j->table;
	struct buf names = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < l->row.n; i++)
		if (!l->row.v[i].met && n++ < NAMED)
			name(&names, n - 1, map_key(&l->keys, i));
	if (n)
		buf_addf(b, "%zu of %zu ids of %s in no record%s%s", n,
			l->row.n, l->path, names.p, n > NAMED ? " ..." : "");
	buf_release(&names);
}

void join_notes(const struct join *j, void (*say)(void *arg, const char *text),
	void *arg)
{
	struct buf b = { 0 };

	if (!j->asked)
		buf_addf(&b, "no record has '%.*s'", (int)j->field.n,
			j->field.p);
	else if (j->table.list)
		note_unmet(j, &b);
	else if (j->missed)
		note_missed(j, &b);
	if (b.n)
		say(arg, b.p);
	buf_release(&b);
}

void join_release(struct join *j)
{
	for (size_t i = 0; i < j->first.n; i++)
		free(j->first.v[i]);
	vec_release(&j->first);
	vec_release(&j->member);
	vec_release(&j->keys);
	buf_release(&j->scratch);
	lookup_release(&j->table);
	objects_release(&j->objects);
}
