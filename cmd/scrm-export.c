/* scrm-export: write records as CSV or as a workbook */
#include "base/die.h"
#include "crm/exporter.h"
#include "crm/mapping.h"
#include "edge/listing.h"
#include "edge/mappath.h"

#include <stdio.h>

/* What mappath wants for its argument. */
static void *exports(void)
{
	return (void *)(uintptr_t)&mappath_exports;
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

static struct exportfile *open_file(struct tool *t, const char *name)
{
	struct buf path = { 0 };
	struct why why = { 0 };
	struct exportfile *f = exportfile_compile(name, mappath_load, exports(),
		t->env.constant, &t->keys, &path, &why);
	if (!f)
		mappath_die(&mappath_exports, name, &path, &why);
	buf_release(&path);
	if (!t->type)
		t->type = f->type.p;
	return f;
}

static void list(void *arg, const char *name)
{
	struct buf text = { 0 }, path = { 0 };
	struct why why;
	if (mappath_load(arg, name, 0, &text, &path, &why)) {
		buf_reset(&path);
		mapping_about(buf_view(&text), &path);
		printf("%-22s %s\n", name, path.n ? path.p : "");
	}
	buf_release(&text);
	buf_release(&path);
}

/* The next record of the type that is wanted. */
static struct rec *next(struct tool *t, unsigned type)
{
	struct rec *r;
	while ((r = tool_next(t)) && !tool_asks(t, r, type))
		t->withheld++;
	return r;
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-c COLUMNS | -m EXPORT] [-D name=value] [-T TYPE] "
			 "[--each ARRAY] [--excel] [--guard WAY] [--list] "
			 "[--totals] [file ...]",
		.about = "write records as CSV or as a workbook",
		.plain = true,
	};
	struct sheetout out = { 0 };
	const char *columns = NULL, *name = NULL, *guard = NULL, *each = NULL;
	bool listed = false, totals = false;
	const struct opt options[] = {
		OPT_STR('c', "columns", "COLUMNS",
			"field,title=field,...; all of the first record",
			&columns),
		OPT_STR('m', "map", "EXPORT", "an export file: for a platform",
			&name),
		OPT_STRS('D', "define", "name=value", "a constant of that file",
			&t.define),
		OPT_STR('T', "type", "TYPE", "records of this type only",
			&t.type),
		OPT_STR(0, "each", "ARRAY", "a row for each of its elements",
			&each),
		OPT_FLAG(0, "excel", "CSV for spreadsheets: BOM, CRLF, guards",
			&out.excel),
		OPT_STR(0, "guard", "WAY", "formulas: none, quote or refuse",
			&guard),
		OPT_FLAG(0, "list", "name the export files there are", &listed),
		OPT_FLAG(0, "totals", "a last row of the sums", &totals),
		OPT_END,
	};
	tool_open(&t, argc, argv, options);
	if (listed) {
		mappath_each(&mappath_exports, list, exports());
		return fflush(stdout) == 0 ? 0 : 2;
	}
	if (name && (columns || each || totals))
		die("option '-m' says it all: no -c, --each or --totals with "
		    "it");
	if (t.define.n && !name)
		die("option '-D' is a constant of the file of -m");
	sheetout_wanted(&t);
	unsigned type = keys_want(&t.keys, "type");
	struct rec *r;
	if (name) {
		struct exporter e;
		struct exportfile *f = open_file(&t, name);
		if (!guard && !out.excel && f->guard.n)
			guard = f->guard.p;
		out.guard = guard_of(guard, out.excel);
		exporter_init(&e, &t, &out, f);
		while ((r = next(&t, type)))
			exporter_add(&e, r);
		exporter_close(&e);
	} else {
		struct listing l;
		out.guard = guard_of(guard, out.excel);
		listing_init(&l, &t, &out, columns, each);
		l.with_totals = totals;
		while ((r = next(&t, type)))
			listing_add(&l, r);
		listing_close(&l);
	}
	sheetout_close(&out);
	return tool_close(&t);
}
