/* scrm-export: write records as CSV */
#include "base/die.h"
#include "edge/columns.h"
#include "edge/csvout.h"
#include "edge/tool.h"

enum guard { GUARD_NONE, GUARD_QUOTE, GUARD_REFUSE };

struct export
{
	struct columns columns;
	enum guard guard;
	bool excel;
	struct buf row, cell, scratch;
};

static void end_row(struct export *x, struct writer *out)
{
	if (x->excel)
		buf_addc(&x->row, '\r');
	writer_line(out, buf_view(&x->row));
	buf_reset(&x->row);
}

static void put_header(struct export *x, struct writer *out)
{
	if (x->excel)
		buf_adds(&x->row, "\xef\xbb\xbf");
	for (size_t i = 0; i < x->columns.column.n; i++) {
		if (i)
			buf_addc(&x->row, ',');
		csvout_cell(&x->row, x->columns.column.v[i].title);
	}
	end_row(x, out);
}

/* Adds a cell; false with why where it must not leave. */
static bool put_cell(struct export *x, struct val v, struct why *why)
{
	if (v.kind == K_MISSING)
		return true;
	struct view text = val_text(v, &x->scratch);
	if (v.kind == K_STRING && val_has_nul(v))
		return why_not(why, "text holds a NUL, which CSV cannot");
	if (v.kind == K_STRING && x->guard == GUARD_REFUSE &&
		csvout_formula(text))
		return why_not(why, "a spreadsheet would run this text as a "
				    "formula");
	if (x->guard == GUARD_QUOTE) {
		buf_reset(&x->cell);
		csvout_guard(&x->cell, text);
		text = buf_view(&x->cell);
	}
	csvout_cell(&x->row, text);
	return true;
}

static void put_record(struct export *x, struct tool *t, struct rec *r)
{
	struct why why = { 0 };
	for (size_t i = 0; i < x->columns.column.n; i++) {
		if (i)
			buf_addc(&x->row, ',');
		const struct column *c = &x->columns.column.v[i];
		if (!put_cell(x, path_get(&c->path, r), &why)) {
			buf_reset(&x->row);
			struct buf name = { 0 };
			buf_addv(&name, c->title);
			tool_refuse(t, r, name.p, "%s", why.text);
			buf_release(&name);
			return;
		}
	}
	end_row(x, &t->out);
	t->written++;
}

static enum guard guard_of(const char *name, bool excel)
{
	if (!name)
		return excel ? GUARD_QUOTE : GUARD_NONE;
	if (strcmp(name, "none") == 0)
		return GUARD_NONE;
	if (strcmp(name, "quote") == 0)
		return GUARD_QUOTE;
	if (strcmp(name, "refuse") == 0)
		return GUARD_REFUSE;
	die("no guard '%s'; there are none, quote and refuse", name);
}

int main(int argc, char **argv)
{
	struct tool t = { .usage = "[-c COLUMNS] [-T TYPE] [--excel] "
				   "[--guard WAY] [file ...]",
		.about = "write records as CSV",
		.plain = true };
	struct export x = { 0 };
	const char *columns = NULL, *guard = NULL;
	const struct opt options[] = {
		OPT_STR('c', "columns", "COLUMNS",
			"field,title=field,...; all of the first record",
			&columns),
		OPT_STR('T', "type", "TYPE", "records of this type only",
			&t.type),
		OPT_FLAG(0, "excel", "for spreadsheets: BOM, CRLF, guards",
			&x.excel),
		OPT_STR(0, "guard", "WAY", "formulas: none, quote or refuse",
			&guard),
		OPT_END,
	};
	tool_open(&t, argc, argv, options);
	x.guard = guard_of(guard, x.excel);
	if (columns)
		columns_parse(&x.columns, &t.keys, columns);
	unsigned type = keys_want(&t.keys, "type");

	bool begun = false;
	for (struct rec *r; (r = tool_next(&t));) {
		if (t.type && !val_is(rec_get(r, type), view_of(t.type))) {
			t.withheld++;
			continue;
		}
		if (!x.columns.column.n)
			columns_of(&x.columns, r);
		if (!begun)
			put_header(&x, &t.out);
		begun = true;
		put_record(&x, &t, r);
	}
	if (!begun && x.columns.column.n)
		put_header(&x, &t.out);

	columns_release(&x.columns);
	buf_release(&x.row);
	buf_release(&x.cell);
	buf_release(&x.scratch);
	return tool_close(&t);
}
