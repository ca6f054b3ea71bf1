/* scrm-rfm: score customers by recency, frequency and money */
#include "base/die.h"
#include "crm/rfm.h"
#include "edge/file.h"
#include "edge/spool.h"

static const char *const member[RFM_FIELDS] = { "last_order_at", "orders",
	"revenue" };

struct top {
	struct rfm_top fit;
	struct path path;
	decs values;
	struct rfm_reach reach;
};

struct rfm {
	struct rfm_cuts cuts[RFM_FIELDS];
	decs values[RFM_FIELDS];
	unsigned key[RFM_FIELDS], type, rfm, segments, super_user;
	unsigned by_brand, by_category;
	VEC(struct top) top;
	size_t without; /* customers without orders */
	struct buf json;
};

/* The figures of a customer; false where there are no orders to go by. */
static bool figures(const struct rfm *m, const struct tool *t,
	const struct rec *r, struct dec out[RFM_FIELDS])
{
	struct val last = rec_get(r, m->key[RFM_R]);
	struct when w, now = t->as_of;
	if (last.kind != K_STRING || !when_parse(last.p, last.n, &w))
		return false;
	if (t->zone && !w.date_only)
		w.offset = zone_offset(t->zone, w.sec);
	out[RFM_R] = dec_of(when_day(now) - when_day(w));
	return val_dec(rec_get(r, m->key[RFM_F]), &out[RFM_F]) &&
	       out[RFM_F].v > 0 &&
	       val_dec(rec_get(r, m->key[RFM_M]), &out[RFM_M]);
}

static void learn(struct rfm *m, const struct tool *t, const struct rec *r)
{
	struct dec v[RFM_FIELDS];
	if (!val_is(rec_get(r, m->type), VIEW("profile")))
		return;
	if (figures(m, t, r, v))
		for (int i = 0; i < RFM_FIELDS; i++)
			*vec_add(&m->values[i]) = v[i];
	else
		m->without++;
	for (size_t i = 0; i < m->top.n; i++)
		if (val_dec(path_get(&m->top.v[i].path, r), &v[0]))
			*vec_add(&m->top.v[i].values) = v[0];
}

static void fit(struct rfm *m, struct tool *t)
{
	struct why why = { 0 };
	if (!m->values[RFM_R].n)
		die("no customer has orders as of the day asked: are %s, %s "
		    "and %s there? run scrm-profile first",
			member[0], member[1], member[2]);
	for (int i = 0; i < RFM_FIELDS; i++) {
		rfm_fit(&m->values[i], &m->cuts[i]);
		if (m->cuts[i].bins_used < RFM_BINS)
			tool_note(t, "%s has only %d different scores",
				member[i], m->cuts[i].bins_used);
	}
	for (size_t i = 0; i < m->top.n; i++) {
		struct top *top = &m->top.v[i];
		if (!top->values.n)
			die("no customer has a number in '%.*s'",
				(int)top->fit.field.n, top->fit.field.p);
		if (!rfm_top_fit(&top->fit, &top->values, &why))
			die("option '--top': %s", why.text);
	}
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
static void set_group(struct rfm *m, struct rec *r, const char *group)
{
	struct val old = rec_get(r, m->segments);
	struct buf *b = &m->json;
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
	rec_set(r, m->segments, buf_view(b));
}

static void apply(struct rfm *m, struct tool *t, struct rec *r)
{
	struct dec v[RFM_FIELDS], value;
	int score[RFM_FIELDS];
	if (!val_is(rec_get(r, m->type), VIEW("profile")))
		return;
	if (figures(m, t, r, v)) {
		buf_reset(&m->json);
		for (int i = 0; i < RFM_FIELDS; i++) {
			score[i] = rfm_score(&m->cuts[i], v[i], i == RFM_R);
			buf_addf(&m->json, "%s\"%s\":%d", i ? "," : "{",
				rfm_letter[i], score[i]);
		}
		buf_addc(&m->json, '}');
		rec_set(r, m->rfm, buf_view(&m->json));
		set_group(m, r,
			rfm_group(score[RFM_R], score[RFM_F], score[RFM_M]));
	}
	bool super_user = false;
	for (size_t i = 0; i < m->top.n; i++) {
		struct top *top = &m->top.v[i];
		if (!val_dec(path_get(&top->path, r), &value))
			continue;
		bool in = !top->fit.none &&
			  dec_cmp(value, top->fit.threshold) >= 0;
		super_user = super_user || in;
		count_reach(top->reach.brands, in, rec_get(r, m->by_brand));
		count_reach(top->reach.categories, in,
			rec_get(r, m->by_category));
	}
	if (m->top.n)
		rec_set(r, m->super_user,
			super_user ? VIEW("true") : VIEW("false"));
}

static struct top *add_top(struct rfm *m, struct keys *keys,
	struct rfm_top fitted)
{
	struct top *top = vec_add(&m->top);
	struct why why = { 0 };
	*top = (struct top){ .fit = fitted };
	if (!path_init(&top->path, keys, fitted.field, &why))
		die("option '--top': field '%.*s': %s", (int)fitted.field.n,
			fitted.field.p, why.text);
	return top;
}

/* The model of a fit, and its tops in place of those of --top. */
static void read_model(struct rfm *m, struct keys *keys, const char *path,
	struct buf *text)
{
	struct why why = { 0 };
	struct rfm_tops tops = { 0 };
	file_read(path, text);
	if (!rfm_model_read(text, m->cuts, &tops, &why))
		die("%s: %s", path, why.text);
	for (size_t i = 0; i < tops.n; i++)
		add_top(m, keys, tops.v[i]);
	vec_release(&tops);
}

int main(int argc, char **argv)
{
	struct tool t = { .usage = "[--top field:amount] "
				   "[fit | apply -m model] [file ...]",
		.about = "score customers by recency, frequency and money" };
	struct rfm m = { 0 };
	const char *model = NULL;
	strings tops = { 0 };
	const struct opt options[] = {
		OPT_STRS(0, "top", "field:amount",
			"super users: revenue:1%, revenue:10x, revenue:500",
			&tops),
		OPT_STR('m', "model", "model", "apply: the cuts of a fit",
			&model),
		OPT_END,
	};
	tool_open(&t, argc, argv, options);
	bool only_fit = *t.operand && strcmp(*t.operand, "fit") == 0;
	bool only_apply = *t.operand && strcmp(*t.operand, "apply") == 0;
	t.operand += only_fit || only_apply;
	if (only_apply && !model)
		die("apply wants -m model\nusage: %s %s", prog, t.usage);
	if (!only_apply && model)
		die("option '-m' goes with apply: scrm-rfm apply -m '%s'",
			model);
	if (only_apply && tops.n)
		die("option '--top' goes with fit: the model holds the "
		    "thresholds");
	for (int i = 0; i < RFM_FIELDS; i++)
		m.key[i] = keys_want(&t.keys, member[i]);
	m.type = keys_want(&t.keys, "type");
	m.rfm = keys_want(&t.keys, "rfm");
	m.segments = keys_want(&t.keys, "segments");
	m.super_user = keys_want(&t.keys, "super_user");
	m.by_brand = keys_want(&t.keys, "share_by_brand");
	m.by_category = keys_want(&t.keys, "share_by_category");
	for (size_t i = 0; i < tops.n; i++) {
		struct rfm_top top;
		struct why why = { 0 };
		if (!rfm_top_parse(view_of(tops.v[i]), &top, &why))
			die("option '--top': '%s' %s", tops.v[i], why.text);
		add_top(&m, &t.keys, top);
	}

	struct buf text = { 0 };
	struct rec *r;
	if (only_apply) {
		read_model(&m, &t.keys, model, &text);
		while ((r = tool_next(&t))) {
			apply(&m, &t, r);
			tool_put(&t, r);
		}
	} else if (only_fit) {
		while ((r = tool_next(&t))) {
			learn(&m, &t, r);
			t.folded++;
		}
		fit(&m, &t);
		struct rfm_tops fitted = { 0 };
		for (size_t i = 0; i < m.top.n; i++)
			*vec_add(&fitted) = m.top.v[i].fit;
		rfm_model_print(m.cuts, member, m.values[RFM_R].n, t.as_of,
			&fitted, &text);
		vec_release(&fitted);
		tool_make(&t, buf_view(&text));
	} else {
		struct spool s;
		struct view line;
		spool_init(&s, &t);
		while ((r = tool_next(&t))) {
			learn(&m, &t, r);
			spool_keep(&s, r);
		}
		if (t.read)
			fit(&m, &t);
		spool_rewind(&s);
		while (spool_next(&s, &line)) {
			spool_parse(&s, &t.rec, line);
			apply(&m, &t, &t.rec);
			tool_put(&t, &t.rec);
		}
		spool_release(&s);
		for (size_t i = 0; i < m.top.n && t.read; i++) {
			buf_reset(&text);
			rfm_top_say(&m.top.v[i].fit, &m.top.v[i].reach, &text);
			warn("%s", text.p);
		}
	}
	if (m.without)
		tool_info(&t, "%zu customers have no orders and no scores",
			m.without);
	for (size_t i = 0; i < m.top.n; i++) {
		path_release(&m.top.v[i].path);
		vec_release(&m.top.v[i].values);
	}
	for (int i = 0; i < RFM_FIELDS; i++)
		vec_release(&m.values[i]);
	vec_release(&m.top);
	vec_release(&tops);
	buf_release(&m.json);
	buf_release(&text);
	return tool_close(&t);
}
