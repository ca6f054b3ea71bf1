/* scrm-export: write records as CSV or as a workbook */
#include "base/die.h"
#include "edge/columns.h"
#include "edge/totals.h"

struct export
{
	struct tool t;
	struct columns columns;
	struct sheetout out;
	struct totals totals;
	bool with_totals, begun;
	uint64_t without; /* records that have no such array */
};

static void put_header(struct export *x)
{
	sheetout_open(&x->out, &x->t);
	x->begun = true;
	for (size_t i = 0; i < x->columns.column.n; i++)
		sheetout_title(&x->out, x->columns.column.v[i].title);
	if (x->columns.column.n)
		sheetout_end(&x->out);
}

/* Fills a row; false where a cell must not leave: the record is refused. */
static bool fill_row(struct export *x, struct rec *r, const struct val *element)
{
	struct why why = { 0 };
	for (size_t i = 0; i < x->columns.column.n; i++) {
		const struct column *c = &x->columns.column.v[i];
		struct val v = column_get(&x->columns, c, r, element);
		if (sheetout_val(&x->out, v, c->type, &why))
			continue;
		char *name = xmemdup(c->title.p, c->title.n);
		sheetout_drop(&x->out);
		tool_refuse(&x->t, r, name, "%s", why.text);
		free(name);
		return false;
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

static void export_record(struct export *x, struct rec *r)
{
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

static void finish(struct export *x, const char *each)
{
	/* a table of nothing has its titles, where they are known */
	if (!x->begun && (x->columns.column.n || sheetout_wanted(&x->t)))
		put_header(x);
	if (x->with_totals && x->columns.column.n)
		totals_put(&x->totals, &x->columns, &x->out);
	if (x->without)
		tool_info(&x->t, "%llu records have no '%s'",
			(unsigned long long)x->without, each);
	sheetout_close(&x->out);
	totals_release(&x->totals);
	columns_release(&x->columns);
}

int main(int argc, char **argv)
{
	struct export x = {
		.t = { .usage = "[-c COLUMNS] [-T TYPE] [--each ARRAY] "
				"[--excel] [--guard WAY] [--totals] "
				"[file ...]",
			.about = "write records as CSV or as a workbook",
			.plain = true },
	};
	struct tool *t = &x.t;
	const char *columns = NULL, *guard = NULL, *each = NULL;
	const struct opt options[] = {
		OPT_STR('c', "columns", "COLUMNS",
			"field,title=field,...; all of the first record",
			&columns),
		OPT_STR('T', "type", "TYPE", "records of this type only",
			&t->type),
		OPT_STR(0, "each", "ARRAY", "a row for each of its elements",
			&each),
		OPT_FLAG(0, "excel", "CSV for spreadsheets: BOM, CRLF, guards",
			&x.out.excel),
		OPT_STR(0, "guard", "WAY", "formulas: none, quote or refuse",
			&guard),
		OPT_FLAG(0, "totals", "a last row of the sums", &x.with_totals),
		OPT_END,
	};
	tool_open(t, argc, argv, options);
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
