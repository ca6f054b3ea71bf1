#include "edge/rates.h"

#include "base/die.h"
#include "edge/rules.h"
#include "value/money.h"
#include "value/time.h"

#include <stdlib.h>

static bool currency_known(struct view currency, struct why *why)
{
	if (money_digits(currency) >= 0)
		return true;
	const char *near = money_nearest(currency);
	if (near)
		return why_not(why, "'%.*s' is no currency; is it '%s'?",
			(int)currency.n, currency.p, near);
	return why_not(why, "'%.*s' is no currency of ISO 4217",
		(int)currency.n, currency.p);
}

bool rates_init(struct rates *r, struct view target, struct why *why)
{
	*r = (struct rates){ 0 };
	if (!currency_known(target, why))
		return false;
	memcpy(r->target, target.p, 3);
	r->digits = money_digits(target);
	return true;
}

/* 7.85, or 7,85 where the comma cannot be one of thousands. */
static bool rate_of(struct view v, struct dec *d)
{
	const char *comma = v.n ? memchr(v.p, ',', v.n) : NULL;
	struct why why;
	if (!comma)
		return dec_parse(v.p, v.n, d);
	return v.p + v.n - comma - 1 != 3 && money_parse(v, ',', 0, d, &why);
}

bool rates_add(struct rates *r, struct view date, struct view currency,
	struct view rate, struct why *why)
{
	struct when when;
	struct dec d;
	if (!day_typed(date, &when))
		return why_not(why, "'%.*s' is no date, as 2026-11-01",
			(int)date.n, date.p);
	if (!currency_known(currency, why))
		return false;
	if (!rate_of(rate, &d) || d.v <= 0)
		return why_not(why, "'%.*s' is no rate, as 7.85", (int)rate.n,
			rate.p);
	*vec_add(&r->row) = (struct rates_row){
		.currency = (uint32_t)map_add(&r->currency, currency.p,
			currency.n, NULL),
		.day = when_day(when),
		.rate = d,
	};
	r->sorted = false;
	return true;
}

static int row_cmp(const void *a, const void *b)
{
	const struct rates_row *x = a, *y = b;
	if (x->currency != y->currency)
		return x->currency < y->currency ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

bool rates_ready(struct rates *r, struct why *why)
{
	if (r->row.n)
		qsort(r->row.v, r->row.n, sizeof(*r->row.v), row_cmp);
	for (size_t i = 1; i < r->row.n; i++) {
		const struct rates_row *a = &r->row.v[i - 1], *b = a + 1;
		if (row_cmp(a, b) != 0 || dec_cmp(a->rate, b->rate) == 0)
			continue;
		struct view name = map_key(&r->currency, a->currency);
		int y, m, d;
		day_civil(a->day, &y, &m, &d);
		return why_not(why, "two rates for '%.*s' on %04d-%02d-%02d",
			(int)name.n, name.p, y, m, d);
	}
	r->sorted = true;
	return true;
}

void rates_load(struct rates *r, const char *path)
{
	static const char *const need[] = { "date", "currency", "rate", NULL };
	const char *target = getenv("SCRM_CURRENCY");
	struct rules table;
	struct why why = { 0 };
	if (!target || !*target)
		die("option '--rates' needs SCRM_CURRENCY, the currency that "
		    "figures are in");
	if (!rates_init(r, view_of(target), &why))
		die("SCRM_CURRENCY: %s", why.text);
	rules_load(&table, path, need, NULL);
	for (size_t i = 0; i < table.row.n; i++)
		if (!rates_add(r, rules_cell(&table, i, "date"),
			    rules_cell(&table, i, "currency"),
			    rules_cell(&table, i, "rate"), &why))
			rules_die(&table, i, "%s", why.text);
	r->path = path;
	if (!rates_ready(r, &why))
		die("%s: %s", path, why.text);
	rules_release(&table);
}

bool rates_find(const struct rates *r, int64_t day, struct view currency,
	struct dec *rate, struct why *why)
{
	if (view_is(currency, r->target)) {
		*rate = dec_of(1);
		return true;
	}
	size_t c = map_find(&r->currency, currency.p, currency.n);
	/* the first row after (c, day); the one before it is the answer */
	size_t lo = 0, hi = r->row.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct rates_row *x = &r->row.v[mid];
		if (x->currency < c || (x->currency == c && x->day <= day))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (c != MAP_NONE && lo && r->row.v[lo - 1].currency == c) {
		*rate = r->row.v[lo - 1].rate;
		return true;
	}
	int y, m, d;
	day_civil(day, &y, &m, &d);
	return why_not(why,
		"no rate for '%.*s' on or before %04d-%02d-%02d%s%s",
		(int)currency.n, currency.p, y, m, d, r->path ? " in " : "",
		r->path ? r->path : "");
}

bool rates_apply(const struct rates *r, struct dec rate, struct dec *amount)
{
	struct dec d = *amount;
	if (!dec_mul(&d, rate))
		return false;
	*amount = d.scale > r->digits ? dec_round(d, r->digits) : d;
	return true;
}

void rates_release(struct rates *r)
{
	map_release(&r->currency);
	vec_release(&r->row);
	*r = (struct rates){ 0 };
}
