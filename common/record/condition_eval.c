#include "record/condition_impl.h"

#include "value/text.h"
#include "value/utf8.h"

/* Fields */

struct slot *slot_new(struct arena *mem, struct scope *scope, struct view *step,
	size_t nsteps)
{
	struct slot *s = xcalloc(1, sizeof(*s));
	struct buf name = { 0 };
	s->scope = scope;
	s->nsteps = nsteps;
	s->step = arena_alloc(mem, nsteps * sizeof(*step));
	if (scope->path)
		buf_addf(&name, "%s.", scope->path);
	for (size_t i = 0; i < nsteps; i++) {
		s->step[i] =
			(struct view){ arena_bytes(mem, step[i].p, step[i].n),
				step[i].n };
		if (i)
			buf_addc(&name, '.');
		buf_addv(&name, step[i]);
	}
	buf_addc(&name, '\0');
	s->name = arena_bytes(mem, name.p, name.n);
	buf_release(&name);
	return s;
}

void slot_free(struct slot *s)
{
	for (size_t i = 0; i < s->cap; i++)
		buf_release(&s->cell[i].scratch);
	free(s->cell);
	free(s);
}

static inline void add_cell(struct slot *s, struct val v)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1;
		s->cell = xreallocarray(s->cell, cap, sizeof(*s->cell));
		memset(s->cell + s->cap, 0, (cap - s->cap) * sizeof(*s->cell));
		s->cap = cap;
	}
	struct cell *c = &s->cell[s->n++];
	c->v = v;
	c->num_state = c->text_state = c->time_state = CELL_UNREAD;
	c->narrow = c->has_day = false;
}

/* Depth is bounded by SCAN_DEPTH: each call goes one container down. */
static void walk(struct slot *s, size_t step, struct val v, bool listed)
{
	if (step == s->nsteps && !listed)
		s->raw = v;
	if (v.kind == K_ARRAY) {
		struct val_iter it = val_iter(v);
		struct val m;
		if (step == s->nsteps) {
			while (val_next(&it))
				walk(s, step, it.val, true);
			return;
		}
		while (val_next_member(&it, s->step[step], &m)) {
			if (it.val.kind == K_ARRAY)
				walk(s, step, it.val, true);
			else
				walk(s, step + 1, m, true);
		}
	} else if (step < s->nsteps) {
		if (v.kind == K_OBJECT)
			walk(s, step + 1, val_member(v, s->step[step]), listed);
	} else if (v.kind > K_NULL) {
		add_cell(s, v);
	}
}

void slot_read(struct slot *s)
{
	const struct scope *scope = s->scope;
	struct val v = { 0 };
	s->gen = scope->gen;
	s->n = 0;
	s->raw = v;
	if (scope->kind == SCOPE_ELEMENT)
		v = scope->element.kind == K_OBJECT
			    ? val_member(scope->element, s->step[0])
			    : v;
	else if (scope->rec)
		v = rec_get(scope->rec, s->key);
	if (v.kind == K_MISSING)
		return;
	s->seen = true;
	if (s->nsteps == 1 && v.kind != K_ARRAY) {
		s->raw = v;
		if (v.kind != K_NULL)
			add_cell(s, v);
		return;
	}
	walk(s, 1, v, false);
}

/* Counts that a field was not what was asked for, once a record. */
static void odd(struct condition *c, struct slot *s, enum odd what)
{
	if (s->odd_gen[what] == c->set->record.gen)
		return;
	s->odd_gen[what] = c->set->record.gen;
	s->odd[what]++;
}

static void too_big(struct condition *c)
{
	if (c->set->too_big_gen == c->set->record.gen)
		return;
	c->set->too_big_gen = c->set->record.gen;
	c->set->too_big++;
}

void condition_begin(struct condition *c, const struct rec *r)
{
	struct scope *s = &c->set->record;
	/* a changed record may have been changed since */
	if (s->rec != r || !r || s->stamp != r->stamp || r->changed) {
		s->rec = r;
		s->stamp = r ? r->stamp : 0;
		s->gen++;
		for (size_t i = 0; r && i < c->set->unseen.n; i++) {
			struct slot *u = c->set->unseen.v[i];
			slot_fetch(u);
			if (u->seen) {
				c->set->unseen.v[i--] =
					c->set->unseen.v[--c->set->unseen.n];
			}
		}
	}
	if (c->text.used)
		arena_reset(&c->text);
}

/* Digits, a point, a sign: what nearly all numbers are. */
static bool short_number(const char *p, size_t n, struct dec *d)
{
	int64_t v = 0;
	size_t i = 0, point = n;
	bool minus = n && p[0] == '-';
#ifndef PLANT_CONDITION
	if (n > 18)
		return false;
#endif
	for (i = minus; i < n; i++) {
		unsigned digit = (unsigned char)(p[i] - '0');
		if (digit > 9) {
			if (p[i] != '.')
				return false;
			point = i;
			continue;
		}
		v = v * 10 + (int64_t)digit;
	}
	d->v = minus ? -v : v;
	d->scale = point < n ? (int)(n - point - 1) : 0;
	return true;
}

/* d * 10^9 where that is an integer of 64 bits: most numbers are. */
static bool narrow(struct dec d, int64_t *nano)
{
	static const int64_t tens[] = { 1000000000, 100000000, 10000000,
		1000000, 100000, 10000, 1000, 100, 10, 1 };
	return d.scale <= 9 && d.v == (int64_t)d.v &&
	       !__builtin_mul_overflow((int64_t)d.v, tens[d.scale], nano);
}

static enum cell_state read_number(struct view v, bool json, struct dec *d)
{
	if (json && short_number(v.p, v.n, d))
		return CELL_READ;
	if (dec_parse(v.p, v.n, d))
		return CELL_READ;
	if (!json)
		return CELL_NONE;
#ifndef MUTANT_huge
	if (num_huge(v))
		return CELL_HUGE;
#endif
	return CELL_WIDE;
}

static struct view cell_text(struct cell *cell)
{
	if (!cell->v.escaped)
		return (struct view){ cell->v.p, cell->v.n };
	if (cell->text_state == CELL_UNREAD) {
		cell->text = val_text(cell->v, &cell->scratch);
		cell->text_state = CELL_READ;
	}
	return cell->text;
}

static void odd_kind(struct condition *c, struct slot *s, uint8_t kind)
{
	switch (kind) {
	case K_STRING:
		odd(c, s, ODD_TEXT);
		break;
	case K_NUMBER:
		odd(c, s, ODD_NUMBER);
		break;
	case K_TRUE:
	case K_FALSE:
		odd(c, s, ODD_BOOL);
		break;
	default:
		odd(c, s, ODD_OBJECT);
		break;
	}
}

/* The number of a cell as CELL_READ or CELL_WIDE; else counted. */
static enum cell_state cell_number(struct condition *c, struct slot *s,
	struct cell *cell)
{
	if (cell->num_state == CELL_UNREAD) {
		cell->num_state = CELL_NONE;
		if (cell->v.kind == K_NUMBER)
			cell->num_state = (uint8_t)read_number(
				(struct view){ cell->v.p, cell->v.n }, true,
				&cell->num);
		else if (cell->v.kind == K_STRING &&
			 (s->type == S_NUM || s->soft))
			cell->num_state = (uint8_t)read_number(cell_text(cell),
				false, &cell->num);
		if (cell->num_state == CELL_READ)
			cell->narrow = narrow(cell->num, &cell->nano);
		if (cell->num_state == CELL_HUGE)
			odd(c, s, ODD_HUGE);
	}
	if (cell->num_state == CELL_NONE)
		odd_kind(c, s, cell->v.kind);
	return cell->num_state;
}

static bool cell_time(struct condition *c, struct slot *s, struct cell *cell)
{
	if (cell->time_state == CELL_UNREAD) {
		cell->time_state = CELL_NONE;
		if (cell->v.kind == K_STRING) {
			struct view v = cell_text(cell);
			if (when_parse(v.p, v.n, &cell->time))
				cell->time_state = CELL_READ;
		}
	}
	if (cell->time_state == CELL_READ)
		return true;
	if (cell->v.kind == K_STRING)
		odd(c, s, ODD_DATE);
	else
		odd_kind(c, s, cell->v.kind);
	return false;
}

/* Whether a cell has a text to compare. */
static inline bool has_text(struct condition *c, struct slot *s,
	const struct cell *cell)
{
	if (cell->v.kind == K_STRING ||
		(cell->v.kind == K_NUMBER && (s->type == S_TEXT || s->soft)))
		return true;
	odd_kind(c, s, cell->v.kind);
	return false;
}

static void cell_value(struct condition *c, struct slot *s, struct cell *cell,
	struct cval *out)
{
	struct view as_written = { cell->v.p, cell->v.n };
	*out = (struct cval){ .kind = C_MISSING };
	switch (cell->v.kind) {
	case K_TRUE:
	case K_FALSE:
		out->kind = C_BOOL;
		out->truth = cell->v.kind == K_TRUE;
		return;
	case K_NUMBER:
		if (s->type == S_TEXT) {
			out->kind = C_TEXT;
			out->text = as_written;
			return;
		}
		break;
	case K_STRING:
		if (s->type == S_TIME) {
			if (cell_time(c, s, cell)) {
				out->kind = C_TIME;
				out->time = cell->time;
				out->text = cell_text(cell);
			}
			return;
		}
		if (s->type == S_BOOL) {
			struct view v = cell_text(cell);
			if (view_is(v, "true") || view_is(v, "false")) {
				out->kind = C_BOOL;
				out->truth = v.n == 4;
			} else {
				odd(c, s, ODD_TEXT);
			}
			return;
		}
		if (s->type == S_NUM)
			break;
		out->kind = C_TEXT;
		out->text = cell_text(cell);
		return;
	default:
		out->kind = C_JSON;
		out->text = as_written;
		return;
	}
	switch (cell_number(c, s, cell)) {
	case CELL_READ:
		out->kind = C_NUMBER;
		out->num = cell->num;
		break;
	case CELL_WIDE:
		out->kind = C_WIDE;
		break;
	default:
		return;
	}
	out->text = cell->v.kind == K_STRING ? cell_text(cell) : as_written;
}

/* Comparisons */

static bool holds(enum cmp cmp, int order)
{
	switch (cmp) {
	case CMP_EQ:
		return order == 0;
	case CMP_NE:
		return order != 0;
	case CMP_LT:
		return order < 0;
	case CMP_LE:
		return order <= 0;
	case CMP_GT:
		return order > 0;
	case CMP_GE:
		return order >= 0;
	}
	return false;
}

int dec_order(struct dec a, struct dec b)
{
	static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000,
		1000000, 10000000, 100000000, 1000000000 };
	const int128 small = (int128)1 << 90;
	int gap = a.scale - b.scale;
	if (gap && (gap < -9 || gap > 9 || a.v > small || a.v < -small ||
			   b.v > small || b.v < -small))
		return dec_cmp(a, b);
	if (gap > 0)
		b.v *= tens[gap];
	else if (gap < 0)
		a.v *= tens[-gap];
	return (a.v > b.v) - (a.v < b.v);
}

/* A time in the zone of --tz, where there is one. */
static struct when zoned(const struct condition *c, struct when w)
{
	if (c->env->offset && !w.date_only)
		w.offset = c->env->offset(c->env->zone, w.sec);
	return w;
}

static int64_t day_of(const struct condition *c, struct when w)
{
	return when_day(zoned(c, w));
}

static int time_order(const struct condition *c, struct when a, struct when b)
{
	if (a.date_only != b.date_only)
		return when_cmp(zoned(c, a), zoned(c, b));
	return when_cmp(a, b);
}

/* Numbers, at least one of which no dec holds. */
static int wide_order(const struct cval *a, const struct cval *b)
{
	struct buf x = { 0 }, y = { 0 };
	if (a->text.p)
		buf_addv(&x, a->text);
	else
		dec_print(&x, a->num);
	if (b->text.p)
		buf_addv(&y, b->text);
	else
		dec_print(&y, b->num);
	int order = num_cmp(buf_view(&x), buf_view(&y));
	buf_release(&x);
	buf_release(&y);
	return order;
}

int num_order(const struct cval *a, const struct cval *b)
{
	if (a->kind == C_NUMBER && b->kind == C_NUMBER)
		return dec_order(a->num, b->num);
	return wide_order(a, b);
}

/* Which constant of a test the value is: for lists and single ones. */
static bool num_in(const struct test *t, const struct cval *v)
{
	size_t lo = 0, hi = t->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = num_order(v, &t->value[mid]);
		if (order == 0)
			return true;
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

static bool text_in(const struct test *t, struct view v)
{
	if (t->map)
		return map_find(t->map, v.p, v.n) != MAP_NONE;
	for (size_t i = 0; i < t->n; i++)
		if (view_eq(t->value[i].text, v))
			return true;
	return false;
}

static bool num_test(const struct test *t, const struct cval *v)
{
	switch (t->kind) {
	case TEST_NUM:
		return holds(t->cmp, num_order(v, &t->value[0]));
	case TEST_NUM_RANGE:
		return (num_order(v, &t->value[0]) >= 0 &&
			       num_order(v, &t->value[1]) <= 0) != t->negate;
	default:
		return num_in(t, v) != t->negate;
	}
}

static bool text_test(const struct test *t, struct view v)
{
	switch (t->kind) {
	case TEST_TEXT:
		if (t->cmp == CMP_EQ)
			return view_eq(v, t->value[0].text);
		if (t->cmp == CMP_NE)
			return !view_eq(v, t->value[0].text);
		return holds(t->cmp, view_cmp(v, t->value[0].text));
	case TEST_TEXT_RANGE:
		return (view_cmp(v, t->value[0].text) >= 0 &&
			       view_cmp(v, t->value[1].text) <= 0) != t->negate;
	default:
		return text_in(t, v) != t->negate;
	}
}

static bool time_test(const struct condition *c, const struct test *t,
	struct when w)
{
	bool in = false;
	switch (t->kind) {
	case TEST_TIME:
		return holds(t->cmp, time_order(c, w, t->value[0].time));
	case TEST_TIME_RANGE:
		return (time_order(c, w, t->value[0].time) >= 0 &&
			       time_order(c, w, t->value[1].time) <= 0) !=
		       t->negate;
	default:
		for (size_t i = 0; i < t->n && !in; i++)
			in = time_order(c, w, t->value[i].time) == 0;
		return in != t->negate;
	}
}

static bool match_test(struct condition *c, const struct test *t, struct view v,
	bool nul, const char *name)
{
#ifndef MUTANT_nul
	if (nul) {
		c->refused = true;
		return why_not(&c->why,
			"%s holds U+0000, which no pattern "
			"may meet",
			name);
	}
#endif
	int found = pattern_match(t->pattern, v, &c->scratch, c->match_data,
		c->match_context);
#ifndef MUTANT_limit
	if (found < 0) {
		c->refused = true;
		return why_not(&c->why,
			"%s: a pattern gave up after too many "
			"steps",
			name);
	}
#endif
	return (found > 0) != t->negate;
}

static bool cell_test(struct condition *c, const struct test *t, struct slot *s,
	struct cell *cell)
{
	switch (t->kind) {
	case TEST_NUM:
		if (cell_number(c, s, cell) == CELL_READ &&
			t->value[0].kind == C_NUMBER)
			return holds(t->cmp,
				dec_order(cell->num, t->value[0].num));
		/* fallthrough */
	case TEST_NUM_RANGE:
	case TEST_NUM_IN: {
		struct cval v = { .text = { cell->v.p, cell->v.n } };
		enum cell_state state = cell_number(c, s, cell);
		if (state != CELL_READ && state != CELL_WIDE)
			return false;
		v.kind = state == CELL_READ ? C_NUMBER : C_WIDE;
		v.num = cell->num;
		if (cell->v.kind == K_STRING)
			v.text = cell_text(cell);
		return num_test(t, &v);
	}
	case TEST_TEXT:
	case TEST_TEXT_RANGE:
	case TEST_TEXT_IN:
		return has_text(c, s, cell) && text_test(t, cell_text(cell));
	case TEST_TIME:
	case TEST_TIME_RANGE:
	case TEST_TIME_IN:
		return cell_time(c, s, cell) && time_test(c, t, cell->time);
	case TEST_BOOL: {
		struct cval v;
		cell_value(c, s, cell, &v);
		if (v.kind != C_BOOL) {
			if (s->type != S_BOOL)
				odd_kind(c, s, cell->v.kind);
			return false;
		}
		return (v.truth == t->value[0].truth) == (t->cmp == CMP_EQ);
	}
	case TEST_MATCH:
		return has_text(c, s, cell) &&
		       match_test(c, t, cell_text(cell),
			       cell->v.escaped && val_has_nul(cell->v),
			       s->name);
	}
	return false;
}

const struct cell *node_cell(struct condition *c, const struct node *n,
	bool truth)
{
	struct slot *s = n->slot;
	slot_fetch(s);
	for (size_t i = 0; i < s->n; i++)
		if (cell_test(c, &n->test, s, &s->cell[i]) == truth)
			return &s->cell[i];
	return NULL;
}

/* What is not what a calculation wants, said of the field it came from. */
static void odd_value(struct condition *c, const struct node *n,
	const struct cval *v)
{
	if (n->op != OP_FIELD)
		return;
	if (v->kind == C_TEXT)
		odd(c, n->slot, ODD_TEXT);
	else if (v->kind == C_NUMBER || v->kind == C_WIDE)
		odd(c, n->slot, ODD_NUMBER);
	else if (v->kind == C_BOOL)
		odd(c, n->slot, ODD_BOOL);
	else if (v->kind == C_JSON)
		odd(c, n->slot, ODD_OBJECT);
}

static bool soft(const struct node *n)
{
	return n->op == OP_FIELD && n->slot->soft;
}

/* Makes v a number to calculate with; false where it is none. */
static bool want_number(struct condition *c, const struct node *n,
	struct cval *v)
{
	if (v->kind == C_NUMBER)
		return true;
	if (v->kind == C_TEXT && soft(n) &&
		dec_parse(v->text.p, v->text.n, &v->num)) {
		v->kind = C_NUMBER;
		return true;
	}
	if (v->kind == C_WIDE && n->op == OP_FIELD)
		odd(c, n->slot, ODD_WIDE);
	else if (v->kind == C_WIDE)
		too_big(c);
	else
		odd_value(c, n, v);
	return false;
}

static bool want_time(struct condition *c, const struct node *n, struct cval *v)
{
	if (v->kind == C_TIME)
		return true;
	if (v->kind == C_TEXT) {
		if (when_parse(v->text.p, v->text.n, &v->time)) {
			v->kind = C_TIME;
			return true;
		}
		if (n->op == OP_FIELD)
			odd(c, n->slot, ODD_DATE);
		return false;
	}
	odd_value(c, n, v);
	return false;
}

static bool want_text(struct condition *c, const struct node *n,
	const struct cval *v)
{
	if (v->kind == C_TEXT || (v->kind == C_NUMBER && soft(n)))
		return true;
	odd_value(c, n, v);
	return false;
}

/* Orders two values where they can be; counts what cannot. */
static bool order(struct condition *c, const struct node *an,
	const struct cval *a, const struct node *bn, const struct cval *b,
	int *out)
{
	struct cval x = *a, y = *b;
	bool an_num = x.kind == C_NUMBER || x.kind == C_WIDE;
	bool bn_num = y.kind == C_NUMBER || y.kind == C_WIDE;
	if (x.kind == C_MISSING || y.kind == C_MISSING)
		return false;
	if (an_num && bn_num) {
		*out = num_order(&x, &y);
		return true;
	}
	if (x.kind == C_TIME || y.kind == C_TIME) {
		if (!want_time(c, an, &x) || !want_time(c, bn, &y))
			return false;
		*out = time_order(c, x.time, y.time);
		return true;
	}
	if (an_num || bn_num) {
		/* a column of a rule's row is what the other side is */
		if (soft(an) && bn_num ? want_number(c, an, &x)
				       : soft(bn) && an_num &&
						 want_number(c, bn, &y)) {
			*out = num_order(&x, &y);
			return true;
		}
		if (an_num ? soft(an) && y.kind == C_TEXT
			   : soft(bn) && x.kind == C_TEXT) {
			*out = view_cmp(x.text, y.text);
			return true;
		}
		odd_value(c, an_num ? bn : an, an_num ? &y : &x);
		return false;
	}
	if (x.kind == C_TEXT && y.kind == C_TEXT) {
		*out = view_cmp(x.text, y.text);
		return true;
	}
	if (x.kind == C_BOOL && y.kind == C_BOOL) {
		*out = (int)x.truth - (int)y.truth;
		return true;
	}
	/* the one that is neither text nor truth as the other wants it */
	odd_value(c, an, &x);
	odd_value(c, bn, &y);
	return false;
}

/*
 * All values of a side of a comparison: those of a field's cells, of any
 * other expression its one. i counts up from 0; false behind the last.
 */
static bool side(struct condition *c, const struct node *n, size_t i,
	struct cval *out)
{
	if (n->op != OP_FIELD) {
		if (i)
			return false;
		node_eval(c, n, out);
		return true;
	}
	slot_fetch(n->slot);
	if (i >= n->slot->n)
		return false;
	cell_value(c, n->slot, &n->slot->cell[i], out);
	return true;
}

static bool compare(struct condition *c, const struct node *n)
{
	struct cval a, b;
	int o;
	for (size_t i = 0; side(c, n->kid[0], i, &a); i++)
		for (size_t j = 0; side(c, n->kid[1], j, &b); j++)
			if (order(c, n->kid[0], &a, n->kid[1], &b, &o) &&
				holds(n->cmp, o))
				return true;
	return false;
}

/* in with values that are no constants; false if one of them is missing. */
static bool in_values(struct condition *c, const struct node *n)
{
	struct cval a, b;
	int o;
	for (size_t i = 0; side(c, n->kid[0], i, &a); i++) {
		bool found = false, whole = a.kind != C_MISSING;
		for (size_t k = 1; k < n->nkids; k++) {
			bool there = false;
			for (size_t j = 0; side(c, n->kid[k], j, &b); j++) {
				if (!order(c, n->kid[0], &a, n->kid[k], &b, &o))
					continue;
				there = true;
				found = found || o == 0;
			}
#ifndef MUTANT_missing
			whole = whole && there;
#endif
		}
		if (n->negate ? whole && !found : found)
			return true;
	}
	return false;
}

static bool between(struct condition *c, const struct node *n)
{
	struct cval a, lo, hi;
	int x, y;
	node_eval(c, n->kid[1], &lo);
	node_eval(c, n->kid[2], &hi);
	for (size_t i = 0; side(c, n->kid[0], i, &a); i++) {
		if (!order(c, n->kid[0], &a, n->kid[1], &lo, &x) ||
			!order(c, n->kid[0], &a, n->kid[2], &hi, &y))
			continue;
		if ((x >= 0 && y <= 0) != n->negate)
			return true;
	}
	return false;
}

/* The same tests of a value that is no field. */
static bool value_test(struct condition *c, const struct node *n)
{
	const struct test *t = &n->test;
	struct cval v;
	node_eval(c, n->kid[0], &v);
	switch (t->kind) {
	case TEST_NUM:
	case TEST_NUM_RANGE:
	case TEST_NUM_IN:
		if (v.kind == C_WIDE)
			return num_test(t, &v);
		return want_number(c, n->kid[0], &v) && num_test(t, &v);
	case TEST_TEXT:
	case TEST_TEXT_RANGE:
	case TEST_TEXT_IN:
		return want_text(c, n->kid[0], &v) && text_test(t, v.text);
	case TEST_TIME:
	case TEST_TIME_RANGE:
	case TEST_TIME_IN:
		return want_time(c, n->kid[0], &v) && time_test(c, t, v.time);
	case TEST_BOOL:
		return v.kind == C_BOOL &&
		       (v.truth == t->value[0].truth) == (t->cmp == CMP_EQ);
	case TEST_MATCH:
		return want_text(c, n->kid[0], &v) &&
		       match_test(c, t, v.text,
			       v.text.n && memchr(v.text.p, 0, v.text.n),
			       "a text");
	}
	return false;
}

static bool has(struct condition *c, const struct node *n)
{
	struct cval a, b;
	bool start = n->fn == FN_STARTS_WITH;
	for (size_t i = 0; side(c, n->kid[0], i, &a); i++) {
		for (size_t j = 0; side(c, n->kid[1], j, &b); j++) {
			if (!want_text(c, n->kid[0], &a) ||
				!want_text(c, n->kid[1], &b))
				continue;
			struct pattern p = { .kind = start ? PAT_PREFIX
							   : PAT_CONTAINS,
				.text = b.text };
			struct test t = { .kind = TEST_MATCH,
				.negate = n->negate,
				.pattern = &p };
			if (match_test(c, &t, a.text,
				    a.text.n && memchr(a.text.p, 0, a.text.n),
				    "a text"))
				return true;
		}
	}
	return false;
}

/* Lists */

/* How many elements the condition holds for; stop after the first that is
 * `stop`, whose value is then *which. */
static size_t elements(struct condition *c, const struct node *n, int stop,
	struct val *which)
{
	struct slot *list = n->slot;
	size_t count = 0;
	slot_fetch(list);
	for (size_t i = 0; i < list->n; i++) {
		n->scope->element = list->cell[i].v;
		n->scope->gen++;
		bool is = node_test(c, n->kid[0]);
		count += is;
		if (is == stop) {
			if (which)
				*which = list->cell[i].v;
			break;
		}
	}
	return count;
}

static bool quantified(struct condition *c, const struct node *n)
{
	slot_fetch(n->slot);
	if (n->slot->n == 0)
		return n->op != OP_ANY && n->slot->raw.kind == K_ARRAY;
	switch (n->op) {
	case OP_ANY:
		return elements(c, n, 1, NULL) > 0;
	case OP_ALL:
		return elements(c, n, 0, NULL) == n->slot->n;
	default:
		return elements(c, n, 1, NULL) == 0;
	}
}

static bool is_missing(struct condition *c, const struct node *n)
{
	if (n->op == OP_FIELD) {
		slot_fetch(n->slot);
		return n->slot->n == 0 && n->slot->raw.kind <= K_NULL;
	}
	struct cval v;
	node_eval(c, n, &v);
	return v.kind == C_MISSING;
}

static bool truth(struct condition *c, const struct node *n)
{
	struct cval v;
	for (size_t i = 0; side(c, n, i, &v); i++) {
		if (v.kind == C_BOOL) {
			if (v.truth)
				return true;
		} else {
			odd_value(c, n, &v);
		}
	}
	return false;
}

bool node_plain(struct condition *c, const struct node *n)
{
	switch (n->op) {
	case OP_AND:
		for (size_t i = 0; i < n->nkids; i++)
			if (!node_test(c, n->kid[i]))
				return false;
		return true;
	case OP_OR:
		for (size_t i = 0; i < n->nkids; i++)
			if (node_test(c, n->kid[i]))
				return true;
		return false;
	case OP_NOT:
		return !node_test(c, n->kid[0]);
	case OP_FIELD_TEST: {
		struct slot *s = n->slot;
		slot_fetch(s);
		for (size_t i = 0; i < s->n; i++)
			if (cell_test(c, &n->test, s, &s->cell[i]))
				return true;
		return false;
	}
	case OP_TEST:
		return value_test(c, n);
	case OP_CMP:
		return compare(c, n);
	case OP_IN:
		return in_values(c, n);
	case OP_BETWEEN:
		return between(c, n);
	case OP_HAS:
		return has(c, n);
	case OP_NULL:
		return is_missing(c, n->kid[0]) != n->negate;
	case OP_ANY:
	case OP_ALL:
	case OP_NONE:
		return quantified(c, n);
	case OP_CONST:
		return n->value.kind == C_BOOL && n->value.truth;
	default:
		return truth(c, n->op == OP_TRUTH ? n->kid[0] : n);
	}
}

/*
 * The forms of node_test that most rules come to: no switch, and of one value
 * no more than a comparison. What is not plain in them goes to node_plain.
 */
static bool ask_and(struct condition *c, const struct node *n)
{
	for (size_t i = 0; i < n->nkids; i++)
		if (!node_test(c, n->kid[i]))
			return false;
	return true;
}

static bool ask_or(struct condition *c, const struct node *n)
{
	for (size_t i = 0; i < n->nkids; i++)
		if (node_test(c, n->kid[i]))
			return true;
	return false;
}

static bool accepts(const struct test *t, int64_t a, int64_t b)
{
	return t->accept >> ((a > b) - (a < b) + 1) & 1;
}

/* The number of a field that has one value, as nano. */
static inline bool one_nano(struct condition *c, struct slot *s, int64_t *nano)
{
	slot_fetch(s);
	if (s->n != 1)
		return false;
	struct cell *cell = s->cell;
	if (cell->num_state == CELL_UNREAD)
		cell_number(c, s, cell);
	*nano = cell->nano;
	return cell->narrow;
}

static bool ask_number(struct condition *c, const struct node *n)
{
	int64_t nano;
	if (!one_nano(c, n->slot, &nano))
		return node_plain(c, n);
	return accepts(&n->test, nano, n->test.key[0]);
}

static bool ask_number_range(struct condition *c, const struct node *n)
{
	const struct test *t = &n->test;
	int64_t nano;
	if (!one_nano(c, n->slot, &nano))
		return node_plain(c, n);
	return (nano >= t->key[0] && nano <= t->key[1]) != t->negate;
}

/* The first eight bytes of a text, zeros behind its end. */
static uint64_t head_of(struct view v)
{
	uint64_t head = 0;
	if (v.n)
		memcpy(&head, v.p, v.n < 8 ? v.n : 8);
	return head;
}

/* As head_of; p is inside a line, which has SCAN_PAD bytes behind it. */
static inline uint64_t padded_head(const char *p, size_t n)
{
	uint64_t head;
	memcpy(&head, p, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return n < 8 ? head & (((uint64_t)1 << 8 * n) - 1) : head;
#else
	return head_of((struct view){ p, n });
#endif
}

static bool ask_text_equal(struct condition *c, const struct node *n)
{
	const struct test *t = &n->test;
	struct slot *s = n->slot;
	slot_fetch(s);
	if (s->n == 0)
		return false;
	const struct val *v = &s->cell->v;
	if (s->n != 1 || v->kind != K_STRING || v->escaped)
		return node_plain(c, n);
	/* no branch: which of many rules is true is not to be guessed */
	bool same = (v->n == (size_t)t->key[1]) &
		    (padded_head(v->p, v->n) == (uint64_t)t->key[0]);
	if (v->n > 8 && same)
		same = memcmp(v->p + 8, t->value[0].text.p + 8, v->n - 8) == 0;
	return same == (t->cmp == CMP_EQ);
}

/* The time of a field that has one value; false: node_plain must see it. */
static inline struct cell *one_time(struct condition *c, struct slot *s)
{
	slot_fetch(s);
	if (s->n != 1)
		return NULL;
	struct cell *cell = s->cell;
	if (cell->time_state == CELL_UNREAD)
		cell_time(c, s, cell);
	if (cell->time_state != CELL_READ)
		return NULL;
	if (!cell->has_day) {
		cell->day = day_of(c, cell->time);
		cell->has_day = true;
	}
	return cell;
}

/* Against dates: the day decides. */
static bool ask_day(struct condition *c, const struct node *n)
{
	const struct cell *cell = one_time(c, n->slot);
	if (!cell)
		return node_plain(c, n);
	return accepts(&n->test, cell->day, n->test.key[0]);
}

static bool ask_day_range(struct condition *c, const struct node *n)
{
	const struct test *t = &n->test;
	const struct cell *cell = one_time(c, n->slot);
	if (!cell)
		return node_plain(c, n);
	return (cell->day >= t->key[0] && cell->day <= t->key[1]) != t->negate;
}

static bool ask_match(struct condition *c, const struct node *n)
{
	struct slot *s = n->slot;
	slot_fetch(s);
	if (s->n == 0)
		return false;
	if (s->n != 1 || s->cell->v.kind != K_STRING || s->cell->v.escaped)
		return node_plain(c, n);
	return match_test(c, &n->test,
		(struct view){ s->cell->v.p, s->cell->v.n }, false, s->name);
}

/* ask_match where PCRE2 has compiled the pattern. */
static bool ask_regex(struct condition *c, const struct node *n)
{
	const struct test *t = &n->test;
	const struct slot *s = n->slot;
	slot_fetch(n->slot);
	if (s->n == 0)
		return false;
	const struct val *v = &s->cell->v;
	if (s->n != 1 || v->kind != K_STRING || v->escaped)
		return node_plain(c, n);
	int rc = pcre2_jit_match(t->pattern->code, (PCRE2_SPTR)v->p, v->n, 0, 0,
		c->match_data, c->match_context);
	if (rc >= 0)
		return !t->negate;
	if (rc == PCRE2_ERROR_NOMATCH)
		return t->negate;
	return node_plain(c, n);
}

static bool ask_null(struct condition *c, const struct node *n)
{
	return is_missing(c, n->kid[0]) != n->negate;
}

static bool dates_only(const struct test *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->value[i].time.date_only)
			return false;
	return true;
}

static void bind_test(struct condition *c, struct node *n)
{
	static const uint8_t accept[] = { [CMP_EQ] = 2,
		[CMP_NE] = 5,
		[CMP_LT] = 1,
		[CMP_LE] = 3,
		[CMP_GT] = 4,
		[CMP_GE] = 6 };
	struct test *t = &n->test;
	t->accept = accept[t->cmp];
	switch (t->kind) {
	case TEST_NUM:
	case TEST_NUM_RANGE:
		t->narrow = true;
		for (size_t i = 0; i < t->n; i++)
			t->narrow = t->narrow && t->value[i].kind == C_NUMBER &&
				    narrow(t->value[i].num, &t->key[i]);
		if (t->narrow)
			n->ask = t->n == 1 ? ask_number : ask_number_range;
		break;
	case TEST_TEXT:
		if (t->cmp != CMP_EQ && t->cmp != CMP_NE)
			break;
		t->key[0] = (int64_t)head_of(t->value[0].text);
		t->key[1] = (int64_t)t->value[0].text.n;
		n->ask = ask_text_equal;
		break;
	case TEST_TIME:
	case TEST_TIME_RANGE:
		if (!dates_only(t))
			break;
		for (size_t i = 0; i < t->n; i++)
			t->key[i] = day_of(c, t->value[i].time);
		n->ask = t->n == 1 ? ask_day : ask_day_range;
		break;
	case TEST_MATCH:
		n->ask = t->pattern->jit ? ask_regex : ask_match;
		break;
	default:
		break;
	}
}

void node_bind(struct condition *c, struct node *n)
{
	for (size_t i = 0; i < n->nkids; i++)
		node_bind(c, n->kid[i]);
	if (n->op == OP_AND)
		n->ask = ask_and;
	else if (n->op == OP_OR)
		n->ask = ask_or;
	else if (n->op == OP_NULL)
		n->ask = ask_null;
	else if (n->op == OP_FIELD_TEST)
		bind_test(c, n);
}

/* Values */

static void number(struct condition *c, struct cval *out, bool fits)
{
	out->kind = fits ? C_NUMBER : C_MISSING;
	out->text = (struct view){ 0 };
	if (!fits)
		too_big(c);
}

static struct when date_of(int64_t day)
{
	return (struct when){ .sec = day * 86400, .date_only = true };
}

static int64_t today(const struct condition *c)
{
	return when_day(c->env->as_of);
}

/* Seconds that a time may have: years 0 to 9999. */
#define SEC_MIN (-62167219200)
#define SEC_MAX 253402300799

/* A time and a span: kid[1] is days(), months() or hours(). */
static void add_span(struct condition *c, const struct node *span, int sign,
	struct when w, struct cval *out)
{
	struct cval v;
	struct dec whole;
	const struct node *arg = span->kid[0];
	*out = (struct cval){ .kind = C_MISSING };
	node_eval(c, arg, &v);
	if (v.kind == C_MISSING || !want_number(c, arg, &v))
		return;
	whole = dec_trim(v.num);
	if (whole.scale || whole.v > 100000000 || whole.v < -100000000) {
		too_big(c);
		return;
	}
	int64_t n = (int64_t)whole.v * sign;
	if (span->fn == FN_MONTHS) {
		if (n > 120000 || n < -120000) {
			too_big(c);
			return;
		}
		w = when_add_months(w, (int)n);
	} else if (span->fn == FN_DAYS) {
		w.sec += n * 86400;
	} else if (w.date_only) {
		return;
	} else {
		w.sec += n * 3600;
	}
	if (w.sec < SEC_MIN || w.sec > SEC_MAX) {
		too_big(c);
		return;
	}
	out->kind = C_TIME;
	out->time = w;
}

static void sum(struct condition *c, const struct node *n, struct cval *out)
{
	const struct node *an = n->kid[0], *bn = n->kid[1];
	int sign = n->op == OP_SUB ? -1 : 1;
	struct cval a, b;
	*out = (struct cval){ .kind = C_MISSING };
	if (an->type == S_SPAN) {
		const struct node *t = an;
		an = bn;
		bn = t;
	}
	node_eval(c, an, &a);
	if (bn->type == S_SPAN) {
		if (a.kind != C_MISSING && want_time(c, an, &a))
			add_span(c, bn, sign, a.time, out);
		return;
	}
	node_eval(c, bn, &b);
	if (a.kind == C_MISSING || b.kind == C_MISSING)
		return;
	if (n->op == OP_SUB && (a.kind == C_TIME || b.kind == C_TIME)) {
		if (want_time(c, an, &a) && want_time(c, bn, &b)) {
			out->kind = C_NUMBER;
			out->num =
				dec_of(day_of(c, a.time) - day_of(c, b.time));
		}
		return;
	}
	if (!want_number(c, an, &a) || !want_number(c, bn, &b))
		return;
	out->num = a.num;
	number(c, out,
		n->op == OP_ADD ? dec_add(&out->num, b.num)
				: dec_sub(&out->num, b.num));
}

#define QUOTIENT_DIGITS 10

static void product(struct condition *c, const struct node *n, struct cval *out)
{
	struct cval a, b;
	*out = (struct cval){ .kind = C_MISSING };
	node_eval(c, n->kid[0], &a);
	node_eval(c, n->kid[1], &b);
	if (a.kind == C_MISSING || b.kind == C_MISSING ||
		!want_number(c, n->kid[0], &a) ||
		!want_number(c, n->kid[1], &b))
		return;
	if (n->op == OP_MUL) {
		out->num = a.num;
		number(c, out, dec_mul(&out->num, b.num));
		return;
	}
	if (b.num.v == 0)
		return;
	int keep = a.num.scale > b.num.scale ? a.num.scale : b.num.scale;
	int scale = keep > QUOTIENT_DIGITS ? keep : QUOTIENT_DIGITS;
	bool fits = dec_div(a.num, b.num, scale, &out->num);
	struct dec trimmed = fits ? dec_trim(out->num) : out->num;
	if (fits)
		out->num = trimmed.scale < keep ? dec_round(out->num, keep)
						: trimmed;
	number(c, out, fits);
}

static struct view made(struct condition *c, struct view v)
{
	return (struct view){ arena_bytes(&c->text, v.p, v.n), v.n };
}

/* Functions of one text. */
static void text_call(struct condition *c, const struct node *n,
	struct cval *out)
{
	struct cval v;
	node_eval(c, n->kid[0], &v);
	*out = (struct cval){ .kind = C_MISSING };
	if (v.kind == C_MISSING || !want_text(c, n->kid[0], &v))
		return;
	out->kind = C_TEXT;
	switch (n->fn) {
	case FN_LOWER:
		buf_reset(&c->scratch);
		text_add_lower(&c->scratch, v.text);
		out->text = made(c, buf_view(&c->scratch));
		break;
	case FN_TRIM:
		out->text = text_trim(v.text);
		break;
	default:
		out->kind = C_NUMBER;
		out->num = dec_of((int64_t)utf8_count(v.text));
		break;
	}
}

static int64_t full_years(int64_t from, int64_t to)
{
	int y, m, d, ty, tm, td;
	day_civil(from, &y, &m, &d);
	day_civil(to, &ty, &tm, &td);
	return ty - y - (tm < m || (tm == m && td < d));
}

/* Functions of one time. */
static void time_call(struct condition *c, const struct node *n,
	struct cval *out)
{
	struct cval v;
	int year, month, dom;
	node_eval(c, n->kid[0], &v);
	*out = (struct cval){ .kind = C_MISSING };
	if (v.kind == C_MISSING || !want_time(c, n->kid[0], &v))
		return;
	int64_t day = day_of(c, v.time);
	out->kind = C_NUMBER;
	switch (n->fn) {
	case FN_DATE:
		out->kind = C_TIME;
		out->time = date_of(day);
		break;
	case FN_DAYS_SINCE:
		out->num = dec_of(today(c) - day);
		break;
	case FN_AGE:
		out->num = dec_of(full_years(day, today(c)));
		break;
	case FN_MONTH:
		day_civil(day, &year, &month, &dom);
		out->num = dec_of(month);
		break;
	default:
		out->num = dec_of(day_weekday(day));
		break;
	}
}

static void round_call(struct condition *c, const struct node *n,
	struct cval *out)
{
	struct cval v, digits = { .kind = C_NUMBER };
	node_eval(c, n->kid[0], &v);
	if (n->nkids > 1)
		node_eval(c, n->kid[1], &digits);
	*out = (struct cval){ .kind = C_MISSING };
	if (v.kind == C_MISSING || digits.kind == C_MISSING ||
		!want_number(c, n->kid[0], &v) ||
		(n->nkids > 1 && !want_number(c, n->kid[1], &digits)))
		return;
	struct dec d = dec_trim(digits.num);
	if (d.scale || d.v < 0 || d.v > DEC_SCALE_MAX) {
		too_big(c);
		return;
	}
	out->kind = C_NUMBER;
	out->num = d.v < v.num.scale ? dec_round(v.num, (int)d.v) : v.num;
}

/* The least or greatest of all values. */
static void least(struct condition *c, const struct node *n, struct cval *out)
{
	struct cval best = { .kind = C_MISSING }, v;
	const struct node *of = NULL;
	int o;
	for (size_t k = 0; k < n->nkids; k++) {
		for (size_t i = 0; side(c, n->kid[k], i, &v); i++) {
			if (v.kind == C_MISSING)
				continue;
			if (v.kind == C_JSON || v.kind == C_BOOL) {
				odd_value(c, n->kid[k], &v);
				continue;
			}
			if (best.kind != C_MISSING &&
				(!order(c, n->kid[k], &v, of, &best, &o) ||
					(n->fn == FN_MIN ? o >= 0 : o <= 0)))
				continue;
			best = v;
			of = n->kid[k];
		}
	}
	*out = best;
}

static void call(struct condition *c, const struct node *n, struct cval *out)
{
	switch (n->fn) {
	case FN_TODAY:
		*out = (struct cval){ .kind = C_TIME,
			.time = date_of(today(c)) };
		return;
	case FN_LOWER:
	case FN_TRIM:
	case FN_LENGTH:
		text_call(c, n, out);
		return;
	case FN_COALESCE:
		for (size_t i = 0; i < n->nkids; i++) {
			node_eval(c, n->kid[i], out);
			if (out->kind != C_MISSING)
				return;
		}
		return;
	case FN_ROUND:
		round_call(c, n, out);
		return;
	case FN_MIN:
	case FN_MAX:
		least(c, n, out);
		return;
	default:
		time_call(c, n, out);
		return;
	}
}

static void field(struct condition *c, const struct node *n, struct cval *out)
{
	struct slot *s = n->slot;
	slot_fetch(s);
#ifndef MUTANT_several
	if (s->n == 1) {
#else
	if (s->n) {
#endif
		cell_value(c, s, &s->cell[0], out);
		return;
	}
	*out = (struct cval){ .kind = C_MISSING };
	if (s->n > 1)
		odd(c, s, ODD_MANY);
}

void node_eval(struct condition *c, const struct node *n, struct cval *out)
{
	struct cval v;
	switch (n->op) {
	case OP_CONST:
		*out = n->value;
		return;
	case OP_FIELD:
		field(c, n, out);
		return;
	case OP_ADD:
	case OP_SUB:
		sum(c, n, out);
		return;
	case OP_MUL:
	case OP_DIV:
		product(c, n, out);
		return;
	case OP_NEG:
		node_eval(c, n->kid[0], &v);
		*out = (struct cval){ .kind = C_MISSING };
		if (v.kind == C_MISSING || !want_number(c, n->kid[0], &v))
			return;
		out->kind = C_NUMBER;
		out->num = v.num;
		out->num.v = -out->num.v;
		return;
	case OP_COUNT:
		slot_fetch(n->slot);
		*out = (struct cval){ .kind = C_NUMBER,
			.num = dec_of(
				(int64_t)(n->nkids ? elements(c, n, -1, NULL)
						   : n->slot->n)) };
		return;
	case OP_CALL:
		call(c, n, out);
		return;
	case OP_NULL:
	case OP_AND:
	case OP_OR:
	case OP_NOT:
	default:
		*out = (struct cval){ .kind = C_BOOL,
			.truth = node_test(c, n) };
		return;
	}
}
