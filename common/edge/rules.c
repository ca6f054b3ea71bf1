#include "edge/rules.h"

#include "base/die.h"
#include "base/map.h"
#include "edge/rows.h"
#include "value/text.h"

#include <stdarg.h>
#include <stdio.h>

static struct view keep(struct rules *r, struct view v)
{
	return (struct view){ arena_bytes(&r->text, v.p, v.n), v.n };
}

static size_t find_column(const struct rules *r, struct view name)
{
	for (size_t i = 0; i < r->ncolumns; i++)
		if (view_eq(r->column[i], name))
			return i;
	return MAP_NONE;
}

static bool listed(struct view name, const char *const *list)
{
	for (; list && *list; list++)
		if (view_is(name, *list))
			return true;
	return false;
}

/* "; is it 'when'?" of the lists, or nothing. */
static void nearest(struct buf *out, struct view name, const char *const *need,
	const char *const *may)
{
	for (int k = 0; k < 2; k++)
		for (const char *const *p = k ? may : need; p && *p; p++)
			if (text_near(name, view_of(*p))) {
				buf_addf(out, "; is it '%s'?", *p);
				return;
			}
	buf_adds(out, "; there are");
	for (int k = 0; k < 2; k++)
		for (const char *const *p = k ? may : need; p && *p; p++)
			buf_addf(out, " %s", *p);
}

static void check_columns(const struct rules *r, size_t line,
	const char *const *need, const char *const *may)
{
	struct buf more = { 0 };
	for (size_t i = 0; i < r->ncolumns; i++) {
		struct view v = r->column[i];
		if (!may || !v.n || listed(v, need) || listed(v, may))
			continue;
		nearest(&more, v, need, may);
		rows_die(r->path, line, 0, "no column '%.*s' is known%s",
			(int)v.n, v.p, more.p);
	}
	for (; need && *need; need++) {
		if (find_column(r, view_of(*need)) != MAP_NONE)
			continue;
		for (size_t i = 0; i < r->ncolumns; i++)
			buf_addf(&more, "%s%.*s", i ? ", " : "; it has ",
				(int)r->column[i].n, r->column[i].p);
		rows_die(r->path, line, 0, "column '%s' is missing%s", *need,
			more.p ? more.p : "");
	}
	buf_release(&more);
}

/* Room for a row; its cells are absent. */
static struct view *add_row(struct rules *r, size_t line)
{
	struct rules_row *out = vec_add(&r->row);
	out->line = line;
	out->cell = arena_alloc(&r->text, r->ncolumns * sizeof(*out->cell));
	for (size_t i = 0; i < r->ncolumns; i++)
		out->cell[i] = (struct view){ NULL, 0 };
	return out->cell;
}

static void load_csv(struct rules *r, struct rows *rows,
	const char *const *need, const char *const *may)
{
	size_t n = rows->ncolumns;
	r->column = arena_alloc(&r->text, n * sizeof(*r->column));
	for (; r->ncolumns < n; r->ncolumns++)
		r->column[r->ncolumns] = keep(r, rows->column[r->ncolumns]);
	check_columns(r, rows->header, need, may);
	while (rows_next(rows)) {
		struct view *cell = add_row(r, rows->line);
		for (size_t i = 0; i < n; i++)
			if (rows->cell[i].p)
				cell[i] = keep(r, rows->cell[i]);
	}
}

static size_t json_column(struct rules *r, size_t *cap, struct view name)
{
	size_t i = find_column(r, name);
	if (i != MAP_NONE)
		return i;
	if (r->ncolumns == *cap) {
		struct view *had = r->column;
		*cap = *cap ? *cap * 2 : 16;
		r->column = arena_alloc(&r->text, *cap * sizeof(*had));
		if (r->ncolumns)
			memcpy(r->column, had, r->ncolumns * sizeof(*had));
	}
	r->column[r->ncolumns] = name;
	return r->ncolumns++;
}

static void json_row(struct rules *r, const struct rec *rec, size_t *cap,
	struct buf *scratch)
{
	for (size_t i = 0; i < rec->nmembers; i++)
		json_column(r, cap,
			rows_name(&r->text,
				val_text(rec->member[i].key, scratch)));
	struct view *cell = add_row(r, rec->lineno);
	for (size_t i = 0; i < rec->nmembers; i++) {
		struct val v = rec->member[i].val;
		struct view name = rows_name(&r->text,
			val_text(rec->member[i].key, scratch));
		size_t col = find_column(r, name);
		if (cell[col].p)
			rows_die(r->path, rec->lineno, 0,
				"'%.*s' is there twice", (int)name.n, name.p);
		if (v.kind == K_NULL || v.kind == K_MISSING)
			continue;
		if (val_has_nul(v))
			rows_die(r->path, rec->lineno, 0, "'%.*s' holds U+0000",
				(int)name.n, name.p);
		cell[col] = keep(r, val_text(v, scratch));
	}
}

static void load_json(struct rules *r, struct rows *rows,
	const char *const *need, const char *const *may)
{
	struct buf scratch = { 0 };
	VEC(size_t) had = { 0 };
	size_t first = 0, cap = 0;
	while (rows_next(rows)) {
		json_row(r, &rows->rec, &cap, &scratch);
		*vec_add(&had) = r->ncolumns;
		first = first ? first : rows->line;
	}
	/* rows read before a column was first seen do not have it */
	for (size_t i = 0; i < r->row.n; i++) {
		struct view *cell =
			arena_alloc(&r->text, r->ncolumns * sizeof(*cell));
		for (size_t k = 0; k < r->ncolumns; k++)
			cell[k] = k < had.v[i] ? r->row.v[i].cell[k]
					       : (struct view){ NULL, 0 };
		r->row.v[i].cell = cell;
	}
	vec_release(&had);
	check_columns(r, first, need, may);
	buf_release(&scratch);
}

void rules_load(struct rules *r, const char *path, const char *const *need,
	const char *const *may)
{
	struct rows rows;
	*r = (struct rules){ .path = path };
	rows_open(&rows, path);
	if (rows.json)
		load_json(r, &rows, need, may);
	else
		load_csv(r, &rows, need, may);
	rows_close(&rows);
}

size_t rules_column(const struct rules *r, const char *name)
{
	return find_column(r, view_of(name));
}

struct view rules_cell(const struct rules *r, size_t row, const char *name)
{
	size_t i = rules_column(r, name);
	if (i == MAP_NONE || !r->row.v[row].cell[i].p)
		return VIEW("");
	return text_trim(r->row.v[row].cell[i]);
}

void rules_die(const struct rules *r, size_t row, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rows_die(r->path, r->row.v[row].line, 0, "%s", text);
}

void rules_release(struct rules *r)
{
	vec_release(&r->row);
	arena_release(&r->text);
	*r = (struct rules){ 0 };
}
