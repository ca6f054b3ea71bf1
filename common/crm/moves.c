#include "crm/moves.h"

#include <stdlib.h>

struct moves_segment {
	uint64_t n, before, entered, left;
	struct dec revenue;
};

struct moves_old {
	uint32_t from, n; /* in held */
	bool seen;
};

#define NOBODY UINT32_MAX

void moves_init(struct moves *m, struct keys *keys)
{
	m->keys = keys;
	m->type = keys_want(keys, "type");
	m->customer_id = keys_want(keys, "customer_id");
	m->segments = keys_want(keys, "segments");
	m->revenue = keys_want(keys, "revenue");
	m->currency = keys_want(keys, "currency");
}

static uint32_t segment_number(struct moves *m, struct val v)
{
	bool isnew;
	buf_reset(&m->key);
	val_append_text(v, &m->key);
	size_t i =
		map_add(&m->names, m->key.p ? m->key.p : "", m->key.n, &isnew);
	if (isnew)
		*vec_add(&m->segment) = (struct moves_segment){ 0 };
	return (uint32_t)i;
}

/* The part of a segment's name that tells the file. */
static struct view file_of(const struct moves *m, uint32_t segment)
{
	struct view name = map_key(&m->names, segment);
	const char *colon = name.n ? memchr(name.p, ':', name.n) : NULL;
	return (struct view){ name.p, colon ? (size_t)(colon - name.p) : 0 };
}

static void add_old(struct moves *m, struct rec *r)
{
	bool isnew;
	struct view id = rec_text(r, m->customer_id);
	if (!val_is(rec_get(r, m->type), VIEW("profile")) || !id.p)
		return;
	map_add(&m->old, id.p, id.n, &isnew);
	if (!isnew)
		return;
	m->before++;
	struct moves_old *who = vec_add(&m->who);
	*who = (struct moves_old){ (uint32_t)m->held.n, 0, false };
	struct val list = rec_get(r, m->segments);
	for (struct val_iter it = val_iter(list); val_next(&it);) {
		if (it.val.kind != K_STRING)
			continue;
		uint32_t s = segment_number(m, it.val);
		m->segment.v[s].before++;
		*vec_add(&m->held) = s;
		who->n++;
	}
}

void moves_take(struct moves *m, struct reader *in)
{
	struct rec r;
	m->compare = true;
	rec_init(&r, m->keys);
	while (reader_whole(in, &r))
		add_old(m, &r);
	rec_release(&r);
}

static struct view name_of(const struct moves *m, uint32_t s)
{
	return s == NOBODY ? VIEW("-") : map_key(&m->names, s);
}

static void moved(struct moves *m, uint32_t from, uint32_t to)
{
	bool isnew;
	if (from != NOBODY)
		m->segment.v[from].left++;
	if (to != NOBODY)
		m->segment.v[to].entered++;
	buf_reset(&m->key);
	buf_addv(&m->key, name_of(m, from));
	buf_addc(&m->key, '\0');
	buf_addv(&m->key, name_of(m, to));
	size_t i = map_add(&m->paths, m->key.p, m->key.n, &isnew);
	if (isnew)
		*vec_add(&m->path) = 0;
	m->path.v[i]++;
}

static bool among(const uint32_t *v, size_t n, uint32_t what)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == what)
			return true;
	return false;
}

/* The first of a that is not in b and is of the file, from *at on. */
static uint32_t other(const struct moves *m, const uint32_t *a, size_t na,
	const uint32_t *b, size_t nb, struct view file, size_t *at)
{
	for (; *at < na; (*at)++)
		if (!among(b, nb, a[*at]) && view_eq(file_of(m, a[*at]), file))
			return a[(*at)++];
	return NOBODY;
}

/*
 * What a customer left and entered in each file, paired in their order: of one
 * segment a file, which is the rule, the pair is the move.
 */
static void compare(struct moves *m, const uint32_t *old, size_t nold,
	const uint32_t *now, size_t nnow)
{
	for (size_t i = 0; i < nold + nnow; i++) {
		uint32_t s = i < nold ? old[i] : now[i - nold];
		struct view file = file_of(m, s);
		bool done = false;
		for (size_t k = 0; k < i && !done; k++)
			done = view_eq(file,
				file_of(m, k < nold ? old[k] : now[k - nold]));
		if (done)
			continue;
		size_t a = 0, b = 0;
		for (;;) {
			uint32_t from =
				other(m, old, nold, now, nnow, file, &a);
			uint32_t to = other(m, now, nnow, old, nold, file, &b);
			if (from == NOBODY && to == NOBODY)
				break;
			moved(m, from, to);
		}
	}
}

bool moves_add(struct moves *m, struct rec *r, struct why *why)
{
	if (!val_is(rec_get(r, m->type), VIEW("profile")))
		return false;
	struct val money = rec_get(r, m->revenue);
	struct val c = rec_get(r, m->currency);
	struct dec revenue = { 0 };
	if (!val_none(money) && !val_dec(money, &revenue))
		return why_not(why, "revenue is no amount");
	if (c.kind == K_STRING && c.n == 3) {
		if (!m->one_currency[0])
			memcpy(m->one_currency, c.p, 3);
		else if (memcmp(m->one_currency, c.p, 3) != 0)
			return why_not(why,
				"the currencies %s and %.3s do not add up",
				m->one_currency, c.p);
	}
	m->customers++;
	m->now.n = 0;
	struct val list = rec_get(r, m->segments);
	for (struct val_iter it = val_iter(list); val_next(&it);) {
		if (it.val.kind != K_STRING)
			continue;
		uint32_t s = segment_number(m, it.val);
		if (among(m->now.v, m->now.n, s))
			continue;
		*vec_add(&m->now) = s;
		m->segment.v[s].n++;
		if (!dec_add(&m->segment.v[s].revenue, revenue))
			return why_not(why, "a sum does not fit 38 digits");
	}
	if (!m->compare)
		return true;
	struct view id = rec_text(r, m->customer_id);
	size_t i = id.p ? map_find(&m->old, id.p, id.n) : MAP_NONE;
	if (i == MAP_NONE) {
		compare(m, NULL, 0, m->now.v, m->now.n);
		return true;
	}
	struct moves_old *who = &m->who.v[i];
	who->seen = true;
	compare(m, m->held.v + who->from, who->n, m->now.v, m->now.n);
	return true;
}

struct named {
	struct view name;
	uint64_t n;
	size_t i;
};

static int by_name(const void *a, const void *b)
{
	return view_cmp(((const struct named *)a)->name,
		((const struct named *)b)->name);
}

static int by_size(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return view_cmp(x->name, y->name);
}

/* Customers of OLD that are no more leave their segments. */
static void fold_gone(struct moves *m)
{
	for (size_t i = 0; i < m->who.n; i++) {
		struct moves_old *who = &m->who.v[i];
		if (!who->seen)
			compare(m, m->held.v + who->from, who->n, NULL, 0);
		who->seen = true;
	}
}

void moves_report(struct moves *m, struct report *r)
{
	struct named *row = xcalloc(m->segment.n, sizeof(*row));
	fold_gone(m);
	for (size_t i = 0; i < m->segment.n; i++)
		row[i] = (struct named){ map_key(&m->names, i), 0, i };
	if (m->segment.n)
		qsort(row, m->segment.n, sizeof(*row), by_name);
	r->currency = view_of(m->one_currency);
	report_by(r, "segment");
	report_figure(r, "customers", FIGURE_COUNT, "customers in it");
	report_figure(r, "share", FIGURE_PERCENT, "of all customers");
	report_figure(r, "revenue", FIGURE_MONEY, "sum of their revenue");
	report_figure(r, "mean", FIGURE_MONEY,
		"revenue divided by customers, two digits, half-even");
	if (m->compare) {
		report_figure(r, "before", FIGURE_COUNT, "customers in OLD");
		report_figure(r, "change", FIGURE_COUNT,
			"customers less before");
		report_figure(r, "entered", FIGURE_COUNT,
			"customers that were not in it in OLD");
		report_figure(r, "left", FIGURE_COUNT,
			"customers of OLD that are not in it now");
	}
	report_figure(r, "", FIGURE_BAR, "");
	for (size_t i = 0; i < m->segment.n; i++) {
		const struct moves_segment *s = &m->segment.v[row[i].i];
		struct dec mean;
		report_text(r, row[i].name);
		report_count(r, s->n);
		report_percent(r, dec_of((int64_t)s->n),
			dec_of((int64_t)m->customers));
		report_dec(r, s->revenue);
		if (s->n &&
			dec_div(s->revenue, dec_of((int64_t)s->n), 2, &mean))
			report_dec(r, mean);
		else
			report_missing(r);
		if (m->compare) {
			report_count(r, s->before);
			report_dec(r,
				dec_of((int64_t)s->n - (int64_t)s->before));
			report_count(r, s->entered);
			report_count(r, s->left);
		}
		report_count(r, s->n);
	}
	free(row);
}

bool moves_paths(struct moves *m, struct report *r)
{
	if (!m->paths.n)
		return false;
	struct named *row = xcalloc(m->paths.n, sizeof(*row));
	for (size_t i = 0; i < m->paths.n; i++)
		row[i] = (struct named){ map_key(&m->paths, i), m->path.v[i],
			i };
	qsort(row, m->paths.n, sizeof(*row), by_size);
	report_by(r, "from");
	report_by(r, "to");
	report_figure(r, "moved", FIGURE_COUNT,
		"customers that left the one and entered the other");
	report_figure(r, "", FIGURE_BAR, "");
	for (size_t i = 0; i < m->paths.n; i++) {
		struct view k = row[i].name;
		size_t n = strnlen(k.p, k.n);
		report_text(r, (struct view){ k.p, n });
		report_text(r, (struct view){ k.p + n + 1, k.n - n - 1 });
		report_count(r, row[i].n);
		report_count(r, row[i].n);
	}
	free(row);
	return true;
}

void moves_release(struct moves *m)
{
	map_release(&m->names);
	map_release(&m->old);
	map_release(&m->paths);
	vec_release(&m->segment);
	vec_release(&m->who);
	vec_release(&m->held);
	vec_release(&m->path);
	vec_release(&m->now);
	buf_release(&m->key);
}
