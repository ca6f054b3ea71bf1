#include "record/assign.h"

#include "record/condition_impl.h"

static bool mistake(struct lexer *l, size_t at, const char *what,
	struct view not )
{
	if (not .n)
		why_not(l->why, "expected %s, not '%.*s'", what,
			(int)(not .n > 40 ? 40 : not .n), not .p);
	else
		why_not(l->why, "expected %s", what);
	lex_place(l->why, l->text, at);
	return false;
}

static struct view as_written(const struct lexer *l, struct token t)
{
	return (struct view){ l->text.p + t.at, t.end - t.at };
}

/* A field of the record itself, as the target of something. */
static bool target(struct lexer *l, struct token t, struct keys *keys,
	unsigned *key)
{
	struct view name = t.text;
	bool quoted = t.kind == TK_FIELD && name.p[0] == '"';
	if (t.kind == TK_BAD)
		return false;
	if (t.kind != TK_FIELD)
		return mistake(l, t.at, "the name of a field",
			as_written(l, t));
	if (quoted) {
		name.p++;
		name.n -= 2;
	}
	if (memchr(name.p, quoted ? '"' : '.', name.n)) {
		why_not(l->why,
			"'%.*s' is inside a field: only a field of the "
			"record itself can be set",
			(int)(t.text.n > 40 ? 40 : t.text.n), t.text.p);
		lex_place(l->why, l->text, t.at);
		return false;
	}
	*key = keys_want_view(keys, name);
	return true;
}

static bool is_word(struct token t, const char *word)
{
	return t.kind == TK_FIELD && view_is(t.text, word);
}

static bool parse_one(struct assignments *a, struct lexer *l, struct keys *keys,
	struct token *last)
{
	struct assignment one = { .act = ASSIGN_SET };
	struct token t = lex_next(l), next;
	size_t after = l->pos;
	next = t.kind == TK_BAD ? t : lex_next(l);
	if (next.kind == TK_FIELD &&
		(is_word(t, "drop") || is_word(t, "rename"))) {
		one.act = is_word(t, "drop") ? ASSIGN_DROP : ASSIGN_RENAME;
		l->pos = after;
		t = lex_next(l);
		if (!target(l, t, keys, &one.key))
			return false;
		if (one.act == ASSIGN_RENAME) {
			t = lex_next(l);
			if (t.kind == TK_BAD)
				return false;
			if (!is_word(t, "to"))
				return mistake(l, t.at, "'to' and the new name",
					as_written(l, t));
			if (!target(l, lex_next(l), keys, &one.to))
				return false;
		}
		*last = lex_next(l);
		if (last->kind == TK_BAD)
			return false;
		*vec_add(&a->list) = one;
		return true;
	}
	if (!target(l, t, keys, &one.key) || next.kind == TK_BAD)
		return false;
	if (next.kind != TK_EQ)
		return mistake(l, next.at, "'=' after the name of the field",
			as_written(l, next));
	for (size_t i = 0; i < a->list.n; i++) {
		if (a->list.v[i].act == ASSIGN_SET &&
			a->list.v[i].key == one.key) {
			why_not(l->why, "'%.*s' is set twice", (int)t.text.n,
				t.text.p);
			lex_place(l->why, l->text, t.at);
			return false;
		}
	}
	one.value = condition_new(keys, &a->env);
	l->mem = &one.value->mem;
	one.value->root = condition_parse(one.value, l, false, true, l->why);
	if (!one.value->root) {
		condition_free(one.value);
		return false;
	}
	condition_ready(one.value);
	*last = l->last;
	*vec_add(&a->list) = one;
	return true;
}

bool assignments_compile(struct assignments *a, struct view text,
	struct keys *keys, const struct condition_env *env, struct why *why)
{
	struct arena mem = { 0 };
	*a = (struct assignments){ 0 };
	if (env)
		a->env = *env;
	a->env.set = condition_set_new();
	/* what is parsed is kept: nodes point into it */
	a->text = xmemdup(text.p ? text.p : "", text.n);
	struct lexer l = { .text = { a->text, text.n },
		.mem = &mem,
		.why = why };
	struct token last = { .kind = TK_COMMA };
	*why = (struct why){ 0 };
	bool good = true;
	while (good && last.kind == TK_COMMA) {
		l.mem = &mem;
		good = parse_one(a, &l, keys, &last);
	}
	if (good && last.kind != TK_END)
		good = mistake(&l, last.at, "',' or the end",
			as_written(&l, last));
	arena_release(&mem);
	if (!good)
		assignments_release(a);
	return good;
}

void assignments_release(struct assignments *a)
{
	for (size_t i = 0; i < a->list.n; i++)
		condition_free(a->list.v[i].value);
	vec_release(&a->list);
	condition_set_free(a->env.set);
	buf_release(&a->json);
	free(a->text);
	*a = (struct assignments){ 0 };
}

/* Whether the record has this value already, however it is written. */
static bool same(struct val old, const struct cval *v, struct view json)
{
	if (v->kind == C_TEXT)
		return old.kind == K_STRING && val_is(old, v->text);
	if (old.kind == K_STRING)
		return v->kind == C_TIME && v->text.p && val_is(old, v->text);
	return view_eq((struct view){ old.p, old.n }, json);
}

bool assignments_apply(struct assignments *a, struct rec *r, struct why *why)
{
	struct cval v;
	buf_reset(&a->json);
	for (size_t i = 0; i < a->list.n; i++) {
		struct assignment *one = &a->list.v[i];
		one->n = 0;
		if (one->act != ASSIGN_SET)
			continue;
		if (!expression_eval(one->value, r, &v, why))
			return false;
		if (v.kind == C_MISSING)
			continue;
		one->from = a->json.n;
		cval_json(&a->json, &v);
		one->n = a->json.n - one->from;
		if (same(rec_get(r, one->key), &v,
			    (struct view){ a->json.p + one->from, one->n }))
			one->n = 0;
	}
	for (size_t i = 0; i < a->list.n; i++) {
		struct assignment *one = &a->list.v[i];
		if (one->act == ASSIGN_DROP)
			rec_drop(r, one->key);
		else if (one->act == ASSIGN_RENAME)
			rec_rename(r, one->key, one->to);
		else if (one->n)
			rec_set(r, one->key,
				(struct view){ a->json.p + one->from, one->n });
	}
	return true;
}

void assignments_join(struct assignments *a, struct assignments *other)
{
	for (size_t i = 0; i < a->list.n; i++)
		if (a->list.v[i].value)
			condition_join(a->list.v[i].value,
				other->list.v[i].value);
}

void assignments_notes(const struct assignments *a,
	void (*say)(void *arg, const char *text), void *arg)
{
	for (size_t i = 0; i < a->list.n; i++)
		if (a->list.v[i].value)
			condition_notes(a->list.v[i].value, say, arg);
}
