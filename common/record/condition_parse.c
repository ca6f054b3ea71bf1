#include "record/condition_impl.h"

#include "record/schema.h"
#include "value/text.h"
#include "value/utf8.h"

#include <stdarg.h>
#include <stdio.h>

struct parser {
	struct condition *c;
	struct lexer *l;
	struct why *why;
	struct token tok, prev;
	struct scope *scope;
	unsigned depth;
};

typedef VEC(struct node *) nodes;

static struct node *parse_or(struct parser *p);
static struct node *parse_sum(struct parser *p);

/* Mistakes */

__attribute__((format(printf, 3, 4))) static struct node *fail(struct parser *p,
	size_t at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(p->why->text, sizeof(p->why->text), fmt, ap);
	va_end(ap);
	lex_place(p->why, p->l->text, at);
	return NULL;
}

/* A token as written, cut at 40 bytes and between characters. */
static struct view shown(const struct parser *p, struct token t)
{
	struct view v = { p->l->text.p + t.at, t.end - t.at };
	if (v.n > 40) {
		v.n = 40;
		while (v.n && ((unsigned char)v.p[v.n] & 0xC0) == 0x80)
			v.n--;
	}
	return v;
}

static struct node *expected(struct parser *p, const char *what)
{
	struct view after = shown(p, p->prev), not = shown(p, p->tok);
	struct buf b = { 0 };
	if (p->tok.kind == TK_BAD)
		return NULL;
	buf_addf(&b, "expected %s", what);
	if (p->prev.end)
		buf_addf(&b, " after '%.*s'", (int)after.n, after.p);
	if (p->tok.kind != TK_END)
		buf_addf(&b, ", not '%.*s'", (int)not .n, not .p);
	fail(p, p->tok.kind == TK_END ? p->prev.end : p->tok.at, "%s", b.p);
	buf_release(&b);
	return NULL;
}

static const char *type_words(enum stype t)
{
	switch (t) {
	case S_BOOL:
		return "true or false";
	case S_NUM:
		return "a number";
	case S_TEXT:
		return "text";
	case S_TIME:
		return "a time";
	case S_SPAN:
		return "a span of time";
	default:
		return "of any kind";
	}
}

static const struct function {
	const char *name;
	enum fn fn;
	unsigned min, max;
	enum stype arg, result;
} functions[] = {
	{ "today", FN_TODAY, 0, 0, S_ANY, S_TIME },
	{ "date", FN_DATE, 1, 1, S_TIME, S_TIME },
	{ "days", FN_DAYS, 1, 1, S_NUM, S_SPAN },
	{ "months", FN_MONTHS, 1, 1, S_NUM, S_SPAN },
	{ "hours", FN_HOURS, 1, 1, S_NUM, S_SPAN },
	{ "days_since", FN_DAYS_SINCE, 1, 1, S_TIME, S_NUM },
	{ "age", FN_AGE, 1, 1, S_TIME, S_NUM },
	{ "month", FN_MONTH, 1, 1, S_TIME, S_NUM },
	{ "weekday", FN_WEEKDAY, 1, 1, S_TIME, S_NUM },
	{ "lower", FN_LOWER, 1, 1, S_TEXT, S_TEXT },
	{ "length", FN_LENGTH, 1, 1, S_TEXT, S_NUM },
	{ "trim", FN_TRIM, 1, 1, S_TEXT, S_TEXT },
	{ "coalesce", FN_COALESCE, 1, 64, S_ANY, S_ANY },
	{ "round", FN_ROUND, 1, 2, S_NUM, S_NUM },
	{ "min", FN_MIN, 1, 64, S_ANY, S_ANY },
	{ "max", FN_MAX, 1, 64, S_ANY, S_ANY },
	{ "contains", FN_CONTAINS, 2, 2, S_TEXT, S_BOOL },
	{ "starts_with", FN_STARTS_WITH, 2, 2, S_TEXT, S_BOOL },
};

bool condition_function(const char *name)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return true;
	return false;
}

/* What a message calls a node: 'total', length(), a number. */
static struct view name_of(const struct node *n, char buf[64])
{
	int len;
	if (n->op == OP_FIELD) {
		len = snprintf(buf, 64, "'%.60s'", n->slot->name);
	} else if (n->op == OP_CALL) {
		const char *name = "";
		for (size_t i = 0; i < sizeof(functions) / sizeof(*functions);
			i++)
			if (functions[i].fn == n->fn)
				name = functions[i].name;
		len = snprintf(buf, 64, "%s()", name);
	} else if (n->op == OP_CONST && n->value.kind == C_TEXT) {
		struct view v = n->value.text;
		if (v.n > 40) {
			v.n = 40;
			while (v.n && ((unsigned char)v.p[v.n] & 0xC0) == 0x80)
				v.n--;
		}
		len = snprintf(buf, 64, "'%.*s'", (int)v.n, v.p);
	} else {
		len = snprintf(buf, 64, "%s",
			n->op == OP_CONST ? "this" : "the calculation");
	}
	return (struct view){ buf, len < 64 ? (size_t)len : 63 };
}

/* Tokens */

static bool advance(struct parser *p)
{
	p->prev = p->tok;
	p->tok = lex_next(p->l);
	return p->tok.kind != TK_BAD;
}

static bool same_word(struct view v, const char *word)
{
	size_t n = strlen(word);
	if (v.n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = v.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[i])
			return false;
	}
	return true;
}

static bool word(const struct parser *p, const char *w)
{
	return p->tok.kind == TK_FIELD && same_word(p->tok.text, w);
}

/* Whether a "(" follows the token. */
static bool open_follows(const struct parser *p)
{
	struct view t = p->l->text;
	size_t i = p->tok.end;
	while (i < t.n && (t.p[i] == ' ' || t.p[i] == '\t' || t.p[i] == '\n' ||
				  t.p[i] == '\r'))
		i++;
	return i < t.n && t.p[i] == '(';
}

static bool reserved(const struct parser *p)
{
	static const char *const words[] = { "and", "or", "not", "in",
		"between", "like", "ilike", "is", "null", "true", "false",
		"contains", "starts_with" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (word(p, words[i]))
			return true;
	return false;
}

/* Nodes */

static struct node *new_node(struct parser *p, enum op op, enum stype type,
	size_t at, const nodes *kids)
{
	struct node *n = arena_alloc(&p->c->mem, sizeof(*n));
	*n = (struct node){ .ask = node_plain,
		.op = op,
		.type = type,
		.at = at,
		.depth = 1 };
	if (!kids)
		return n;
	n->nkids = kids->n;
	n->kid = arena_alloc(&p->c->mem, kids->n * sizeof(*n->kid));
	n->constant = true;
	for (size_t i = 0; i < kids->n; i++) {
		n->kid[i] = kids->v[i];
		n->constant = n->constant && kids->v[i]->constant;
		if (kids->v[i]->depth >= n->depth)
			n->depth = kids->v[i]->depth + 1;
	}
#ifndef MUTANT_node_depth
	if (n->depth > COND_NODES)
		return fail(p, at, "nested deeper than %d", COND_NODES);
#endif
	return n;
}

static struct node *pair(struct parser *p, enum op op, enum stype type,
	size_t at, struct node *a, struct node *b)
{
	struct node *both[2] = { a, b };
	nodes kids = { both, b ? 2 : 1, 2 };
	return new_node(p, op, type, at, &kids);
}

static struct node *constant(struct parser *p, size_t at, struct cval v)
{
	struct node *n = new_node(p, OP_CONST, S_ANY, at, NULL);
	static const enum stype types[] = { [C_MISSING] = S_NULL,
		[C_BOOL] = S_BOOL,
		[C_NUMBER] = S_NUM,
		[C_WIDE] = S_NUM,
		[C_TEXT] = S_TEXT,
		[C_TIME] = S_TIME,
		[C_JSON] = S_ANY };
	n->value = v;
	n->type = types[v.kind];
	n->constant = true;
	return n;
}

/* What is made of constants is calculated here and now. */
static struct node *fold(struct parser *p, struct node *n)
{
	struct cval v;
	if (!n || !n->constant || n->op == OP_CONST || n->type == S_SPAN)
		return n;
	node_eval(p->c, n, &v);
	if (p->c->refused)
		return fail(p, n->at, "%s", p->c->why.text);
	if (v.kind == C_MISSING)
		return fail(p, n->at, "this cannot be calculated");
	if (v.text.p) {
		v.text.p = arena_bytes(&p->c->mem, v.text.p, v.text.n);
	}
	return constant(p, n->at, v);
}

static bool number_of(struct parser *p, size_t at, struct view text,
	struct cval *v)
{
	*v = (struct cval){ .kind = C_NUMBER, .text = text };
	if (dec_parse(text.p, text.n, &v->num))
		return true;
	if (num_huge(text)) {
		fail(p, at, "too big a number");
		return false;
	}
	v->kind = C_WIDE;
	return true;
}

/* Whether text is a JSON number of any length: as the lexer has it. */
static bool reads_as_number(struct view v)
{
	struct why why;
	struct lexer l = { .text = v, .why = &why };
	if (v.n && v.p[0] == '-')
		l.pos = 1;
	size_t start = l.pos;
	if (start >= v.n || v.p[start] < '0' || v.p[start] > '9')
		return false;
	struct token t = lex_next(&l);
	return t.kind == TK_NUM && t.end == v.n && !num_huge(v);
}

/* Fields */

static enum stype stype_of(enum field_type t)
{
	switch (t) {
	case F_TEXT:
	case F_ID:
	case F_TEXTS:
		return S_TEXT;
	case F_NUMBER:
	case F_INTEGER:
	case F_MONEY:
		return S_NUM;
	case F_TIME:
	case F_DATE:
		return S_TIME;
	case F_BOOL:
		return S_BOOL;
	default:
		return S_ANY;
	}
}

static bool is_known(const struct condition_env *env, const char *name)
{
	for (const char *const *k = env->known; k && *k; k++)
		if (strcmp(*k, name) == 0)
			return true;
	return false;
}

/* The known name that this one is probably meant to be, or NULL. */
static const char *meant(const struct condition_env *env, const char *name)
{
	struct view v = view_of(name);
	if (is_known(env, name))
		return NULL;
	const char *near = schema_nearest(v);
	if (near && strcmp(near, name) == 0)
		return NULL;
	if (utf8_count(v) < 3)
		return NULL;
	if (near)
		return near;
	for (const char *const *k = env->known; k && *k; k++)
		if (text_near(view_of(*k), v))
			return *k;
	struct buf b = { 0 };
	text_add_lower(&b, v);
	near = b.p ? schema_nearest(buf_view(&b)) : NULL;
	if (near && !view_is(buf_view(&b), near))
		near = NULL;
	buf_release(&b);
	return near;
}

static bool same_steps(const struct slot *s, const struct view *step, size_t n)
{
	if (s->nsteps != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!view_eq(s->step[i], step[i]))
			return false;
	return true;
}

/* The names of a field token, and whether one was in quotes. */
static size_t split(struct parser *p, struct view text, struct view **step,
	bool *quoted)
{
	size_t n = 1, k = 0, i = 0;
	for (size_t j = 0; j < text.n; j++)
		n += text.p[j] == '.';
	*step = arena_alloc(&p->c->mem, n * sizeof(**step));
	*quoted = false;
	while (i < text.n) {
		size_t from = i, to;
		if (text.p[i] == '"') {
			*quoted = true;
			from = i + 1;
			to = from;
			while (text.p[to] != '"')
				to++;
			i = to + 2;
		} else {
			while (i < text.n && text.p[i] != '.')
				i++;
			to = i++;
		}
		(*step)[k++] = (struct view){ text.p + from, to - from };
	}
	return k;
}

static struct slot *find_slot(struct slot **v, size_t n,
	const struct scope *scope, const struct view *step, size_t nsteps)
{
	for (size_t i = 0; i < n; i++)
		if (v[i]->scope == scope && same_steps(v[i], step, nsteps))
			return v[i];
	return NULL;
}

/* A column of a rule's row: all of them may be known. */
static bool row_known(struct parser *p, struct token t, const char *name)
{
	const struct condition_env *env = p->c->env;
	size_t n = strlen(env->row_prefix);
	const char *near = NULL;
	bool any = false;
	for (const char *const *k = env->known; k && *k; k++) {
		if (strncmp(*k, env->row_prefix, n) != 0 || (*k)[n] != '.')
			continue;
		if (strcmp(*k, name) == 0)
			return true;
		any = true;
		if (text_near(view_of(*k), view_of(name)))
			near = *k;
	}
	if (any)
		fail(p, t.at,
			near ? "no column '%s'; is it '%s'?" : "no column '%s'",
			name, near);
	return !any;
}

static struct slot *field_slot(struct parser *p, struct token t)
{
	struct condition *c = p->c;
	struct view *step;
	bool quoted;
	size_t n = split(p, t.text, &step, &quoted);
	struct scope *scope = p->scope;
	struct slot *s;
	if (n > COND_DEPTH) {
		fail(p, t.at, "a path of more than %d names", COND_DEPTH);
		return NULL;
	}
	if (c->env->row_prefix && n > 1 && t.text.p[0] != '"' &&
		view_is(step[0], c->env->row_prefix)) {
		scope = &c->row;
		step++;
		n--;
	}
	if (scope->kind == SCOPE_ROW)
		s = find_slot(c->rows.v, c->rows.n, scope, step, n);
	else if (scope->kind == SCOPE_ELEMENT)
		s = find_slot(c->elements.v, c->elements.n, scope, step, n);
	else
		s = find_slot(c->set->slot.v, c->set->slot.n, scope, step, n);
	if (!s) {
		s = slot_new(scope->kind == SCOPE_RECORD ? &c->set->mem
							 : &c->mem,
			scope, step, n);
		if (scope->kind == SCOPE_ROW) {
			s->soft = true;
			*vec_add(&c->rows) = s;
		} else if (scope->kind == SCOPE_ELEMENT) {
			*vec_add(&c->elements) = s;
			s->type = stype_of(schema_any(view_of(s->name)));
		} else {
			*vec_add(&c->set->slot) = s;
			s->key = keys_want_view(c->keys, step[0]);
			s->type = stype_of(schema_any(view_of(s->name)));
			s->quoted = quoted;
			const char *known = schema_nearest(view_of(s->name));
			s->watch = !is_known(c->env, s->name) &&
				   !(known && strcmp(known, s->name) == 0);
			if (s->watch)
				*vec_add(&c->set->unseen) = s;
		}
	}
	if (scope->kind == SCOPE_ROW) {
		if (!row_known(p, t, s->name))
			return NULL;
	} else if (!quoted) {
		const char *near = meant(c->env, s->name);
		if (near) {
			size_t path = scope->path ? strlen(scope->path) + 1 : 0;
			bool cut = path && strncmp(near, s->name, path) == 0;
			fail(p, t.at, "no field '%s'; is it '%s'?",
				s->name + (cut ? path : 0),
				near + (cut ? path : 0));
			return NULL;
		}
	}
	for (size_t i = 0; i < c->fields.n; i++)
		if (c->fields.v[i] == s)
			return s;
	*vec_add(&c->fields) = s;
	return s;
}

static struct node *field_node(struct parser *p, struct token t)
{
	struct slot *s = field_slot(p, t);
	if (!s)
		return NULL;
	struct node *n = new_node(p, OP_FIELD, s->type, t.at, NULL);
	n->slot = s;
	return n;
}

/* Types */

/* How a date that is no ISO date would be written, in iso. */
static bool other_date(struct view v, char iso[16])
{
	static const char *const formats[] = { "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
		"%d.%m.%Y" };
	struct civil d;
	struct why why;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (civil_parse(v.p, v.n, formats[i], &d, &why) &&
			d.year >= 1000 && d.year <= 9999) {
			snprintf(iso, 16, "%04d-%02d-%02d",
				(int)((unsigned)d.year % 10000),
				(int)((unsigned)d.month % 100),
				(int)((unsigned)d.day % 100));
			return true;
		}
	}
	return false;
}

static bool make_time(struct parser *p, struct node *k)
{
	struct view v = k->value.text;
	struct why why;
	struct civil d;
	char iso[16], name[64];
	if (when_parse(v.p, v.n, &k->value.time)) {
		k->value.kind = C_TIME;
		k->type = S_TIME;
		k->loose = false;
		return true;
	}
	struct view as = name_of(k, name);
	if (other_date(v, iso))
		fail(p, k->at, "%.*s is no date or time; is it '%s'?",
			(int)as.n, as.p, iso);
	else if (civil_parse(v.p, v.n, "%Y-%m-%dT%H:%M:%S", &d, &why) ||
		 civil_parse(v.p, v.n, "%Y-%m-%d %H:%M:%S", &d, &why) ||
		 civil_parse(v.p, v.n, "%Y-%m-%d %H:%M", &d, &why))
		fail(p, k->at,
			"%.*s lacks its offset, like "
			"2026-11-01T08:30:00+08:00",
			(int)as.n, as.p);
	else
		fail(p, k->at, "%.*s is no date or time", (int)as.n, as.p);
	return false;
}

static bool make_number(struct parser *p, struct node *k)
{
	if (!number_of(p, k->at, k->value.text, &k->value))
		return false;
	k->type = S_NUM;
	k->loose = false;
	return true;
}

static void make_text(struct parser *p, struct node *k)
{
	if (!k->value.text.p) {
		struct buf b = { 0 };
		dec_print(&b, k->value.num);
		k->value.text =
			(struct view){ arena_bytes(&p->c->mem, b.p, b.n), b.n };
		buf_release(&b);
	}
	k->value.kind = C_TEXT;
	k->type = S_TEXT;
	k->loose = false;
}

/*
 * Reads a constant as the type of what it meets. ordered: beside < and the
 * like, where a number is no text.
 */
static bool coerce(struct parser *p, struct node *k, const struct node *other,
	enum stype type, bool ordered)
{
	char a[64], b[64];
	if (k->op != OP_CONST)
		return true;
	if (k->loose && type == S_ANY) {
		if (reads_as_number(k->value.text))
			return make_number(p, k);
		k->loose = false;
		return true;
	}
	struct view on = name_of(other, a), kn = name_of(k, b);
	bool text = k->value.kind == C_TEXT;
	bool num = k->value.kind == C_NUMBER || k->value.kind == C_WIDE;
	switch (type) {
	case S_NUM:
		if (num)
			return true;
		if (text && reads_as_number(k->value.text))
			return make_number(p, k);
		break;
	case S_TEXT:
		k->loose = false;
		if (num && ordered) {
			struct buf t = { 0 };
			if (k->value.text.p)
				buf_addv(&t, k->value.text);
			else
				dec_print(&t, k->value.num);
			fail(p, k->at, "%.*s is text: write '%s'", (int)on.n,
				on.p, t.p);
			buf_release(&t);
			return false;
		}
		if (num)
			make_text(p, k);
		if (text || num || k->value.kind == C_TIME)
			return true;
		break;
	case S_TIME:
		if (k->value.kind == C_TIME)
			return true;
		if (text)
			return make_time(p, k);
		break;
	case S_BOOL:
		if (text && (view_is(k->value.text, "true") ||
				    view_is(k->value.text, "false"))) {
			k->value.kind = C_BOOL;
			k->value.truth = k->value.text.n == 4;
			k->type = S_BOOL;
			k->loose = false;
		}
		if (k->value.kind == C_BOOL)
			return true;
		break;
	default:
		return true;
	}
	fail(p, k->at, "%.*s is %s, and %.*s is %s", (int)on.n, on.p,
		type_words(type), (int)kn.n, kn.p,
		text ? "none" : type_words(k->type));
	return false;
}

/* Holds a value to what takes it: "length() takes text". */
static bool wants(struct parser *p, struct node *n, enum stype type,
	const char *who)
{
	char a[64];
	if (n->type == S_SPAN) {
		fail(p, n->at, "%.*s is added to a time or taken from one",
			(int)name_of(n, a).n, a);
		return false;
	}
	if (n->loose) {
		if (type == S_NUM && reads_as_number(n->value.text))
			return make_number(p, n);
		if (type == S_ANY)
			return coerce(p, n, n, S_ANY, false);
		n->loose = false;
	}
	if (type == S_ANY || n->type == S_ANY || n->type == type)
		return true;
	if (type == S_TIME && n->op == OP_CONST && n->value.kind == C_TEXT)
		return make_time(p, n);
	if (type == S_TIME && n->type == S_TEXT)
		return true;
	/* a time is also the text that was written */
	if (type == S_TEXT && n->type == S_TIME && n->op == OP_FIELD)
		return true;
	struct view name = name_of(n, a);
	fail(p, n->at, "%s takes %s, and %.*s is %s", who,
		type == S_NUM ? "numbers" : type_words(type), (int)name.n,
		name.p, type_words(n->type));
	return false;
}

static bool want_condition(struct parser *p, struct node *n)
{
	char a[64];
	if (!n)
		return false;
	if ((n->type == S_BOOL || n->type == S_ANY) && !n->loose)
		return true;
	struct view name = name_of(n, a);
	fail(p, n->at,
		"a condition is wanted here, and %.*s is %s: compare it "
		"with something",
		(int)name.n, name.p, type_words(n->type));
	return false;
}

/* Tests */

static enum test_kind kind_of(const struct cval *v)
{
	switch (v->kind) {
	case C_TEXT:
		return TEST_TEXT;
	case C_TIME:
		return TEST_TIME;
	case C_BOOL:
		return TEST_BOOL;
	default:
		return TEST_NUM;
	}
}

/* A test of a field or of another value against constants. */
static struct node *test_node(struct parser *p, struct node *left, size_t at,
	struct test t)
{
	struct node *n;
	if (left->op == OP_FIELD) {
		n = new_node(p, OP_FIELD_TEST, S_BOOL, at, NULL);
		n->slot = left->slot;
	} else {
		n = pair(p, OP_TEST, S_BOOL, at, left, NULL);
	}
	if (!n)
		return NULL;
	n->test = t;
	return fold(p, n);
}

static struct cval *values(struct parser *p, struct node *const *k, size_t n)
{
	struct cval *v = arena_alloc(&p->c->mem, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = k[i]->value;
	return v;
}

/* Two types that never meet are a mistake. */
static bool comparable(struct parser *p, struct node *a, struct node *b,
	size_t at)
{
	char x[64], y[64];
	bool spans = a->type == S_SPAN || b->type == S_SPAN;
	if (!spans &&
		(a->type == S_ANY || b->type == S_ANY || a->type == b->type))
		return true;
	if (!spans && ((a->type == S_TIME && b->type == S_TEXT) ||
			      (a->type == S_TEXT && b->type == S_TIME)))
		return true;
	struct view an = name_of(a, x), bn = name_of(b, y);
	fail(p, at, "%.*s is %s and %.*s is %s", (int)an.n, an.p,
		type_words(a->type), (int)bn.n, bn.p, type_words(b->type));
	return false;
}

static struct node *compare_node(struct parser *p, struct node *a, enum cmp cmp,
	struct node *b, size_t at)
{
	static const enum cmp flip[] = { [CMP_EQ] = CMP_EQ,
		[CMP_NE] = CMP_NE,
		[CMP_LT] = CMP_GT,
		[CMP_LE] = CMP_GE,
		[CMP_GT] = CMP_LT,
		[CMP_GE] = CMP_LE };
	if (a->op == OP_CONST && b->op != OP_CONST) {
		struct node *t = a;
		a = b;
		b = t;
		cmp = flip[cmp];
	}
	bool ordered = cmp != CMP_EQ && cmp != CMP_NE;
	if (a->loose && !coerce(p, a, b, b->loose ? S_ANY : b->type, ordered))
		return NULL;
	if (!coerce(p, b, a, a->type, ordered) || !comparable(p, a, b, at))
		return NULL;
	if (ordered && (a->type == S_BOOL || b->type == S_BOOL))
		return fail(p, at, "true and false have no order");
	if (b->op == OP_CONST)
		return test_node(p, a, at,
			(struct test){ .kind = kind_of(&b->value),
				.cmp = cmp,
				.n = 1,
				.value = values(p, &b, 1) });
	struct node *n = pair(p, OP_CMP, S_BOOL, at, a, b);
	if (n)
		n->cmp = cmp;
	return fold(p, n);
}

static struct node *between_node(struct parser *p, struct node *a,
	struct node *lo, struct node *hi, bool negate, size_t at)
{
	struct node *three[3] = { a, lo, hi };
	nodes kids = { three, 3, 3 };
	for (int i = 1; i < 3; i++)
		if (!coerce(p, three[i], a, a->type, true) ||
			!comparable(p, a, three[i], at))
			return NULL;
	if (a->type == S_BOOL || lo->type == S_BOOL || hi->type == S_BOOL)
		return fail(p, at, "true and false have no order");
	if (lo->op == OP_CONST && hi->op == OP_CONST) {
		struct test t = { .kind = kind_of(&lo->value),
			.n = 2,
			.negate = negate,
			.value = values(p, three + 1, 2) };
		if (t.kind != kind_of(&hi->value))
			return fail(p, hi->at,
				"the two ends are of two kinds, "
				"%s and %s",
				type_words(lo->type), type_words(hi->type));
		t.kind = t.kind == TEST_NUM    ? TEST_NUM_RANGE
			 : t.kind == TEST_TEXT ? TEST_TEXT_RANGE
					       : TEST_TIME_RANGE;
		return test_node(p, a, at, t);
	}
	struct node *n = new_node(p, OP_BETWEEN, S_BOOL, at, &kids);
	if (n)
		n->negate = negate;
	return n;
}

static int by_number(const void *a, const void *b)
{
	return num_order(a, b);
}

static struct node *in_node(struct parser *p, nodes *kids, bool negate,
	size_t at)
{
	struct node *a = kids->v[0];
	bool constants = true;
	for (size_t i = 1; i < kids->n; i++) {
		if (!coerce(p, kids->v[i], a, a->type, false) ||
			!comparable(p, a, kids->v[i], at))
			return NULL;
		constants = constants && kids->v[i]->op == OP_CONST;
	}
	if (!constants) {
		struct node *n = new_node(p, OP_IN, S_BOOL, at, kids);
		if (n)
			n->negate = negate;
		return n;
	}
	enum test_kind kind = kind_of(&kids->v[1]->value);
	for (size_t i = 2; i < kids->n; i++)
		if (kind_of(&kids->v[i]->value) != kind)
			return fail(p, kids->v[i]->at,
				"the values of one list are of two kinds, %s "
				"and %s",
				type_words(kids->v[1]->type),
				type_words(kids->v[i]->type));
	if (kind == TEST_BOOL)
		return fail(p, at, "true and false need no list");
	struct cval *v = values(p, kids->v + 1, kids->n - 1);
	struct test t = { .n = kids->n - 1, .negate = negate, .value = v };
	if (kind == TEST_NUM) {
		t.kind = TEST_NUM_IN;
		qsort(v, t.n, sizeof(*v), by_number);
	} else if (kind == TEST_TIME) {
		t.kind = TEST_TIME_IN;
	} else {
		t.kind = TEST_TEXT_IN;
		if (t.n > 8) {
			t.map = xcalloc(1, sizeof(*t.map));
			*vec_add(&p->c->maps) = t.map;
			for (size_t i = 0; i < t.n; i++)
				map_add(t.map, v[i].text.p, v[i].text.n, NULL);
		}
	}
	return test_node(p, a, at, t);
}

static bool want_matchable(struct parser *p, struct node *n, const char *who)
{
	return wants(p, n, S_TEXT, who);
}

static struct node *match_node(struct parser *p, struct node *a,
	const char *who, struct node *k, bool negate, size_t at)
{
	if (!want_matchable(p, a, who))
		return NULL;
	k->loose = false;
	if (k->op != OP_CONST || k->value.kind != C_TEXT)
		return fail(p, k->at, "the pattern of %s is a text in 'quotes'",
			who);
	if (memchr(k->value.text.p ? k->value.text.p : "", 0, k->value.text.n))
		return fail(p, k->at, "a pattern with a NUL");
	struct pattern *pattern = xcalloc(1, sizeof(*pattern));
	*vec_add(&p->c->patterns) = pattern;
	if (*who == '~') {
		struct why why = { 0 };
		size_t where;
		if (!pattern_regex(pattern, k->value.text, &p->c->mem, &why,
			    &where))
			return fail(p, k->at + 1 + where, "the pattern: %s",
				why.text);
	} else {
		pattern_like(pattern, k->value.text, *who == 'i', &p->c->mem);
	}
	return test_node(p, a, at,
		(struct test){ .kind = TEST_MATCH,
			.negate = negate,
			.pattern = pattern });
}

static struct node *has_node(struct parser *p, struct node *a, bool start,
	struct node *b, bool negate, size_t at)
{
	const char *who = start ? "starts_with" : "contains";
	if (!wants(p, a, S_TEXT, who))
		return NULL;
	if (b->op == OP_CONST && (b->loose || b->type == S_NUM))
		make_text(p, b);
	if (!wants(p, b, S_TEXT, who))
		return NULL;
	if (b->op == OP_CONST) {
		struct pattern *pattern = xcalloc(1, sizeof(*pattern));
		*vec_add(&p->c->patterns) = pattern;
		pattern->kind = start ? PAT_PREFIX : PAT_CONTAINS;
		pattern->text = b->value.text;
		return test_node(p, a, at,
			(struct test){ .kind = TEST_MATCH,
				.negate = negate,
				.pattern = pattern });
	}
	struct node *n = pair(p, OP_HAS, S_BOOL, at, a, b);
	if (n) {
		n->fn = start ? FN_STARTS_WITH : FN_CONTAINS;
		n->negate = negate;
	}
	return n;
}

/* Values */

static struct node *parse_constant(struct parser *p)
{
	struct token t = p->tok;
	const char *near = NULL;
	for (const char *const *k = p->c->env->constant; k && *k; k += 2) {
		if (view_is(t.text, *k)) {
			struct view v = view_of(k[1]);
			if (scan_utf8(v.p, v.n) != v.n)
				return fail(p, t.at,
					"the constant ':%s' is no UTF-8", *k);
			struct node *n = constant(p, t.at,
				(struct cval){ .kind = C_TEXT, .text = v });
			n->loose = true;
			return advance(p) ? n : NULL;
		}
		if (text_near(view_of(*k), t.text))
			near = *k;
	}
	if (near)
		return fail(p, t.at, "no constant ':%.*s'; is it ':%s'?",
			(int)t.text.n, t.text.p, near);
	return fail(p, t.at, "no constant ':%.*s'; give it with -D %.*s=...",
		(int)t.text.n, t.text.p, (int)t.text.n, t.text.p);
}

static bool want_token(struct parser *p, enum token_kind kind, const char *what)
{
	if (p->tok.kind == kind)
		return advance(p);
	expected(p, what);
	return false;
}

/* A list's path and a condition on its elements: any(path, condition). */
static struct node *parse_list(struct parser *p, enum op op)
{
	struct condition *c = p->c;
	struct token name = p->tok;
	if (!advance(p) || !want_token(p, TK_OPEN, "'('"))
		return NULL;
	if (p->tok.kind != TK_FIELD || reserved(p))
		return expected(p, "the path of a list");
	struct slot *list = field_slot(p, p->tok);
	if (!list || !advance(p))
		return NULL;
	struct node *n;
	if (op == OP_COUNT && p->tok.kind == TK_SHUT) {
		n = new_node(p, op, S_NUM, name.at, NULL);
		n->slot = list;
		return advance(p) ? n : NULL;
	}
	if (!want_token(p, TK_COMMA, "',' and a condition"))
		return NULL;
	struct scope *inner = arena_alloc(&c->mem, sizeof(*inner));
	*inner = (struct scope){ .kind = SCOPE_ELEMENT,
		.outer = p->scope,
		.path = list->name };
	p->scope = inner;
	struct node *k = parse_or(p);
	p->scope = inner->outer;
	if (!want_condition(p, k))
		return NULL;
	n = pair(p, op, op == OP_COUNT ? S_NUM : S_BOOL, name.at, k, NULL);
	if (!n)
		return NULL;
	n->constant = false;
	n->slot = list;
	n->scope = inner;
	return want_token(p, TK_SHUT, "')'") ? n : NULL;
}

/* coalesce(), min(), max(): constants are read as the fields beside them. */
static bool common_type(struct parser *p, struct node *n)
{
	enum stype type = S_ANY;
	const struct node *of = NULL;
	for (size_t i = 0; i < n->nkids && !of; i++)
		if (!n->kid[i]->constant && n->kid[i]->type != S_ANY)
			of = n->kid[i];
	if (of)
		type = of->type;
	for (size_t i = 0; i < n->nkids; i++) {
		struct node *k = n->kid[i];
		if (!wants(p, k, S_ANY, "this") ||
			(of && !coerce(p, k, of, type, false)))
			return false;
		if (of && !comparable(p, n->kid[i], (struct node *)of, k->at))
			return false;
		if (!of && k->type != n->kid[0]->type)
			type = S_ANY;
		else if (!of)
			type = k->type;
	}
	for (size_t i = 0; i < n->nkids; i++)
		if (n->kid[i]->type != type)
			type = S_ANY;
	n->type = type;
	return true;
}

static struct node *parse_call(struct parser *p, const struct function *f)
{
	struct token name = p->tok;
	nodes args = { 0 };
	struct node *n = NULL;
	char who[40];
	if (!advance(p) || !advance(p))
		return NULL;
	while (p->tok.kind != TK_SHUT) {
		if (args.n && !want_token(p, TK_COMMA, "',' or ')'"))
			goto out;
		struct node *arg = parse_or(p);
		if (!arg)
			goto out;
		*vec_add(&args) = arg;
	}
	if (args.n < f->min || args.n > f->max) {
		fail(p, name.at, "%s() takes %s%u value%s, not %zu", f->name,
			f->min < f->max ? "at least " : "", f->min,
			f->min == 1 ? "" : "s", args.n);
		goto out;
	}
	snprintf(who, sizeof(who), "%s()", f->name);
	if (f->fn == FN_CONTAINS || f->fn == FN_STARTS_WITH) {
		n = has_node(p, args.v[0], f->fn == FN_STARTS_WITH, args.v[1],
			false, name.at);
		goto shut;
	}
	for (size_t i = 0; i < args.n; i++)
		if (f->arg != S_ANY && !wants(p, args.v[i], f->arg, who))
			goto out;
	n = new_node(p, OP_CALL, f->result, name.at, &args);
	if (!n)
		goto out;
	n->fn = f->fn;
	if (f->arg == S_ANY && args.n && !common_type(p, n)) {
		n = NULL;
		goto out;
	}
	n = fold(p, n);
shut:
	if (n && !advance(p))
		n = NULL;
out:
	vec_release(&args);
	return n;
}

static struct node *parse_word(struct parser *p)
{
	static const struct {
		const char *name;
		enum op op;
	} lists[] = { { "any", OP_ANY }, { "all", OP_ALL }, { "none", OP_NONE },
		{ "count", OP_COUNT } };
	struct token t = p->tok;
	bool open = open_follows(p);
	if (word(p, "true") || word(p, "false")) {
		bool truth = word(p, "true");
		return advance(p) ? constant(p, t.at,
					    (struct cval){ .kind = C_BOOL,
						    .truth = truth })
				  : NULL;
	}
	if (word(p, "null"))
		return fail(p, t.at,
			"'null' stands after 'is': write "
			"'field is null'");
	for (size_t i = 0; open && i < sizeof(lists) / sizeof(*lists); i++)
		if (word(p, lists[i].name))
			return parse_list(p, lists[i].op);
	for (size_t i = 0; open && i < sizeof(functions) / sizeof(*functions);
		i++)
		if (word(p, functions[i].name))
			return parse_call(p, &functions[i]);
	if (reserved(p))
		return expected(p, "a value");
	if (open && t.text.p[0] != '"') {
		const char *near = NULL;
		for (size_t i = 0; i < sizeof(functions) / sizeof(*functions);
			i++)
			if (text_near(view_of(functions[i].name), t.text))
				near = functions[i].name;
		struct view v = shown(p, t);
		return near ? fail(p, t.at, "no function '%.*s'; is it '%s'?",
				      (int)v.n, v.p, near)
			    : fail(p, t.at, "no function '%.*s'", (int)v.n,
				      v.p);
	}
	struct node *n = field_node(p, t);
	return n && advance(p) ? n : NULL;
}

/* A number with a sign is one as written, however long. */
static struct node *negative(struct parser *p, size_t at, struct view digits)
{
	char *text = arena_alloc(&p->c->mem, digits.n + 1);
	struct view v = { text, digits.n + 1 };
	struct cval value;
	text[0] = '-';
	memcpy(text + 1, digits.p, digits.n);
	if (text[1] == '-')
		v = (struct view){ text + 2, digits.n - 1 };
	return number_of(p, at, v, &value) ? constant(p, at, value) : NULL;
}

static struct node *parse_factor(struct parser *p)
{
	struct token t = p->tok;
	struct node *n;
	struct cval v;
	switch (t.kind) {
	case TK_MINUS:
		if (++p->depth > COND_DEPTH)
			return fail(p, t.at, "nested deeper than %d",
				COND_DEPTH);
		n = advance(p) ? parse_factor(p) : NULL;
		p->depth--;
		if (!n || !wants(p, n, S_NUM, "'-'"))
			return NULL;
		if (n->op == OP_CONST && n->value.text.p)
			return negative(p, t.at, n->value.text);
		return fold(p, pair(p, OP_NEG, S_NUM, t.at, n, NULL));
	case TK_OPEN:
		if (!advance(p))
			return NULL;
		n = parse_or(p);
		return n && want_token(p, TK_SHUT, "')'") ? n : NULL;
	case TK_NUM:
		if (!number_of(p, t.at, t.text, &v))
			return NULL;
		return advance(p) ? constant(p, t.at, v) : NULL;
	case TK_TEXT:
		return advance(p) ? constant(p, t.at,
					    (struct cval){ .kind = C_TEXT,
						    .text = t.text })
				  : NULL;
	case TK_CONST:
		return parse_constant(p);
	case TK_FIELD:
		return parse_word(p);
	default:
		return expected(p, "a value");
	}
}

static struct node *parse_term(struct parser *p)
{
	struct node *a = parse_factor(p);
	while (a && (p->tok.kind == TK_STAR || p->tok.kind == TK_SLASH)) {
		struct token t = p->tok;
		struct node *b = advance(p) ? parse_factor(p) : NULL;
		const char *who = t.kind == TK_STAR ? "'*'" : "'/'";
		if (!b || !wants(p, a, S_NUM, who) || !wants(p, b, S_NUM, who))
			return NULL;
		a = fold(p, pair(p, t.kind == TK_STAR ? OP_MUL : OP_DIV, S_NUM,
				    t.at, a, b));
	}
	return a;
}

static struct node *sum_node(struct parser *p, struct token t, struct node *a,
	struct node *b)
{
	enum op op = t.kind == TK_PLUS ? OP_ADD : OP_SUB;
	const char *who = op == OP_ADD ? "'+'" : "'-'";
	bool as = a->type == S_SPAN, bs = b->type == S_SPAN;
	if (as && bs)
		return fail(p, t.at,
			"two spans: add them to a time one by "
			"one");
	if (as && op == OP_SUB)
		return fail(p, t.at, "a time is not taken from a span");
	if (as || bs) {
		if (!wants(p, as ? b : a, S_TIME, who))
			return NULL;
		struct node *n = pair(p, op, S_TIME, t.at, a, b);
		if (n && (as ? b : a)->constant &&
			(as ? a : b)->kid[0]->constant)
			return fold(p, n);
		if (n)
			n->constant = false;
		return n;
	}
	if (a->type == S_TIME || b->type == S_TIME) {
		if (op == OP_ADD)
			return fail(p, t.at,
				"a time takes days(), months() or "
				"hours()");
		if (b->type == S_NUM)
			return fail(p, t.at,
				"a time takes days(), months() or "
				"hours()");
		if (!wants(p, a, S_TIME, who) || !wants(p, b, S_TIME, who))
			return NULL;
	} else if (!wants(p, a, S_NUM, who) || !wants(p, b, S_NUM, who)) {
		return NULL;
	}
	return fold(p, pair(p, op, S_NUM, t.at, a, b));
}

static struct node *parse_sum(struct parser *p)
{
	struct node *a = parse_term(p);
	while (a && (p->tok.kind == TK_PLUS || p->tok.kind == TK_MINUS)) {
		struct token t = p->tok;
		struct node *b = advance(p) ? parse_term(p) : NULL;
		a = b ? sum_node(p, t, a, b) : NULL;
	}
	return a;
}

/* Conditions */

static struct node *parse_in(struct parser *p, struct node *a, bool negate,
	size_t at)
{
	nodes kids = { 0 };
	struct node *n = NULL;
	*vec_add(&kids) = a;
	if (!advance(p) || !want_token(p, TK_OPEN, "'('"))
		goto out;
	for (;;) {
		struct node *v = parse_sum(p);
		if (!v)
			goto out;
		*vec_add(&kids) = v;
		if (p->tok.kind != TK_COMMA)
			break;
		if (!advance(p))
			goto out;
	}
	if (want_token(p, TK_SHUT, "',' or ')'"))
		n = in_node(p, &kids, negate, at);
out:
	vec_release(&kids);
	return n;
}

static struct node *parse_test(struct parser *p, struct node *a, bool negate,
	size_t at)
{
	struct node *b, *lo;
	bool start = word(p, "starts_with");
	if (word(p, "in"))
		return parse_in(p, a, negate, at);
	if (word(p, "between")) {
		lo = advance(p) ? parse_sum(p) : NULL;
		if (!lo)
			return NULL;
		if (!word(p, "and"))
			return expected(p, "'and'");
		b = advance(p) ? parse_sum(p) : NULL;
		return b ? between_node(p, a, lo, b, negate, at) : NULL;
	}
	if (word(p, "like") || word(p, "ilike")) {
		const char *who = word(p, "like") ? "like" : "ilike";
		b = advance(p) ? parse_sum(p) : NULL;
		return b ? match_node(p, a, who, b, negate, at) : NULL;
	}
	if (word(p, "contains") || start) {
		b = advance(p) ? parse_sum(p) : NULL;
		return b ? has_node(p, a, start, b, negate, at) : NULL;
	}
	if (p->tok.kind == TK_MATCH) {
		b = advance(p) ? parse_sum(p) : NULL;
		return b ? match_node(p, a, "~", b, negate, at) : NULL;
	}
	return expected(p, "in, between, like, ~, contains or starts_with");
}

static bool is_test(const struct parser *p)
{
	return word(p, "in") || word(p, "between") || word(p, "like") ||
	       word(p, "ilike") || word(p, "contains") ||
	       word(p, "starts_with") || p->tok.kind == TK_MATCH;
}

static struct node *parse_null(struct parser *p, struct node *a, size_t at)
{
	bool negate;
	if (!advance(p))
		return NULL;
	negate = word(p, "not");
	if (negate && !advance(p))
		return NULL;
	if (!word(p, "null"))
		return expected(p, negate ? "null" : "null or not null");
	struct node *n = pair(p, OP_NULL, S_BOOL, at, a, NULL);
	if (!n || !advance(p))
		return NULL;
	n->negate = negate;
	return fold(p, n);
}

static struct node *parse_predicate(struct parser *p)
{
	struct node *a = parse_sum(p), *b;
	size_t at = p->tok.at;
	if (!a)
		return NULL;
	at = a->at;
	if (p->tok.kind >= TK_EQ && p->tok.kind <= TK_GE) {
		enum cmp cmp = (enum cmp)(p->tok.kind - TK_EQ);
		if (!advance(p))
			return NULL;
		if (word(p, "null"))
			return fail(p, p->tok.at,
				"nothing equals null: write "
				"'is null' or 'is not null'");
		b = parse_sum(p);
		if (!b)
			return NULL;
		if (p->tok.kind >= TK_EQ && p->tok.kind <= TK_GE)
			return fail(p, p->tok.at,
				"a comparison has two sides; join two with "
				"and, or use between");
		return compare_node(p, a, cmp, b, at);
	}
	if (p->tok.kind == TK_NOMATCH) {
		b = advance(p) ? parse_sum(p) : NULL;
		return b ? match_node(p, a, "~", b, true, at) : NULL;
	}
	if (word(p, "is"))
		return parse_null(p, a, at);
	if (is_test(p))
		return parse_test(p, a, false, at);
	if (word(p, "not"))
		return advance(p) ? parse_test(p, a, true, at) : NULL;
	return a;
}

static struct node *parse_not(struct parser *p)
{
	struct token t = p->tok;
	if (!word(p, "not"))
		return parse_predicate(p);
	if (++p->depth > COND_DEPTH)
		return fail(p, t.at, "nested deeper than %d", COND_DEPTH);
	struct node *n = advance(p) ? parse_not(p) : NULL;
	p->depth--;
	if (!want_condition(p, n))
		return NULL;
	return fold(p, pair(p, OP_NOT, S_BOOL, t.at, n, NULL));
}

/* Parts joined by one word: a list, not a chain, so that length is no depth. */
static struct node *parse_joined(struct parser *p, enum op op,
	const char *joint, struct node *(*part)(struct parser *))
{
	struct node *n = part(p);
	nodes kids = { 0 };
	if (!n || !word(p, joint))
		return n;
	size_t at = n->at;
	*vec_add(&kids) = n;
	bool good = want_condition(p, n);
	while (good && word(p, joint)) {
		n = advance(p) ? part(p) : NULL;
		good = want_condition(p, n);
		if (good)
			*vec_add(&kids) = n;
	}
	n = good ? fold(p, new_node(p, op, S_BOOL, at, &kids)) : NULL;
	vec_release(&kids);
	return n;
}

static struct node *parse_and(struct parser *p)
{
	return parse_joined(p, OP_AND, "and", parse_not);
}

static struct node *parse_or(struct parser *p)
{
#ifndef MUTANT_parentheses
	if (++p->depth > COND_DEPTH)
		return fail(p, p->tok.at, "nested deeper than %d", COND_DEPTH);
#endif
	struct node *n = parse_joined(p, OP_OR, "or", parse_and);
	p->depth--;
	return n;
}

struct node *condition_parse(struct condition *c, struct lexer *l,
	bool condition, bool comma, struct why *why)
{
	struct parser p = { .c = c,
		.l = l,
		.why = why,
		.scope = &c->set->record };
	*why = (struct why){ 0 };
	l->why = why;
	p.tok = lex_next(l);
	if (p.tok.kind == TK_BAD)
		return NULL;
	if (p.tok.kind == TK_END)
		return fail(&p, p.tok.at, "%s is empty",
			condition ? "the condition" : "the expression");
	struct node *n = parse_or(&p);
	if (!n)
		return NULL;
	l->last = p.tok;
	if (p.tok.kind == TK_COMMA && !comma && p.prev.kind == TK_NUM)
		return fail(&p, p.tok.at, "a number has no commas");
	if (p.tok.kind != TK_END && !(comma && p.tok.kind == TK_COMMA))
		return expected(&p, n->type == S_BOOL ? "'and', 'or' or the end"
				    : condition ? "a comparison, like = or in,"
						: "an operator or the end");
	if (condition)
		return want_condition(&p, n) ? n : NULL;
	if (n->loose && !coerce(&p, n, n, S_ANY, false))
		return NULL;
	if (n->type == S_SPAN)
		return wants(&p, n, S_ANY, "") ? n : NULL;
	return n;
}
