#include "crm/rfm.h"

#include "crm/figures.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	return dec_cmp(*(const struct dec *)a, *(const struct dec *)b);
}

static void sort(decs *values)
{
	if (values->n)
		qsort(values->v, values->n, sizeof(*values->v), ascending);
}

/* The cut below the share k of RFM_BINS; fifths are exact in decimals. */
static struct dec cut_at(const decs *v, size_t k)
{
	struct dec share = { (int)k * 10 / RFM_BINS, 1 }, cut;
	if (!quantile(v->v, v->n, share, QUANTILE_EXACT, &cut))
		return v->v[(v->n - 1) * k / RFM_BINS];
	return dec_trim(cut);
}

bool rfm_fit(decs *values, struct rfm_cuts *out)
{
	if (!values->n)
		return false;
	sort(values);
	struct dec distinct[RFM_BINS + 1];
	size_t n = 0;
	for (size_t i = 0; i < values->n && n <= RFM_BINS; i++)
		if (!i || dec_cmp(values->v[i], values->v[i - 1]) != 0)
			distinct[n++] = values->v[i];
	if (n <= RFM_BINS) {
		/* number k of n has score 1 + 4k/(n-1), rounded; a lone value
		 * is in the middle, as good as any other */
		int score[RFM_BINS];
		for (size_t k = 0; k < n; k++)
			score[k] = n == 1 ? (RFM_BINS + 1) / 2
					  : (int)(1 + (2 * k * (RFM_BINS - 1) +
							      n - 1) /
							      (2 * (n - 1)));
		for (int c = 0; c < RFM_BINS - 1; c++) {
			size_t k = 0;
			while (k + 1 < n && score[k + 1] <= c + 1)
				k++;
			out->cut[c] = distinct[k];
			if (n == 1 && c < RFM_BINS / 2)
				dec_sub(&out->cut[c], dec_of(1));
		}
	} else {
		for (size_t k = 1; k < RFM_BINS; k++)
			out->cut[k - 1] = cut_at(values, k);
	}
	bool used[RFM_BINS + 1] = { false };
	for (size_t i = 0; i < values->n; i++)
		used[rfm_score(out, values->v[i], false)] = true;
	out->bins_used = 0;
	for (int i = 1; i <= RFM_BINS; i++)
		out->bins_used += used[i];
	return true;
}

int rfm_score(const struct rfm_cuts *c, struct dec v, bool reversed)
{
	int score = 1;
	for (int i = 0; i < RFM_BINS - 1; i++)
		score += dec_cmp(c->cut[i], v) < 0;
	return reversed ? RFM_BINS + 1 - score : score;
}

const char *rfm_group(int r, int f, int m)
{
	/* by r from 1, then by (f + m) / 2 from 1 */
	static const char *const group[RFM_BINS][RFM_BINS] = {
		{ "lost", "lost", "at_risk", "cannot_lose", "cannot_lose" },
		{ "hibernating", "hibernating", "at_risk", "at_risk",
			"at_risk" },
		{ "about_to_sleep", "about_to_sleep", "needs_attention",
			"loyal", "loyal" },
		{ "promising", "potential_loyalist", "loyal", "champions",
			"champions" },
		{ "new", "potential_loyalist", "potential_loyalist",
			"champions", "champions" },
	};
	return group[r - 1][(f + m + 1) / 2 - 1];
}

bool rfm_top_parse(struct view text, struct rfm_top *top, struct why *why)
{
	const char *colon = text.n ? memrchr(text.p, ':', text.n) : NULL;
	*top = (struct rfm_top){ 0 };
	if (!colon || colon == text.p)
		return why_not(why, "wants field:amount, like revenue:1%%");
	top->field = (struct view){ text.p, (size_t)(colon - text.p) };
	const char *p = colon + 1, *end = text.p + text.n;
	top->kind = TOP_COUNT;
	if (end > p && end[-1] == '%')
		top->kind = TOP_SHARE;
	else if (end > p && end[-1] == 'x')
		top->kind = TOP_TIMES;
	if (top->kind != TOP_COUNT)
		end--;
	if (!dec_parse(p, (size_t)(end - p), &top->amount) ||
		top->amount.v <= 0 ||
		(top->kind == TOP_COUNT && dec_trim(top->amount).scale) ||
		(top->kind == TOP_SHARE &&
			dec_cmp(top->amount, dec_of(100)) > 0))
		return why_not(why,
			"wants a share like 1%%, a number of people like 500, "
			"or a multiple like 10x");
	return true;
}

/* n * percent / 100, rounded up, never less than one. */
static size_t people_of(size_t n, struct dec percent)
{
	struct dec part = dec_of((int64_t)n), whole;
	if (!dec_mul(&part, percent) ||
		!dec_div(part, dec_of(100), part.scale + 2, &whole))
		return n;
	struct dec down = whole;
	for (int i = 0; i < whole.scale; i++)
		down.v /= 10;
	down.scale = 0;
	/* a part of a person is a person: 1 % of 4,338 are 44 */
	size_t k = (size_t)down.v + (dec_cmp(down, whole) < 0);
	return k ? k : 1;
}

bool rfm_top_fit(struct rfm_top *top, decs *values, struct why *why)
{
	size_t n = values->n, k = 0;
	struct dec all = { 0 }, rest, best = { 0 };
	top->of = n;
	top->none = true;
	top->n = 0;
	if (!n)
		return true;
	sort(values);
	for (size_t i = 0; i < n; i++)
		if (!dec_add(&all, values->v[i]))
			return why_not(why, "the sum does not fit 38 digits");
	rest = all;
	if (top->kind == TOP_TIMES) {
		/* v >= amount * rest / m, m those below */
		for (size_t i = n; i-- > 1;) {
			struct dec v = values->v[i], below = rest;
			if (!dec_sub(&below, v))
				break;
			struct dec left = dec_of((int64_t)i), right = below;
			if (!dec_mul(&left, v) ||
				!dec_mul(&right, top->amount) ||
				dec_cmp(left, right) < 0)
				break;
			rest = below;
			k++;
		}
	} else if (top->kind == TOP_SHARE) {
		k = people_of(n, top->amount);
	} else {
		k = dec_cmp(top->amount, dec_of((int64_t)n)) < 0
			    ? (size_t)dec_round(top->amount, 0).v
			    : n;
	}
	if (!k)
		return true;
	top->threshold = values->v[n - k];
	/* equal values are in or out together: out where not all qualify */
	while (top->kind == TOP_TIMES && k < n && k &&
		dec_cmp(values->v[n - k - 1], top->threshold) == 0) {
		while (k && dec_cmp(values->v[n - k], top->threshold) == 0)
			k--;
		if (k)
			top->threshold = values->v[n - k];
	}
	while (k && k < n && dec_cmp(values->v[n - k - 1], top->threshold) == 0)
		k++;
	if (!k)
		return true;
	top->none = false;
	top->n = k;
	for (size_t i = n - k; i < n; i++)
		dec_add(&best, values->v[i]);
	rest = all;
	dec_sub(&rest, best);
	if (!all.v || !dec_div(best, all, 4, &top->share))
		top->share = (struct dec){ 0, 4 };
	/* (best / k) / (rest / (n - k)) */
	struct dec a = best, b = rest;
	top->has_multiple = k < n && rest.v > 0 &&
			    dec_mul(&a, dec_of((int64_t)(n - k))) &&
			    dec_mul(&b, dec_of((int64_t)k)) &&
			    dec_div(a, b, 2, &top->multiple);
	return true;
}

const char *const rfm_letter[RFM_FIELDS] = { "r", "f", "m" };

static void add_dec(struct buf *b, const char *name, struct dec d)
{
	buf_addf(b, ",\"%s\":", name);
	dec_print(b, d);
}

void rfm_model_print(const struct rfm_cuts cuts[RFM_FIELDS],
	const char *const field[RFM_FIELDS], size_t n, struct when as_of,
	const struct rfm_tops *tops, struct buf *b)
{
	buf_adds(b, "{\"type\":\"model\",\"model\":\"rfm\",\"version\":1,"
		    "\"as_of\":\"");
	when_print(b, as_of);
	buf_addf(b, "\",\"n\":%zu", n);
	for (int i = 0; i < RFM_FIELDS; i++) {
		buf_addf(b, ",\"%s\":{\"field\":\"%s\",\"cuts\":[",
			rfm_letter[i], field[i]);
		for (int c = 0; c < RFM_BINS - 1; c++) {
			buf_adds(b, c ? "," : "");
			dec_print(b, cuts[i].cut[c]);
		}
		buf_addf(b, "],\"bins_used\":%d}", cuts[i].bins_used);
	}
	buf_adds(b, ",\"top\":[");
	for (size_t i = 0; i < tops->n; i++) {
		const struct rfm_top *f = &tops->v[i];
		buf_addf(b, "%s{\"field\":", i ? "," : "");
		json_text(b, f->field);
		buf_addf(b, ",\"n\":%zu,\"of\":%zu", f->n, f->of);
		if (!f->none) {
			add_dec(b, "threshold", f->threshold);
			add_dec(b, "share", f->share);
			if (f->has_multiple)
				add_dec(b, "multiple", f->multiple);
		}
		buf_addc(b, '}');
	}
	buf_adds(b, "]}");
}

static bool read_cuts(struct val v, struct rfm_cuts *out)
{
	struct val_iter it = val_iter(val_member(v, VIEW("cuts")));
	int n = 0;
	for (; n < RFM_BINS - 1 && val_next(&it); n++)
		if (!val_dec(it.val, &out->cut[n]) ||
			(n && dec_cmp(out->cut[n - 1], out->cut[n]) > 0))
			return false;
	return n == RFM_BINS - 1 && !val_next(&it);
}

static bool read_record(struct rec *r, const struct buf *text,
	struct rfm_cuts cuts[RFM_FIELDS], struct rfm_tops *tops,
	struct why *why)
{
	struct keys *k = r->keys;
	if (!rec_parse(r, text->p ? text->p : "", text->n, why))
		return false;
	if (!val_is(rec_get(r, keys_want(k, "model")), VIEW("rfm")))
		return why_not(why, "not a model of scrm-rfm fit");
	for (int i = 0; i < RFM_FIELDS; i++)
		if (!read_cuts(rec_get(r, keys_want(k, rfm_letter[i])),
			    &cuts[i]))
			return why_not(why, "'%s' wants %d cuts that ascend",
				rfm_letter[i], RFM_BINS - 1);
	struct val list = rec_get(r, keys_want(k, "top"));
	for (struct val_iter it = val_iter(list); val_next(&it);) {
		struct val field = val_member(it.val, VIEW("field"));
		if (field.kind != K_STRING)
			return why_not(why, "a top lacks its field");
		struct rfm_top *top = vec_add(tops);
		*top = (struct rfm_top){ .field = { field.p, field.n } };
		top->none = !val_dec(val_member(it.val, VIEW("threshold")),
			&top->threshold);
	}
	return true;
}

bool rfm_model_read(const struct buf *text, struct rfm_cuts cuts[RFM_FIELDS],
	struct rfm_tops *tops, struct why *why)
{
	struct keys keys = { 0 };
	struct rec r;
	rec_init(&r, &keys);
	bool good = read_record(&r, text, cuts, tops, why);
	rec_release(&r);
	keys_release(&keys);
	return good;
}

static void add_percent(struct buf *b, size_t n, size_t of)
{
	struct dec d = { 0, 1 };
	if (of)
		dec_div(dec_of((int64_t)n * 100), dec_of((int64_t)of), 1, &d);
	dec_print(b, d);
	buf_adds(b, " %");
}

static void add_reach(struct buf *b, const char *what,
	const struct rfm_several s[2])
{
	if (!s[0].some && !s[1].some)
		return;
	buf_addf(b, "; several %s: ", what);
	add_percent(b, s[1].several, s[1].some);
	buf_adds(b, ", of the rest ");
	add_percent(b, s[0].several, s[0].some);
}

void rfm_top_say(const struct rfm_top *f, const struct rfm_reach *reach,
	struct buf *b)
{
	buf_addf(b, "top by %.*s: ", (int)f->field.n, f->field.p);
	if (f->none) {
		buf_adds(b, "nobody qualifies");
		return;
	}
	struct dec percent = f->share;
	dec_mul(&percent, dec_of(100));
	buf_addf(b, "%zu of %zu, from ", f->n, f->of);
	dec_print(b, f->threshold);
	buf_adds(b, " on, hold ");
	dec_print(b, dec_round(percent, 2));
	buf_adds(b, " %");
	if (f->has_multiple) {
		buf_adds(b, ", in the mean ");
		dec_print(b, f->multiple);
		buf_adds(b, " times the rest");
	}
	add_reach(b, "brands", reach->brands);
	add_reach(b, "categories", reach->categories);
}
