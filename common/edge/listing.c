#include "edge/listing.h"

void listing_init(struct listing *l, struct tool *t, struct sheetout *out,
	const char *columns, const char *each)
{
	*l = (struct listing){ .t = t, .out = out, .each = each };
	if (each)
		columns_each(&l->columns, &t->keys, each);
	if (columns)
		columns_parse(&l->columns, &t->keys, columns);
	totals_init(&l->totals, &t->keys);
}

static void begin(struct listing *l)
{
	sheetout_open(l->out, l->t);
	l->begun = true;
	for (size_t i = 0; i < l->columns.column.n; i++)
		sheetout_title(l->out, l->columns.column.v[i].title);
	if (l->columns.column.n)
		sheetout_end(l->out);
}

/* Fills a row; false where a cell must not leave: the record is refused. */
static bool fill_row(struct listing *l, struct rec *r,
	const struct val *element)
{
	struct why why = { 0 };
	for (size_t i = 0; i < l->columns.column.n; i++) {
		struct column *c = &l->columns.column.v[i];
		struct val v = column_get(&l->columns, c, r, element);
		c->seen |= v.kind != K_MISSING;
		if (sheetout_val(l->out, v, c->type, &why))
			continue;
		sheetout_refuse(l->out, r, c->title, &why);
		return false;
	}
	return true;
}

static void put_row(struct listing *l, struct rec *r, const struct val *element,
	bool again)
{
	sheetout_end(l->out);
	if (l->with_totals)
		totals_add(&l->totals, &l->columns, r, element, again);
	if (again)
		l->t->made++;
	else
		l->t->written++;
}

/* A row for each element; all of them or none. */
static void put_elements(struct listing *l, struct rec *r, struct val array)
{
	for (struct val_iter it = val_iter(array); val_next(&it);) {
		if (!fill_row(l, r, &it.val))
			return;
		sheetout_drop(l->out);
	}
	bool again = false;
	for (struct val_iter it = val_iter(array); val_next(&it);) {
		if (fill_row(l, r, &it.val))
			put_row(l, r, &it.val, again);
		again = true;
	}
}

void listing_add(struct listing *l, struct rec *r)
{
	struct val array;
	if (l->each && !columns_elements(&l->columns, r, &array)) {
		l->t->withheld++;
		l->without++;
		return;
	}
	if (!l->columns.column.n)
		columns_of(&l->columns, r);
	if (!l->begun)
		begin(l);
	if (l->each)
		put_elements(l, r, array);
	else if (fill_row(l, r, NULL))
		put_row(l, r, NULL, false);
}

/* Names that no record had: slips of the pen, mostly. */
static void say_missing(struct listing *l)
{
	unsigned long long n = l->without;
	if (n && !l->t->written)
		tool_note(l->t, "no record has an array '%s'", l->each);
	else if (n)
		tool_info(l->t, "%llu records have no '%s'", n, l->each);
	for (size_t i = 0; l->t->written && i < l->columns.column.n; i++) {
		const struct column *c = &l->columns.column.v[i];
		const char *name = c->path.text, *near = NULL;
		if (c->seen || !name) /* not said by anybody */
			continue;
		if (!schema_any(view_of(name)))
			near = schema_nearest(view_of(name));
		if (near)
			tool_note(l->t, "no record has '%s'; is it '%s'?", name,
				near);
		else
			tool_note(l->t, "no record has '%s'", name);
	}
}

void listing_close(struct listing *l)
{
	/* a table of nothing has its titles, where they are known */
	if (!l->begun && (l->columns.column.n || sheetout_wanted(l->t)))
		begin(l);
	if (l->with_totals && l->columns.column.n)
		totals_put(&l->totals, &l->columns, l->out);
	say_missing(l);
	totals_release(&l->totals);
	columns_release(&l->columns);
}
