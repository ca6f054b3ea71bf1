/* scrm-report: print sales, segments and followers as tables */
#include "base/die.h"
#include "crm/fresh.h"
#include "crm/reports.h"
#include "edge/tool.h"

/* What is late, for the head; a CSV has none, so it is said beside it. */
static void read_sources(struct tool *t, struct report *report,
	struct fresh_notes *n, const char *path)
{
	struct reader in;
	struct rec r;
	struct why why = { 0 };
	fresh_notes_init(n, &t->keys);
	rec_init(&r, &t->keys);
	reader_open_file(&in, &t->keys, path);
	while (reader_whole(&in, &r))
		if (!fresh_notes_add(n, &r, &why))
			die("%s:%zu: %s", r.file, r.lineno, why.text);
	reader_close(&in);
	rec_release(&r);
	report->note = n->note.v;
	report->nnotes = n->note.n;
	for (size_t i = 0; i < n->note.n; i++)
		if (report->table.format == TABLE_CSV)
			tool_note(t, "%.*s", (int)n->note.v[i].n,
				n->note.v[i].p);
}

int main(int argc, char **argv)
{
	struct tool t = { .usage = "[--by WHAT] [--compare OLD] "
				   "[--rates FILE] [--sources FILE] "
				   "[--format FORMAT] [--ascii] "
				   "sales | segments | followers [file ...]",
		.about = "print sales, segments and followers as tables" };
	struct report report = { 0 };
	struct reports reports = { .t = &t, .report = &report };
	const char *format = NULL;
	const char *sources = getenv("SCRM_SOURCES");
	struct fresh_notes notes = { .as_of = t.as_of_text };
	const struct opt options[] = {
		OPT_STR(0, "by", "WHAT",
			"day, week, month; sales: channel, store, product too",
			&reports.by),
		OPT_STR(0, "compare", "OLD",
			"segments: the customers of another day",
			&reports.compare),
		OPT_STR(0, "rates", "FILE", "sales: rates to SCRM_CURRENCY",
			&reports.rates),
		OPT_STR(0, "sources", "FILE",
			"what scrm-check --fresh wrote, for the head",
			&sources),
		OPT_STR(0, "format", "FORMAT", "text, csv or ndjson", &format),
		OPT_FLAG(0, "ascii", "bars of #", &report.table.ascii),
		OPT_END,
	};
	tool_open(&t, argc, argv, options);
	report.name = tool_operand(&t, "report");
	report.as_of = t.as_of_text;
	report.zone = t.zone ? zone_name(t.zone) : NULL;
	report.table.format = table_format(format);
	t.plain = report.table.format != TABLE_NDJSON;
	bool is_sales = strcmp(report.name, "sales") == 0;
	bool is_segments = strcmp(report.name, "segments") == 0;
	if (reports.compare && !is_segments)
		die("option '--compare' is for segments");
	if (reports.by && is_segments)
		die("option '--by' is for sales and followers");
	if (reports.rates && !is_sales)
		die("option '--rates' is for sales");
	if (sources && *sources)
		read_sources(&t, &report, &notes, sources);
	if (is_sales)
		reports_sales(&reports);
	else if (is_segments)
		reports_segments(&reports);
	else if (strcmp(report.name, "followers") == 0)
		reports_followers(&reports);
	else
		die("no report '%s'; there are sales, segments and followers",
			report.name);
	fresh_notes_release(&notes);
	report_release(&report);
	return tool_close(&t);
}
