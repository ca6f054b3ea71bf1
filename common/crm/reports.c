#include "crm/reports.h"

#include "base/die.h"
#include "crm/followers.h"
#include "crm/moves.h"
#include "crm/sales.h"

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

void reports_sales(const struct reports *o)
{
	struct tool *t = o->t;
	struct report *report = o->report;
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

void reports_segments(const struct reports *o)
{
	struct tool *t = o->t;
	struct report *report = o->report;
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

void reports_followers(const struct reports *o)
{
	struct tool *t = o->t;
	struct report *report = o->report;
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
