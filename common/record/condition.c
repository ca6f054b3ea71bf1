#include "record/condition_impl.h"

#include <stdio.h>

struct condition_set *condition_set_new(void)
{
	return xcalloc(1, sizeof(struct condition_set));
}

void condition_set_free(struct condition_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->slot.n; i++)
		slot_free(set->slot.v[i]);
	vec_release(&set->slot);
	vec_release(&set->unseen);
	arena_release(&set->mem);
	free(set);
}

void condition_free(struct condition *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->rows.n; i++)
		slot_free(c->rows.v[i]);
	for (size_t i = 0; i < c->elements.n; i++)
		slot_free(c->elements.v[i]);
	for (size_t i = 0; i < c->patterns.n; i++) {
		pcre2_code_free(c->patterns.v[i]->code);
		free(c->patterns.v[i]);
	}
	for (size_t i = 0; i < c->maps.n; i++) {
		map_release(c->maps.v[i]);
		free(c->maps.v[i]);
	}
	vec_release(&c->rows);
	vec_release(&c->elements);
	vec_release(&c->fields);
	vec_release(&c->patterns);
	vec_release(&c->maps);
	pcre2_match_data_free(c->match_data);
	pcre2_match_context_free(c->match_context);
	pcre2_jit_stack_free(c->jit_stack);
	buf_release(&c->scratch);
	arena_release(&c->text);
	arena_release(&c->mem);
	if (c->own_set)
		condition_set_free(c->set);
	free(c);
}

static const struct condition_env no_env;

struct condition *condition_new(struct keys *keys,
	const struct condition_env *env)
{
	struct condition *c = xcalloc(1, sizeof(*c));
	c->env = env ? env : &no_env;
	c->keys = keys;
	c->own_set = !c->env->set;
	c->set = c->own_set ? condition_set_new() : c->env->set;
	c->row = (struct scope){ .kind = SCOPE_ROW,
		.gen = 1,
		.path = c->env->row_prefix };
	/* patterns among constants are tried while parsing */
	c->match_data = pcre2_match_data_create(1, NULL);
	c->match_context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(c->match_context, COND_STEPS);
	pcre2_set_depth_limit(c->match_context, COND_STEPS);
	return c;
}

void condition_ready(struct condition *c)
{
	bool jit = false;
	node_bind(c, c->root);
	for (size_t i = 0; i < c->patterns.n; i++)
		jit = jit || c->patterns.v[i]->jit;
	if (!jit)
		return;
	c->jit_stack = pcre2_jit_stack_create(32 * 1024, 1024 * 1024, NULL);
	pcre2_jit_stack_assign(c->match_context, NULL, c->jit_stack);
}

static struct condition *compile(struct view text, struct keys *keys,
	const struct condition_env *env, struct why *why, bool condition)
{
	struct condition *c = condition_new(keys, env);
	struct lexer l = { .mem = &c->mem };
	/* what is parsed is kept: nodes point into it */
	l.text = (struct view){
		arena_bytes(&c->mem, text.p ? text.p : "", text.n), text.n
	};
	c->root = condition_parse(c, &l, condition, false, why);
	if (!c->root) {
		condition_free(c);
		return NULL;
	}
	condition_ready(c);
	return c;
}

struct condition *condition_compile(struct view text, struct keys *keys,
	const struct condition_env *env, struct why *why)
{
	return compile(text, keys, env, why, true);
}

struct condition *expression_compile(struct view text, struct keys *keys,
	const struct condition_env *env, struct why *why)
{
	return compile(text, keys, env, why, false);
}

static enum verdict refuse(struct condition *c, struct why *why)
{
	*why = c->why;
	c->refused = false;
	return COND_REFUSE;
}

enum verdict condition_test(struct condition *c, const struct rec *r,
	struct why *why)
{
	condition_begin(c, r);
	bool is = node_test(c, c->root);
	if (c->refused)
		return refuse(c, why);
	return is ? COND_TRUE : COND_FALSE;
}

bool conditions_test(struct condition *const *c, size_t n, const struct rec *r,
	bool *verdict, struct why *why)
{
	bool begun = false;
	for (size_t i = 0; i < n; i++) {
		struct condition *one = c[i];
		verdict[i] = false;
		if (!one)
			continue;
		if (!begun || one->text.used)
			condition_begin(one, r);
		begun = true;
		verdict[i] = node_test(one, one->root);
		if (__builtin_expect(one->refused, 0)) {
			refuse(one, why);
			return false;
		}
	}
	return true;
}

bool expression_eval(struct condition *c, const struct rec *r, struct cval *out,
	struct why *why)
{
	condition_begin(c, r);
	if (c->root->op == OP_FIELD) {
		slot_fetch(c->root->slot);
		struct val v = c->root->slot->raw;
		if (v.kind == K_ARRAY || v.kind == K_OBJECT) {
			*out = (struct cval){ .kind = C_JSON,
				.text = { v.p, v.n } };
			return true;
		}
	}
	node_eval(c, c->root, out);
	if (c->refused) {
		refuse(c, why);
		return false;
	}
	return true;
}

void condition_row(struct condition *c, const struct rec *row)
{
	if (row && (!c->row.rec || c->row.rec->keys != row->keys))
		for (size_t i = 0; i < c->rows.n; i++)
			c->rows.v[i]->key = keys_want_view(row->keys,
				c->rows.v[i]->step[0]);
	c->row.rec = row;
	c->row.gen++;
}

void cval_json(struct buf *out, const struct cval *v)
{
	switch (v->kind) {
	case C_MISSING:
		buf_adds(out, "null");
		break;
	case C_BOOL:
		buf_adds(out, v->truth ? "true" : "false");
		break;
	case C_NUMBER:
		if (v->text.p)
			buf_addv(out, v->text);
		else
			dec_print(out, v->num);
		break;
	case C_TEXT:
		json_text(out, v->text);
		break;
	case C_TIME:
		if (v->text.p) {
			json_text(out, v->text);
			break;
		}
		buf_addc(out, '"');
		when_print(out, v->time);
		buf_addc(out, '"');
		break;
	case C_JSON:
	case C_WIDE:
		buf_addv(out, v->text);
		break;
	}
}

/* Notes */

static void say_odd(struct slot *s, enum odd what,
	void (*say)(void *arg, const char *text), void *arg)
{
	static const char *const words[ODD_N] = { [ODD_TEXT] = "was text",
		[ODD_NUMBER] = "was a number",
		[ODD_BOOL] = "was true or false",
		[ODD_OBJECT] = "was a list or an object",
		[ODD_DATE] = "was no date or time",
		[ODD_HUGE] = "was too big a number",
		[ODD_WIDE] = "had too many digits to calculate with",
		[ODD_MANY] = "had several values" };
	struct buf b = { 0 };
	uint64_t n = s->odd[what];
	if (!n)
		return;
	s->odd[what] = 0;
	buf_addf(&b, "'%s' %s in %llu record%s", s->name, words[what],
		(unsigned long long)n, n == 1 ? "" : "s");
	const char *dot = strrchr(s->name, '.');
	if (what == ODD_MANY && dot)
		buf_addf(&b, "; any(%.*s, ...) takes one at a time",
			(int)(dot - s->name), s->name);
	say(arg, b.p);
	buf_release(&b);
}

static void say_slot(const struct condition *c, struct slot *s,
	void (*say)(void *arg, const char *text), void *arg)
{
	for (enum odd what = 0; what < ODD_N; what++)
		say_odd(s, what, say, arg);
	if (!s->watch || s->seen || !c->set->record.gen)
		return;
	struct buf b = { 0 };
	s->watch = false;
	buf_addf(&b, "no record had a field '%s'", s->name);
	bool ascii = true;
	for (const char *p = s->name; *p; p++)
		ascii = ascii && !((unsigned char)*p & 0x80);
	if (s->quoted || !ascii)
		buf_adds(&b, "; text stands in 'single quotes'");
	else if (condition_function(s->name))
		buf_addf(&b, "; the function is %s()", s->name);
	say(arg, b.p);
	buf_release(&b);
}

void condition_notes(const struct condition *c,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct condition_set *set = c->set;
	for (size_t i = 0; i < set->slot.n; i++)
		say_slot(c, set->slot.v[i], say, arg);
	for (size_t i = 0; i < c->rows.n; i++)
		say_slot(c, c->rows.v[i], say, arg);
	for (size_t i = 0; i < c->elements.n; i++)
		say_slot(c, c->elements.v[i], say, arg);
	if (!set->too_big)
		return;
	struct buf b = { 0 };
	buf_addf(&b, "a result was out of range in %llu record%s",
		(unsigned long long)set->too_big, set->too_big == 1 ? "" : "s");
	set->too_big = 0;
	say(arg, b.p);
	buf_release(&b);
}

static void join_slot(struct slot *s, struct slot *other)
{
	for (size_t i = 0; i < ODD_N; i++) {
		s->odd[i] += other->odd[i];
		other->odd[i] = 0;
	}
	s->seen = s->seen || other->seen;
}

void condition_join(struct condition *c, struct condition *other)
{
	struct condition_set *set = c->set, *from = other->set;
	for (size_t i = 0; i < set->slot.n; i++)
		join_slot(set->slot.v[i], from->slot.v[i]);
	for (size_t i = 0; i < c->rows.n; i++)
		join_slot(c->rows.v[i], other->rows.v[i]);
	for (size_t i = 0; i < c->elements.n; i++)
		join_slot(c->elements.v[i], other->elements.v[i]);
	set->record.gen += from->record.gen;
	set->too_big += from->too_big;
	from->too_big = 0;
}

void condition_fields(const struct condition *c,
	void (*each)(void *arg, struct view name), void *arg)
{
	for (size_t i = 0; i < c->fields.n; i++)
		each(arg, view_of(c->fields.v[i]->name));
}

/* Explanations */

struct explain {
	struct condition *c;
	struct buf *out;
	struct map said;
};

static void explain_slot(struct explain *e, struct slot *s,
	const struct val *one)
{
	bool isnew;
	if (s->scope->kind == SCOPE_ELEMENT)
		return;
	map_add(&e->said, s->name, strlen(s->name), &isnew);
	if (!isnew)
		return;
	slot_fetch(s);
	if (e->said.n > 1)
		buf_addc(e->out, ',');
	json_text(e->out, view_of(s->name));
	buf_addc(e->out, ':');
	if (one) {
		json_val(e->out, *one);
	} else if (s->raw.kind != K_MISSING) {
		json_val(e->out, s->raw);
	} else if (s->n == 1) {
		json_val(e->out, s->cell[0].v);
	} else if (s->n == 0) {
		buf_adds(e->out, "null");
	} else {
		for (size_t i = 0; i < s->n; i++) {
			buf_addc(e->out, i ? ',' : '[');
			json_val(e->out, s->cell[i].v);
		}
		buf_addc(e->out, ']');
	}
}

/* The first element for which the condition inside is `is`. */
static bool element_of(struct condition *c, const struct node *n, bool is,
	struct val *out)
{
	slot_fetch(n->slot);
	for (size_t i = 0; i < n->slot->n; i++) {
		n->scope->element = n->slot->cell[i].v;
		n->scope->gen++;
		if (node_test(c, n->kid[0]) == is) {
			*out = n->slot->cell[i].v;
			return true;
		}
	}
	return false;
}

static void explain_node(struct explain *e, const struct node *n, bool truth)
{
	const struct cell *cell;
	struct val one;
	bool found = false;
	switch (n->op) {
	case OP_AND:
	case OP_OR:
		/* all that agree, or the first that decided */
		if (truth == (n->op == OP_OR)) {
			for (size_t i = 0; i < n->nkids; i++) {
				if (node_test(e->c, n->kid[i]) != truth)
					continue;
				explain_node(e, n->kid[i], truth);
				return;
			}
		}
		for (size_t i = 0; i < n->nkids; i++)
			explain_node(e, n->kid[i], truth);
		return;
	case OP_NOT:
		explain_node(e, n->kid[0], !truth);
		return;
	case OP_FIELD_TEST:
		cell = truth ? node_cell(e->c, n, true) : NULL;
		explain_slot(e, n->slot, cell ? &cell->v : NULL);
		return;
	case OP_ANY:
	case OP_NONE:
		found = truth == (n->op == OP_ANY) &&
			element_of(e->c, n, true, &one);
		explain_slot(e, n->slot, found ? &one : NULL);
		break;
	case OP_ALL:
		found = !truth && element_of(e->c, n, false, &one);
		explain_slot(e, n->slot, found ? &one : NULL);
		break;
	case OP_FIELD:
	case OP_COUNT:
		explain_slot(e, n->slot, NULL);
		break;
	default:
		break;
	}
	for (size_t i = 0; i < n->nkids; i++)
		explain_node(e, n->kid[i], truth);
}

void condition_explain(const struct condition *c, const struct rec *r,
	struct buf *out)
{
	/* evaluates again; what is kept between records does not change */
	struct condition *again = (struct condition *)(uintptr_t)c;
	struct explain e = { .c = again, .out = out };
	condition_begin(again, r);
	buf_addc(out, '{');
	explain_node(&e, c->root, node_test(again, c->root));
	again->refused = false;
	buf_addc(out, '}');
	map_release(&e.said);
}
