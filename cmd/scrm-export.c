/* scrm-export: write records as CSV or as a workbook */
#include "base/die.h"
#include "crm/exportfile.h"
#include "crm/mapping.h"
#include "edge/columns.h"
#include "edge/mappath.h"
#include "edge/totals.h"

#include <stdio.h>

struct export
{
	struct tool t;
	struct exportfile *file; /* of -m, or NULL */
	uint64_t verdict[EXPORT_VERDICTS];
	struct columns columns;
	struct sheetout out;
	struct totals totals;
	bool with_totals, begun;
	uint64_t without; /* records that have no such array */
};

static void put_header(struct export *x)
{
	size_t n = x->columns.column.n;
	sheetout_open(&x->out, &x->t);
	x->begun = true;
	for (size_t i = 0; i < n; i++)
		sheetout_title(&x->out, x->columns.column.v[i].title);
	if (x->file && x->file->titles)
		n = x->file->ncolumns;
	for (size_t i = 0; x->file && i < n; i++)
		sheetout_title(&x->out, x->file->column[i].title);
	if (n)
		sheetout_end(&x->out);
}

/* The record is refused for this cell. */
static bool refuse(struct export *x, struct rec *r, struct view title,
	const struct why *why)
{
	char *name = xmemdup(title.p, title.n);
	sheetout_drop(&x->out);
	tool_refuse(&x->t, r, name, "%s", why->text);
	free(name);
	return false;
}

/* Fills a row; false where a cell must not leave. */
static bool fill_row(struct export *x, struct rec *r, const struct val *element)
{
	struct why why = { 0 };
	for (size_t i = 0; i < x->columns.column.n; i++) {
		struct column *c = &x->columns.column.v[i];
		struct val v = column_get(&x->columns, c, r, element);
		c->seen |= v.kind != K_MISSING;
		if (!sheetout_val(&x->out, v, c->type, &why))
			return refuse(x, r, c->title, &why);
	}
	return true;
}

static void put_row(struct export *x, struct rec *r, const struct val *element,
	bool again)
{
	sheetout_end(&x->out);
	if (x->with_totals)
		totals_add(&x->totals, &x->columns, r, element, again);
	if (again)
		x->t.made++;
	else
		x->t.written++;
}

static void put_record(struct export *x, struct rec *r)
{
	if (fill_row(x, r, NULL))
		put_row(x, r, NULL, false);
}

/* A row for each element; all of them or none. */
static void put_elements(struct export *x, struct rec *r, struct val array)
{
	for (struct val_iter it = val_iter(array); val_next(&it);) {
		if (!fill_row(x, r, &it.val))
			return;
		sheetout_drop(&x->out);
	}
	bool again = false;
	for (struct val_iter it = val_iter(array); val_next(&it);) {
		if (fill_row(x, r, &it.val))
			put_row(x, r, &it.val, again);
		again = true;
	}
}

/* As the file of -m says, if it lets the customer leave. */
static void put_as_told(struct export *x, struct rec *r)
{
	struct exportfile *f = x->file;
	struct why why = { 0 };
	enum export_verdict verdict = exportfile_row(f, r);
	x->verdict[verdict]++;
	if (verdict != EXPORT_GOES) {
		x->t.withheld++;
		return;
	}
	for (size_t i = 0; i < f->ncolumns; i++) {
		const struct export_column *c = &f->column[i];
		bool good = true;
		if (c->plain)
			good = sheetout_val(&x->out, c->val, c->type, &why);
		else if (c->out.p)
			good = sheetout_text(&x->out, c->out, &why);
		else
			sheetout_blank(&x->out);
		if (!good) {
			refuse(x, r, c->title, &why);
			return;
		}
	}
	put_row(x, r, NULL, false);
}

static void export_record(struct export *x, struct rec *r)
{
	if (x->file) {
		if (!x->begun)
			put_header(x);
		put_as_told(x, r);
		return;
	}
	struct val array;
	bool each = x->columns.has_each;
	if (each && !columns_elements(&x->columns, r, &array)) {
		x->t.withheld++;
		x->without++;
		return;
	}
	if (!x->columns.column.n)
		columns_of(&x->columns, r);
	if (!x->begun)
		put_header(x);
	if (each)
		put_elements(x, r, array);
	else
		put_record(x, r);
}

static enum sheetout_guard guard_of(const char *name, bool excel)
{
	if (!name)
		return excel ? SHEETOUT_QUOTE : SHEETOUT_ANY;
	if (strcmp(name, "none") == 0)
		return SHEETOUT_ANY;
	if (strcmp(name, "quote") == 0)
		return SHEETOUT_QUOTE;
	if (strcmp(name, "refuse") == 0)
		return SHEETOUT_REFUSE;
	die("no guard '%s'; there are none, quote and refuse", name);
}

/* Names that are slips of the pen, mostly. */
static void say_missing(struct export *x, const char *each)
{
	unsigned long long n = x->without;
	if (n && !x->t.written)
		tool_note(&x->t, "no record has an array '%s'", each);
	else if (n)
		tool_info(&x->t, "%llu records have no '%s'", n, each);
	for (size_t i = 0; x->t.written && i < x->columns.column.n; i++) {
		const struct column *c = &x->columns.column.v[i];
		if (c->seen || !c->path.text) /* not said by anybody */
			continue;
		const char *name = c->path.text, *near = NULL;
		if (!schema_any(view_of(name)))
			near = schema_nearest(view_of(name));
		if (near)
			tool_note(&x->t, "no record has '%s'; is it '%s'?",
				name, near);
		else
			tool_note(&x->t, "no record has '%s'", name);
	}
}

static void finish(struct export *x, const char *each)
{
	/* a table of nothing has its titles, where they are known */
	if (!x->begun &&
		(x->columns.column.n || x->file || sheetout_wanted(&x->t)))
		put_header(x);
	if (x->with_totals && x->columns.column.n)
		totals_put(&x->totals, &x->columns, &x->out);
	say_missing(x, each);
	for (int v = EXPORT_GOES + 1; x->file && v < EXPORT_VERDICTS; v++) {
		unsigned long long n = x->verdict[v];
		const char *why = export_verdict_text((enum export_verdict)v);
		/* a list of nobody is a surprise, also in cron */
		if (n && !x->t.written)
			tool_note(&x->t, "nobody leaves: %llu %s", n, why);
		else if (n)
			tool_info(&x->t, "%llu %s", n, why);
	}
	sheetout_close(&x->out);
	exportfile_free(x->file);
	totals_release(&x->totals);
	columns_release(&x->columns);
}

static void open_file(struct export *x, const char *name)
{
	struct tool *t = &x->t;
	struct buf path = { 0 };
	struct why why = { 0 };
	x->file = exportfile_compile(name, mappath_load,
		(void *)(uintptr_t)&mappath_exports, t->env.constant, &t->keys,
		&path, &why);
	if (!x->file)
		mappath_die(&mappath_exports, name, &path, &why);
	buf_release(&path);
}

static void list(void *arg, const char *name)
{
	struct buf text = { 0 }, path = { 0 };
	struct why why;
	if (mappath_load(arg, name, 0, &text, &path, &why)) {
		buf_reset(&path);
		mapping_about(buf_view(&text), &path);
		printf("%-20s %s\n", name, path.n ? path.p : "");
	}
	buf_release(&text);
	buf_release(&path);
}

int main(int argc, char **argv)
{
	struct export x = {
		.t = { .usage = "[-c COLUMNS | -m EXPORT] [-D name=value] "
				"[-T TYPE] [--each ARRAY] [--excel] "
				"[--guard WAY] [--list] [--totals] [file ...]",
			.about = "write records as CSV or as a workbook",
			.plain = true },
	};
	struct tool *t = &x.t;
	const char *columns = NULL, *name = NULL, *guard = NULL, *each = NULL;
	bool listed = false;
	const struct opt options[] = {
		OPT_STR('c', "columns", "COLUMNS",
			"field,title=field,...; all of the first record",
			&columns),
		OPT_STR('m', "map", "EXPORT", "an export file: for a platform",
			&name),
		OPT_STRS('D', "define", "name=value", "a constant of that file",
			&t->define),
		OPT_STR('T', "type", "TYPE", "records of this type only",
			&t->type),
		OPT_STR(0, "each", "ARRAY", "a row for each of its elements",
			&each),
		OPT_FLAG(0, "excel", "CSV for spreadsheets: BOM, CRLF, guards",
			&x.out.excel),
		OPT_STR(0, "guard", "WAY", "formulas: none, quote or refuse",
			&guard),
		OPT_FLAG(0, "list", "name the export files there are", &listed),
		OPT_FLAG(0, "totals", "a last row of the sums", &x.with_totals),
		OPT_END,
	};
	tool_open(t, argc, argv, options);
	if (listed) {
		mappath_each(&mappath_exports, list,
			(void *)(uintptr_t)&mappath_exports);
		return fflush(stdout) == 0 ? 0 : 2;
	}
	if (name && (columns || each || x.with_totals))
		die("option '-m' says it all: no -c, --each or --totals with "
		    "it");
	if (t->define.n && !name)
		die("option '-D' is a constant of the file of -m");
	if (name)
		open_file(&x, name);
	if (name && !t->type)
		t->type = x.file->type.p;
	if (name && !guard && !x.out.excel && x.file->guard.n)
		guard = x.file->guard.p;
	x.out.guard = guard_of(guard, x.out.excel);
	sheetout_wanted(t);
	if (each)
		columns_each(&x.columns, &t->keys, each);
	if (columns)
		columns_parse(&x.columns, &t->keys, columns);
	totals_init(&x.totals, &t->keys);
	unsigned type = keys_want(&t->keys, "type");

	for (struct rec *r; (r = tool_next(t));) {
		if (t->type && !val_is(rec_get(r, type), view_of(t->type)))
			t->withheld++;
		else
			export_record(&x, r);
	}
	finish(&x, each);
	return tool_close(t);
}
