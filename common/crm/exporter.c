#include "crm/exporter.h"

void exporter_init(struct exporter *e, struct tool *t, struct sheetout *out,
	struct exportfile *file)
{
	*e = (struct exporter){ .t = t, .out = out, .file = file };
}

static void begin(struct exporter *e)
{
	sheetout_open(e->out, e->t);
	e->begun = true;
	for (size_t i = 0; e->file->titles && i < e->file->ncolumns; i++)
		sheetout_title(e->out, e->file->column[i].title);
	if (e->file->titles)
		sheetout_end(e->out);
}

static bool put_cell(struct sheetout *out, const struct export_column *c,
	struct why *why)
{
	if (c->plain)
		return sheetout_val(out, c->val, c->type, why);
	if (c->out.p)
		return sheetout_text(out, c->out, why);
	sheetout_blank(out);
	return true;
}

void exporter_add(struct exporter *e, struct rec *r)
{
	struct why why = { 0 };
	if (!e->begun)
		begin(e);
	enum export_verdict verdict = exportfile_row(e->file, r);
	e->verdict[verdict]++;
	if (verdict != EXPORT_GOES) {
		e->t->withheld++;
		return;
	}
	for (size_t i = 0; i < e->file->ncolumns; i++) {
		const struct export_column *c = &e->file->column[i];
		if (!put_cell(e->out, c, &why)) {
			sheetout_refuse(e->out, r, c->title, &why);
			return;
		}
	}
	sheetout_end(e->out);
	e->t->written++;
}

void exporter_close(struct exporter *e)
{
	if (!e->begun)
		begin(e);
	for (int v = EXPORT_GOES + 1; v < EXPORT_VERDICTS; v++) {
		unsigned long long n = e->verdict[v];
		const char *why = export_verdict_text((enum export_verdict)v);
		/* a list of nobody is a surprise, also in cron */
		if (n && !e->t->written)
			tool_note(e->t, "nobody leaves: %llu %s", n, why);
		else if (n)
			tool_info(e->t, "%llu %s", n, why);
	}
	exportfile_free(e->file);
}
