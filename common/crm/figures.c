#include "crm/figures.h"

#include "base/mem.h"

#include <stdlib.h>

bool order_counts(struct view status)
{
	return !status.n || view_is(status, "completed") ||
	       view_is(status, "paid") || view_is(status, "shipped") ||
	       view_is(status, "refunded");
}

int event_follows(struct view event)
{
	static const struct {
		const char *on, *off;
	} pair[] = {
		{ "subscribe", "unsubscribe" },
		{ "follow", "unfollow" },
		{ "add_external_contact", "del_follow_user" },
	};
	for (size_t i = 0; i < sizeof(pair) / sizeof(*pair); i++) {
		if (event.n == strlen(pair[i].on) &&
			strncasecmp(event.p, pair[i].on, event.n) == 0)
			return 1;
		if (event.n == strlen(pair[i].off) &&
			strncasecmp(event.p, pair[i].off, event.n) == 0)
			return -1;
	}
	return 0;
}

static int purchase_cmp(const void *pa, const void *pb)
{
	const struct purchase *a = pa, *b = pb;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->time.sec != b->time.sec)
		return a->time.sec < b->time.sec ? -1 : 1;
	if (a->time.nsec != b->time.nsec)
		return a->time.nsec < b->time.nsec ? -1 : 1;
	if (a->time.offset != b->time.offset)
		return a->time.offset < b->time.offset ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}

static int day_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Few have more than a handful: no call through a pointer for these. */
static void sort_purchases(struct purchase *p, size_t n)
{
	if (n > 24) {
		qsort(p, n, sizeof(*p), purchase_cmp);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct purchase x = p[i];
		size_t k = i;
		for (; k && purchase_cmp(&p[k - 1], &x) > 0; k--)
			p[k] = p[k - 1];
		p[k] = x;
	}
}

static bool money_cmp_zero(struct dec d)
{
	return d.v > 0;
}

/* What is left of an order; *whole: it was paid and nothing is left. */
static bool net_of(const struct purchase *p, const struct giveback *g,
	size_t ng, struct dec *net, bool *whole)
{
	bool any = false;
	*net = p->paid;
	for (size_t i = 0; i < ng; i++) {
		if (!g[i].key || g[i].key != p->key)
			continue;
		any = true;
		if (!dec_sub(net, g[i].paid))
			return false;
	}
	*whole = any && money_cmp_zero(p->paid) && !money_cmp_zero(*net);
	return true;
}

static bool days_of(const struct purchase *p, size_t n,
	const struct giveback *g, size_t ng, int64_t as_of_day, int digits,
	struct figures *f)
{
	int64_t few[32],
		*gap = n > 32 ? xreallocarray(NULL, n, sizeof(*gap)) : few;
	int64_t first = 0, last = 0;
	struct dec sum = { 0 };
	bool good = true;
	for (size_t i = 0; good && i < n; i++) {
		struct dec net;
		bool whole;
		good = net_of(&p[i], g, ng, &net, &whole);
		if (!good || whole)
			continue;
		if (!f->has_days) {
			f->has_days = true;
			first = last = p[i].day;
		} else if (p[i].day != last) {
			gap[f->frequency++] = p[i].day - last;
			last = p[i].day;
		}
		if (p[i].day != first)
			good = sum_add(&sum, net);
	}
	f->recency = last - first;
	f->T = as_of_day - first;
	size_t x = (size_t)f->frequency;
	if (good && x) {
		qsort(gap, x, sizeof(*gap), day_cmp);
		f->has_gap = true;
		f->gap2 = gap[(x - 1) / 2] + gap[x / 2];
		f->has_monetary = true;
		good = dec_div(sum, dec_of(f->frequency), digits, &f->monetary);
	}
	if (gap != few)
		free(gap);
	return good;
}

bool figures_of(struct purchase *p, size_t n, const struct giveback *g,
	size_t ng, int64_t as_of_day, int digits, struct figures *f)
{
	*f = (struct figures){ .orders = n };
	for (size_t i = 0; i < n; i++)
		if (!sum_add(&f->gross, p[i].paid))
			return false;
	f->revenue = f->gross;
	for (size_t i = 0; i < ng; i++)
		if (!dec_sub(&f->revenue, g[i].paid))
			return false;
	if (!n)
		return true;
	if (!dec_div(f->revenue, dec_of((int64_t)n), digits, &f->aov))
		return false;
	sort_purchases(p, n);
	f->first = p[0].time;
	f->last = p[n - 1].time;
	return days_of(p, n, g, ng, as_of_day, digits, f);
}

bool quantile(const struct dec *v, size_t n, struct dec q, int scale,
	struct dec *out)
{
	/* h = (n - 1) q; v[floor h] + (h - floor h) (v[floor h + 1] - it) */
	struct dec h = dec_of((int64_t)(n - 1));
	if (!dec_mul(&h, q))
		return false;
	struct dec whole;
	int128 unit = 1;
	for (int i = 0; i < h.scale; i++)
		unit *= 10;
	size_t at = (size_t)(h.v / unit);
	whole = dec_of((int64_t)at);
	struct dec d = v[at];
	if (at + 1 < n && dec_sub(&h, whole) && h.v) {
		struct dec step = v[at + 1];
		if (!dec_sub(&step, v[at]) || !dec_mul(&step, h) ||
			!sum_add(&d, step))
			return false;
	}
	*out = d;
	if (scale == QUANTILE_EXACT)
		return true;
	if (d.scale > scale)
		*out = dec_round(d, scale);
	return dec_add(out, (struct dec){ 0, scale });
}

void price_band(struct buf *out, struct dec price)
{
	static const int step[] = { 1, 2, 5, 10 };
	if (price.v <= 0) {
		buf_addc(out, '0');
		return;
	}
	/* the power of ten at or below: price = v / 10^scale */
	int128 unit = 1;
	int exp = -price.scale;
	while (price.v / unit >= 10) {
		unit *= 10;
		exp++;
	}
	int lead = (int)(price.v / unit);
	int i = lead >= 5 ? 2 : lead >= 2 ? 1 : 0;
	for (int k = i; k < i + 2; k++) {
		struct dec edge = { .v = step[k] };
		if (exp < 0)
			edge.scale = -exp;
		for (int e = 0; e < exp; e++)
			edge.v *= 10;
		if (k > i)
			buf_addc(out, '-');
		dec_print(out, dec_trim(edge));
	}
}

bool share_of(struct dec part, struct dec whole, struct dec *share)
{
	return dec_div(part, whole, 4, share);
}
