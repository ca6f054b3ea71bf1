#include "crm/scores.h"

static const char *const member[RFM_FIELDS] = { "last_order_at", "orders",
	"revenue" };

struct scores_top {
	struct rfm_top fit;
	struct path path;
	decs values;
	struct rfm_reach reach;
};

void scores_init(struct scores *s, struct keys *keys)
{
	*s = (struct scores){ .keys = keys };
	for (int i = 0; i < RFM_FIELDS; i++)
		s->key[i] = keys_want(keys, member[i]);
	s->type = keys_want(keys, "type");
	s->rfm = keys_want(keys, "rfm");
	s->segments = keys_want(keys, "segments");
	s->super_user = keys_want(keys, "super_user");
	s->by_brand = keys_want(keys, "share_by_brand");
	s->by_category = keys_want(keys, "share_by_category");
}

static bool add_top(struct scores *s, struct rfm_top fitted, struct why *why)
{
	struct scores_top *top = vec_add(&s->top);
	*top = (struct scores_top){ .fit = fitted };
	struct why inner = { 0 };
	if (path_init(&top->path, s->keys, fitted.field, &inner))
		return true;
	return why_not(why, "field '%.*s': %s", (int)fitted.field.n,
		fitted.field.p, inner.text);
}

bool scores_top(struct scores *s, const char *text, struct why *why)
{
	struct rfm_top top;
	return rfm_top_parse(view_of(text), &top, why) && add_top(s, top, why);
}

/* The figures of a customer; false where there are no orders to go by. */
static bool figures(const struct scores *s, const struct rec *r,
	struct dec out[RFM_FIELDS])
{
	struct val last = rec_get(r, s->key[RFM_R]);
	struct when w;
	if (last.kind != K_STRING || !when_parse(last.p, last.n, &w))
		return false;
	if (s->zone && !w.date_only)
		w.offset = s->offset(s->zone, w.sec);
	out[RFM_R] = dec_of(when_day(s->as_of) - when_day(w));
	return val_dec(rec_get(r, s->key[RFM_F]), &out[RFM_F]) &&
	       out[RFM_F].v > 0 &&
	       val_dec(rec_get(r, s->key[RFM_M]), &out[RFM_M]);
}

void scores_learn(struct scores *s, const struct rec *r)
{
	struct dec v[RFM_FIELDS];
	if (!val_is(rec_get(r, s->type), VIEW("profile")))
		return;
	if (figures(s, r, v))
		for (int i = 0; i < RFM_FIELDS; i++)
			*vec_add(&s->values[i]) = v[i];
	else {
		struct val orders = rec_get(r, s->key[RFM_F]);
		s->without++;
		s->idle += val_dec(orders, &v[0]) && v[0].v == 0;
	}
	for (size_t i = 0; i < s->top.n; i++)
		if (val_dec(path_get(&s->top.v[i].path, r), &v[0]))
			*vec_add(&s->top.v[i].values) = v[0];
}

bool scores_none(struct scores *s)
{
	if (s->values[RFM_R].n || s->idle < s->without)
		return false;
	for (size_t i = 0; i < s->top.n; i++)
		s->top.v[i].fit.none = true;
	return true;
}

bool scores_fit(struct scores *s, void (*say)(void *arg, const char *text),
	void *arg, struct why *why)
{
	if (!s->values[RFM_R].n)
		return why_not(why,
			"no customer has orders as of the day asked: are %s, "
			"%s and %s there? run scrm-profile first",
			member[0], member[1], member[2]);
	for (int i = 0; i < RFM_FIELDS; i++) {
		rfm_fit(&s->values[i], &s->cuts[i]);
		if (s->cuts[i].bins_used == RFM_BINS)
			continue;
		buf_reset(&s->json);
		buf_addf(&s->json, "%s has only %d different scores", member[i],
			s->cuts[i].bins_used);
		say(arg, s->json.p);
	}
	for (size_t i = 0; i < s->top.n; i++) {
		struct scores_top *top = &s->top.v[i];
		if (!top->values.n)
			return why_not(why,
				"no customer has a number in '%.*s'",
				(int)top->fit.field.n, top->fit.field.p);
		if (!rfm_top_fit(&top->fit, &top->values, why))
			return false;
	}
	return true;
}

/* share_by_brand{} of a customer: has it one member, has it several. */
static void count_reach(struct rfm_several s[2], bool in, struct val v)
{
	struct val_iter it = val_iter(v);
	if (!val_next(&it))
		return;
	s[in].some++;
	s[in].several += val_next(&it);
}

/* segments with the group in place of what an earlier run put there. */
static void set_group(struct scores *s, struct rec *r, const char *group)
{
	struct val old = rec_get(r, s->segments);
	struct buf *b = &s->json;
	struct view prefix = VIEW("rfm:");
	buf_reset(b);
	buf_addc(b, '[');
	if (old.kind == K_ARRAY) {
		for (struct val_iter it = val_iter(old); val_next(&it);) {
			if (it.val.kind == K_STRING && it.val.n >= prefix.n &&
				memcmp(it.val.p, prefix.p, prefix.n) == 0)
				continue;
			if (b->n > 1)
				buf_addc(b, ',');
			json_val(b, it.val);
		}
	}
	buf_addf(b, "%s\"rfm:%s\"]", b->n > 1 ? "," : "", group);
	rec_set(r, s->segments, buf_view(b));
}

void scores_apply(struct scores *s, struct rec *r)
{
	struct dec v[RFM_FIELDS], value;
	int score[RFM_FIELDS];
	if (!val_is(rec_get(r, s->type), VIEW("profile")))
		return;
	if (figures(s, r, v)) {
		buf_reset(&s->json);
		for (int i = 0; i < RFM_FIELDS; i++) {
			score[i] = rfm_score(&s->cuts[i], v[i], i == RFM_R);
			buf_addf(&s->json, "%s\"%s\":%d", i ? "," : "{",
				rfm_letter[i], score[i]);
		}
		buf_addc(&s->json, '}');
		rec_set(r, s->rfm, buf_view(&s->json));
		set_group(s, r,
			rfm_group(score[RFM_R], score[RFM_F], score[RFM_M]));
	}
	bool super_user = false;
	for (size_t i = 0; i < s->top.n; i++) {
		struct scores_top *top = &s->top.v[i];
		if (!val_dec(path_get(&top->path, r), &value))
			continue;
		bool in = !top->fit.none &&
			  dec_cmp(value, top->fit.threshold) >= 0;
		super_user = super_user || in;
		count_reach(top->reach.brands, in, rec_get(r, s->by_brand));
		count_reach(top->reach.categories, in,
			rec_get(r, s->by_category));
	}
	if (s->top.n)
		rec_set(r, s->super_user,
			super_user ? VIEW("true") : VIEW("false"));
}

void scores_print(const struct scores *s, struct buf *out)
{
	struct rfm_tops fitted = { 0 };
	for (size_t i = 0; i < s->top.n; i++)
		*vec_add(&fitted) = s->top.v[i].fit;
	rfm_model_print(s->cuts, member, s->values[RFM_R].n, s->as_of, &fitted,
		out);
	vec_release(&fitted);
}

bool scores_read(struct scores *s, struct buf *text, struct why *why)
{
	struct rfm_tops tops = { 0 };
	s->model = *text;
	*text = (struct buf){ 0 };
	bool good = rfm_model_read(&s->model, s->cuts, &tops, why);
	for (size_t i = 0; i < tops.n && good; i++)
		good = add_top(s, tops.v[i], why);
	vec_release(&tops);
	return good;
}

void scores_say(const struct scores *s, size_t i, struct buf *out)
{
	rfm_top_say(&s->top.v[i].fit, &s->top.v[i].reach, out);
}

void scores_release(struct scores *s)
{
	for (size_t i = 0; i < s->top.n; i++) {
		path_release(&s->top.v[i].path);
		vec_release(&s->top.v[i].values);
	}
	for (int i = 0; i < RFM_FIELDS; i++)
		vec_release(&s->values[i]);
	vec_release(&s->top);
	buf_release(&s->json);
	buf_release(&s->model);
}
