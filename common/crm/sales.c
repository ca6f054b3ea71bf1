#include "crm/sales.h"

#include "crm/figures.h"
#include "value/money.h"

#include <stdlib.h>

struct sales_row {
	uint64_t orders;
	struct dec gross, refunded, quantity;
};

struct sales_order {
	int64_t day;
	uint32_t channel, store; /* of texts */
	bool counts;
};

/* A refund waits until its order is known. */
struct sales_refund {
	uint64_t order; /* number in orders, or MAP_NONE: it has none */
	uint32_t channel, store;
	int64_t day;
	bool undated; /* day is when we heard of it */
	struct dec paid;
};

static const char *const by_name[] = { "day", "week", "month", "channel",
	"store", "product" };

void sales_init(struct sales *s, struct keys *keys)
{
	s->type = keys_want(keys, "type");
	s->source = keys_want(keys, "source");
	s->order_id = keys_want(keys, "order_id");
	s->time = keys_want(keys, "time");
	s->observed_at = keys_want(keys, "observed_at");
	s->status = keys_want(keys, "status");
	s->paid = keys_want(keys, "paid");
	s->total = keys_want(keys, "total");
	s->currency = keys_want(keys, "currency");
	s->channel = keys_want(keys, "channel");
	s->store_id = keys_want(keys, "store_id");
	s->products = keys_want(keys, "products");
}

bool sales_by_parse(struct sales *s, struct view text, struct why *why)
{
	const char *p = text.p, *end = p + text.n;
	while (p <= end) {
		const char *q = memchr(p, ',', (size_t)(end - p));
		struct view name = { p, (size_t)((q ? q : end) - p) };
		size_t i = 0;
		while (i <= BY_PRODUCT && !view_is(name, by_name[i]))
			i++;
		if (i > BY_PRODUCT)
			return why_not(why,
				"sales are by day, week, month, channel, store "
				"or product, not by '%.*s'",
				(int)name.n, name.p);
		for (size_t k = 0; k < s->by.n; k++)
			if (s->by.v[k] == i)
				return why_not(why, "'%s' stands twice",
					by_name[i]);
		*vec_add(&s->by) = (enum sales_by)i;
		s->by_product = s->by_product || i == BY_PRODUCT;
		p = (q ? q : end) + 1;
	}
	return true;
}

/* The number of a text; what is missing is "". */
static uint32_t text_number(struct sales *s, struct val v)
{
	struct view t =
		v.kind == K_STRING ? val_text(v, &s->scratch) : VIEW("");
	return (uint32_t)map_add(&s->texts, t.p, t.n, NULL);
}

/* The row of a period, a channel, a store, a product: parts of its key are
 * divided by NUL, which sorts first. */
static struct sales_row *row_of(struct sales *s, int64_t day, uint32_t channel,
	uint32_t store, struct view product)
{
	struct buf *k = &s->key;
	bool isnew;
	buf_reset(k);
	for (size_t i = 0; i < s->by.n; i++) {
		if (i)
			buf_addc(k, '\0');
		switch (s->by.v[i]) {
		case BY_DAY:
			period_text(PERIOD_DAY, day, k);
			break;
		case BY_WEEK:
			period_text(PERIOD_WEEK, day, k);
			break;
		case BY_MONTH:
			period_text(PERIOD_MONTH, day, k);
			break;
		case BY_CHANNEL:
			buf_addv(k, map_key(&s->texts, channel));
			break;
		case BY_STORE:
			buf_addv(k, map_key(&s->texts, store));
			break;
		case BY_PRODUCT:
			buf_addv(k, product);
			break;
		}
	}
	size_t i = map_add(&s->rows, k->p ? k->p : "", k->n, &isnew);
	if (isnew)
		*vec_add(&s->row) = (struct sales_row){ 0 };
	return &s->row.v[i];
}

/* In the report's currency. Missing is 0. */
static bool amount(struct sales *s, const struct rec *r, struct val v,
	int64_t day, struct dec *out, struct why *why)
{
	*out = (struct dec){ 0 };
	if (val_none(v))
		return true;
	if (!val_dec(v, out))
		return why_not(why, "'%.*s' is no amount",
			v.n < 40 ? (int)v.n : 40, v.p);
	struct val c = rec_get(r, s->currency);
	struct view currency = { c.p, c.kind == K_STRING ? c.n : 0 };
	struct dec rate;
	if (s->rates)
		return currency.n == 0 ||
		       (rates_find(s->rates, day, currency, &rate, why) &&
			       rates_apply(s->rates, rate, out));
	if (currency.n != 3 || view_is(currency, s->one_currency))
		return true;
	s->two_currencies = s->one_currency[0] != 0;
	if (s->two_currencies)
		return why_not(why,
			"the currencies %s and %.*s do not add up; --rates "
			"makes them one",
			s->one_currency, 3, currency.p);
	memcpy(s->one_currency, currency.p, 3);
	return true;
}

enum dated { DATED, UNDATED, LATER };

/* The day of a member. */
static enum dated day_of(struct sales *s, const struct rec *r, unsigned key,
	int64_t *day)
{
	struct val v = rec_get(r, key);
	struct when w;
	if (v.kind != K_STRING || !when_parse(v.p, v.n, &w))
		return UNDATED;
	if (when_cmp(w, s->as_of) > 0) {
		s->later++;
		return LATER;
	}
	if (s->offset && !w.date_only)
		w.offset = s->offset(s->zone, w.sec);
	if (!w.date_only) {
		s->offsets_differ =
			s->offsets_differ ||
			(s->offset_known && w.offset != s->first_offset);
		s->first_offset = w.offset;
		s->offset_known = true;
	}
	*day = when_day(w);
	return DATED;
}

static size_t order_number(struct sales *s, const struct rec *r, bool *isnew)
{
	struct val source = rec_get(r, s->source);
	struct val id = rec_get(r, s->order_id);
	if (id.kind != K_STRING)
		return MAP_NONE;
	buf_reset(&s->key);
	if (source.kind == K_STRING)
		val_append_text(source, &s->key);
	buf_addc(&s->key, '\0');
	val_append_text(id, &s->key);
	size_t n = map_add(&s->orders, s->key.p, s->key.n, isnew);
	if (*isnew)
		*vec_add(&s->order) = (struct sales_order){ 0, UINT32_MAX,
			UINT32_MAX, false };
	return n;
}

/* What a line of an order comes to. */
static bool line_of(struct sales *s, const struct rec *r, struct val line,
	int64_t day, struct dec *quantity, struct dec *gross, struct why *why)
{
	struct val q = val_member(line, VIEW("quantity"));
	*quantity = dec_of(1);
	if (!amount(s, r, val_member(line, VIEW("price")), day, gross, why))
		return false;
	if (!val_none(q) && !val_dec(q, quantity))
		return why_not(why, "quantity is no number");
	return dec_mul(gross, *quantity) ||
	       why_not(why, "price times quantity does not fit 38 digits");
}

/* All lines or, where one cannot be used, none. */
static bool add_products(struct sales *s, const struct rec *r, int64_t day,
	uint32_t channel, uint32_t store, struct why *why)
{
	struct val list = rec_get(r, s->products);
	struct dec quantity, gross;
	for (struct val_iter it = val_iter(list); val_next(&it);)
		if (!line_of(s, r, it.val, day, &quantity, &gross, why))
			return false;
	for (struct val_iter it = val_iter(list); val_next(&it);) {
		struct val v = val_member(it.val, VIEW("sku"));
		if (v.kind != K_STRING)
			v = val_member(it.val, VIEW("name"));
		struct view product = v.kind == K_STRING
					      ? val_text(v, &s->scratch)
					      : VIEW("");
		struct sales_row *row = row_of(s, day, channel, store, product);
		row->orders++;
		line_of(s, r, it.val, day, &quantity, &gross, why);
		if (!dec_add(&row->quantity, quantity) ||
			!dec_add(&row->gross, gross))
			return why_not(why, "a sum does not fit 38 digits");
	}
	return true;
}

static enum sales_took add_order(struct sales *s, const struct rec *r,
	struct why *why)
{
	bool isnew = false;
	size_t n = order_number(s, r, &isnew);
	struct sales_order none, *o = n == MAP_NONE ? &none : &s->order.v[n];
	if (n != MAP_NONE && o->channel != UINT32_MAX) {
		why_not(why, "this order stands twice; run scrm-latest first");
		return SALES_REFUSED;
	}
	int64_t day;
	struct dec paid;
	o->channel = text_number(s, rec_get(r, s->channel));
	o->store = text_number(s, rec_get(r, s->store_id));
	o->counts = false; /* until it is known to; its refunds go with it */
	struct val status = rec_get(r, s->status);
	if (!order_counts(val_none(status) ? VIEW("")
					   : val_text(status, &s->scratch))) {
		s->uncounted++;
		return SALES_TOOK;
	}
	enum dated dated = day_of(s, r, s->time, &day);
	if (dated != DATED) {
		s->undated += dated == UNDATED;
		return SALES_TOOK;
	}
	o->day = day;
	struct val value = rec_get(r, s->paid);
	if (val_none(value))
		value = rec_get(r, s->total);
	if (val_none(value)) {
		why_not(why, "an order with neither 'paid' nor 'total'");
		return SALES_REFUSED;
	}
	if (!amount(s, r, value, day, &paid, why))
		return SALES_REFUSED;
	o->counts = !s->by_product ||
		    add_products(s, r, day, o->channel, o->store, why);
	if (s->by_product)
		return o->counts ? SALES_TOOK : SALES_REFUSED;
	struct sales_row *row = row_of(s, day, o->channel, o->store, VIEW(""));
	row->orders++;
	if (dec_add(&row->gross, paid))
		return SALES_TOOK;
	why_not(why, "a sum does not fit 38 digits");
	return SALES_REFUSED;
}

static enum sales_took add_refund(struct sales *s, const struct rec *r,
	struct why *why)
{
	bool isnew = false;
	struct sales_refund refund = { 0 };
	enum dated dated = day_of(s, r, s->time, &refund.day);
	if (dated == UNDATED) {
		refund.undated = true;
		dated = day_of(s, r, s->observed_at, &refund.day);
	}
	if (dated != DATED) {
		s->undated += dated == UNDATED;
		return SALES_TOOK;
	}
	if (!amount(s, r, rec_get(r, s->paid), refund.day, &refund.paid, why))
		return SALES_REFUSED;
	refund.order = order_number(s, r, &isnew);
	refund.channel = text_number(s, rec_get(r, s->channel));
	refund.store = text_number(s, rec_get(r, s->store_id));
	*vec_add(&s->refund) = refund;
	return SALES_TOOK;
}

enum sales_took sales_add(struct sales *s, struct rec *r, struct why *why)
{
	struct val type = rec_get(r, s->type);
	enum sales_took took = SALES_NOT;
	if (val_is(type, VIEW("order")))
		took = add_order(s, r, why);
	else if (val_is(type, VIEW("refund")))
		took = add_refund(s, r, why);
	return s->two_currencies ? SALES_STOP : took;
}

/* Refunds of orders that do not count are left out, as those orders are. */
static bool fold_refunds(struct sales *s, struct why *why)
{
	for (size_t i = 0; i < s->refund.n && !s->by_product; i++) {
		struct sales_refund *f = &s->refund.v[i];
		const struct sales_order *o =
			f->order == MAP_NONE ? NULL : &s->order.v[f->order];
		if (o && o->channel != UINT32_MAX && !o->counts)
			continue;
		if (o && o->channel != UINT32_MAX) {
			f->channel = o->channel;
			f->store = o->store;
			if (f->undated)
				f->day = o->day;
		} else {
			s->strangers++;
		}
		struct sales_row *row =
			row_of(s, f->day, f->channel, f->store, VIEW(""));
		if (!dec_add(&row->refunded, f->paid))
			return why_not(why, "a sum does not fit 38 digits");
	}
	s->refund.n = 0;
	return true;
}

struct sorted {
	struct view key;
	const struct sales_row *row;
};

static int by_key(const void *a, const void *b)
{
	return view_cmp(((const struct sorted *)a)->key,
		((const struct sorted *)b)->key);
}

static void columns(const struct sales *s, struct report *r)
{
	for (size_t i = 0; i < s->by.n; i++)
		report_by(r, by_name[s->by.v[i]]);
	if (s->by_product) {
		report_figure(r, "lines", FIGURE_COUNT,
			"lines of orders that count");
		report_figure(r, "quantity", FIGURE_COUNT,
			"sum of their quantities");
		report_figure(r, "gross", FIGURE_MONEY,
			"sum of price times quantity, before discounts and "
			"refunds");
	} else {
		report_figure(r, "orders", FIGURE_COUNT,
			"orders that are paid, shipped, completed or refunded, "
			"on the day they were placed");
		report_figure(r, "gross", FIGURE_MONEY,
			"what was paid for them, or where that is not said "
			"their total");
		report_figure(r, "refunded", FIGURE_MONEY,
			"what was given back, on the day of the refund");
		report_figure(r, "revenue", FIGURE_MONEY,
			"gross less refunded");
		report_figure(r, "gross_aov", FIGURE_MONEY,
			"gross divided by orders, half-even at the currency's "
			"minor units");
	}
	report_figure(r, "share", FIGURE_PERCENT, "of the gross of all rows");
	report_figure(r, "", FIGURE_BAR, "");
}

/* The figures of a row, or of all of them. */
static void cells(const struct sales *s, struct report *r,
	const struct sales_row *row, struct dec all, int digits)
{
	struct dec revenue = row->gross, aov;
	report_count(r, row->orders);
	if (s->by_product) {
		report_dec(r, row->quantity);
		report_dec(r, row->gross);
	} else {
		dec_sub(&revenue, row->refunded);
		report_dec(r, row->gross);
		report_dec(r, row->refunded);
		report_dec(r, revenue);
		if (row->orders &&
			dec_div(row->gross, dec_of((int64_t)row->orders),
				digits, &aov))
			report_dec(r, aov);
		else
			report_missing(r);
	}
	report_percent(r, row->gross, all);
}

bool sales_report(struct sales *s, struct report *r, struct why *why)
{
	if (!fold_refunds(s, why))
		return false;
	r->currency =
		s->rates ? view_of(s->rates->target) : view_of(s->one_currency);
	int digits = money_digits(r->currency);
	if (digits < 0)
		digits = 2;
	/* people are told in words that there is nothing, not by zeros */
	if (!s->row.n && r->table.format == TABLE_TEXT) {
		table_foot(&r->table,
			"no orders that count and no refunds up to %s",
			r->as_of);
		return true;
	}
	columns(s, r);
	struct sorted *sorted = xcalloc(s->row.n, sizeof(*sorted));
	struct sales_row all = { 0 };
	bool fits = true;
	for (size_t i = 0; i < s->row.n; i++) {
		const struct sales_row *row = &s->row.v[i];
		sorted[i] = (struct sorted){ map_key(&s->rows, i), row };
		all.orders += row->orders;
		fits = fits && dec_add(&all.gross, row->gross) &&
		       dec_add(&all.refunded, row->refunded) &&
		       dec_add(&all.quantity, row->quantity);
	}
	qsort(sorted, s->row.n, sizeof(*sorted), by_key);
	for (size_t i = 0; i < s->row.n && fits; i++) {
		const char *p = sorted[i].key.p, *end = p + sorted[i].key.n;
		for (size_t k = 0; k < s->by.n; k++) {
			const char *q = memchr(p, '\0', (size_t)(end - p));
			if (!q)
				q = end;
			if (q > p)
				report_text(r,
					(struct view){ p, (size_t)(q - p) });
			else
				report_missing(r);
			p = q + 1;
		}
		cells(s, r, sorted[i].row, all.gross, digits);
		report_dec(r, sorted[i].row->gross);
	}
	/* a total is for people; a program adds up itself */
	if (fits && r->table.format == TABLE_TEXT && s->row.n != 1) {
		for (size_t k = 0; k < s->by.n; k++)
			report_text(r, k ? VIEW("") : VIEW("all"));
		cells(s, r, &all, all.gross, digits);
		report_dec(r, dec_of(0));
	}
	free(sorted);
	return fits || why_not(why, "a sum does not fit 38 digits");
}

void sales_notes(const struct sales *s,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct buf b = { 0 };
	if (s->undated) {
		buf_addf(&b, "%llu orders have no readable time",
			(unsigned long long)s->undated);
		say(arg, b.p);
	}
	buf_reset(&b);
	if (s->strangers) {
		buf_addf(&b, "%llu refunds are of orders that are not here",
			(unsigned long long)s->strangers);
		say(arg, b.p);
	}
	if (s->offsets_differ && !s->zone)
		say(arg, "times stand in several zones: a day is that of each "
			 "one's own; --tz makes them one");
	buf_release(&b);
}

void sales_release(struct sales *s)
{
	vec_release(&s->by);
	vec_release(&s->row);
	vec_release(&s->order);
	vec_release(&s->refund);
	map_release(&s->rows);
	map_release(&s->orders);
	map_release(&s->texts);
	buf_release(&s->key);
	buf_release(&s->scratch);
}
