#include "crm/report.h"

#include "record/scan.h"
#include "value/money.h"
#include "value/num.h"
#include "value/time.h"

struct report_column {
	const char *name, *definition;
	enum figure_kind kind;
	bool by;
};

static void column(struct report *r, const char *name, const char *definition,
	enum figure_kind kind, bool by)
{
	static const enum table_kind shown[] = {
		[FIGURE_COUNT] = TABLE_NUMBER,
		[FIGURE_MONEY] = TABLE_NUMBER,
		[FIGURE_PERCENT] = TABLE_PLAIN,
		[FIGURE_BAR] = TABLE_BAR,
	};
	*vec_add(&r->column) =
		(struct report_column){ name, definition, kind, by };
	table_column(&r->table, name, by ? TABLE_LEFT : shown[kind]);
}

void report_by(struct report *r, const char *name)
{
	column(r, name, NULL, FIGURE_COUNT, true);
}

void report_figure(struct report *r, const char *name, enum figure_kind kind,
	const char *definition)
{
	column(r, name, definition, kind, false);
}

/* A figure as a record of its own. */
static void add_metric(struct report *r, const struct report_column *c,
	struct view value)
{
	struct buf *b = &r->figures;
	buf_addf(b, "{\"type\":\"metric\",\"metric\":\"%s.%s\",\"by\":{%s},",
		r->name, c->name, r->by.p ? r->by.p : "");
	buf_adds(b, "\"window\":\"");
	if (r->period)
		buf_addv(b, buf_view(&r->window));
	else
		buf_addf(b, "../%s", r->as_of);
	buf_addf(b, "\",\"as_of\":\"%s\",\"value\":", r->as_of);
	if (value.p)
		buf_addv(b, value);
	else
		buf_adds(b, "null");
	buf_adds(b, ",\"unit\":");
	if (c->kind == FIGURE_MONEY)
		json_text(b, r->currency);
	else
		buf_adds(b, c->kind == FIGURE_PERCENT ? "\"%\"" : "\"count\"");
	buf_adds(b, ",\"definition\":");
	json_text(b, view_of(c->definition));
	buf_adds(b, ",\"tz\":");
	json_text(b, view_of(r->zone ? r->zone : "as written"));
	for (size_t i = 0; i < r->nnotes; i++) {
		buf_adds(b, i ? "," : ",\"notes\":[");
		json_text(b, r->note[i]);
	}
	buf_adds(b, r->nnotes ? "]}\n" : "}\n");
}

/* The window of a row is the shortest period that it is of. */
static void set_window(struct report *r, enum period p, struct view text)
{
	int64_t first, last;
	if (!p || (r->period && r->period <= p) ||
		!period_days(p, text, &first, &last))
		return;
	r->period = p;
	buf_reset(&r->window);
	period_text(PERIOD_DAY, first, &r->window);
	buf_addc(&r->window, '/');
	period_text(PERIOD_DAY, last, &r->window);
}

/* The cell goes where the format wants it; p is NULL where it is missing. */
static void cell(struct report *r, struct view value)
{
	const struct report_column *c = &r->column.v[r->next];
	if (r->next == 0) {
		buf_reset(&r->by);
		r->period = PERIOD_NONE;
	}
	if (r->table.format != TABLE_NDJSON) {
		if (c->by && value.p)
			table_text(&r->table, value);
		else if (value.p)
			table_number(&r->table, value);
		else
			table_missing(&r->table);
	} else if (c->by) {
		if (r->by.n)
			buf_addc(&r->by, ',');
		json_text(&r->by, view_of(c->name));
		buf_addc(&r->by, ':');
		set_window(r, period_named(view_of(c->name)), value);
		if (value.p)
			json_text(&r->by, value);
		else
			buf_adds(&r->by, "null");
	} else if (c->kind != FIGURE_BAR) {
		add_metric(r, c, value);
	}
	r->next = (r->next + 1) % r->column.n;
}

void report_text(struct report *r, struct view text)
{
	cell(r, text.p ? text : VIEW(""));
}

void report_count(struct report *r, uint64_t n)
{
	report_dec(r, dec_of((int64_t)n));
}

void report_dec(struct report *r, struct dec d)
{
	struct buf b = { 0 };
	/* money shows its minor units, be they 0 */
	struct dec scale = { 0 };
	scale.scale = r->column.v[r->next].kind == FIGURE_MONEY
			      ? money_digits(r->currency)
			      : 0;
	if (d.scale < scale.scale && !r->column.v[r->next].by)
		dec_add(&d, scale);
	dec_print(&b, d);
	cell(r, buf_view(&b));
	buf_release(&b);
}

void report_missing(struct report *r)
{
	cell(r, (struct view){ 0 });
}

void report_percent(struct report *r, struct dec part, struct dec whole)
{
	struct dec d;
	if (whole.v > 0 && dec_mul(&part, dec_of(100)) &&
		dec_div(part, whole, 1, &d))
		report_dec(r, d);
	else
		report_missing(r);
}

void report_head(struct report *r)
{
	table_head(&r->table, "%s as of %s, days of %s%s%.*s", r->name,
		r->as_of, r->zone ? r->zone : "each time's own zone",
		r->currency.n ? ", " : "", (int)r->currency.n,
		r->currency.n ? r->currency.p : "");
	for (size_t i = 0; i < r->nnotes; i++)
		table_head(&r->table, "%.*s", (int)r->note[i].n, r->note[i].p);
}

void report_print(struct report *r, struct buf *out)
{
	if (r->table.format == TABLE_NDJSON)
		buf_addv(out, buf_view(&r->figures));
	else
		table_print(&r->table, out);
}

void report_clear(struct report *r)
{
	table_clear(&r->table);
	r->column.n = 0;
	r->next = 0;
	buf_reset(&r->figures);
}

void report_release(struct report *r)
{
	table_release(&r->table);
	vec_release(&r->column);
	buf_release(&r->by);
	buf_release(&r->window);
	buf_release(&r->figures);
}

enum period period_named(struct view name)
{
	if (view_is(name, "day"))
		return PERIOD_DAY;
	if (view_is(name, "week"))
		return PERIOD_WEEK;
	if (view_is(name, "month"))
		return PERIOD_MONTH;
	return PERIOD_NONE;
}

void period_text(enum period p, int64_t day, struct buf *out)
{
	int year, month, dom;
	if (p == PERIOD_WEEK) {
		/* ISO 8601: a week is of the year that its Thursday is in */
		int64_t thursday = day - day_weekday(day) + 4;
		day_civil(thursday, &year, &month, &dom);
		int64_t first = day_number(year, 1, 1);
		buf_addf(out, "%04d-W%02d", year,
			(int)((thursday - first) / 7 + 1));
		return;
	}
	day_civil(day, &year, &month, &dom);
	if (p == PERIOD_MONTH)
		buf_addf(out, "%04d-%02d", year, month);
	else
		buf_addf(out, "%04d-%02d-%02d", year, month, dom);
}

/* The number that n digits make; 0 where they are none. */
static int digits(struct view text, size_t at, size_t n)
{
	int64_t v = 0;
	if (text.n < at + n || !int_parse(text.p + at, n, &v))
		return 0;
	return (int)v;
}

bool period_days(enum period p, struct view text, int64_t *first, int64_t *last)
{
	int year = digits(text, 0, 4);
	int month = digits(text, 5, 2), week = digits(text, 6, 2);
	struct buf again = { 0 };
	if (p == PERIOD_WEEK) {
		/* the first week is the one that 4 January is in */
		int64_t day = day_number(year, 1, 4);
		*first = day - day_weekday(day) + 1 + 7 * (week - 1);
		*last = *first + 6;
	} else if (month < 1 || month > 12) {
		return false;
	} else if (p == PERIOD_MONTH) {
		*first = day_number(year, month, 1);
		*last = *first + month_days(year, month) - 1;
	} else {
		*first = day_number(year, month, digits(text, 8, 2));
		*last = *first;
	}
	period_text(p, *first, &again);
	bool same = view_eq(buf_view(&again), text);
	buf_release(&again);
	return same;
}
