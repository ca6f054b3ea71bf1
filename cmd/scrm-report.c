/* scrm-report: print sales, segments and followers as tables */
#include "base/die.h"
#include "crm/followers.h"
#include "crm/fresh.h"
#include "crm/moves.h"
#include "crm/sales.h"
#include "edge/tool.h"

struct options {
	const char *by, *compare, *format, *rates;
	bool ascii;
};

/* later: records that the figures leave out */
static void put(struct tool *t, struct report *r, uint64_t later)
{
	struct buf out = { 0 };
	report_print(r, &out);
	tool_make_lines(t, buf_view(&out));
	report_clear(r);
	buf_release(&out);
	if (later)
		tool_info(t, "%llu records are later than the as-of",
			(unsigned long long)later);
}

/* What became of a record; a reason is given where it cannot be used. */
static void count(struct tool *t, const struct rec *r, bool folded,
	const struct why *why)
{
	if (folded)
		t->folded++;
	else if (why->text[0])
		tool_refuse(t, r, NULL, "%s", why->text);
	else
		t->withheld++;
}

static void sales(struct tool *t, struct report *report,
	const struct options *o)
{
	struct sales s = { .as_of = t->as_of,
		.offset = t->env.offset,
		.zone = t->zone };
	struct rates rates = { 0 };
	struct why why = { 0 };
	sales_init(&s, &t->keys);
	if (!sales_by_parse(&s, view_of(o->by ? o->by : "month"), &why))
		die("option '--by': %s", why.text);
	if (o->rates) {
		rates_load(&rates, o->rates);
		s.rates = &rates;
	}
	for (struct rec *r; (r = tool_next(t));) {
		why = (struct why){ 0 };
		enum sales_took took = sales_add(&s, r, &why);
		if (took == SALES_STOP)
			die("%s:%zu: %s", r->file, r->lineno, why.text);
		count(t, r, took == SALES_TOOK, &why);
	}
	if (!sales_report(&s, report, &why))
		die("%s", why.text);
	report_head(report);
	sales_notes(&s, tool_say, t);
	put(t, report, s.later);
	rates_release(&rates);
	sales_release(&s);
}

static void segments(struct tool *t, struct report *report,
	const struct options *o)
{
	struct moves m = { 0 };
	moves_init(&m, &t->keys);
	if (o->compare) {
		struct reader in;
		reader_open_file(&in, &t->keys, o->compare);
		moves_take(&m, &in);
		reader_close(&in);
	}
	for (struct rec *r; (r = tool_next(t));) {
		struct why why = { 0 };
		count(t, r, moves_add(&m, r, &why), &why);
	}
	moves_report(&m, report);
	report_head(report);
	put(t, report, 0);
	if (moves_paths(&m, report)) {
		table_head(&report->table, "\nfrom where to where");
		put(t, report, 0);
	}
	moves_release(&m);
}

static void followers(struct tool *t, struct report *report,
	const struct options *o)
{
	struct followers f = { .as_of = t->as_of,
		.offset = t->env.offset,
		.zone = t->zone };
	f.period = period_named(view_of(o->by ? o->by : "month"));
	if (f.period == PERIOD_NONE)
		die("option '--by': followers are by day, week or month, not "
		    "by '%s'",
			o->by);
	followers_init(&f, &t->keys);
	for (struct rec *r; (r = tool_next(t));) {
		struct why why = { 0 };
		count(t, r, followers_add(&f, r, &why), &why);
	}
	followers_report(&f, report);
	report_head(report);
	if (!f.totals.n)
		tool_note(t, "how many there are is unknown: that takes a list "
			     "of followers or the platform's count");
	put(t, report, f.later);
	followers_release(&f);
}

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
	struct options o = { 0 };
	struct report report = { 0 };
	const char *sources = getenv("SCRM_SOURCES");
	struct fresh_notes notes = { .as_of = t.as_of_text };
	const struct opt options[] = {
		OPT_STR(0, "by", "WHAT",
			"day, week, month; sales: channel, store, product too",
			&o.by),
		OPT_STR(0, "compare", "OLD",
			"segments: the customers of another day", &o.compare),
		OPT_STR(0, "rates", "FILE", "sales: rates to SCRM_CURRENCY",
			&o.rates),
		OPT_STR(0, "sources", "FILE",
			"what scrm-check --fresh wrote, for the head",
			&sources),
		OPT_STR(0, "format", "FORMAT", "text, csv or ndjson",
			&o.format),
		OPT_FLAG(0, "ascii", "bars of #", &o.ascii),
		OPT_END,
	};
	tool_open(&t, argc, argv, options);
	report.name = tool_operand(&t, "report");
	report.as_of = t.as_of_text;
	report.zone = t.zone ? zone_name(t.zone) : NULL;
	report.table.format = table_format(o.format);
	report.table.ascii = o.ascii;
	t.plain = report.table.format != TABLE_NDJSON;
	bool is_sales = strcmp(report.name, "sales") == 0;
	bool is_segments = strcmp(report.name, "segments") == 0;
	if (o.compare && !is_segments)
		die("option '--compare' is for segments");
	if (o.by && is_segments)
		die("option '--by' is for sales and followers");
	if (o.rates && !is_sales)
		die("option '--rates' is for sales");
	if (sources && *sources)
		read_sources(&t, &report, &notes, sources);
	if (is_sales)
		sales(&t, &report, &o);
	else if (is_segments)
		segments(&t, &report, &o);
	else if (strcmp(report.name, "followers") == 0)
		followers(&t, &report, &o);
	else
		die("no report '%s'; there are sales, segments and followers",
			report.name);
	fresh_notes_release(&notes);
	report_release(&report);
	return tool_close(&t);
}
