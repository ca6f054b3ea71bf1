#include "base/lanes.h"
#include "crm/consent.h"
#include "crm/customers_log.h"
#include "crm/figures.h"
#include "record/schema.h"

#include <stdlib.h>

/* A sum by a number of texts. */
struct tally {
	uint32_t id, n;
	struct dec sum;
	bool follow, window; /* of channels: see follow_of */
};

struct field_value {
	uint32_t field; /* number in fields.name */
	struct candidate c;
};

struct delivered {
	uint64_t key;
	struct when time;
	uint32_t status;
};

struct source_id {
	struct view source, id;
};

struct followed {
	struct view channel;
	bool has_on, has_off, has_window, has_list, list_on;
	struct when on, off, window;
	struct when list; /* of the last list of followers */
};

/* The time of a list that does not say when it was taken: before all else. */
#define NO_TIME INT64_MIN

#define AHEAD 8

/* Fields that say nothing without the city. */
#define OF_CITY 5

/* What one customer's entries say, in arrays that are used again. */
struct printer {
	VEC(struct purchase) purchase;
	VEC(struct giveback) refund;
	VEC(uint64_t) voided;
	VEC(struct tally) channel;
	VEC(struct tally) country;
	VEC(struct tally) category;
	VEC(struct tally) brand;
	VEC(struct tally) event;
	VEC(struct dec) price;
	VEC(struct field_value) field;
	VEC(struct consent) consent;
	VEC(struct delivered) delivery;
	VEC(struct followed) follow;
	VEC(struct view) ids;
	VEC(struct view) sources;
	VEC(struct view) houses;
	VEC(struct view) list;
	VEC(struct candidate) candidates;
	VEC(struct kept) outcome;
	uint32_t ahead[AHEAD]; /* look_ahead's places in the log */
	struct dec items;
	bool overflow;
	uint32_t forgotten; /* as the customers' */
	size_t tasks_30d, open_tasks;
	/* by number of field: the place in print; made again when there are
	 * more fields */
	VEC(uint32_t) rank;
	/* numbers of the fields that say where somebody lives, or MAP_NONE */
	size_t city, province, of_city[OF_CITY];
	/* of those texts that mean something here */
	VEC(uint8_t) event_class;
	struct buf reasons, scratch;
};

void printer_free(struct printer *p)
{
	if (!p)
		return;
	vec_release(&p->purchase);
	vec_release(&p->refund);
	vec_release(&p->voided);
	vec_release(&p->channel);
	vec_release(&p->country);
	vec_release(&p->category);
	vec_release(&p->brand);
	vec_release(&p->event);
	vec_release(&p->price);
	vec_release(&p->field);
	vec_release(&p->consent);
	vec_release(&p->delivery);
	vec_release(&p->follow);
	vec_release(&p->ids);
	vec_release(&p->sources);
	vec_release(&p->houses);
	vec_release(&p->list);
	vec_release(&p->candidates);
	vec_release(&p->outcome);
	vec_release(&p->rank);
	vec_release(&p->event_class);
	buf_release(&p->reasons);
	buf_release(&p->scratch);
	free(p);
}

static void reset(struct printer *p)
{
	p->purchase.n = p->refund.n = p->voided.n = p->channel.n = 0;
	p->country.n = p->category.n = p->brand.n = p->event.n = 0;
	p->price.n = p->field.n = p->consent.n = p->delivery.n = 0;
	p->follow.n = p->ids.n = p->sources.n = p->houses.n = 0;
	p->outcome.n = 0;
	p->items = (struct dec){ 0 };
	p->overflow = false;
	p->tasks_30d = p->open_tasks = 0;
	buf_reset(&p->reasons);
}

/* Reading the entries. */

static bool within_days(const struct customers *c, struct when w, int days)
{
	int64_t now = c->o->as_of.sec + (c->o->as_of.date_only ? 86399 : 0);
	return w.sec > now - (int64_t)days * 86400;
}

/* Of one instant written in two ways always the same one. */
static bool after(struct when a, struct when b)
{
	if (a.sec != b.sec)
		return a.sec > b.sec;
	if (a.offset != b.offset)
		return a.offset > b.offset;
	return a.date_only < b.date_only;
}

static void latest(bool *has, struct when *have, struct when w)
{
	if (!*has || after(w, *have))
		*have = w;
	*has = true;
}

static struct followed *followed_of(struct printer *p, struct view channel)
{
	for (size_t i = 0; i < p->follow.n; i++)
		if (view_eq(p->follow.v[i].channel, channel))
			return &p->follow.v[i];
	struct followed *f = vec_add(&p->follow);
	*f = (struct followed){ .channel = channel };
	return f;
}

/* Of two lists of one time the one without the person. */
static void list_of(struct followed *f, bool on, struct when w)
{
	if (!f->has_list || w.sec > f->list.sec)
		f->list_on = on;
	else if (w.sec == f->list.sec)
		f->list_on &= on;
	latest(&f->has_list, &f->list, w);
}

static void read_profile(struct customers *c, struct printer *p,
	const uint8_t *s)
{
	struct candidate x = { .dated = *s++ };
	if (x.dated)
		x.observed = get_when(&s);
	x.source = map_key(&c->texts, (size_t)get_u(&s));
	x.source_id = get_text(&s);
	struct view house = map_key(&c->texts, (size_t)get_u(&s));
	if (x.source.n)
		*vec_add(&p->sources) = x.source;
	if (house.n)
		*vec_add(&p->houses) = house;
	uint64_t listed = get_u(&s);
	if (listed) {
		size_t channel = (size_t)get_u(&s);
		list_of(followed_of(p, map_key(&c->texts, channel)),
			listed == 2,
			x.dated ? x.observed : (struct when){ .sec = NO_TIME });
	}
	for (uint64_t n = get_u(&s); n; n--)
		*vec_add(&p->ids) = get_text(&s);
	for (uint64_t no; (no = get_u(&s));) {
		x.value = get_text(&s);
		*vec_add(&p->field) =
			(struct field_value){ .field = (uint32_t)(no - 1),
				.c = x };
	}
}

static void read_order(struct printer *p, const uint8_t *s)
{
	struct purchase x = { .time = get_when(&s) };
	x.day = get_s(&s);
	x.paid = get_dec(&s);
	x.key = get_key(&s);
	*vec_add(&p->purchase) = x;
	uint32_t channel = (uint32_t)get_u(&s), country = (uint32_t)get_u(&s);
	if (channel)
		*vec_add(&p->channel) =
			(struct tally){ .id = channel, .n = 1, .sum = x.paid };
	if (country)
		*vec_add(&p->country) = (struct tally){ .id = country };
	for (uint64_t n = get_u(&s); n; n--) {
		uint32_t category = (uint32_t)get_u(&s);
		uint32_t brand = (uint32_t)get_u(&s);
		if (!*s++)
			continue;
		*vec_add(&p->price) = get_dec(&s);
		struct tally t = { .sum = get_dec(&s) };
		if ((t.id = category))
			*vec_add(&p->category) = t;
		if ((t.id = brand))
			*vec_add(&p->brand) = t;
	}
	p->overflow |= !sum_add(&p->items, get_dec(&s));
}

static void read_consent(struct customers *c, struct printer *p,
	const uint8_t *s)
{
	struct consent x = { 0 };
	x.channel = map_key(&c->texts, (size_t)get_u(&s));
	x.to = get_text(&s);
	x.purpose = map_key(&c->texts, (size_t)get_u(&s));
	x.house = map_key(&c->texts, (size_t)get_u(&s));
	x.account = map_key(&c->texts, (size_t)get_u(&s));
	x.source = map_key(&c->texts, (size_t)get_u(&s));
	x.proof = get_text(&s);
	x.status = (enum consent_status)get_u(&s);
	x.rule = (unsigned)get_u(&s);
	x.dated = *s++;
	if (x.dated)
		x.time = get_when(&s);
	*vec_add(&p->consent) = x;
}

static void read_task(struct customers *c, struct printer *p, const uint8_t *s)
{
	struct view state = map_key(&c->texts, (size_t)get_u(&s));
	p->open_tasks += !view_is(state, "done") && !view_is(state, "closed") &&
			 !view_is(state, "cancelled");
	if (!*s++)
		return;
	struct when due = get_when(&s);
	p->tasks_30d +=
		within_days(c, due, 30) && when_cmp(due, c->o->as_of) <= 0;
}

static void read_outcome(struct customers *c, struct printer *p,
	const uint8_t *s)
{
	struct kept o = { .fact = (uint32_t)get_u(&s) };
	o.kind = *s++;
	o.scale = *s++;
	o.v = get_dec(&s).v;
	o.weight = dec_of(1);
	if (c->o->facts->fact.v[o.fact].weight)
		o.weight = get_dec(&s);
	*vec_add(&p->outcome) = o;
}

enum event_class { EV_UNSEEN, EV_OTHER, EV_ON, EV_OFF, EV_MESSAGE, EV_TAP };

/*
 * What an event means for following and for the window of customer-service
 * messages (WeChat: 48 hours after a message, 1 minute after a menu click, a
 * follow or a scan; VIEW, a menu's link, opens none).
 */
static enum event_class class_of(struct printer *p, uint32_t id, struct view v)
{
	static const struct {
		const char *name;
		enum event_class class;
	} known[] = {
		{ "message", EV_MESSAGE },
		{ "text", EV_MESSAGE },
		{ "image", EV_MESSAGE },
		{ "voice", EV_MESSAGE },
		{ "video", EV_MESSAGE },
		{ "shortvideo", EV_MESSAGE },
		{ "location", EV_MESSAGE },
		{ "link", EV_MESSAGE },
		{ "click", EV_TAP },
		{ "scan", EV_TAP },
		{ "scancode_push", EV_TAP },
		{ "scancode_waitmsg", EV_TAP },
	};
	while (p->event_class.n <= id)
		*vec_add(&p->event_class) = EV_UNSEEN;
	if (p->event_class.v[id])
		return p->event_class.v[id];
	int follows = event_follows(v);
	enum event_class class = follows > 0   ? EV_ON
				 : follows < 0 ? EV_OFF
					       : EV_OTHER;
	/* LOCATION in capitals is the phone's position, which is no message */
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (v.n == strlen(known[i].name) &&
			strncasecmp(v.p, known[i].name, v.n) == 0 &&
			!(known[i].class == EV_MESSAGE && v.p[0] < 'a'))
			class = known[i].class;
	p->event_class.v[id] = (uint8_t) class;
	return class;
}

static void follow_of(struct printer *p, struct view channel,
	enum event_class class, struct when w)
{
	struct followed *f = followed_of(p, channel);
	if (class == EV_ON)
		latest(&f->has_on, &f->on, w);
	else if (class == EV_OFF)
		latest(&f->has_off, &f->off, w);
	if (class == EV_OFF || channel.n < 6 ||
		memcmp(channel.p, "wechat", 6) != 0)
		return;
	w.sec += class == EV_MESSAGE ? 48 * 3600 : 60;
	latest(&f->has_window, &f->window, w);
}

static bool following(const struct followed *f)
{
	return f->has_on && (!f->has_off || f->off.sec < f->on.sec);
}

static bool unfollowed(const struct followed *f)
{
	return f->has_off && !following(f);
}

/* A list that is newer than the events and says otherwise: one was missed. */
static void settle(struct followed *f)
{
	if (!f->has_list)
		return;
	if (f->list_on) {
		if (!following(f) && (!f->has_off || f->list.sec > f->off.sec))
			latest(&f->has_on, &f->on, f->list);
	} else if (!unfollowed(f)) {
		if (!f->has_on || f->list.sec >= f->on.sec)
			latest(&f->has_off, &f->off, f->list);
	}
}

struct last_event {
	bool has;
	struct when time;
};

static struct last_event read_events(struct customers *c, struct printer *p,
	uint32_t at)
{
	struct last_event last = { 0 };
	while (at) {
		const struct event_tally *e =
			(const void *)(c->log + (size_t)at * 4);
		struct when w = { .sec = e->sec,
			.offset = e->offset,
			.date_only = e->date_only };
		*vec_add(&p->event) =
			(struct tally){ .id = e->event, .n = e->count };
		if (!last.has || w.sec > last.time.sec ||
			(w.sec == last.time.sec && w.offset > last.time.offset))
			last.time = w;
		last.has = true;
		enum event_class class =
			class_of(p, e->event, map_key(&c->texts, e->event));
		struct view channel = map_key(&c->texts, e->channel);
		if (class != EV_OTHER && channel.n)
			follow_of(p, channel, class, w);
		at = e->prev;
	}
	return last;
}

static void read_entries(struct customers *c, struct printer *p, uint32_t at)
{
	while (at) {
		const uint8_t *s = c->log + (size_t)at * 4;
		memcpy(&at, s, 4);
		if (at)
			__builtin_prefetch(c->log + (size_t)at * 4);
		enum entry_kind kind = s[4];
		s += 5;
		switch (kind) {
		case E_PROFILE:
			read_profile(c, p, s);
			break;
		case E_ORDER:
			read_order(p, s);
			break;
		case E_VOID:
			*vec_add(&p->voided) = get_key(&s);
			break;
		case E_REFUND: {
			struct giveback g = { .paid = get_dec(&s) };
			g.key = get_key(&s);
			*vec_add(&p->refund) = g;
			break;
		}
		case E_CONSENT:
			read_consent(c, p, s);
			break;
		case E_DELIVERY: {
			struct delivered d = { .status = (uint32_t)get_u(&s) };
			d.time = get_when(&s);
			d.key = get_key(&s);
			*vec_add(&p->delivery) = d;
			break;
		}
		case E_TASK:
			read_task(c, p, s);
			break;
		case E_OUTCOME:
			read_outcome(c, p, s);
			break;
		}
	}
}

/* Sorting and folding. */

static int tally_id_cmp(const void *a, const void *b)
{
	uint32_t x = ((const struct tally *)a)->id;
	uint32_t y = ((const struct tally *)b)->id;
	return (x > y) - (x < y);
}

/* One for each id. */
static bool tallies_fold(struct tally *t, size_t *n)
{
	size_t left = 0;
	if (*n > 24) {
		qsort(t, *n, sizeof(*t), tally_id_cmp);
		for (size_t i = 0; i < *n; i++) {
			if (left && t[left - 1].id == t[i].id) {
				t[left - 1].n += t[i].n;
				if (!sum_add(&t[left - 1].sum, t[i].sum))
					return false;
			} else {
				t[left++] = t[i];
			}
		}
		*n = left;
		return true;
	}
	for (size_t i = 0; i < *n; i++) {
		size_t k = 0;
		while (k < left && t[k].id != t[i].id)
			k++;
		if (k == left) {
			t[left++] = t[i];
			continue;
		}
		t[k].n += t[i].n;
		if (!sum_add(&t[k].sum, t[i].sum))
			return false;
	}
	*n = left;
	return true;
}

static int tally_name_cmp(const void *a, const void *b, void *arg)
{
	const struct customers *c = arg;
	return view_cmp(map_key(&c->texts, ((const struct tally *)a)->id),
		map_key(&c->texts, ((const struct tally *)b)->id));
}

/* Largest sum first, then by name. */
static int tally_sum_cmp(const void *a, const void *b, void *arg)
{
	int cmp = -dec_cmp(((const struct tally *)a)->sum,
		((const struct tally *)b)->sum);
	return cmp ? cmp : tally_name_cmp(a, b, arg);
}

/* qsort_r's call for each comparison is most of its time on a handful. */
static void sort_tallies(struct tally *t, size_t n,
	int (*cmp)(const void *, const void *, void *), struct customers *c)
{
	if (n > 24) {
		qsort_r(t, n, sizeof(*t), cmp, c);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct tally x = t[i];
		size_t k = i;
		for (; k && cmp(&t[k - 1], &x, c) > 0; k--)
			t[k] = t[k - 1];
		t[k] = x;
	}
}

static int view_qcmp(const void *a, const void *b)
{
	return view_cmp(*(const struct view *)a, *(const struct view *)b);
}

static size_t unique(struct view *v, size_t n)
{
	size_t left = 0;
	if (n > 1)
		qsort(v, n, sizeof(*v), view_qcmp);
	for (size_t i = 0; i < n; i++)
		if (!left || !view_eq(v[left - 1], v[i]))
			v[left++] = v[i];
	return left;
}

/* Printing. */

/* Constant texts, the length known when compiling: no call for them. */
static inline void put(struct buf *out, const char *p, size_t n)
{
	if (out->p && n < out->cap - out->n) {
		memcpy(out->p + out->n, p, n);
		out->n += n;
		out->p[out->n] = '\0';
	} else {
		buf_add(out, p, n);
	}
}

#define PUT(out, text) put(out, text, sizeof(text) - 1)
#define KEY(out, name) PUT(out, ",\"" name "\":")

static inline void putc_(struct buf *out, char c)
{
	put(out, &c, 1);
}

static void put_name(struct buf *out, const char *key)
{
	PUT(out, ",\"");
	put(out, key, strlen(key));
	PUT(out, "\":");
}

static void put_number(struct buf *out, int64_t n)
{
	dec_print(out, dec_of(n));
}

static void put_time(struct buf *out, struct when w)
{
	putc_(out, '"');
	when_print(out, w);
	putc_(out, '"');
}

static void put_list(struct buf *out, const struct view *v, size_t n)
{
	putc_(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			putc_(out, ',');
		json_text(out, v[i]);
	}
	putc_(out, ']');
}

static struct val val_of(struct view json)
{
	struct val v = { json.p, json.n, K_NUMBER, false };
	if (json.p[0] == '"') {
		v = (struct val){ json.p + 1, json.n - 2, K_STRING, false };
		v.escaped = memchr(v.p, '\\', v.n) != NULL;
	} else if (json.p[0] == '[') {
		v.kind = K_ARRAY;
	} else if (json.p[0] == '{') {
		v.kind = K_OBJECT;
	}
	return v;
}

/* The value of a field that has one: a text is a string always. */
static void put_single(struct buf *out, struct view field, struct view json,
	const struct schema_type *profile)
{
	const struct schema_field *f = schema_field(profile, field);
	bool single = f && (f->type == F_TEXT || f->type == F_ID ||
				   f->type == F_DATE || f->type == F_TIME);
	if (single && json.p[0] == '[') {
		struct val_iter it = val_iter(val_of(json));
		struct buf first = { 0 };
		bool has = val_next(&it);
		if (has)
			json_val(&first, it.val);
		if (has && first.p[0] != '[')
			put_single(out, field, buf_view(&first), profile);
		else
			buf_addv(out, json);
		buf_release(&first);
		return;
	}
	if (single && json.p[0] != '"' && json.p[0] != '{')
		json_text(out, json);
	else
		buf_addv(out, json);
}

static void put_reason(struct printer *p, struct view field, enum survive rule,
	const struct candidate *c, size_t of)
{
	struct buf *b = &p->reasons;
	buf_adds(b, b->n ? ",{\"field\":" : "{\"field\":");
	json_text(b, field);
	buf_addf(b, ",\"rule\":\"%s\",\"source\":", golden_rule_name(rule));
	json_text(b, c->source);
	PUT(b, ",\"source_id\":");
	json_text(b, c->source_id);
	if (c->dated) {
		KEY(b, "observed_at");
		put_time(b, c->observed);
	}
	buf_addf(b, ",\"of\":%zu}", of);
}

/* The elements of all arrays, each once, in byte order. */
static void put_union(struct printer *p, struct buf *out,
	const struct candidate *c, size_t n)
{
	p->list.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct val v = val_of(c[i].value);
		if (v.kind != K_ARRAY) {
			*vec_add(&p->list) = c[i].value;
			continue;
		}
		struct val_iter it = val_iter(v);
		while (val_next(&it)) {
			if (it.val.kind == K_NULL)
				continue;
			struct view e = { it.val.p, it.val.n };
			if (it.val.kind == K_STRING)
				e = (struct view){ e.p - 1, e.n + 2 };
			*vec_add(&p->list) = e;
		}
	}
	p->list.n = unique(p->list.v, p->list.n);
	putc_(out, '[');
	for (size_t i = 0; i < p->list.n; i++) {
		if (i)
			putc_(out, ',');
		buf_addv(out, p->list.v[i]);
	}
	putc_(out, ']');
}

/* scrm-record(5)'s order, then the others by name. */
static void rank_fields(struct customers *c, struct printer *p)
{
	const struct map *name = &c->fields->name;
	const struct schema_type *t = schema_type(VIEW("profile"));
	uint32_t place = 0;
	struct view *rest = xreallocarray(NULL, name->n, sizeof(*rest));
	size_t n = 0;
	static const char *const of_city[OF_CITY] = { "province_code",
		"province", "district", "city_tier", "city_code" };
	p->city = map_find(name, "city", 4);
	for (size_t i = 0; i < OF_CITY; i++)
		p->of_city[i] = map_find(name, of_city[i], strlen(of_city[i]));
	p->province = p->of_city[1];
	while (p->rank.n < name->n)
		*vec_add(&p->rank) = 0;
	for (size_t i = 0; i < name->n; i++)
		p->rank.v[i] = UINT32_MAX;
	static const char *const ahead[] = { "name", "given_name",
		"family_name", "nickname", "gender", "birth_date" };
	for (size_t i = 0; i < sizeof(ahead) / sizeof(*ahead); i++) {
		size_t no = map_find(name, ahead[i], strlen(ahead[i]));
		if (no != MAP_NONE)
			p->rank.v[no] = place++;
	}
	for (size_t i = 0; i < name->n; i++)
		if (p->rank.v[i] == UINT32_MAX &&
			schema_field(t, map_key(name, i)))
			rest[n++] = map_key(name, i);
	size_t known = unique(rest, n);
	for (size_t i = 0; i < known; i++)
		p->rank.v[map_find(name, rest[i].p, rest[i].n)] = place++;
	n = 0;
	for (size_t i = 0; i < name->n; i++)
		if (p->rank.v[i] == UINT32_MAX)
			rest[n++] = map_key(name, i);
	unique(rest, n);
	for (size_t i = 0; i < n; i++)
		p->rank.v[map_find(name, rest[i].p, rest[i].n)] = place++;
	free(rest);
}

static int field_cmp(const void *pa, const void *pb, void *arg)
{
	const struct printer *p = arg;
	const struct field_value *a = pa, *b = pb;
	uint32_t x = p->rank.v[a->field], y = p->rank.v[b->field];
	return (x > y) - (x < y);
}

struct chosen {
	struct view email, phone, wecom;
};

/* Of this field the value that survives; p NULL where there is none. */
static struct candidate survivor(struct customers *c, struct printer *p,
	size_t no)
{
	struct candidate none = { 0 };
	p->candidates.n = 0;
	for (size_t i = 0; no != MAP_NONE && i < p->field.n; i++)
		if (p->field.v[i].field == no)
			*vec_add(&p->candidates) = p->field.v[i].c;
	if (p->candidates.n == 0)
		return none;
	struct golden_rule rule =
		golden_rule(c->o->golden, map_key(&c->fields->name, no));
	if (rule.rule == SURVIVE_UNION)
		return none;
	return p->candidates.v[golden_pick(c->o->golden, rule, p->candidates.v,
		p->candidates.n)];
}

static bool same_profile(const struct candidate *a, const struct candidate *b)
{
	return view_eq(a->source, b->source) &&
	       view_eq(a->source_id, b->source_id) &&
	       a->observed.sec == b->observed.sec &&
	       a->observed.nsec == b->observed.nsec;
}

/* Of the candidates of this field those of the profile that the city is of:
 * the tier of one city says nothing of another. Without a city the code goes
 * with its province. */
static void keep_place(struct printer *p, size_t no,
	const struct candidate *city, const struct candidate *province)
{
	const struct candidate *with = city->value.p ? city : province;
	bool goes = with == province && no == p->of_city[0];
	for (size_t i = 0; i < OF_CITY && with == city; i++)
		goes |= no == p->of_city[i];
	size_t n = 0;
	if (!goes || !with->value.p)
		return;
	for (size_t i = 0; i < p->candidates.n; i++)
		if (same_profile(&p->candidates.v[i], with))
			p->candidates.v[n++] = p->candidates.v[i];
	p->candidates.n = n;
}

/* The surviving value of each field of the profiles. */
static void put_fields(struct customers *c, struct printer *p, struct buf *out,
	struct chosen *chosen)
{
	const struct schema_type *profile = schema_type(VIEW("profile"));
	struct candidate openid = { 0 };
	if (p->rank.n != c->fields->name.n)
		rank_fields(c, p);
	if (p->field.n > 1)
		qsort_r(p->field.v, p->field.n, sizeof(*p->field.v), field_cmp,
			p);
	const struct candidate city = survivor(c, p, p->city);
	const struct candidate province = survivor(c, p, p->province);
	for (size_t i = 0, end; i < p->field.n; i = end) {
		uint32_t no = p->field.v[i].field;
		struct view field = map_key(&c->fields->name, no);
		p->candidates.n = 0;
		for (end = i; end < p->field.n && p->field.v[end].field == no;
			end++)
			*vec_add(&p->candidates) = p->field.v[end].c;
		keep_place(p, no, &city, &province);
		size_t n = p->candidates.n;
		struct candidate *v = p->candidates.v;
		struct golden_rule rule = golden_rule(c->o->golden, field);
		if (n == 0)
			continue;
		/* an openid is nothing without the account it belongs to */
		if (view_is(field, "wechat_appid"))
			continue;
		const struct candidate *best =
			&v[golden_pick(c->o->golden, rule, v, n)];
		putc_(out, ',');
		json_text(out, field);
		putc_(out, ':');
		if (rule.rule == SURVIVE_UNION)
			put_union(p, out, v, n);
		else
			put_single(out, field, best->value, profile);
		if (c->o->explain)
			put_reason(p, field, rule.rule, best, n);
		if (view_is(field, "wechat_openid"))
			openid = *best;
		if (best->value.p[0] != '"')
			continue;
		struct view text = { best->value.p + 1, best->value.n - 2 };
		if (view_is(field, "email"))
			chosen->email = text;
		else if (view_is(field, "phone"))
			chosen->phone = text;
		else if (view_is(field, "wecom_external_userid"))
			chosen->wecom = text;
	}
	if (!openid.value.n)
		return;
	for (size_t i = 0; i < p->field.n; i++) {
		const struct field_value *f = &p->field.v[i];
		if (!view_is(map_key(&c->fields->name, f->field),
			    "wechat_appid") ||
			!same_profile(&f->c, &openid))
			continue;
		KEY(out, "wechat_appid");
		buf_addv(out, f->c.value);
		if (c->o->explain)
			put_reason(p, VIEW("wechat_appid"), SURVIVE_LATEST,
				&f->c, 1);
		return;
	}
}

/* The rule that a consent follows from, or NULL. */
static const struct consent_rule *rule_of(const struct customers *c,
	const struct consent *x)
{
	return x->rule ? &c->o->consent->rule.v[x->rule - 1] : NULL;
}

static void put_consent_fields(const struct customers *c, struct buf *out,
	const struct consent *x)
{
	PUT(out, "{\"channel\":");
	json_text(out, x->channel);
	if (x->to.n) {
		KEY(out, "to");
		json_text(out, x->to);
	}
	KEY(out, "purpose");
	json_text(out, x->purpose.n ? x->purpose : VIEW("marketing"));
	buf_addf(out, ",\"status\":\"%s\"", consent_word(x->status));
	if (x->dated) {
		KEY(out, "time");
		put_time(out, x->time);
	}
	if (x->house.n) {
		KEY(out, "house");
		json_text(out, x->house);
	}
	if (x->account.n) {
		KEY(out, "account");
		json_text(out, x->account);
	}
	if (x->proof.n) {
		KEY(out, "proof");
		json_text(out, x->proof);
	}
	if (x->rule) {
		KEY(out, "rule");
		json_text(out, rule_of(c, x)->name);
	}
	putc_(out, '}');
}

/* Why a consent stands that nobody said. */
static void put_consent_reason(const struct customers *c, struct printer *p,
	const struct consent *x)
{
	const struct consent_rule *rule = rule_of(c, x);
	struct buf *b = &p->reasons;
	buf_adds(b, b->n ? ",{\"field\":" : "{\"field\":");
	PUT(b, "\"consents\",\"rule\":");
	json_text(b, rule->name);
	PUT(b, ",\"when\":");
	json_text(b, rule->when);
	PUT(b, ",\"source\":");
	json_text(b, x->source);
	PUT(b, ",\"channel\":");
	json_text(b, x->channel);
	if (x->to.n) {
		PUT(b, ",\"to\":");
		json_text(b, x->to);
	}
	buf_addf(b, ",\"status\":\"%s\"}", consent_word(x->status));
}

static void put_reach_one(const struct customers *c, struct printer *p,
	struct buf *out, const struct consent *x, size_t of)
{
	json_text(out, x->channel);
	PUT(out, ":{\"to\":");
	json_text(out, x->to);
	const char *colon = memchr(x->channel.p, ':', x->channel.n);
	if (colon) {
		KEY(out, "account");
		json_text(out, (struct view){ colon + 1,
				       (size_t)(x->channel.p + x->channel.n -
						colon - 1) });
	}
	struct buf *b = &p->scratch;
	buf_reset(b);
	PUT(b, "granted");
	if (x->dated) {
		putc_(b, ' ');
		when_print(b, x->time);
	}
	if (x->proof.n) {
		PUT(b, ", ");
		buf_addv(b, x->proof);
	}
	if (x->rule) {
		PUT(b, ", by ");
		buf_addv(b, rule_of(c, x)->name);
	}
	if (of > 1)
		buf_addf(b, "; first of %zu addresses with consent", of);
	KEY(out, "reason");
	json_text(out, buf_view(b));
	putc_(out, '}');
}

static void put_consents(const struct customers *c, struct printer *p,
	struct buf *out, const struct chosen *chosen)
{
	size_t n = consents_latest(p->consent.v, p->consent.n);
	const struct consent *x = p->consent.v;
	if (!n)
		return;
	KEY(out, "consents");
	for (size_t i = 0; i < n; i++) {
		putc_(out, i ? ',' : '[');
		put_consent_fields(c, out, &x[i]);
		if (c->o->explain && x[i].rule)
			put_consent_reason(c, p, &x[i]);
	}
	putc_(out, ']');
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		struct view channel = x[i].channel, preferred = { 0 };
		if (i && view_eq(channel, x[i - 1].channel))
			continue;
		if (view_is(channel, "email"))
			preferred = chosen->email;
		else if (view_is(channel, "sms"))
			preferred = chosen->phone;
		bool gone = false;
		for (size_t k = 0; k < p->follow.n; k++)
			gone |= view_eq(p->follow.v[k].channel, channel) &&
				unfollowed(&p->follow.v[k]);
		size_t of;
		const struct consent *best =
			consent_reach(x, n, channel, preferred, &of);
		if (!best || gone)
			continue;
		if (any)
			putc_(out, ',');
		else
			PUT(out, ",\"reach\":{");
		any = true;
		put_reach_one(c, p, out, best, of);
	}
	if (any)
		putc_(out, '}');
}

static bool put_shares(struct customers *c, struct buf *out, const char *key,
	struct tally *t, size_t n)
{
	struct dec sum = { 0 };
	size_t left = 0;
	if (!tallies_fold(t, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (t[i].sum.v <= 0)
			continue;
		if (!sum_add(&sum, t[i].sum))
			return false;
		t[left++] = t[i];
	}
	if (!left)
		return true;
	sort_tallies(t, left, tally_sum_cmp, c);
	put_name(out, key);
	putc_(out, '{');
	for (size_t i = 0; i < left; i++) {
		struct dec share;
		if (!share_of(t[i].sum, sum, &share))
			return false;
		if (i)
			putc_(out, ',');
		json_text(out, map_key(&c->texts, t[i].id));
		putc_(out, ':');
		dec_print(out, share);
	}
	putc_(out, '}');
	return true;
}

static bool put_names(struct customers *c, struct buf *out, const char *key,
	struct tally *t, size_t *n)
{
	if (!*n)
		return true;
	if (!tallies_fold(t, n))
		return false;
	sort_tallies(t, *n, tally_name_cmp, c);
	put_name(out, key);
	putc_(out, '[');
	for (size_t i = 0; i < *n; i++) {
		if (i)
			putc_(out, ',');
		json_text(out, map_key(&c->texts, t[i].id));
	}
	putc_(out, ']');
	return true;
}

static int dec_qcmp(const void *a, const void *b)
{
	return dec_cmp(*(const struct dec *)a, *(const struct dec *)b);
}

static void sort_prices(struct dec *v, size_t n)
{
	if (n > 24) {
		qsort(v, n, sizeof(*v), dec_qcmp);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct dec x = v[i];
		size_t k = i;
		for (; k &&
			(v[k - 1].scale == x.scale ? v[k - 1].v > x.v
						   : dec_cmp(v[k - 1], x) > 0);
			k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

/* The refunds of orders that count, or of none that is known. */
static void drop_voided(struct printer *p)
{
	size_t left = 0;
	for (size_t i = 0; i < p->refund.n; i++) {
		uint64_t key = p->refund.v[i].key;
		size_t k = 0;
		while (k < p->voided.n && (!key || p->voided.v[k] != key))
			k++;
		if (k == p->voided.n)
			p->refund.v[left++] = p->refund.v[i];
	}
	p->refund.n = left;
}

static bool put_prices(struct customers *c, struct printer *p, struct buf *out)
{
	struct dec median, half = { 5, 1 };
	if (!p->price.n)
		return true;
	sort_prices(p->price.v, p->price.n);
	if (!quantile(p->price.v, p->price.n, half, c->digits, &median))
		return false;
	KEY(out, "median_price");
	dec_print(out, median);
	PUT(out, ",\"price_band\":\"");
	price_band(out, median);
	putc_(out, '"');
	return true;
}

static bool put_orders(struct customers *c, struct printer *p, struct buf *out)
{
	struct figures f;
	struct when now = c->o->as_of;
	if (c->o->offset && c->o->zone && !now.date_only)
		now.offset = c->o->offset(c->o->zone, now.sec);
	drop_voided(p);
	if (!figures_of(p->purchase.v, p->purchase.n, p->refund.v, p->refund.n,
		    when_day(now), c->digits, &f))
		return false;
	KEY(out, "orders");
	put_number(out, (int64_t)f.orders);
	if (c->currency && (f.orders || p->refund.n)) {
		KEY(out, "currency");
		json_text(out, map_key(&c->texts, c->currency));
	}
	KEY(out, "revenue");
	dec_print(out, f.revenue);
	KEY(out, "gross_revenue");
	dec_print(out, f.gross);
	if (!f.orders)
		return true;
	KEY(out, "aov");
	dec_print(out, f.aov);
	KEY(out, "items");
	dec_print(out, p->items);
	KEY(out, "first_order_at");
	put_time(out, f.first);
	KEY(out, "last_order_at");
	put_time(out, f.last);
	if (f.has_gap) {
		KEY(out, "median_days_between_orders");
		put_number(out, f.gap2 / 2);
		if (f.gap2 & 1)
			PUT(out, ".5");
	}
	if (f.has_days) {
		KEY(out, "frequency");
		put_number(out, f.frequency);
		KEY(out, "recency");
		put_number(out, f.recency);
		KEY(out, "T");
		put_number(out, f.T);
	}
	if (f.has_monetary) {
		KEY(out, "monetary_value");
		dec_print(out, f.monetary);
	}
	if (!put_names(c, out, "channels", p->channel.v, &p->channel.n))
		return false;
	const struct tally *top = NULL;
	for (size_t i = 0; i < p->channel.n; i++) {
		const struct tally *t = &p->channel.v[i];
		if (!top || t->n > top->n ||
			(t->n == top->n && dec_cmp(t->sum, top->sum) > 0))
			top = t;
	}
	if (top) {
		KEY(out, "top_channel");
		json_text(out, map_key(&c->texts, top->id));
	}
	return put_names(c, out, "countries", p->country.v, &p->country.n) &&
	       put_shares(c, out, "share_by_category", p->category.v,
		       p->category.n) &&
	       put_shares(c, out, "share_by_brand", p->brand.v, p->brand.n) &&
	       put_prices(c, p, out);
}

static int followed_cmp(const void *a, const void *b)
{
	return view_cmp(((const struct followed *)a)->channel,
		((const struct followed *)b)->channel);
}

static void put_follow(struct printer *p, struct buf *out)
{
	bool any = false, now = false, window = false;
	struct when until = { 0 };
	if (p->follow.n > 1)
		qsort(p->follow.v, p->follow.n, sizeof(*p->follow.v),
			followed_cmp);
	for (size_t i = 0; i < p->follow.n; i++) {
		const struct followed *f = &p->follow.v[i];
		any |= f->has_on || f->has_off;
		now |= following(f);
		/* who left cannot be written to; who came back can */
		if (f->has_window && !unfollowed(f))
			latest(&window, &until, f->window);
	}
	if (any) {
		KEY(out, "following");
		buf_adds(out, now ? "true" : "false");
		KEY(out, "follow");
		bool first = true;
		for (size_t i = 0; i < p->follow.n; i++) {
			const struct followed *f = &p->follow.v[i];
			if (!f->has_on && !f->has_off)
				continue;
			putc_(out, first ? '{' : ',');
			first = false;
			json_text(out, f->channel);
			bool on = following(f);
			struct when since = on ? f->on : f->off;
			buf_adds(out, on ? ":{\"following\":true"
					 : ":{\"following\":false");
			if (since.sec != NO_TIME) {
				KEY(out, "since");
				put_time(out, since);
			}
			putc_(out, '}');
		}
		putc_(out, '}');
	}
	if (window) {
		KEY(out, "wechat_window_until");
		put_time(out, until);
	}
}

static bool put_events(struct customers *c, struct printer *p, struct buf *out,
	struct last_event last)
{
	if (!p->event.n)
		return true;
	if (!tallies_fold(p->event.v, &p->event.n))
		return false;
	sort_tallies(p->event.v, p->event.n, tally_name_cmp, c);
	KEY(out, "events");
	for (size_t i = 0; i < p->event.n; i++) {
		putc_(out, i ? ',' : '{');
		json_text(out, map_key(&c->texts, p->event.v[i].id));
		putc_(out, ':');
		put_number(out, p->event.v[i].n);
	}
	putc_(out, '}');
	KEY(out, "last_event_at");
	put_time(out, last.time);
	return true;
}

static int delivered_cmp(const void *pa, const void *pb)
{
	const struct delivered *a = pa, *b = pb;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return 0;
}

static size_t delivered_30d(struct customers *c, struct printer *p,
	const char *status, const char *other)
{
	size_t n = 0;
	uint64_t last = 0;
	for (size_t i = 0; i < p->delivery.n; i++) {
		const struct delivered *d = &p->delivery.v[i];
		struct view s = map_key(&c->texts, d->status);
		if ((!view_is(s, status) && !view_is(s, other)) ||
			!within_days(c, d->time, 30))
			continue;
		/* attempts and reports of one message are one */
		n += !d->key || !n || d->key != last;
		last = d->key;
	}
	return n;
}

static void put_deliveries(struct customers *c, struct printer *p,
	struct buf *out)
{
	bool has = false;
	struct when last = { 0 };
	if (p->delivery.n > 1)
		qsort(p->delivery.v, p->delivery.n, sizeof(*p->delivery.v),
			delivered_cmp);
	KEY(out, "deliveries_30d");
	put_number(out, (int64_t)delivered_30d(c, p, "sent", "delivered"));
	KEY(out, "opened_30d");
	put_number(out, (int64_t)delivered_30d(c, p, "opened", "opened"));
	KEY(out, "clicked_30d");
	put_number(out, (int64_t)delivered_30d(c, p, "clicked", "clicked"));
	for (size_t i = 0; i < p->delivery.n; i++) {
		struct view s = map_key(&c->texts, p->delivery.v[i].status);
		struct when w = p->delivery.v[i].time;
		if (!view_is(s, "sent") && !view_is(s, "delivered"))
			continue;
		if (!has || w.sec > last.sec ||
			(w.sec == last.sec && w.offset > last.offset))
			last = w;
		has = true;
	}
	if (has) {
		KEY(out, "last_sent_at");
		put_time(out, last);
	}
	KEY(out, "tasks_30d");
	put_number(out, (int64_t)p->tasks_30d);
	KEY(out, "open_tasks");
	put_number(out, (int64_t)p->open_tasks);
}

static int outcome_fact_cmp(const void *a, const void *b)
{
	uint32_t x = ((const struct kept *)a)->fact;
	uint32_t y = ((const struct kept *)b)->fact;
	return (x > y) - (x < y);
}

/* The facts of facts.csv. */
static bool put_own(struct customers *c, struct printer *p, struct customer *x,
	struct buf *out, struct why *why)
{
	struct facts *f = c->o->facts;
	if (p->outcome.n > 1)
		qsort(p->outcome.v, p->outcome.n, sizeof(*p->outcome.v),
			outcome_fact_cmp);
	size_t at = 0, from;
	for (size_t i = 0; i < f->fact.n; i++) {
		const struct fact *fact = &f->fact.v[i];
		for (from = at; at < p->outcome.n && p->outcome.v[at].fact == i;
			at++)
			;
		size_t start = out->n;
		putc_(out, ',');
		json_text(out, fact->name);
		putc_(out, ':');
		size_t value = out->n;
		if (!fact_print(f, i, customer_slots(x),
			    p->outcome.v ? p->outcome.v + from : NULL,
			    at - from, c->digits, &c->texts, out))
			return why_not(why,
				"'%.*s' of customer '%.*s' has more than 38 "
				"digits",
				(int)fact->name.n, fact->name.p, (int)x->idlen,
				customer_id(x).p);
		if (out->n == value) { /* none */
			out->n = start;
			out->p[start] = '\0';
		}
	}
	return true;
}

/*
 * The entries of a customer lie all over the log. Of those whose turn comes
 * soon one is asked for at each step, so that it is there when it is read.
 */
static void look_ahead(const struct customers *c, struct printer *p, size_t i)
{
	if (i == 0)
		memset(p->ahead, 0, sizeof(p->ahead));
	for (size_t k = i + 1; k < c->n && k < i + AHEAD; k++) {
		uint32_t at = p->ahead[k % AHEAD];
		if (!at || k == i + AHEAD - 1)
			continue;
		memcpy(&at, c->log + (size_t)at * 4, sizeof(at));
		p->ahead[k % AHEAD] = at;
		if (at)
			__builtin_prefetch(c->log + (size_t)at * 4);
	}
	if (i + AHEAD < c->n)
		__builtin_prefetch(customer_at(c, c->order[i + AHEAD]));
	size_t k = i + AHEAD - 1;
	uint32_t at = 0;
	if (k < c->n)
		at = customer_at(c, c->order[k])->head;
	p->ahead[k % AHEAD] = at;
	if (at)
		__builtin_prefetch(c->log + (size_t)at * 4);
}

static bool print_one(struct customers *c, struct printer *p, size_t i,
	struct buf *out, struct why *why)
{
	struct customer *x = customer_at(c, c->order[i]);
	struct view id = customer_id(x);
	look_ahead(c, p, i);
	reset(p);
	if (p->forgotten != c->forgotten)
		p->event_class.n = 0;
	p->forgotten = c->forgotten;
	read_entries(c, p, x->head);
	struct last_event last = read_events(c, p, x->events);
	for (size_t k = 0; k < p->follow.n; k++)
		settle(&p->follow.v[k]);
	struct chosen chosen = { 0 };
	PUT(out, "{\"type\":\"profile\",\"customer_id\":");
	json_text(out, id);
	put_fields(c, p, out, &chosen);
	if (p->ids.n) {
		KEY(out, "ids");
		p->ids.n = unique(p->ids.v, p->ids.n);
		put_list(out, p->ids.v, p->ids.n);
	}
	if (p->sources.n) {
		KEY(out, "sources");
		p->sources.n = unique(p->sources.v, p->sources.n);
		put_list(out, p->sources.v, p->sources.n);
	}
	if (p->houses.n) {
		KEY(out, "houses");
		p->houses.n = unique(p->houses.v, p->houses.n);
		put_list(out, p->houses.v, p->houses.n);
	}
	put_consents(c, p, out, &chosen);
	bool good = true;
	if (c->o->defaults) {
		good = !p->overflow && put_orders(c, p, out) &&
		       put_events(c, p, out, last);
		put_follow(p, out);
		put_deliveries(c, p, out);
	}
	if (!good)
		return why_not(why,
			"a sum of customer '%.*s' has more than 38 digits",
			(int)id.n, id.p);
	if (c->o->facts && !put_own(c, p, x, out, why))
		return false;
	if (c->o->explain) {
		KEY(out, "reasons");
		putc_(out, '[');
		buf_addv(out, buf_view(&p->reasons));
		putc_(out, ']');
	}
	putc_(out, '}');
	return true;
}

bool customers_print(struct customers *c, size_t i, struct buf *out,
	struct why *why)
{
	if (!c->printer)
		c->printer = xcalloc(1, sizeof(*c->printer));
	return print_one(c, c->printer, i, out, why);
}

/* Customers that one thread prints in one go. */
#define BLOCK 1024
#define THREADS ((size_t)16) /* more gain nothing: the writer is one */

struct print_block {
	size_t from, to;
	struct buf out;
	size_t end[BLOCK]; /* of the lines in out */
	bool good;
	struct why why;
};

struct print_run {
	struct customers *c;
	struct printer *printer[THREADS];
	size_t next;
	void (*put_line)(void *arg, struct view line);
	void *arg;
	bool good;
	struct why *why;
};

static bool next_block(void *run, void *block)
{
	struct print_run *m = run;
	struct print_block *b = block;
	size_t left = m->c->n - m->next;
	b->from = m->next;
	b->to = m->next += left < BLOCK ? left : BLOCK;
	return left;
}

static void print_block(void *run, struct lanes *lanes, size_t lane,
	void *block)
{
	struct print_run *m = run;
	struct print_block *b = block;
	struct printer *p = m->printer[lane];
	(void)lanes;
	buf_reset(&b->out);
	b->good = true;
	memset(p->ahead, 0, sizeof(p->ahead));
	for (size_t i = b->from; b->good && i < b->to; i++) {
		b->good = print_one(m->c, p, i, &b->out, &b->why);
		b->end[i - b->from] = b->out.n;
	}
}

static void put_block(void *run, void *block)
{
	struct print_run *m = run;
	struct print_block *b = block;
	size_t at = 0;
	if (m->good && !b->good) {
		*m->why = b->why;
		m->good = false;
	}
	for (size_t i = 0; m->good && i < b->to - b->from; i++) {
		m->put_line(m->arg,
			(struct view){ b->out.p + at, b->end[i] - at });
		at = b->end[i];
	}
}

/* One customer is in hand with sorted input: no thread is started for it, and
 * its printer stays. */
static void print_alone(struct print_run *m, struct print_block *b)
{
	while (next_block(m, b)) {
		print_block(m, NULL, 0, b);
		put_block(m, b);
	}
}

bool customers_print_all(struct customers *c,
	void (*put_line)(void *arg, struct view line), void *arg,
	struct why *why)
{
	struct print_run m = { .c = c,
		.put_line = put_line,
		.arg = arg,
		.good = true,
		.why = why };
	const struct lanes_calls calls = { &m, next_block, print_block,
		put_block };
	size_t n = c->n < BLOCK || !c->jobs ? 1
		   : c->jobs > THREADS      ? THREADS
					    : c->jobs;
	size_t blocks = n > 1 ? LANES_PIECES(n) : 1;
	struct print_block *block = xcalloc(blocks, sizeof(*block));
	if (!c->printer)
		c->printer = xcalloc(1, sizeof(*c->printer));
	m.printer[0] = c->printer;
	for (size_t k = 1; k < n; k++)
		m.printer[k] = xcalloc(1, sizeof(*m.printer[k]));
	if (n > 1)
		lanes_run(n, block, sizeof(*block), &calls);
	else
		print_alone(&m, block);
	for (size_t k = 1; k < n; k++)
		printer_free(m.printer[k]);
	for (size_t k = 0; k < blocks; k++)
		buf_release(&block[k].out);
	free(block);
	return m.good;
}
