/* scrm-report: sales, segments and followers as tables */
#include "base/die.h"
#include "crm/followers.h"
#include "crm/moves.h"
#include "crm/sales.h"
#include "edge/rules.h"
#include "edge/tool.h"

struct options {
	const char *by, *compare, *format, *rates;
	bool ascii;
};

static void put(struct tool *t, struct report *r)
{
	struct buf out = { 0 };
	report_print(r, &out);
	/* the lines are of the report's making, not records */
	const char *p = out.p, *end = p + out.n;
	while (p && p < end) {
		const char *q = memchr(p, '\n', (size_t)(end - p));
		tool_make(t, (struct view){ p, (size_t)(q - p) });
		p = q + 1;
	}
	report_clear(r);
	buf_release(&out);
}

static void load_rates(struct rates *rates, const char *path)
{
	static const char *const need[] = { "date", "currency", "rate", NULL };
	const char *target = getenv("SCRM_CURRENCY");
	struct rules table = { 0 };
	struct why why = { 0 };
	if (!target || !*target)
		die("option '--rates' wants SCRM_CURRENCY, the currency of "
		    "the report");
	if (!rates_init(rates, view_of(target), &why))
		die("SCRM_CURRENCY: %s", why.text);
	rules_load(&table, path, need, need);
	for (size_t i = 0; i < table.row.n; i++)
		if (!rates_add(rates, rules_cell(&table, i, "date"),
			    rules_cell(&table, i, "currency"),
			    rules_cell(&table, i, "rate"), &why))
			rules_die(&table, i, "%s", why.text);
	if (!rates_ready(rates, &why))
		die("%s: %s", path, why.text);
	rules_release(&table);
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
		load_rates(&rates, o->rates);
		s.rates = &rates;
	}
	for (struct rec *r; (r = tool_next(t));) {
		enum sales_took took = sales_add(&s, r, &why);
		if (took == SALES_STOP)
			die("%s:%zu: %s", r->file, r->lineno, why.text);
		if (took == SALES_REFUSED)
			tool_refuse(t, r, NULL, "%s", why.text);
		else
			*(took == SALES_TOOK ? &t->folded : &t->withheld) += 1;
	}
	if (!sales_report(&s, report, &why))
		die("%s", why.text);
	report_head(report, "sales");
	if (s.later)
		tool_info(t, "%llu records are later than as-of",
			(unsigned long long)s.later);
	if (s.undated)
		tool_note(t, "%llu orders have no readable time",
			(unsigned long long)s.undated);
	if (s.strangers)
		tool_note(t, "%llu refunds are of orders that are not here",
			(unsigned long long)s.strangers);
	if (s.offsets_differ && !t->zone)
		tool_note(t, "times stand in several zones: a day is that of "
			     "each one's own; --tz makes them one");
	put(t, report);
	rates_release(&rates);
	sales_release(&s);
}

/* The customers of another day, before this day's are read. */
static void read_old(struct moves *m, const char *path, struct keys *keys)
{
	char *files[] = { xstrdup(path), NULL };
	struct reader in;
	struct rec r;
	struct why why = { 0 };
	enum reader_status status;
	rec_init(&r, keys);
	reader_open(&in, keys, files);
	while ((status = reader_next(&in, &r, &why)) != READ_END) {
		if (status == READ_REC)
			moves_old(m, &r);
		else if (status != READ_SEAL && status != READ_FILE)
			die("%s:%zu: %s", path, r.lineno, why.text);
	}
	reader_close(&in);
	rec_release(&r);
	free(files[0]);
}

static void segments(struct tool *t, struct report *report,
	const struct options *o)
{
	struct moves m = { .compare = o->compare != NULL };
	moves_init(&m, &t->keys);
	if (o->compare)
		read_old(&m, o->compare, &t->keys);
	for (struct rec *r; (r = tool_next(t));) {
		struct why why = { 0 };
		if (moves_add(&m, r, &why))
			t->folded++;
		else if (why.text[0])
			tool_refuse(t, r, NULL, "%s", why.text);
		else
			t->withheld++;
	}
	moves_report(&m, report);
	report_head(report, "segments");
	put(t, report);
	if (moves_paths(&m, report)) {
		table_head(&report->table, "\nfrom where to where");
		put(t, report);
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
		if (followers_add(&f, r, &why))
			t->folded++;
		else if (why.text[0])
			tool_refuse(t, r, NULL, "%s", why.text);
		else
			t->withheld++;
	}
	bool known = f.totals.n;
	followers_report(&f, report);
	report_head(report, "followers");
	if (!known && !f.totals.n)
		tool_note(t, "how many there are is unknown: that takes a list "
			     "of followers or the platform's count");
	put(t, report);
	followers_release(&f);
}

int main(int argc, char **argv)
{
	struct tool t = { .usage = "[--by what] [--compare old] "
				   "[--rates file] [--format form] [--ascii] "
				   "sales | segments | followers [file ...]",
		.about = "sales, segments and followers as tables" };
	struct options o = { 0 };
	struct report report = { 0 };
	const struct opt options[] = {
		OPT_STR(0, "by", "what",
			"day, week, month; sales: channel, store, product too",
			&o.by),
		OPT_STR(0, "compare", "old",
			"segments: the customers of another day", &o.compare),
		OPT_STR(0, "rates", "file", "sales: rates to SCRM_CURRENCY",
			&o.rates),
		OPT_STR(0, "format", "form", "text, csv or ndjson", &o.format),
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
	if (strcmp(report.name, "sales") == 0)
		sales(&t, &report, &o);
	else if (strcmp(report.name, "segments") == 0)
		segments(&t, &report, &o);
	else if (strcmp(report.name, "followers") == 0)
		followers(&t, &report, &o);
	else
		die("no report '%s'; there are sales, segments and followers",
			report.name);
	report_release(&report);
	return tool_close(&t);
}
