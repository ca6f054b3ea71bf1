#include "crm/facts.h"

#include "crm/figures.h"
#include "record/schema.h"

#include <stdlib.h>

static const struct {
	const char *name;
	bool takes_none; /* value may be left out */
	bool takes_arg;
} aggs[] = {
	[AGG_COUNT] = { "count", true, false },
	[AGG_SUM] = { "sum", false, false },
	[AGG_AVG] = { "avg", false, false },
	[AGG_MIN] = { "min", false, false },
	[AGG_MAX] = { "max", false, false },
	[AGG_FIRST] = { "first", false, false },
	[AGG_LAST] = { "last", false, false },
	[AGG_MEDIAN] = { "median", false, false },
	[AGG_QUANTILE] = { "quantile", false, true },
	[AGG_MOST_FREQUENT] = { "most_frequent", false, false },
	[AGG_SHARE] = { "share", false, true },
	[AGG_DISTINCT] = { "distinct", false, false },
	[AGG_LIST] = { "list", false, false },
};
#define NAGGS (sizeof(aggs) / sizeof(*aggs))

void facts_init(struct facts *f, struct keys *keys,
	const struct condition_env *env)
{
	*f = (struct facts){ .keys = keys, .env = *env, .product_env = *env };
	f->product_env.set = NULL;
	f->product_env.row_prefix = "order";
	f->products = keys_want(keys, "products");
	rec_init(&f->product_rec, &f->product_keys);
}

static struct view keep(struct facts *f, struct view v)
{
	return (struct view){ arena_bytes(&f->text, v.p, v.n), v.n };
}

static bool name_ok(struct view v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool letter = (c >= 'a' && c <= 'z') ||
			      (c >= 'A' && c <= 'Z') || c == '_' ||
			      (unsigned char)c >= 0x80;
		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return v.n != 0;
}

/* A lone lower-case name that cannot be a word of the language. */
static bool plain_name(struct view v)
{
	static const char *const word[] = { "and", "or", "not", "in", "is",
		"like", "between", "null", "missing", "true", "false", "any",
		"all", "none" };
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (view_is(v, word[i]))
			return false;
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || v.p[i] == '_' ||
			    (i && v.p[i] >= '0' && v.p[i] <= '9')))
			return false;
	return v.n != 0;
}

static bool parse_agg(struct view text, struct fact *f, struct view *arg,
	struct why *why)
{
	size_t n = 0;
	while (n < text.n && text.p[n] != '(')
		n++;
	struct view name = { text.p, n };
	while (name.n && name.p[name.n - 1] == ' ')
		name.n--;
	size_t i = 0;
	while (i < NAGGS && !view_is(name, aggs[i].name))
		i++;
	if (i == NAGGS)
		return why_not(why,
			"no aggregate '%.*s': it is count, sum, avg, median, "
			"quantile(0.9), min, max, first, last, most_frequent, "
			"share, distinct or list",
			(int)text.n, text.p);
	f->agg = (enum fact_agg)i;
	*arg = (struct view){ "", 0 };
	if (n < text.n) {
		if (text.p[text.n - 1] != ')' || !aggs[i].takes_arg)
			return why_not(why, "'%.*s' cannot be read, as %s%s",
				(int)text.n, text.p, aggs[i].name,
				aggs[i].takes_arg ? "(...)" : "");
		*arg = (struct view){ text.p + n + 1, text.n - n - 2 };
	}
	if (f->agg != AGG_QUANTILE)
		return true;
	struct dec one = dec_of(1), zero = dec_of(0);
	if (!dec_parse(arg->p, arg->n, &f->q) || dec_cmp(f->q, zero) < 0 ||
		dec_cmp(f->q, one) > 0 || f->q.scale > 9)
		return why_not(why, "quantile needs a number from 0 to 1, as "
				    "quantile(0.9)");
	return true;
}

struct money_arg {
	struct fact *fact;
	struct buf name;
};

static void see_money(void *arg, struct view name)
{
	struct money_arg *m = arg;
	enum field_type t = schema_any(name);
	if (m->fact->product) {
		buf_reset(&m->name);
		buf_adds(&m->name, "products.");
		buf_addv(&m->name, name);
		if (t != F_MONEY)
			t = schema_any(buf_view(&m->name));
	}
	if (t == F_MONEY)
		m->fact->money = true;
}

static bool compile(struct facts *f, const struct fact *x, struct view text,
	bool condition, struct condition **out, struct why *why)
{
	if (!text.n)
		return true;
	struct keys *keys = x->product ? &f->product_keys : f->keys;
	const struct condition_env *env =
		x->product ? &f->product_env : &f->env;
	*out = condition ? condition_compile(text, keys, env, why)
			 : expression_compile(text, keys, env, why);
	return *out != NULL;
}

bool facts_add(struct facts *f, struct view name, struct view of,
	struct view agg, struct view value, struct view where,
	const char **column, struct why *why)
{
	struct fact x = { .name = name, .slot = SIZE_MAX };
	struct view arg;
	*why = (struct why){ 0 };
	*column = "fact";
	if (!name_ok(name))
		return why_not(why, "'%.*s' is no name for a fact", (int)name.n,
			name.p);
	bool isnew;
	map_add(&f->names, name.p, name.n, &isnew);
	if (!isnew)
		return why_not(why, "a second fact '%.*s'", (int)name.n,
			name.p);
	*column = "of";
	x.product = view_is(of, "product") || view_is(of, "products");
	if (!x.product && !schema_type(of))
		return why_not(why,
			"no type '%.*s': as order, event, refund, profile, "
			"or product",
			(int)of.n, of.p);
	*column = "agg";
	if (!parse_agg(agg, &x, &arg, why))
		return false;
	*column = "value";
	if (!value.n && !aggs[x.agg].takes_none)
		return why_not(why, "'%s' needs a value", aggs[x.agg].name);
	x.name = keep(f, name);
	x.of = x.product ? VIEW("order") : keep(f, of);
	if (!compile(f, &x, value, false, &x.value, why))
		return false;
	*column = "agg";
	if (x.agg == AGG_SHARE && !compile(f, &x, arg, false, &x.weight, why)) {
		condition_free(x.value);
		return false;
	}
	*column = "where";
	if (!compile(f, &x, where, true, &x.where, why)) {
		condition_free(x.value);
		condition_free(x.weight);
		return false;
	}
	struct money_arg m = { .fact = &x };
	if (x.value && x.agg != AGG_SHARE)
		condition_fields(x.value, see_money, &m);
	if (x.weight)
		condition_fields(x.weight, see_money, &m);
	buf_release(&m.name);
	if (plain_name(value)) {
		enum field_type t = schema_any(value);
		x.is_plain = t == F_MONEY || t == F_NUMBER || t == F_INTEGER ||
			     t == F_TIME;
		x.plain = keys_want_view(x.product ? &f->product_keys : f->keys,
			value);
	}
	if (x.agg < AGG_MEDIAN)
		x.slot = f->nslots++;
	f->nslots += x.agg == AGG_FIRST || x.agg == AGG_LAST;
	x.where_text = keep(f, where);
	x.value_text = keep(f, value);
	x.same_where = x.same_value = (uint32_t)f->fact.n;
	for (size_t i = f->fact.n; i-- > 0;) {
		const struct fact *y = &f->fact.v[i];
		if (y->product != x.product || !view_eq(y->of, x.of) ||
			(y->agg == AGG_SHARE) != (x.agg == AGG_SHARE))
			continue;
		if (view_eq(y->where_text, where))
			x.same_where = (uint32_t)i;
		if (view_eq(y->value_text, value))
			x.same_value = (uint32_t)i;
	}
	*vec_add(&f->fact) = x;
	return true;
}

bool facts_read(struct facts *f, const struct rules *table,
	bool (*taken)(struct view name, bool defaults), bool defaults,
	size_t *row, struct why *why)
{
	const char *column;
	struct why at;
	for (*row = 0; *row < table->row.n; ++*row) {
		struct view name = rules_cell(table, *row, "fact");
		if (taken(name, defaults))
			return why_not(why,
				"column 'fact': scrm-profile writes '%.*s' "
				"itself; give the fact another name",
				(int)name.n, name.p);
		if (facts_add(f, name, rules_cell(table, *row, "of"),
			    rules_cell(table, *row, "agg"),
			    rules_cell(table, *row, "value"),
			    rules_cell(table, *row, "where"), &column, &at))
			continue;
		if (at.col)
			return why_not(why, "column '%s', place %zu: %s",
				column, at.col, at.text);
		return why_not(why, "column '%s': %s", column, at.text);
	}
	return true;
}

bool facts_want(const struct facts *f, struct view type)
{
	for (size_t i = 0; i < f->fact.n; i++)
		if (view_eq(f->fact.v[i].of, type))
			return true;
	return false;
}

/* Seconds, then the offset and whether it is a date: years 0 to 9999 and
 * offsets of a day fit in 64 bits, in the order of their coming. */
#define TIME_LOW 20
#define OFFSET_MID (1 << (TIME_LOW - 2))

static int128 pack_time(struct when w)
{
	return w.sec * ((int128)1 << TIME_LOW) +
	       (int64_t)(w.offset + OFFSET_MID) * 2 + w.date_only;
}

static int64_t time_sec(int128 v)
{
	return (int64_t)(v >> TIME_LOW);
}

static struct when unpack_time(int128 v)
{
	int32_t low = (int32_t)(v & ((1 << TIME_LOW) - 1));
	return (struct when){ .sec = time_sec(v),
		.offset = (low >> 1) - OFFSET_MID,
		.date_only = low & 1 };
}

/* The value of a plain number or time without the machine around it. */
static bool plain_value(const struct rec *r, unsigned key, struct cval *v)
{
	struct val x = rec_get(r, key);
	v->kind = C_MISSING;
	if (x.kind == K_MISSING || x.kind == K_NULL)
		return true;
	if (x.kind == K_NUMBER && dec_parse(x.p, x.n, &v->num)) {
		v->kind = C_NUMBER;
		return true;
	}
	if (x.kind == K_STRING && !x.escaped &&
		when_parse(x.p, x.n, &v->time)) {
		v->kind = C_TIME;
		return true;
	}
	return false;
}

static void to_outcome(struct facts *f, const struct fact *x,
	const struct cval *v, const struct dec *rate, int digits,
	struct outcome *o)
{
	struct buf *scratch = &f->scratch;
	struct dec d;
	switch (v->kind) {
	case C_NUMBER:
		d = v->num;
		if (rate && x->money && x->agg != AGG_SHARE) {
			if (!dec_mul(&d, *rate))
				return;
			if (d.scale > digits)
				d = dec_round(d, digits);
		}
		o->kind = FACT_NUMBER;
		o->v = d.v;
		o->scale = (uint8_t)d.scale;
		return;
	case C_TIME:
		o->kind = FACT_TIME;
		o->v = pack_time(v->time);
		return;
	case C_BOOL:
		o->kind = FACT_BOOL;
		o->v = v->truth;
		return;
	case C_TEXT:
		o->kind = FACT_TEXT;
		o->v = (int128)f->number(f->number_arg, v->text);
		return;
	case C_JSON:
		o->kind = FACT_TEXT;
		buf_reset(scratch);
		cval_json(scratch, v);
		o->v = (int128)f->number(f->number_arg, buf_view(scratch));
		return;
	default:
		o->kind = FACT_NONE;
		return;
	}
}

/* Facts of one file ask the same again and again: each text once a record. */
static bool value_of(struct facts *f, const struct fact *x, const struct rec *r,
	const struct rec *row, const struct dec *rate, int digits,
	struct outcome *o, struct why *why)
{
	struct fact *y = &f->fact.v[x->same_value];
	if (y->value_stamp != f->stamp) {
		struct cval v;
		struct outcome read = { .kind = FACT_NONE };
		if (!y->is_plain || !plain_value(r, y->plain, &v)) {
			if (row)
				condition_row(y->value, row);
			if (!expression_eval(y->value, r, &v, why))
				return false;
		}
		to_outcome(f, x, &v, rate, digits, &read);
		y->read.kind = read.kind;
		y->read.v = read.v;
		y->read.scale = read.scale;
		y->value_stamp = f->stamp;
	}
	o->kind = y->read.kind;
	o->v = y->read.v;
	o->scale = y->read.scale;
	return true;
}

static bool where_of(struct facts *f, const struct fact *x, const struct rec *r,
	const struct rec *row, bool *yes, struct why *why)
{
	struct fact *y = &f->fact.v[x->same_where];
	if (y->where_stamp != f->stamp) {
		if (row)
			condition_row(y->where, row);
		enum verdict v = condition_test(y->where, r, why);
		if (v == COND_REFUSE)
			return false;
		y->where_stamp = f->stamp;
		y->where_true = v == COND_TRUE;
	}
	*yes = y->where_true;
	return true;
}

static bool one(struct facts *f, uint32_t no, const struct rec *r,
	const struct rec *row, struct outcome o, const struct dec *rate,
	int digits, outcomes *out, struct why *why)
{
	const struct fact *x = &f->fact.v[no];
	if (x->where) {
		bool yes;
		if (!where_of(f, x, r, row, &yes, why))
			return false;
		if (!yes)
			return true;
	}
	o.fact = no;
	if (x->value) {
		if (!value_of(f, x, r, row, rate, digits, &o, why))
			return false;
		if (o.kind == FACT_NONE)
			return true;
	}
	bool number = x->agg == AGG_SUM || x->agg == AGG_AVG ||
		      x->agg == AGG_MEDIAN || x->agg == AGG_QUANTILE;
	if (number && o.kind != FACT_NUMBER)
		return true;
	if ((x->agg == AGG_FIRST || x->agg == AGG_LAST) && !o.has_at)
		return true;
	struct outcome weight = { .fact = no, .kind = FACT_NUMBER };
	if (x->weight) {
		struct cval v;
		if (row)
			condition_row(x->weight, row);
		if (!expression_eval(x->weight, r, &v, why))
			return false;
		if (v.kind != C_NUMBER)
			return true;
		if (rate && x->money && !dec_mul(&v.num, *rate))
			return true;
		weight.v = v.num.v;
		weight.scale = (uint8_t)v.num.scale;
	}
	*vec_add(out) = o;
	if (x->weight)
		*vec_add(out) = weight;
	return true;
}

bool facts_of(struct facts *f, struct view type, struct rec *r, bool has_at,
	int64_t at, const struct dec *rate, int digits, outcomes *out,
	struct why *why)
{
	struct outcome o = { .at = at, .has_at = has_at };
	bool products = false;
	f->stamp++;
	for (size_t i = 0; i < f->fact.n; i++) {
		struct fact *x = &f->fact.v[i];
		if (!view_eq(x->of, type))
			continue;
		if (x->product)
			products = true;
		else if (!one(f, (uint32_t)i, r, NULL, o, rate, digits, out,
				 why))
			return false;
	}
	if (!products)
		return true;
	struct val list = rec_get(r, f->products);
	if (list.kind != K_ARRAY)
		return true;
	struct val_iter it = val_iter(list);
	while (val_next(&it)) {
		if (it.val.kind != K_OBJECT)
			continue;
		if (!rec_parse(&f->product_rec, it.val.p, it.val.n, why))
			return false;
		f->stamp++;
		for (size_t i = 0; i < f->fact.n; i++)
			if (f->fact.v[i].product &&
				!one(f, (uint32_t)i, &f->product_rec, r, o,
					rate, digits, out, why))
				return false;
	}
	return true;
}

static struct dec dec_at(const int128 v, uint8_t scale)
{
	return (struct dec){ v, scale };
}

/* An order over values of all kinds; what is equal here is equal to the
 * byte when printed. */
static int value_cmp(uint8_t ka, int128 a, uint8_t sa, uint8_t kb, int128 b,
	uint8_t sb, const struct map *texts)
{
	if (ka != kb)
		return ka < kb ? -1 : 1;
	int c = 0;
	if (ka == FACT_NUMBER) {
		c = sa == sb ? (a > b) - (a < b)
			     : dec_cmp(dec_at(a, sa), dec_at(b, sb));
		return c ? c : (sa < sb) - (sa > sb);
	}
	if (ka == FACT_TEXT)
		return a == b ? 0
			      : view_cmp(map_key(texts, (size_t)a),
					map_key(texts, (size_t)b));
	if (ka == FACT_TIME) {
		int64_t x = time_sec(a), y = time_sec(b);
		c = (x > y) - (x < y);
	}
	return c ? c : (a > b) - (a < b);
}

static int128 slot_value(const struct facts *f, const struct slot *s)
{
	return s->wide ? f->wide.v[s->v] : s->v;
}

static void slot_set(struct facts *f, struct slot *s, int128 v)
{
	if (s->wide) {
		f->wide.v[s->v] = v;
	} else if (v >= INT64_MIN && v <= INT64_MAX) {
		s->v = (int64_t)v;
	} else {
		*vec_add(&f->wide) = v;
		s->v = (int64_t)(f->wide.n - 1);
		s->wide = true;
	}
}

static void slot_add(struct facts *f, struct slot *s, const struct outcome *o)
{
	int64_t sum;
	if (s->scale == o->scale && !s->wide && o->v >= INT64_MIN &&
		o->v <= INT64_MAX &&
		!__builtin_add_overflow(s->v, (int64_t)o->v, &sum)) {
		s->v = sum;
		return;
	}
	struct dec d = dec_at(slot_value(f, s), s->scale);
	if (!dec_add(&d, dec_at(o->v, o->scale)))
		s->overflow = true;
	slot_set(f, s, d.v);
	s->scale = (uint8_t)d.scale;
}

void slot_fold(struct facts *f, struct slot *slots, const struct outcome *o,
	const struct map *texts)
{
	const struct fact *x = &f->fact.v[o->fact];
	struct slot *s = &slots[x->slot];
	bool first = s->n == 0, take = first;
	bool timed = x->agg == AGG_FIRST || x->agg == AGG_LAST;
	if (s->n < UINT32_MAX)
		s->n++;
	if (x->agg == AGG_COUNT)
		return;
	if (!first && (x->agg == AGG_SUM || x->agg == AGG_AVG)) {
		slot_add(f, s, o);
		return;
	}
	if (!first && timed && o->at != s[1].v) {
		take = x->agg == AGG_FIRST ? o->at < s[1].v : o->at > s[1].v;
	} else if (!first) {
		int c = value_cmp(o->kind, o->v, o->scale, s->kind,
			slot_value(f, s), s->scale, texts);
		take = x->agg == AGG_MAX ? c > 0 : c < 0;
	}
	if (!take)
		return;
	slot_set(f, s, o->v);
	s->kind = o->kind;
	s->scale = o->scale;
	if (timed)
		s[1].v = o->at;
}

static void print_value(struct buf *out, uint8_t kind, int128 v, uint8_t scale,
	const struct map *texts)
{
	if (kind == FACT_NUMBER) {
		dec_print(out, dec_at(v, scale));
	} else if (kind == FACT_TEXT) {
		json_text(out, map_key(texts, (size_t)v));
	} else if (kind == FACT_TIME) {
		buf_addc(out, '"');
		when_print(out, unpack_time(v));
		buf_addc(out, '"');
	} else {
		buf_adds(out, v ? "true" : "false");
	}
}

/* An average: money to its minor units, else what is left of 4 places. */
static void print_mean(const struct fact *f, struct buf *out, struct dec d)
{
	dec_print(out, f->money ? d : dec_trim(d));
}

struct by_value {
	const struct map *texts;
};

static int outcome_cmp(const void *pa, const void *pb, void *arg)
{
	const struct kept *a = pa, *b = pb;
	const struct by_value *by = arg;
	return value_cmp(a->kind, a->v, a->scale, b->kind, b->v, b->scale,
		by->texts);
}

/* The name of a value in an object of shares. */
static void print_name(struct buf *out, const struct kept *o,
	const struct map *texts)
{
	if (o->kind == FACT_TEXT || o->kind == FACT_TIME) {
		print_value(out, o->kind, o->v, o->scale, texts);
		return;
	}
	buf_addc(out, '"');
	print_value(out, o->kind, o->v, o->scale, texts);
	buf_addc(out, '"');
}

/* Two values that are one: the same kind and value, whatever the zeros. */
static bool same(const struct kept *a, const struct kept *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == FACT_NUMBER)
		return dec_cmp(dec_at(a->v, a->scale),
			       dec_at(b->v, b->scale)) == 0;
	return a->v == b->v;
}

/* Folds sorted outcomes to one each with the sum of weights; how many, or
 * SIZE_MAX if a sum does not fit. */
static size_t fold_equal(struct kept *o, size_t n)
{
	size_t left = 0;
	for (size_t i = 0; i < n; i++) {
		if (left && same(&o[left - 1], &o[i])) {
			if (!dec_add(&o[left - 1].weight, o[i].weight))
				return SIZE_MAX;
		} else {
			o[left++] = o[i];
		}
	}
	return left;
}

static int weight_cmp(const void *pa, const void *pb, void *arg)
{
	const struct kept *a = pa, *b = pb;
	int c = -dec_cmp(a->weight, b->weight);
	return c ? c : outcome_cmp(pa, pb, arg);
}

static bool print_shares(struct kept *o, size_t n, const struct map *texts,
	struct buf *out)
{
	struct dec sum = { 0 };
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		if (o[i].weight.v <= 0)
			continue;
		if (!dec_add(&sum, o[i].weight))
			return false;
		o[at++] = o[i];
	}
	if (!at)
		return true;
	struct by_value by = { texts };
	qsort_r(o, at, sizeof(*o), weight_cmp, &by);
	for (size_t i = 0; i < at; i++) {
		struct dec share;
		if (!share_of(o[i].weight, sum, &share))
			return false;
		buf_addc(out, i ? ',' : '{');
		print_name(out, &o[i], texts);
		buf_addc(out, ':');
		dec_print(out, share);
	}
	buf_addc(out, '}');
	return true;
}

static bool print_kept(const struct fact *f, struct kept *o, size_t n,
	int digits, const struct map *texts, struct buf *out)
{
	struct by_value by = { texts };
	if (!n) {
		if (f->agg == AGG_DISTINCT)
			buf_addc(out, '0');
		return true;
	}
	qsort_r(o, n, sizeof(*o), outcome_cmp, &by);
	if (f->agg == AGG_MEDIAN || f->agg == AGG_QUANTILE) {
		struct dec *v = xreallocarray(NULL, n, sizeof(*v));
		struct dec q = { 5, 1 }, result;
		for (size_t i = 0; i < n; i++)
			v[i] = dec_at(o[i].v, o[i].scale);
		bool good = quantile(v, n, f->agg == AGG_MEDIAN ? q : f->q,
			f->money ? digits : 4, &result);
		free(v);
		if (good)
			print_mean(f, out, result);
		return good;
	}
	n = fold_equal(o, n);
	if (n == SIZE_MAX)
		return false;
	if (f->agg == AGG_SHARE)
		return print_shares(o, n, texts, out);
	if (f->agg == AGG_DISTINCT) {
		buf_addf(out, "%zu", n);
	} else if (f->agg == AGG_MOST_FREQUENT) {
		size_t best = 0;
		for (size_t i = 1; i < n; i++)
			if (dec_cmp(o[i].weight, o[best].weight) > 0)
				best = i;
		print_value(out, o[best].kind, o[best].v, o[best].scale, texts);
	} else {
		for (size_t i = 0; i < n; i++) {
			buf_addc(out, i ? ',' : '[');
			print_value(out, o[i].kind, o[i].v, o[i].scale, texts);
		}
		buf_addc(out, ']');
	}
	return true;
}

bool fact_print(const struct facts *fs, size_t fact, const struct slot *slots,
	struct kept *kept, size_t n, int digits, const struct map *texts,
	struct buf *out)
{
	const struct fact *f = &fs->fact.v[fact];
	struct dec d;
	if (f->slot == SIZE_MAX)
		return print_kept(f, kept, n, digits, texts, out);
	const struct slot *s = &slots[f->slot];
	int128 v = slot_value(fs, s);
	if (s->overflow)
		return false;
	switch (f->agg) {
	case AGG_COUNT:
		buf_addf(out, "%u", s->n);
		return true;
	case AGG_SUM:
		dec_print(out, dec_at(v, s->scale));
		return true;
	case AGG_AVG:
		if (!s->n)
			return true;
		if (!dec_div(dec_at(v, s->scale), dec_of(s->n),
			    f->money ? digits : 4, &d))
			return false;
		print_mean(f, out, d);
		return true;
	default:
		if (s->n)
			print_value(out, s->kind, v, s->scale, texts);
		return true;
	}
}

void facts_join(struct facts *f, struct facts *other)
{
	for (size_t i = 0; i < f->fact.n; i++) {
		struct fact *x = &f->fact.v[i], *o = &other->fact.v[i];
		if (x->value)
			condition_join(x->value, o->value);
		if (x->where)
			condition_join(x->where, o->where);
		if (x->weight)
			condition_join(x->weight, o->weight);
	}
}

void facts_notes(const struct facts *f,
	void (*say)(void *arg, const char *text), void *arg)
{
	for (size_t i = 0; i < f->fact.n; i++) {
		const struct fact *x = &f->fact.v[i];
		if (x->value)
			condition_notes(x->value, say, arg);
		if (x->where)
			condition_notes(x->where, say, arg);
		if (x->weight)
			condition_notes(x->weight, say, arg);
	}
}

void facts_release(struct facts *f)
{
	for (size_t i = 0; i < f->fact.n; i++) {
		condition_free(f->fact.v[i].value);
		condition_free(f->fact.v[i].where);
		condition_free(f->fact.v[i].weight);
	}
	vec_release(&f->fact);
	map_release(&f->names);
	vec_release(&f->wide);
	rec_release(&f->product_rec);
	keys_release(&f->product_keys);
	arena_release(&f->text);
	buf_release(&f->scratch);
	*f = (struct facts){ 0 };
}
