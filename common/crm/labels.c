#include "crm/labels.h"

#include "crm/reasons.h"

void labels_init(struct labels *l, struct keys *keys,
	const struct condition_env *env)
{
	l->keys = keys;
	l->env = *env;
	l->env.set = condition_set_new();
	l->key = keys_want(keys, l->member);
	l->type = keys_want(keys, "type");
	l->reasons = keys_want(keys, "reasons");
}

void labels_release(struct labels *l)
{
	for (size_t g = 0; g < l->group.n; g++) {
		for (size_t i = 0; i < l->group.v[g].condition.n; i++)
			condition_free(l->group.v[g].condition.v[i]);
		vec_release(&l->group.v[g].condition);
		vec_release(&l->group.v[g].rule);
		free(l->group.v[g].holds);
		free(l->group.v[g].held);
		free(l->group.v[g].start);
	}
	condition_set_free(l->env.set);
	vec_release(&l->group);
	vec_release(&l->written);
	map_release(&l->label);
	map_release(&l->types);
	buf_release(&l->out);
	buf_release(&l->json);
	arena_release(&l->text);
	free(l->state);
	free(l->by);
	free(l->on);
	*l = (struct labels){ 0 };
}

/* The number of a label, which is new or has a rule already. */
static size_t number_of(struct labels *l, struct view label)
{
	struct buf name = { 0 };
	bool isnew;
	buf_addv(&name, l->prefix);
	buf_addv(&name, label);
	size_t i = map_add(&l->label, name.p, name.n, &isnew);
	if (isnew) {
		struct view v = map_key(&l->label, i);
		buf_reset(&name);
		buf_addc(&name, ',');
		json_text(&name, v);
		*vec_add(&l->written) =
			(struct view){ arena_bytes(&l->text, name.p, name.n),
				name.n };
		l->state =
			xreallocarray(l->state, l->label.n, sizeof(*l->state));
		l->by = xreallocarray(l->by, l->label.n, sizeof(*l->by));
		l->on = xreallocarray(l->on, l->label.n, sizeof(*l->on));
	}
	buf_release(&name);
	return i;
}

static void start_states(struct labels *l, struct label_group *g)
{
	g->holds = xreallocarray(g->holds, g->rule.n, sizeof(*g->holds));
	g->held = xreallocarray(g->held, g->rule.n, sizeof(*g->held));
	g->start = xreallocarray(g->start, l->label.n, sizeof(*g->start));
	memset(g->start, LABEL_OTHER, l->label.n);
	for (size_t i = 0; i < g->rule.n; i++)
		g->start[g->rule.v[i].label] = LABEL_OFF;
}

bool labels_add(struct labels *l, struct view label, struct view when,
	struct view type, bool over, struct why *why)
{
	struct label_rule rule = { .when = when };
	bool isnew;
	struct condition *c = condition_compile(when, l->keys, &l->env, why);
	if (!c)
		return false;
	if (over) {
		condition_free(c);
		c = NULL;
	}
	rule.label = number_of(l, label);
	size_t g = map_add(&l->types, type.p, type.n, &isnew);
	if (isnew)
		*vec_add(&l->group) = (struct label_group){ 0 };
	*vec_add(&l->group.v[g].rule) = rule;
	*vec_add(&l->group.v[g].condition) = c;
	for (g = 0; g < l->group.n; g++)
		start_states(l, &l->group.v[g]);
	return true;
}

bool labels_add_row(struct labels *l, const struct rules *rules, size_t row,
	struct view type, bool over, struct why *why)
{
	struct view name = rules_cell(rules, row, l->kind);
	struct view when = rules_cell(rules, row, "when");
	struct why mistake;

	if (!name.n)
		return why_not(why, "the %s is empty", l->kind);
	if (!when.n)
		return why_not(why, "when is empty; true is for all");
	return labels_add(l, name, when, type, over, &mistake) ||
	       why_not(why, "when:%zu:%zu: %s", mistake.line, mistake.col,
		       mistake.text);
}

static void switch_on(struct labels *l, const struct label_rule *rule)
{
	size_t i = l->non;
	if (l->state[rule->label] == LABEL_ON)
		return;
	l->state[rule->label] = LABEL_ON;
	l->by[rule->label] = rule;
	/* rules of one label may stand apart: by their first */
	for (; i && l->on[i - 1] > rule->label; i--)
		l->on[i] = l->on[i - 1];
	l->on[i] = rule->label;
	l->non++;
}

/* Asks the rules of a type; false with why if one cannot be answered. */
static bool ask(struct labels *l, const struct rec *r,
	const struct label_group *g, struct why *why)
{
	size_t n = g->rule.n;
	memcpy(l->state, g->start, l->label.n);
	l->non = 0;
	if (l->first) {
		for (size_t i = 0; i < n && !l->non; i++) {
			if (!conditions_test(&g->condition.v[i], 1, r, g->holds,
				    why))
				return false;
			if (g->holds[0])
				switch_on(l, &g->rule.v[i]);
		}
		return true;
	}
	if (!conditions_test(g->condition.v, n, r, g->holds, why))
		return false;
	/* which of many hold is not to be guessed: no branch */
	size_t held = 0;
	for (size_t i = 0; i < n; i++) {
		g->held[held] = i;
		held += g->holds[i];
	}
	for (size_t i = 0; i < held; i++)
		switch_on(l, &g->rule.v[g->held[i]]);
	return true;
}

static bool begins(struct view v, struct view with)
{
	return v.n >= with.n && memcmp(v.p, with.p, with.n) == 0;
}

/* What becomes of a label that is in the list. */
static uint8_t fate(const struct labels *l, struct view name, size_t *label)
{
	*label = map_find(&l->label, name.p, name.n);
	if (*label != MAP_NONE)
		return l->state[*label];
	if (l->prefix.n && begins(name, l->prefix))
		return LABEL_OFF;
	return LABEL_OTHER;
}

/* One element of the list; whether it goes. */
static bool take(struct labels *l, struct val v)
{
	size_t label;
	if (v.kind == K_STRING) {
		struct view name = val_text(v, &l->json);
		uint8_t is = fate(l, name, &label);
		if (is == LABEL_OFF)
			return true;
		if (is == LABEL_ON)
			l->state[label] = LABEL_THERE;
	}
	if (l->out.n > 1)
		buf_addc(&l->out, ',');
	json_val(&l->out, v);
	return false;
}

static bool no_list(const struct labels *l, struct why *why)
{
	return why_not(why, "'%s' is no list of texts", l->member);
}

/* The list as it is to be, in out; *changed if that is another one. */
static bool merge(struct labels *l, const struct rec *r, bool *changed,
	struct why *why)
{
	struct val old = rec_get(r, l->key);
	bool gone = false, more = false;
	buf_reset(&l->out);
	buf_addc(&l->out, '[');
	if (old.kind == K_ARRAY)
		for (struct val_iter it = val_iter(old); val_next(&it);)
			gone = take(l, it.val) || gone;
	else if (old.kind == K_STRING)
		gone = take(l, old);
	for (size_t i = 0; i < l->non; i++) {
		if (l->state[l->on[i]] != LABEL_ON)
			continue;
		more = true;
		struct view v = l->written.v[l->on[i]];
		size_t comma = l->out.n == 1;
		buf_add(&l->out, v.p + comma, v.n - comma);
	}
	buf_addc(&l->out, ']');
	*changed = gone || more;
	if (*changed && old.kind > K_NULL && old.kind != K_ARRAY &&
		old.kind != K_STRING)
		return no_list(l, why);
	return true;
}

static bool owns(const void *arg, struct view name)
{
	size_t label;
	return fate(arg, name, &label) != LABEL_OTHER;
}

static void explain(struct labels *l, const struct label_group *g,
	const struct rec *r, struct buf *made)
{
	for (size_t i = 0; i < l->non; i++) {
		const struct label_rule *rule = l->by[l->on[i]];
		size_t at = (size_t)(rule - g->rule.v);
		if (made->n)
			buf_addc(made, ',');
		buf_addf(made, "{\"%s\":", l->kind);
		json_text(made, map_key(&l->label, rule->label));
		buf_adds(made, ",\"when\":");
		json_text(made, rule->when);
		buf_adds(made, ",\"values\":");
		condition_explain(g->condition.v[at], r, made);
		buf_addc(made, '}');
	}
}

bool labels_apply(struct labels *l, struct rec *r, struct why *why)
{
	struct val type = rec_get(r, l->type);
	struct buf made = { 0 };
	bool changed, asked = false;
	size_t of = 0;
	if (type.kind != K_STRING)
		return true;
	for (; of < l->types.n && !asked; of++)
		asked = val_is(type, map_key(&l->types, of));
	if (!asked)
		return true;
	if (!ask(l, r, &l->group.v[of - 1], why))
		return false;
	if (l->explain)
		explain(l, &l->group.v[of - 1], r, &made);
	if (!merge(l, r, &changed, why)) {
		buf_release(&made);
		return false;
	}
	if (changed)
		rec_set(r, l->key, buf_view(&l->out));
	if (l->explain)
		reasons_put(r, l->reasons, l->kind, owns, l, buf_view(&made));
	buf_release(&made);
	return true;
}

void labels_join(struct labels *l, struct labels *other)
{
	for (size_t g = 0; g < l->group.n; g++)
		for (size_t i = 0; i < l->group.v[g].condition.n; i++)
			if (l->group.v[g].condition.v[i])
				condition_join(l->group.v[g].condition.v[i],
					other->group.v[g].condition.v[i]);
}

void labels_notes(const struct labels *l,
	void (*say)(void *arg, const char *text), void *arg)
{
	for (size_t g = 0; g < l->group.n; g++)
		for (size_t i = 0; i < l->group.v[g].condition.n; i++)
			if (l->group.v[g].condition.v[i])
				condition_notes(l->group.v[g].condition.v[i],
					say, arg);
}
