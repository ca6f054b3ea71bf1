#include "crm/followers.h"

#include "crm/figures.h"

#include <stdlib.h>

struct followers_flow {
	uint32_t account;
	int64_t day;
	uint64_t came, went;
};

/* What is known of an account at the end of a day. */
struct followers_total {
	uint32_t account;
	int64_t day;
	int64_t total;
	bool platform; /* its own count, which is believed before a list */
};

/* The list of followers that was taken last. */
struct followers_list {
	int64_t day;
	uint64_t n;
};

void followers_init(struct followers *f, struct keys *keys)
{
	f->type = keys_want(keys, "type");
	f->event = keys_want(keys, "event");
	f->time = keys_want(keys, "time");
	f->account = keys_want(keys, "account");
	f->channel = keys_want(keys, "channel");
	f->appid = keys_want(keys, "wechat_appid");
	f->openid = keys_want(keys, "wechat_openid");
	f->date = keys_want(keys, "date");
	f->total = keys_want(keys, "total");
	f->observed_at = keys_want(keys, "observed_at");
	f->following = keys_want(keys, "following");
}

/* wechat_appid, else account, else channel: the first that is there. */
static uint32_t account_of(struct followers *f, const struct rec *r)
{
	const unsigned keys[] = { f->appid, f->account, f->channel };
	struct view name = VIEW("");
	for (size_t i = 0; i < 3 && !name.n; i++) {
		struct val v = rec_get(r, keys[i]);
		if (v.kind == K_STRING)
			name = val_text(v, &f->scratch);
	}
	bool isnew;
	size_t i = map_add(&f->accounts, name.p, name.n, &isnew);
	if (isnew)
		*vec_add(&f->list) = (struct followers_list){ INT64_MIN, 0 };
	return (uint32_t)i;
}

/* The day of a member, by the zone; false if there is none or it is later. */
static bool day_of(struct followers *f, const struct rec *r, unsigned key,
	int64_t *day)
{
	struct val v = rec_get(r, key);
	struct when w;
	if (v.kind != K_STRING || !when_parse(v.p, v.n, &w)) {
		f->undated++;
		return false;
	}
	if (when_cmp(w, f->as_of) > 0) {
		f->later++;
		return false;
	}
	if (f->offset && !w.date_only)
		w.offset = f->offset(f->zone, w.sec);
	*day = when_day(w);
	return true;
}

static bool add_event(struct followers *f, const struct rec *r)
{
	struct val v = rec_get(r, f->event);
	int follows = v.kind == K_STRING
			      ? event_follows(val_text(v, &f->scratch))
			      : 0;
	bool came = follows > 0;
	int64_t day;
	if (!follows)
		return false;
	if (!day_of(f, r, f->time, &day))
		return true;
	uint32_t account = account_of(f, r);
	bool isnew;
	buf_reset(&f->key);
	buf_addf(&f->key, "%u %lld", account, (long long)day);
	size_t i = map_add(&f->flows, f->key.p, f->key.n, &isnew);
	if (isnew)
		*vec_add(&f->flow) =
			(struct followers_flow){ account, day, 0, 0 };
	f->flow.v[i].came += came;
	f->flow.v[i].went += !came;
	return true;
}

static bool add_count(struct followers *f, const struct rec *r, struct why *why)
{
	struct val v = rec_get(r, f->total);
	struct followers_total t = { .platform = true };
	if (val_none(v))
		return true;
	if (v.kind != K_NUMBER || !int_parse(v.p, v.n, &t.total))
		return why_not(why, "total is no whole number");
	if (!day_of(f, r, f->date, &t.day))
		return true;
	t.account = account_of(f, r);
	*vec_add(&f->totals) = t;
	return true;
}

static bool add_profile(struct followers *f, const struct rec *r)
{
	int64_t day;
	if (rec_get(r, f->openid).kind != K_STRING ||
		rec_get(r, f->following).kind == K_FALSE)
		return false;
	if (!day_of(f, r, f->observed_at, &day))
		return true;
	uint32_t account = account_of(f, r);
	struct followers_list *l = &f->list.v[account];
	if (day > l->day)
		*l = (struct followers_list){ day, 0 };
	l->n += day == l->day;
	return true;
}

bool followers_add(struct followers *f, struct rec *r, struct why *why)
{
	struct val type = rec_get(r, f->type);
	if (val_is(type, VIEW("event")))
		return add_event(f, r);
	if (val_is(type, VIEW("count")))
		return add_count(f, r, why);
	return val_is(type, VIEW("profile")) && add_profile(f, r);
}

static int by_account_day(const void *a, const void *b)
{
	const struct followers_total *x = a, *y = b;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (int)y->platform - (int)x->platform;
}

static int flow_by_account_day(const void *a, const void *b)
{
	const struct followers_flow *x = a, *y = b;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

/* A row of the report: an account in a period. */
struct row {
	uint64_t came, went;
	int64_t total, before; /* at its end, and the one known before */
	int64_t explained; /* net of the events between those two */
	bool has_total, has_before;
};

static void columns(struct report *r, const char *period)
{
	report_by(r, "account");
	report_by(r, period);
	report_figure(r, "new", FIGURE_COUNT,
		"events subscribe, follow, add_external_contact");
	report_figure(r, "lost", FIGURE_COUNT,
		"events unsubscribe, unfollow, del_follow_user");
	report_figure(r, "net", FIGURE_COUNT, "new less lost");
	report_figure(r, "total", FIGURE_COUNT,
		"the last count of the platform in the period, else of the "
		"last list of followers");
	report_figure(r, "change", FIGURE_COUNT,
		"total less the total known before");
	report_figure(r, "change_percent", FIGURE_PERCENT,
		"change divided by the total known before");
	report_figure(r, "multiple", FIGURE_COUNT,
		"total divided by the total known before, two digits");
	report_figure(r, "unexplained", FIGURE_COUNT,
		"change less the net of the events between the two totals");
}

static void put_row(struct report *r, struct view account, struct view period,
	const struct row *w)
{
	struct dec d;
	report_text(r, account);
	report_text(r, period);
	report_count(r, w->came);
	report_count(r, w->went);
	report_dec(r, dec_of((int64_t)w->came - (int64_t)w->went));
	if (w->has_total)
		report_dec(r, dec_of(w->total));
	else
		report_missing(r);
	if (!w->has_total || !w->has_before) {
		for (int i = 0; i < 4; i++)
			report_missing(r);
		return;
	}
	int64_t change = w->total - w->before;
	report_dec(r, dec_of(change));
	report_percent(r, dec_of(change), dec_of(w->before));
	if (w->before > 0 &&
		dec_div(dec_of(w->total), dec_of(w->before), 2, &d))
		report_dec(r, d);
	else
		report_missing(r);
	report_dec(r, dec_of(change - w->explained));
}

struct cursor {
	size_t flow, total;
	bool known; /* a total was met */
	int64_t last; /* that total */
	int64_t since; /* net of the events after it */
};

static bool within(enum period p, int64_t day, struct view period,
	struct buf *b)
{
	buf_reset(b);
	period_text(p, day, b);
	return view_eq(buf_view(b), period);
}

/* Days in their order: the events of a day come before its total. */
static void account_rows(struct followers *f, struct report *r,
	uint32_t account, struct cursor *c)
{
	struct buf period = { 0 }, b = { 0 };
	enum period p = f->period;
	for (;;) {
		bool flow = c->flow < f->flow.n &&
			    f->flow.v[c->flow].account == account;
		bool total = c->total < f->totals.n &&
			     f->totals.v[c->total].account == account;
		if (!flow && !total)
			break;
		int64_t day = flow ? f->flow.v[c->flow].day : INT64_MAX;
		if (total && f->totals.v[c->total].day < day)
			day = f->totals.v[c->total].day;
		struct row w = { 0 };
		buf_reset(&period);
		period_text(p, day, &period);
		int64_t before = c->last;
		bool had = c->known;
		int64_t explained = 0;
		for (;;) {
			flow = c->flow < f->flow.n &&
			       f->flow.v[c->flow].account == account &&
			       within(p, f->flow.v[c->flow].day,
				       buf_view(&period), &b);
			total = c->total < f->totals.n &&
				f->totals.v[c->total].account == account &&
				within(p, f->totals.v[c->total].day,
					buf_view(&period), &b);
			if (flow &&
				(!total || f->flow.v[c->flow].day <=
						   f->totals.v[c->total].day)) {
				const struct followers_flow *e =
					&f->flow.v[c->flow++];
				w.came += e->came;
				w.went += e->went;
				c->since += (int64_t)e->came - (int64_t)e->went;
			} else if (total) {
				const struct followers_total *e =
					&f->totals.v[c->total++];
				explained += c->since;
				c->since = 0;
				c->known = true;
				c->last = e->total;
				w.has_total = true;
				/* a list of the same day says no more */
				while (c->total < f->totals.n &&
					f->totals.v[c->total].account ==
						account &&
					f->totals.v[c->total].day == e->day)
					c->total++;
			} else {
				break;
			}
		}
		w.total = c->last;
		w.before = before;
		w.has_before = had;
		w.explained = explained;
		put_row(r, map_key(&f->accounts, account), buf_view(&period),
			&w);
	}
	buf_release(&period);
	buf_release(&b);
}

struct order {
	struct view name;
	uint32_t account;
	struct cursor from;
};

static int by_name(const void *a, const void *b)
{
	return view_cmp(((const struct order *)a)->name,
		((const struct order *)b)->name);
}

void followers_report(struct followers *f, struct report *r)
{
	static const char *const name[] = { "day", "day", "week", "month" };
	for (size_t i = 0; i < f->list.n; i++)
		if (f->list.v[i].n)
			*vec_add(&f->totals) =
				(struct followers_total){ (uint32_t)i,
					f->list.v[i].day,
					(int64_t)f->list.v[i].n, false };
	if (f->totals.n)
		qsort(f->totals.v, f->totals.n, sizeof(*f->totals.v),
			by_account_day);
	if (f->flow.n)
		qsort(f->flow.v, f->flow.n, sizeof(*f->flow.v),
			flow_by_account_day);
	columns(r, name[f->period]);
	struct order *o = xcalloc(f->accounts.n, sizeof(*o));
	for (size_t i = 0; i < f->accounts.n; i++)
		o[i] = (struct order){ map_key(&f->accounts, i), (uint32_t)i,
			{ .flow = f->flow.n, .total = f->totals.n } };
	/* where each account begins: backwards, the first stands */
	for (size_t i = f->flow.n; i-- > 0;)
		o[f->flow.v[i].account].from.flow = i;
	for (size_t i = f->totals.n; i-- > 0;)
		o[f->totals.v[i].account].from.total = i;
	if (f->accounts.n)
		qsort(o, f->accounts.n, sizeof(*o), by_name);
	for (size_t i = 0; i < f->accounts.n; i++)
		account_rows(f, r, o[i].account, &o[i].from);
	free(o);
}

void followers_release(struct followers *f)
{
	map_release(&f->accounts);
	map_release(&f->flows);
	vec_release(&f->flow);
	vec_release(&f->totals);
	vec_release(&f->list);
	buf_release(&f->key);
	buf_release(&f->scratch);
}
