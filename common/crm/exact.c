#include "crm/exact.h"

#include "base/hash.h"
#include "value/name.h"

/* What the members of a group have, in lists at its root: their names, and
 * their WeChat accounts. */
struct cell {
	uint32_t what, next;
};

struct list {
	uint32_t *head, *tail; /* by root */
};

enum { NAMES, ACCOUNTS, LISTS };

#define MEMO ((size_t)1 << 14)

struct memo {
	uint32_t a, b;
	uint8_t verdict;
	bool full;
};

struct exact_state {
	VEC(struct cell) cell;
	struct list list[LISTS];
	struct memo *memo;
	VEC(uint32_t) root; /* the groups of the phone at hand */
};

static enum name_verdict compare_names(struct exact *x, uint32_t a, uint32_t b)
{
	if (a > b) {
		uint32_t swap = a;
		a = b;
		b = swap;
	}
	uint64_t key = (uint64_t)a << 32 | b;
	struct memo *m = &x->state->memo[hash64(&key, sizeof(key)) % MEMO];
	if (m->full && m->a == a && m->b == b)
		return m->verdict;
	enum name_verdict v = name_compare(map_key(&x->people->name, a),
		map_key(&x->people->name, b));
	*m = (struct memo){ a, b, (uint8_t)v, true };
	return v;
}

static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

static int by_name(const void *left, const void *right, void *arg)
{
	const struct people *p = arg;
	return view_cmp(map_key(&p->name, *(const uint32_t *)left),
		map_key(&p->name, *(const uint32_t *)right));
}

/* Whether the names are those of more than cap people: a name is another
 * person's if it contradicts every name counted before it. */
static bool too_many(struct exact *x, uint32_t *name, size_t n)
{
	const struct people *p = x->people;
	if (n <= x->cap)
		return false;
	qsort(name, n, sizeof(*name), by_number);
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || name[i] != name[i - 1])
			name[k++] = name[i];
	if (k <= x->cap)
		return false;
	qsort_r(name, k, sizeof(*name), by_name, (void *)(uintptr_t)p);
	size_t people = 0;
	for (size_t i = 0; i < k && people <= x->cap; i++) {
		size_t j = 0;
		while (j < people &&
			compare_names(x, name[i], name[j]) == NAME_DIFFERENT)
			j++;
		if (j == people)
			name[people++] = name[i];
	}
	return people > x->cap;
}

static void find_generic(struct exact *x)
{
	const struct people *p = x->people;
	VEC(uint32_t) name = { 0 };
	x->generic = xcalloc(p->nident, sizeof(*x->generic));
	for (size_t v = 0; v < p->nident; v++) {
		uint32_t from = p->holder_at[v], to = p->holder_at[v + 1];
		if (to - from <= x->cap)
			continue;
		name.n = 0;
		for (uint32_t i = from; i < to; i++) {
			uint32_t n = p->v.v[p->owner[p->holder[i]]].name;
			if (n != PEOPLE_NONE)
				*vec_add(&name) = n;
		}
		if (too_many(x, name.v, name.n)) {
			x->generic[v] = true;
			x->generics++;
			x->generic_held += to - from;
		}
	}
	vec_release(&name);
}

static void apply_verdicts(struct exact *x)
{
	if (!x->verdicts)
		return;
	for (int same = 1; same >= 0; same--)
		for (size_t i = 0; i < x->verdicts->v.n; i++) {
			const struct verdict_pair *d = &x->verdicts->v.v[i];
			if (d->same != same)
				continue;
			uint32_t a = people_find(x->people, d->left);
			uint32_t b = people_find(x->people, d->right);
			if (a == PEOPLE_NONE || b == PEOPLE_NONE)
				x->unknown_verdicts++;
			else if (same)
				cluster_join(&x->cluster, a, b);
			else
				cluster_forbid(&x->cluster, a, b);
		}
}

static bool joins(const struct exact *x, uint32_t ident)
{
	return x->people->kind[ident] < ID_PHONE && !x->generic[ident];
}

static uint32_t holder(const struct people *p, uint32_t i)
{
	return p->owner[p->holder[i]];
}

/* Who was in which customer, to find those who were in one. */
struct was {
	uint32_t old, name, now;
};

typedef VEC(struct was) was_list;

static int by_customer(const void *left, const void *right)
{
	const struct was *a = left, *b = right;
	if (a->old != b->old)
		return (a->old > b->old) - (a->old < b->old);
	if (a->now != b->now)
		return (a->now > b->now) - (a->now < b->now);
	return (a->name > b->name) - (a->name < b->name);
}

/* Pairs of one customer first, so that a newcomer takes nobody away. */
static void join_old(struct exact *x)
{
	const struct people *p = x->people;
	was_list was = { 0 };
	for (uint32_t k = 0; k < p->nhas; k++) {
		uint32_t v = p->has[k], from = p->holder_at[v];
		/* Each identifier once, at its first holder. */
		if (!joins(x, v) || p->holder[from] != k)
			continue;
		was.n = 0;
		for (uint32_t i = from; i < p->holder_at[v + 1]; i++) {
			uint32_t a = holder(p, i);
			if (x->old[a] != PEOPLE_NONE)
				*vec_add(&was) =
					(struct was){ x->old[a], 0, a };
		}
		if (was.n > 1)
			qsort(was.v, was.n, sizeof(*was.v), by_customer);
		for (size_t i = 1; i < was.n; i++)
			for (size_t j = i;
				j-- > 0 && was.v[j].old == was.v[i].old;)
				if (cluster_join(&x->cluster, was.v[j].now,
					    was.v[i].now))
					break;
	}
	vec_release(&was);
}

static void join_strong(struct exact *x)
{
	const struct people *p = x->people;
	struct cluster *c = &x->cluster;
	/* Without pairs that stay apart no order matters. */
	bool ordered = c->apart != NULL;
	if (ordered && x->old)
		join_old(x);
	for (int kind = 0; kind < ID_PHONE; kind++) {
		for (uint32_t i = 0; i < p->nhas; i++) {
			uint32_t v = p->has[i];
			if (!joins(x, v) || (ordered && p->kind[v] != kind))
				continue;
			uint32_t me = p->owner[i], j = p->holder_at[v];
			if (cluster_join(c, holder(p, j), me))
				continue;
			while (holder(p, ++j) != me)
				if (cluster_join(c, holder(p, j), me))
					break;
		}
		if (!ordered)
			break;
	}
}

static void list_add(struct exact_state *s, int which, uint32_t root,
	uint32_t what)
{
	struct list *l = &s->list[which];
	uint32_t at = (uint32_t)s->cell.n;
	*vec_add(&s->cell) = (struct cell){ what, PEOPLE_NONE };
	if (l->head[root] == PEOPLE_NONE)
		l->head[root] = at;
	else
		s->cell.v[l->tail[root]].next = at;
	l->tail[root] = at;
}

static void list_all(struct exact *x, int which, uint32_t root, uint32_t *what,
	size_t n)
{
	if (n > 1)
		qsort(what, n, sizeof(*what), by_number);
	for (size_t k = 0; k < n; k++)
		if (!k || what[k] != what[k - 1])
			list_add(x->state, which, root, what[k]);
}

static bool is_account(const struct exact *x, uint32_t ident)
{
	uint8_t kind = x->people->kind[ident];
	return (kind == ID_UNIONID || kind == ID_OPENID ||
		       kind == ID_EXTERNAL_USERID) &&
	       !x->generic[ident];
}

/* Lists names and accounts of each group at its root, each once. */
static void list_groups(struct exact *x)
{
	const struct people *p = x->people;
	struct exact_state *s = x->state;
	struct cluster *c = &x->cluster;
	VEC(uint32_t) name = { 0 };
	VEC(uint32_t) account = { 0 };

	for (int k = 0; k < LISTS; k++) {
		s->list[k].head = xreallocarray(NULL, c->n, sizeof(uint32_t));
		s->list[k].tail = xreallocarray(NULL, c->n, sizeof(uint32_t));
		for (uint32_t i = 0; i < c->n; i++)
			s->list[k].head[i] = PEOPLE_NONE;
	}
	for (uint32_t i = 0; i < c->n; i++) {
		if (cluster_find(c, i) != i)
			continue;
		name.n = account.n = 0;
		uint32_t m = i;
		do {
			if (p->v.v[m].name != PEOPLE_NONE)
				*vec_add(&name) = p->v.v[m].name;
			for (uint32_t j = p->v.v[m].has; j < people_end(p, m);
				j++)
				if (is_account(x, p->has[j]))
					*vec_add(&account) = p->has[j];
			m = c->next[m];
		} while (m != i);
		list_all(x, NAMES, i, name.v, name.n);
		list_all(x, ACCOUNTS, i, account.v, account.n);
	}
	vec_release(&name);
	vec_release(&account);
}

/* Two accounts of a kind of which a person has one: same scope, other value
 * (the same value would have joined them). */
static bool rivals(const struct exact *x, uint32_t a, uint32_t b)
{
	const struct people *p = x->people;
	if (p->kind[a] != p->kind[b])
		return false;
	struct view va = map_key(p->ident, a), vb = map_key(p->ident, b);
	const char *slash = memchr(va.p, '/', va.n);
	size_t n = slash ? (size_t)(slash - va.p) : 0;
	if (p->kind[a] == ID_UNIONID)
		return true;
	return vb.n > n && memcmp(va.p, vb.p, n + (slash != NULL)) == 0;
}

static bool two_accounts(const struct exact *x, uint32_t a, uint32_t b)
{
	const struct exact_state *s = x->state;
	const uint32_t *head = s->list[ACCOUNTS].head;
	const struct cell *cell = s->cell.v;
	for (uint32_t i = head[a]; i != PEOPLE_NONE; i = cell[i].next)
		for (uint32_t j = head[b]; j != PEOPLE_NONE; j = cell[j].next)
			if (rivals(x, cell[i].what, cell[j].what))
				return true;
	return false;
}

/* How two groups stand to each other by their names: one contradiction is
 * enough, then one agreement. */
static enum name_verdict compare_groups(struct exact *x, uint32_t a, uint32_t b)
{
	const struct exact_state *s = x->state;
	const uint32_t *head = s->list[NAMES].head;
	const struct cell *cell = s->cell.v;
	enum name_verdict v = NAME_UNKNOWN;
	if (!cluster_may(&x->cluster, a, b))
		return NAME_DIFFERENT;
	for (uint32_t i = head[a]; i != PEOPLE_NONE; i = cell[i].next)
		for (uint32_t j = head[b]; j != PEOPLE_NONE; j = cell[j].next) {
			enum name_verdict n =
				compare_names(x, cell[i].what, cell[j].what);
			if (n == NAME_DIFFERENT)
				return n;
			if (n == NAME_SAME)
				v = n;
		}
	return v;
}

/* Where names say nothing, accounts may. */
static enum name_verdict relation(struct exact *x, uint32_t a, uint32_t b)
{
	enum name_verdict v = compare_groups(x, a, b);
	return v == NAME_UNKNOWN && two_accounts(x, a, b) ? NAME_DIFFERENT : v;
}

static bool join_groups(struct exact *x, uint32_t a, uint32_t b)
{
	struct exact_state *s = x->state;
	if (!cluster_join(&x->cluster, a, b))
		return false;
	uint32_t root = cluster_find(&x->cluster, a);
	uint32_t leaf = root == a ? b : a;
	for (int k = 0; k < LISTS; k++) {
		struct list *l = &s->list[k];
		if (l->head[leaf] == PEOPLE_NONE)
			continue;
		if (l->head[root] == PEOPLE_NONE)
			l->head[root] = l->head[leaf];
		else
			s->cell.v[l->tail[root]].next = l->head[leaf];
		l->tail[root] = l->tail[leaf];
	}
	return true;
}

/* Whether somebody else with the number sides with one and against the
 * other. */
static bool disputed(struct exact *x, uint32_t a, uint32_t b)
{
	const uint32_t *root = x->state->root.v;
	for (size_t k = 0; k < x->state->root.n; k++)
		if (root[k] != a && root[k] != b &&
			(relation(x, root[k], a) == NAME_DIFFERENT) !=
				(relation(x, root[k], b) == NAME_DIFFERENT))
			return true;
	return false;
}

enum phone_pass { PASS_SAME, PASS_OPEN };

/* Whether two groups with one number are one person in this pass. */
static bool one_person(struct exact *x, enum phone_pass pass, uint32_t a,
	uint32_t b)
{
	enum name_verdict v = relation(x, a, b);
	if (v == NAME_DIFFERENT)
		return false;
	if (pass == PASS_SAME)
		return v == NAME_SAME;
	return !disputed(x, a, b);
}

/* The different groups that hold the number; one too many ends it. */
static void phone_groups(struct exact *x, uint32_t v)
{
	const struct people *p = x->people;
	struct exact_state *s = x->state;
	s->root.n = 0;
	for (uint32_t i = p->holder_at[v]; i < p->holder_at[v + 1]; i++) {
		uint32_t r = cluster_find(&x->cluster, holder(p, i));
		size_t k = 0;
		while (k < s->root.n && s->root.v[k] != r)
			k++;
		if (k == s->root.n)
			*vec_add(&s->root) = r;
		if (s->root.n > EXACT_CROWD)
			return;
	}
}

static bool join_one_phone(struct exact *x, uint32_t v, enum phone_pass pass)
{
	struct exact_state *s = x->state;
	bool any = false;
again:
	phone_groups(x, v);
	for (size_t i = 0; i < s->root.n; i++)
		for (size_t j = i + 1; j < s->root.n; j++)
			if (one_person(x, pass, s->root.v[i], s->root.v[j]) &&
				join_groups(x, s->root.v[i], s->root.v[j])) {
				any = true;
				goto again;
			}
	return any;
}

/* The holders who had a customer, and each name and group only once. */
static void old_holders(struct exact *x, uint32_t v, was_list *was)
{
	const struct people *p = x->people;
	was->n = 0;
	for (uint32_t i = p->holder_at[v]; i < p->holder_at[v + 1]; i++) {
		uint32_t a = holder(p, i);
		if (x->old[a] != PEOPLE_NONE)
			*vec_add(was) = (struct was){ x->old[a], p->v.v[a].name,
				cluster_least(&x->cluster, a) };
	}
	if (was->n > 1)
		qsort(was->v, was->n, sizeof(*was->v), by_customer);
	size_t n = 0;
	for (size_t i = 0; i < was->n; i++)
		if (!n || by_customer(&was->v[n - 1], &was->v[i]) != 0)
			was->v[n++] = was->v[i];
	was->n = n;
}

/* Holders who were one customer before: if their own names agree, whatever
 * others have come to their groups; else as anybody, but for the accounts. */
static void join_old_phone(struct exact *x, uint32_t v, bool same)
{
	was_list was = { 0 };
	old_holders(x, v, &was);
	for (size_t i = 1; i < was.n; i++)
		for (size_t j = i; j-- > 0 && was.v[j].old == was.v[i].old;) {
			uint32_t a = cluster_find(&x->cluster, was.v[i].now);
			uint32_t b = cluster_find(&x->cluster, was.v[j].now);
			uint32_t na = was.v[i].name, nb = was.v[j].name;
			if (a == b)
				continue;
			if (same ? na != PEOPLE_NONE && nb != PEOPLE_NONE &&
						compare_names(x, na, nb) ==
							NAME_SAME
				 : compare_groups(x, a, b) != NAME_DIFFERENT)
				join_groups(x, a, b);
		}
	vec_release(&was);
}

static void join_phones(struct exact *x)
{
	const struct people *p = x->people;
	VEC(uint32_t) phone = { 0 };
	/* In the order of their first holders, which is no input's. */
	for (uint32_t i = 0; i < p->nhas; i++) {
		uint32_t v = p->has[i];
		uint32_t n = p->holder_at[v + 1] - p->holder_at[v];
		if (p->kind[v] != ID_PHONE || x->generic[v] || n < 2 ||
			p->holder[p->holder_at[v]] != i)
			continue;
		phone_groups(x, v);
		if (x->state->root.n > EXACT_CROWD) {
			x->generic[v] = true;
			x->generics++;
			x->generic_held += n;
		} else if (x->state->root.n > 1) {
			*vec_add(&phone) = v;
		}
	}
	for (int same = 1; x->old && same >= 0; same--)
		for (size_t i = 0; i < phone.n; i++)
			join_old_phone(x, phone.v[i], same);
	/* A join may settle what was open before it: until nothing moves, so
	 * that the same profiles again give the same. */
	bool moved = true;
	while (moved) {
		moved = false;
		for (size_t i = 0; i < phone.n; i++)
			moved |= join_one_phone(x, phone.v[i], PASS_SAME);
		for (size_t i = 0; i < phone.n; i++)
			moved |= join_one_phone(x, phone.v[i], PASS_OPEN);
	}
	for (size_t i = 0; i < phone.n; i++) {
		phone_groups(x, phone.v[i]);
		x->contradicted += x->state->root.n > 1;
	}
	vec_release(&phone);
}

void exact_run(struct exact *x)
{
	if (!x->cap)
		x->cap = EXACT_CAP;
	x->state = xcalloc(1, sizeof(*x->state));
	x->state->memo = xcalloc(MEMO, sizeof(*x->state->memo));
	cluster_init(&x->cluster, (uint32_t)x->people->v.n);
	find_generic(x);
	apply_verdicts(x);
	join_strong(x);
	list_groups(x);
	join_phones(x);
}

void exact_notes(const struct exact *x, bool counts,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct buf b = { 0 };

	if (counts) {
		buf_addf(&b,
			"%llu values are generic (%llu times held), %llu phone "
			"numbers are several people's",
			(unsigned long long)x->generics,
			(unsigned long long)x->generic_held,
			(unsigned long long)x->contradicted);
		say(arg, b.p);
	}
	if (x->people->repeated) {
		buf_reset(&b);
		buf_addf(&b,
			"%llu profiles are there more than once: run "
			"scrm-latest first",
			(unsigned long long)x->people->repeated);
		say(arg, b.p);
	}
	if (x->unknown_verdicts) {
		buf_reset(&b);
		buf_addf(&b, "%llu verdicts name a profile that is not here",
			(unsigned long long)x->unknown_verdicts);
		say(arg, b.p);
	}
	buf_release(&b);
}

void exact_release(struct exact *x)
{
	if (x->state) {
		vec_release(&x->state->cell);
		vec_release(&x->state->root);
		for (int k = 0; k < LISTS; k++) {
			free(x->state->list[k].head);
			free(x->state->list[k].tail);
		}
		free(x->state->memo);
		free(x->state);
	}
	free(x->generic);
	cluster_release(&x->cluster);
	*x = (struct exact){ 0 };
}
