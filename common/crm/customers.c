#include "crm/customers.h"

#include "base/die.h"
#include "base/hash.h"
#include "crm/consent.h"
#include "crm/erased.h"
#include "crm/customers_log.h"
#include "crm/figures.h"
#include "record/schema.h"
#include "value/money.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum type {
	T_NONE, /* no type, or none that is known */
	T_PROFILE,
	T_ORDER,
	T_REFUND,
	T_EVENT,
	T_CONSENT,
	T_DELIVERY,
	T_TASK,
	T_DECISION,
	T_OTHER, /* known, and nothing in it for us */
};

struct customers_keys {
	unsigned type, customer_id, source, source_id, house, account,
		observed_at, order_id, time, status, paid, total, currency,
		channel, country, products, event, wechat_appid, wecom_corpid,
		to, purpose, proof, email, phone, wechat_openid,
		wecom_external_userid, message_key, state, due, decided_at,
		following;
	char last_type[16];
	size_t last_type_n;
	enum type last;
};

static const struct {
	const char *name;
	enum type type;
} types[] = {
	{ "profile", T_PROFILE },
	{ "order", T_ORDER },
	{ "refund", T_REFUND },
	{ "event", T_EVENT },
	{ "consent", T_CONSENT },
	{ "delivery", T_DELIVERY },
	{ "task", T_TASK },
	{ "decision", T_DECISION },
};

/* Members of a profile that are not a customer's: where the line came from,
 * and what is computed here. */
static const char *const left_out[] = { "type", "customer_id", "source",
	"source_id", "house", "account", "observed_at", "file", "row", "ids",
	"consents", "reach", "reasons", "link_conflict", "sources", "houses",
	"currency", "orders", "revenue", "gross_revenue", "aov", "items",
	"first_order_at", "last_order_at", "median_days_between_orders",
	"frequency", "recency", "T", "monetary_value", "channels",
	"top_channel", "countries", "share_by_category", "share_by_brand",
	"median_price", "price_band", "events", "last_event_at", "following",
	"follow", "wechat_window_until", "deliveries_30d", "opened_30d",
	"clicked_30d", "last_sent_at", "tasks_30d", "open_tasks" };

/* Of these, the first so many are no facts. */
#define STRUCTURE 16

/* What the home learnt since; its lock is held. */
static void learn(struct map *own, const struct map *homes)
{
	for (size_t i = own->n; i < homes->n; i++) {
		struct view v = map_key(homes, i);
		map_add(own, v.p, v.n, NULL);
	}
}

/*
 * The number of a name in a table that all threads agree on: the numbers are
 * those of one thread, since a new name waits for all that came before it.
 */
static size_t number_in(struct customers *c, struct map *own, struct map *homes,
	struct view v)
{
	if (!c->home)
		return map_add(own, v.p, v.n, NULL);
	size_t i = map_find(own, v.p, v.n);
	if (i != MAP_NONE)
		return i;
	c->turn(c->turn_arg);
	pthread_mutex_lock(&c->home->lock);
	map_add(homes, v.p, v.n, NULL);
	learn(own, homes);
	pthread_mutex_unlock(&c->home->lock);
	return map_find(own, v.p, v.n);
}

static size_t number_of_text(void *arg, struct view v)
{
	struct customers *c = arg;
	return number_in(c, &c->texts, c->home ? &c->home->texts : NULL, v);
}

void customers_init(struct customers *c, struct keys *keys,
	const struct customers_options *o)
{
	*c = (struct customers){ .o = o,
		.keys = keys,
		.digits = 2,
		.jobs = o->jobs };
	pthread_mutex_init(&c->lock, NULL);
	struct customers_keys *k = c->k = xcalloc(1, sizeof(*k));
	const struct {
		unsigned *key;
		const char *name;
	} want[] = {
		{ &k->type, "type" },
		{ &k->customer_id, "customer_id" },
		{ &k->source, "source" },
		{ &k->source_id, "source_id" },
		{ &k->house, "house" },
		{ &k->account, "account" },
		{ &k->observed_at, "observed_at" },
		{ &k->order_id, "order_id" },
		{ &k->time, "time" },
		{ &k->status, "status" },
		{ &k->paid, "paid" },
		{ &k->total, "total" },
		{ &k->currency, "currency" },
		{ &k->channel, "channel" },
		{ &k->country, "country" },
		{ &k->products, "products" },
		{ &k->event, "event" },
		{ &k->wechat_appid, "wechat_appid" },
		{ &k->wecom_corpid, "wecom_corpid" },
		{ &k->to, "to" },
		{ &k->purpose, "purpose" },
		{ &k->proof, "proof" },
		{ &k->email, "email" },
		{ &k->phone, "phone" },
		{ &k->wechat_openid, "wechat_openid" },
		{ &k->wecom_external_userid, "wecom_external_userid" },
		{ &k->message_key, "message_key" },
		{ &k->state, "state" },
		{ &k->due, "due" },
		{ &k->decided_at, "decided_at" },
		{ &k->following, "following" },
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		*want[i].key = keys_want(keys, want[i].name);
	if (o->facts) {
		o->facts->number = number_of_text;
		o->facts->number_arg = c;
	}
	map_add(&c->texts, "", 0, NULL);
	ids_init(&c->ids, keys);
	c->fields = xcalloc(1, sizeof(*c->fields));
	c->stride = sizeof(struct customer);
	if (o->facts)
		c->stride += o->facts->nslots * sizeof(struct slot);
	c->nlog = FIRST;
	if (o->rates && o->rates->target[0]) {
		c->currency =
			(uint32_t)map_add(&c->texts, o->rates->target, 3, NULL);
		c->digits = o->rates->digits;
	}
}

/* Reading fields. */

static enum type type_of(struct customers *c, const struct rec *r)
{
	struct customers_keys *k = c->k;
	struct val v = rec_get(r, k->type);
	if (v.kind != K_STRING || v.n >= sizeof(k->last_type))
		return T_NONE;
	if (v.n == k->last_type_n && memcmp(v.p, k->last_type, v.n) == 0)
		return k->last;
	enum type t = schema_type((struct view){ v.p, v.n }) ? T_OTHER : T_NONE;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (view_is((struct view){ v.p, v.n }, types[i].name))
			t = types[i].type;
	memcpy(k->last_type, v.p, v.n);
	k->last_type_n = v.n;
	return k->last = t;
}

static struct view text(struct rec *r, unsigned key)
{
	struct view v = rec_text(r, key);
	return v.p ? v : (struct view){ "", 0 };
}

static uint32_t name(struct customers *c, struct view v)
{
	return v.n ? (uint32_t)number_of_text(c, v) : 0;
}

static bool when_of(struct rec *r, unsigned key, struct when *w)
{
	struct val v = rec_get(r, key);
	if (v.kind != K_STRING)
		return false;
	return when_parse(v.p, v.n, w);
}

static bool later(const struct customers *c, struct when w)
{
	const struct when *a = &c->o->as_of;
	if (!w.date_only && !a->date_only)
		return w.sec > a->sec || (w.sec == a->sec && w.nsec > a->nsec);
	return when_cmp(w, *a) > 0;
}

static int64_t day_of(const struct customers *c, struct when w)
{
	if (c->o->offset && c->o->zone && !w.date_only)
		w.offset = c->o->offset(c->o->zone, w.sec);
	return when_day(w);
}

static enum customers_took refuse(struct customers *c, const char *field,
	struct why *why)
{
	c->field = field;
	if (!why->text[0])
		why_not(why, "'%s' cannot be read", field);
	return TOOK_REFUSE;
}

struct view customers_id(const struct customers *c, struct rec *r)
{
	struct val v = rec_get(r, c->k->customer_id);
	if (v.kind == K_STRING && !v.escaped)
		return (struct view){ v.n ? v.p : NULL, v.n };
	if (v.kind == K_STRING || v.kind == K_NUMBER)
		return rec_text(r, c->k->customer_id);
	return (struct view){ 0 };
}

bool customers_taken(struct view fact, bool defaults)
{
	size_t n = sizeof(left_out) / sizeof(*left_out);
	for (size_t i = 0; i < (defaults ? n : STRUCTURE); i++)
		if (view_is(fact, left_out[i]))
			return true;
	return false;
}

bool customers_known(struct customers *c, const struct rec *r)
{
	return type_of(c, r) != T_NONE;
}

/* The types. */

static uint64_t order_key(struct customers *c, struct rec *r)
{
	struct view id = text(r, c->k->order_id);
	if (!id.n)
		return 0;
	struct view source = text(r, c->k->source);
	uint64_t h = hash64(id.p, id.n) +
		     name(c, source) * UINT64_C(0x9e3779b97f4a7c15);
	return h ? h : 1;
}

/* Of a thread that met an amount first: false where others did before. */
static bool know_currency(struct customers *c, struct view cur)
{
	struct customers *home = c->home;
	uint32_t no = name(c, cur);
	int digits = money_digits(cur);
	c->turn(c->turn_arg);
	pthread_mutex_lock(&home->lock);
	bool mine = !home->currency;
	if (mine) {
		home->currency = no;
		home->digits = digits >= 0 ? digits : 2;
	}
	learn(&c->texts, &home->texts);
	c->currency = home->currency;
	c->digits = home->digits;
	pthread_mutex_unlock(&home->lock);
	return mine;
}

/* The currency of an amount: what to multiply with, NULL for nothing. */
static enum customers_took currency_of(struct customers *c, struct rec *r,
	int64_t day, struct dec *rate, bool *convert, struct why *why)
{
	struct view cur = text(r, c->k->currency);
	*convert = false;
	if (!cur.n) {
		c->no_currency++;
		return TOOK;
	}
	struct view have = map_key(&c->texts, c->currency);
	if (view_eq(cur, have))
		return TOOK;
	if (c->o->rates && c->o->rates->target[0]) {
		*convert = true;
		if (rates_find(c->o->rates, day, cur, rate, why))
			return TOOK;
		return TOOK_STOP;
	}
	if (c->currency) {
		why_not(why,
			"amounts in '%.*s' and in '%.*s': give --rates FILE "
			"(date,currency,rate) and SCRM_CURRENCY",
			(int)have.n, have.p, (int)cur.n, cur.p);
		return TOOK_STOP;
	}
	if (c->home && !know_currency(c, cur))
		return currency_of(c, r, day, rate, convert, why);
	c->currency = name(c, cur);
	int digits = money_digits(cur);
	c->digits = digits >= 0 ? digits : 2;
	return TOOK;
}

struct item {
	uint32_t category, brand;
	struct dec price, quantity;
	bool has_price;
};

static uint32_t name_val(struct customers *c, struct val v)
{
	return v.kind == K_STRING ? name(c, val_text(v, &c->scratch)) : 0;
}

/* False: a price or a quantity that is no number. */
static bool item_of(struct customers *c, struct val v, struct item *x)
{
	*x = (struct item){ .quantity = { 1, 0 } };
	struct val_iter it = val_iter(v);
	while (val_next(&it)) {
		struct view key = { it.key.p, it.key.n };
		if (key.n == 5 && view_is(key, "brand")) {
			x->brand = name_val(c, it.val);
		} else if (key.n == 8 && view_is(key, "category")) {
			x->category = name_val(c, it.val);
		} else if (it.val.kind == K_NULL) {
			continue;
		} else if (key.n == 5 && view_is(key, "price")) {
			if (!val_dec(it.val, &x->price))
				return false;
			x->has_price = true;
		} else if (key.n == 8 && view_is(key, "quantity")) {
			if (!val_dec(it.val, &x->quantity))
				return false;
		}
	}
	return true;
}

/* The products behind an order's entry: how many, then each one's category,
 * brand, price and what was spent on it. */
static enum customers_took put_items(struct customers *c, struct rec *r,
	uint8_t **pp, const struct dec *rate, struct why *why)
{
	struct val list = rec_get(r, c->k->products);
	struct dec items = { 0 };
	size_t n = 0, head = (size_t)(*pp - c->log);
	struct val_iter it;
	if (list.kind == K_ARRAY) {
		it = val_iter(list);
		while (val_next(&it))
			n += it.val.kind == K_OBJECT;
	}
	/* the products stand before their sum, which is not known yet; the
	 * entry is not closed, so the log may move */
	size_t kept = c->nlog;
	c->nlog = head;
	uint8_t *p = log_room(c, (n + 2) * 4 * ITEM);
	c->nlog = kept;
	p = put_u(p, n);
	it = val_iter(list.kind == K_ARRAY ? list : (struct val){ 0 });
	while (n && val_next(&it)) {
		struct item x;
		if (it.val.kind != K_OBJECT)
			continue;
		if (!item_of(c, it.val, &x))
			return refuse(c, "products", why);
		struct dec spend = x.price;
		bool fits = dec_mul(&spend, x.quantity) &&
			    dec_add(&items, x.quantity);
		if (fits && rate)
			fits = rates_apply(c->o->rates, *rate, &spend) &&
			       rates_apply(c->o->rates, *rate, &x.price);
		if (!fits) {
			why_not(why, "'products' has too many digits");
			return refuse(c, "products", why);
		}
		p = put_u(p, x.category);
		p = put_u(p, x.brand);
		*p++ = x.has_price;
		if (x.has_price) {
			p = put_dec(p, x.price);
			p = put_dec(p, spend);
		}
	}
	*pp = put_dec(p, items);
	return TOOK;
}

static enum customers_took add_order(struct customers *c, struct rec *r,
	struct when w, uint32_t *at, struct why *why)
{
	struct customers_keys *k = c->k;
	uint64_t key = order_key(c, r);
	if (!order_counts(text(r, k->status))) {
		*at = entry_end(c, put_key(entry(c, E_VOID, ITEM), key));
		return TOOK;
	}
	struct dec paid, rate;
	bool convert;
	unsigned from = val_none(rec_get(r, k->paid)) ? k->total : k->paid;
	if (val_none(rec_get(r, from))) {
		why_not(why, "an order with neither 'paid' nor 'total'");
		return refuse(c, "paid", why);
	}
	if (!val_dec(rec_get(r, from), &paid))
		return refuse(c, from == k->paid ? "paid" : "total", why);
	int64_t day = day_of(c, w);
	enum customers_took took = currency_of(c, r, day, &rate, &convert, why);
	if (took != TOOK)
		return took;
	if (convert && !rates_apply(c->o->rates, rate, &paid)) {
		why_not(why, "an amount with too many digits");
		return refuse(c, "paid", why);
	}
	uint8_t *p = entry(c, E_ORDER, 8 * ITEM);
	p = put_when(p, w);
	p = put_s(p, day);
	p = put_dec(p, paid);
	p = put_key(p, key);
	p = put_u(p, name(c, text(r, k->channel)));
	p = put_u(p, name(c, text(r, k->country)));
	took = put_items(c, r, &p, convert ? &rate : NULL, why);
	if (took == TOOK)
		*at = entry_end(c, p);
	return took;
}

static enum customers_took add_refund(struct customers *c, struct rec *r,
	struct when w, uint32_t *at, struct why *why)
{
	struct dec paid, rate;
	bool convert;
	if (!val_dec(rec_get(r, c->k->paid), &paid))
		return refuse(c, "paid", why);
	enum customers_took took =
		currency_of(c, r, day_of(c, w), &rate, &convert, why);
	if (took != TOOK)
		return took;
	if (convert && !rates_apply(c->o->rates, rate, &paid)) {
		why_not(why, "an amount with too many digits");
		return refuse(c, "paid", why);
	}
	uint8_t *p = entry(c, E_REFUND, 3 * ITEM);
	p = put_dec(p, paid);
	*at = entry_end(c, put_key(p, order_key(c, r)));
	return TOOK;
}

/* "wechat" with an appid beside it is wechat:APPID. */
static uint32_t channel_name(struct customers *c, struct rec *r)
{
	struct customers_keys *k = c->k;
	struct view channel = text(r, k->channel), scope = { "", 0 };
	if (view_is(channel, "wechat"))
		scope = text(r, k->wechat_appid);
	else if (view_is(channel, "wecom"))
		scope = text(r, k->wecom_corpid);
	if (!scope.n)
		return name(c, channel);
	buf_reset(&c->scratch);
	buf_addv(&c->scratch, channel);
	buf_addc(&c->scratch, ':');
	buf_addv(&c->scratch, scope);
	return name(c, buf_view(&c->scratch));
}

static bool starts(struct view v, const char *with)
{
	size_t n = strlen(with);
	return v.n >= n && memcmp(v.p, with, n) == 0;
}

/* The field that holds a record's address on a channel. */
static unsigned address_key(const struct customers_keys *k, struct view channel)
{
	if (view_is(channel, "email"))
		return k->email;
	if (view_is(channel, "sms"))
		return k->phone;
	if (starts(channel, "wechat"))
		return k->wechat_openid;
	if (starts(channel, "wecom"))
		return k->wecom_external_userid;
	return k->to;
}

struct statement {
	uint32_t channel; /* in texts */
	struct view to, purpose, proof;
	enum consent_status status;
	size_t rule;
	const struct when *time; /* NULL: undated */
};

static uint32_t put_consent(struct customers *c, struct rec *r,
	const struct statement *s)
{
	struct customers_keys *k = c->k;
	uint8_t *p = entry(c, E_CONSENT, 11 * ITEM + s->to.n + s->proof.n);
	p = put_u(p, s->channel);
	p = put_text(p, s->to);
	p = put_u(p, name(c, s->purpose));
	p = put_u(p, name(c, text(r, k->house)));
	p = put_u(p, name(c, text(r, k->account)));
	p = put_u(p, name(c, text(r, k->source)));
	p = put_text(p, s->proof);
	p = put_u(p, s->status);
	p = put_u(p, s->rule);
	*p++ = s->time != NULL;
	if (s->time)
		p = put_when(p, *s->time);
	return entry_end(c, p);
}

static enum customers_took add_consent(struct customers *c, struct rec *r,
	bool dated, struct when w, uint32_t *at, struct why *why)
{
	struct customers_keys *k = c->k;
	enum consent_status status = consent_status(text(r, k->status));
	if (status == CONSENT_NONE) {
		why_not(why, "'status' is not granted, denied or revoked");
		return refuse(c, "status", why);
	}
	uint32_t no = channel_name(c, r);
	struct view channel = map_key(&c->texts, no), to = text(r, k->to);
	if (!channel.n)
		return refuse(c, "channel", why);
	if (!to.n)
		to = text(r, address_key(k, channel));
	*at = put_consent(c, r,
		&(struct statement){ no, to, text(r, k->purpose),
			text(r, k->proof), status, 0, dated ? &w : NULL });
	return TOOK;
}

/* The account that a record is about: wechat:APPID, or just wechat where it
 * does not say. */
static uint32_t own_channel(struct customers *c, struct rec *r,
	const char *kind, struct view account)
{
	const unsigned key[] = { c->k->channel, c->k->account };
	size_t n = strlen(kind);
	for (size_t i = 0; i < 2 && !account.n; i++) {
		struct view v = text(r, key[i]);
		if (v.n > n + 1 && starts(v, kind) && v.p[n] == ':')
			return name(c, v);
	}
	buf_reset(&c->scratch);
	buf_addf(&c->scratch, "%s%s", kind, account.n ? ":" : "");
	buf_addv(&c->scratch, account);
	return name(c, buf_view(&c->scratch));
}

static void follow_rule(struct customers *c, struct rec *r, size_t rule,
	uint32_t channel, struct view to, const struct when *time,
	struct view id)
{
	struct consent_rule *x = &c->o->consent->rule.v[rule];
	bool granted = x->status == CONSENT_GRANTED;
	if (granted && !to.n && !view_is(x->channel, "advisor")) {
		x->nowhere++;
		return;
	}
	struct pending *b = vec_add(&c->batch.pending);
	b->entry = put_consent(c, r,
		&(struct statement){ channel, to, x->purpose, VIEW(""),
			x->status, rule + 1, time });
	b->event = b->channel = 0;
	b->from = b->to = c->batch.out.n;
	customers_pend(c, b, id);
}

/* The channel that a rule means of a record; false: of another account. */
static bool rule_channel(struct customers *c, struct rec *r, struct view want,
	uint32_t *no)
{
	if (starts(want, "wechat"))
		*no = own_channel(c, r, "wechat", text(r, c->k->wechat_appid));
	else if (starts(want, "wecom"))
		*no = own_channel(c, r, "wecom", text(r, c->k->wecom_corpid));
	else
		*no = name(c, want);
	return !memchr(want.p, ':', want.n) ||
	       view_eq(want, map_key(&c->texts, *no));
}

/* What follows of consent from a record, as consent_rules_test found. */
static void add_following(struct customers *c, enum type t, struct rec *r,
	const struct when *time, struct view id)
{
	struct consent_rules *rules = c->o->consent;
	uint32_t no;
	if (time && t != T_TASK && later(c, *time))
		return;
	for (size_t i = 0; i < rules->rule.n; i++) {
		const struct consent_rule *x = &rules->rule.v[i];
		if (!rules->holds[i] || !rule_channel(c, r, x->channel, &no))
			continue;
		/* a task's time is when it is due; a profile says how it is,
		 * and not since when */
		bool undated = t == T_TASK ||
			       (t == T_PROFILE && x->status == CONSENT_GRANTED);
		const struct when *w = undated ? NULL : time;
		unsigned key = address_key(c->k, x->channel);
		struct val v = rec_get(r, key);
		if (v.kind != K_ARRAY) {
			follow_rule(c, r, i, no, text(r, key), w, id);
			continue;
		}
		struct buf to = { 0 };
		for (struct val_iter it = val_iter(v); val_next(&it);)
			follow_rule(c, r, i, no, val_text(it.val, &to), w, id);
		buf_release(&to);
	}
}

static uint32_t add_delivery(struct customers *c, struct rec *r, struct when w)
{
	struct view key = text(r, c->k->message_key);
	uint8_t *p = entry(c, E_DELIVERY, 4 * ITEM);
	p = put_u(p, name(c, text(r, c->k->status)));
	p = put_when(p, w);
	return entry_end(c, put_key(p, key.n ? hash64(key.p, key.n) : 0));
}

static uint32_t add_task(struct customers *c, struct rec *r, bool dated,
	struct when w)
{
	uint8_t *p = entry(c, E_TASK, 3 * ITEM);
	p = put_u(p, name(c, text(r, c->k->state)));
	*p++ = dated;
	if (dated)
		p = put_when(p, w);
	return entry_end(c, p);
}

/* The field's number + 2, or 1 where it is left out. */
static uint32_t field_of(struct customers *c, struct rec *r,
	const struct member *m)
{
	struct customers_fields *f = c->fields;
	while (m->id != KEY_OTHER && f->by_key.n <= m->id)
		*vec_add(&f->by_key) = 0;
	if (m->id != KEY_OTHER && f->by_key.v[m->id])
		return f->by_key.v[m->id];
	struct view field = m->id != KEY_OTHER ? keys_name(r->keys, m->id)
					       : val_text(m->key, &c->scratch);
	uint32_t no = 1;
	size_t i = 0;
	while (i < sizeof(left_out) / sizeof(*left_out) &&
		!view_is(field, left_out[i]))
		i++;
	bool own = c->o->facts &&
		   map_find(&c->o->facts->names, field.p, field.n) != MAP_NONE;
	if (i == sizeof(left_out) / sizeof(*left_out) && !own)
		no = (uint32_t)number_in(c, &f->name,
			     c->home ? &c->home->fields->name : NULL, field) +
		     2;
	if (m->id != KEY_OTHER)
		f->by_key.v[m->id] = no;
	return no;
}

/* What a list of followers says: 0 nothing, 1 that the person left, 2 that he
 * follows; then which channel. */
static uint8_t *put_following(struct customers *c, struct rec *r, uint8_t *p)
{
	struct customers_keys *k = c->k;
	uint8_t kind = rec_get(r, k->following).kind;
	if ((kind != K_TRUE && kind != K_FALSE) || !text(r, k->wechat_openid).n)
		return put_u(p, 0);
	struct view appid = text(r, k->wechat_appid);
	buf_reset(&c->scratch);
	buf_adds(&c->scratch, appid.n ? "wechat:" : "wechat");
	buf_addv(&c->scratch, appid);
	p = put_u(p, kind == K_TRUE ? 2 : 1);
	return put_u(p, name(c, buf_view(&c->scratch)));
}

static uint32_t add_profile(struct customers *c, struct rec *r, bool dated,
	struct when w)
{
	struct customers_keys *k = c->k;
	struct view source_id = text(r, k->source_id);
	ids_of(&c->ids, r);
	size_t nids = c->ids.id.n, need = source_id.n + 16 * ITEM;
	for (size_t i = 0; i < nids; i++)
		need += c->ids.id.v[i].text.n + ITEM;
	uint8_t *p = entry(c, E_PROFILE, need + r->n + r->nread * 2 * ITEM);
	*p++ = dated;
	if (dated)
		p = put_when(p, w);
	p = put_u(p, name(c, text(r, k->source)));
	p = put_text(p, source_id);
	p = put_u(p, name(c, text(r, k->house)));
	p = put_following(c, r, p);
	p = put_u(p, nids);
	for (size_t i = 0; i < nids; i++)
		p = put_text(p, c->ids.id.v[i].text);
	for (size_t i = 0; i < r->nmembers; i++) {
		const struct member *m = &r->member[i];
		struct view json = { r->line + m->from, m->to - m->from };
		uint32_t no = field_of(c, r, m);
		if (no < 2 || !golden_has(json))
			continue;
		p = put_u(p, no - 1);
		p = put_text(p, json);
	}
	*p++ = 0; /* no more fields */
	return entry_end(c, p);
}

/* The outcomes of facts.csv; they wait in the batch with their record. */
static enum customers_took add_outcomes(struct customers *c, struct rec *r,
	bool dated, struct when w, struct why *why)
{
	struct facts *f = c->o->facts;
	struct view type = { c->k->last_type, c->k->last_type_n };
	if (!f || !facts_want(f, type))
		return TOOK;
	struct dec rate;
	bool convert = false, money = false;
	for (size_t i = 0; i < f->fact.n; i++)
		money |= f->fact.v[i].money && view_eq(f->fact.v[i].of, type);
	if (money) {
		enum customers_took took = currency_of(c, r,
			dated ? day_of(c, w) : 0, &rate, &convert, why);
		if (took != TOOK)
			return took;
	}
	if (facts_of(f, type, r, dated, w.sec, convert ? &rate : NULL,
		    c->digits, &c->batch.out, why))
		return TOOK;
	c->field = NULL;
	return TOOK_REFUSE;
}

static unsigned time_key(const struct customers *c, enum type t)
{
	switch (t) {
	case T_PROFILE:
		return c->k->observed_at;
	case T_TASK:
		return c->k->due;
	case T_DECISION:
		return c->k->decided_at;
	default:
		return c->k->time;
	}
}

static enum customers_took add_typed(struct customers *c, enum type t,
	struct rec *r, bool dated, struct when w, struct pending *b,
	struct why *why)
{
	struct customers_keys *k = c->k;
	if (t == T_PROFILE) {
		b->entry = add_profile(c, r, dated, w);
		return TOOK;
	}
	if (t == T_CONSENT)
		return add_consent(c, r, dated, w, &b->entry, why);
	if (!c->o->defaults)
		return TOOK;
	if (t == T_TASK) {
		b->entry = add_task(c, r, dated, w);
		return TOOK;
	}
	if (t == T_DECISION || t == T_OTHER)
		return TOOK;
	if (!dated)
		return refuse(c, "time", why);
	if (t == T_ORDER)
		return add_order(c, r, w, &b->entry, why);
	if (t == T_REFUND)
		return add_refund(c, r, w, &b->entry, why);
	if (t == T_DELIVERY) {
		b->entry = add_delivery(c, r, w);
		return TOOK;
	}
	b->event = name(c, text(r, k->event));
	b->channel = channel_name(c, r);
	b->time = w;
	return b->event ? TOOK : refuse(c, "event", why);
}

enum customers_took customers_add(struct customers *c, struct rec *r,
	struct why *why)
{
	enum type t = type_of(c, r);
	if (t == T_NONE)
		return TOOK_FOREIGN;
	c->records++;
	c->profiles += t == T_PROFILE;
	struct view id = customers_id(c, r);
	if (!id.p) {
		c->no_id++;
		return TOOK_NO_ID;
	}
	if (erased_is_alias(id))
		return TOOK_ERASED;
	c->profiles_with_id += t == T_PROFILE;
	struct when w = { 0 };
	bool dated = when_of(r, time_key(c, t), &w);
	/* shops tell what was given back in a column, and not when */
	if (t == T_REFUND && !dated && rec_get(r, c->k->time).kind <= K_NULL)
		dated = when_of(r, c->k->observed_at, &w);
	struct when known = w;
	/* an undated consent is as old as the export that has it */
	if (t == T_TASK || (t == T_CONSENT && !dated) || t == T_OTHER)
		known = (struct when){ 0 };
	if ((t == T_CONSENT && !dated) || t == T_TASK)
		when_of(r, c->k->observed_at, &known);
	if (later(c, known)) {
		c->later++;
		return TOOK_LATER;
	}
	struct batch *batch = &c->batch;
	struct pending *b = vec_add(&batch->pending);
	b->entry = b->event = b->channel = 0;
	b->from = batch->out.n;
	*why = (struct why){ 0 };
	enum customers_took took = add_outcomes(c, r, dated, w, why);
	bool follows = c->o->consent && t != T_CONSENT;
	if (took == TOOK && follows &&
		!consent_rules_test(c->o->consent, r, why)) {
		c->field = NULL;
		took = TOOK_REFUSE;
	}
	if (took == TOOK)
		took = add_typed(c, t, r, dated, w, b, why);
	if (took != TOOK) {
		batch->out.n = b->from;
		batch->pending.n--;
		return took;
	}
	b->to = batch->out.n;
	customers_pend(c, b, id);
	if (follows)
		add_following(c, t, r, dated ? &w : NULL, id);
	return TOOK;
}

void customers_again(struct customers *c, struct customers *home,
	struct keys *keys, const struct customers_options *o,
	void (*turn)(void *arg), void *turn_arg)
{
	customers_init(c, keys, o);
	c->home = home;
	c->turn = turn;
	c->turn_arg = turn_arg;
}

void customers_release(struct customers *c)
{
	customers_fold_release(c);
	pthread_mutex_destroy(&c->lock);
	printer_free(c->printer);
	map_release(&c->texts);
	ids_release(&c->ids);
	free(c->log);
	free(c->table);
	free(c->slot);
	free(c->order);
	arena_release(&c->long_ids);
	if (c->fields) {
		map_release(&c->fields->name);
		vec_release(&c->fields->by_key);
	}
	free(c->fields);
	free(c->k);
	buf_release(&c->scratch);
	*c = (struct customers){ 0 };
}
