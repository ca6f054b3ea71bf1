#include "crm/identity.h"

#include "base/hash.h"

#include <stdio.h>

#define NONE PEOPLE_NONE

/* One who speaks for a customer: its cluster and place among the people. */
struct vote {
	uint32_t customer, label, person;
};

/* A cluster that shares an identifier with a customer who is not here. */
struct claim {
	uint32_t customer, label;
	int kind; /* enum id_kind; -1: a verdict */
};

/* A customer whose lines had an identifier. */
struct had {
	uint32_t ident, customer;
};

struct work {
	struct identity *d;
	size_t ncustomers; /* those of the file */
	uint32_t *raw; /* by person: the customer of its line */
	uint32_t *line; /* by person: its line */
	uint32_t *won; /* by customer: the cluster that has it */
	uint32_t *into; /* by customer: its merge line as it was */
	uint32_t *minted; /* by customer */
	VEC(struct had) had; /* of customers that are one cluster's */
	bool *away; /* by identifier: a line of who is not here has it */
	uint32_t *id; /* by cluster: its customer */
	bool *shared; /* by place in has[]: another of the cluster has it */
};

uint32_t *identity_old(const struct links *l, const struct people *p)
{
	uint32_t *old = xreallocarray(NULL, p->v.n, sizeof(*old));
	for (uint32_t i = 0; i < p->v.n; i++) {
		uint32_t v = p->v.v[i].profile;
		uint32_t k = v < l->nowner ? l->line[v] : LINK_NONE;
		old[i] = k == LINK_NONE ? NONE : l->link.v[k].customer;
	}
	return old;
}

static uint32_t *fill(size_t n)
{
	uint32_t *a = xreallocarray(NULL, n, sizeof(*a));
	memset(a, 0xff, n * sizeof(*a));
	return a;
}

static void read_lines(struct work *w)
{
	const struct links *l = w->d->links;
	const struct people *p = w->d->people;
	w->ncustomers = l->customer.n;
	w->raw = fill(p->v.n);
	w->line = fill(p->v.n);
	w->into = fill(w->ncustomers);
	w->won = fill(w->ncustomers);
	w->minted = fill(w->ncustomers);
	w->away = xcalloc(p->nident, sizeof(*w->away));
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		if (k->minted < w->minted[k->customer])
			w->minted[k->customer] = k->minted;
		if (k->into != LINK_NONE)
			w->into[k->customer] = (uint32_t)i;
		if (k->profile == LINK_NONE ||
			people_find(p, k->profile) == NONE)
			for (uint32_t j = 0; j < k->nids; j++)
				w->away[l->pool.v[k->ids + j]] = true;
		if (k->profile == LINK_NONE || l->line[k->profile] != i)
			continue;
		uint32_t who = people_find(p, k->profile);
		if (who == NONE)
			continue;
		w->raw[who] = k->customer;
		w->line[who] = (uint32_t)i;
	}
	/* Only named as the end of a merge. */
	for (size_t c = 0; c < w->ncustomers; c++)
		if (w->minted[c] == NONE)
			w->minted[c] = 0;
}

static int by_vote(const void *left, const void *right)
{
	const struct vote *a = left, *b = right;
	if (a->customer != b->customer)
		return (a->customer > b->customer) -
		       (a->customer < b->customer);
	if (a->label != b->label)
		return (a->label > b->label) - (a->label < b->label);
	return (a->person > b->person) - (a->person < b->person);
}

/* Which cluster keeps the id of each customer who is here. */
static void count_votes(struct work *w)
{
	const struct people *p = w->d->people;
	VEC(struct vote) vote = { 0 };
	for (uint32_t i = 0; i < p->v.n; i++)
		if (w->raw[i] != NONE)
			*vec_add(&vote) =
				(struct vote){ w->raw[i], w->d->label[i], i };
	if (vote.n)
		qsort(vote.v, vote.n, sizeof(*vote.v), by_vote);
	size_t i = 0;
	while (i < vote.n) {
		uint32_t customer = vote.v[i].customer, first = 0;
		size_t most = 0, clusters = 0;
		while (i < vote.n && vote.v[i].customer == customer) {
			size_t from = i;
			while (i < vote.n && vote.v[i].customer == customer &&
				vote.v[i].label == vote.v[from].label)
				i++;
			size_t n = i - from;
			clusters++;
			if (n > most ||
				(n == most && vote.v[from].person < first)) {
				most = n;
				first = vote.v[from].person;
				w->won[customer] = vote.v[from].label;
			}
		}
		w->d->split += clusters > 1;
	}
	vec_release(&vote);
}

static int by_claim(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;
	if (a->customer != b->customer)
		return (a->customer > b->customer) -
		       (a->customer < b->customer);
	if (a->kind != b->kind)
		return a->kind - b->kind;
	return (a->label > b->label) - (a->label < b->label);
}

/* Whether a customer is not here, nor any that it was merged into. */
static bool absent(const struct work *w, uint32_t customer)
{
	const struct links *l = w->d->links;
	while (w->won[customer] == NONE) {
		if (w->into[customer] == NONE)
			return true;
		customer = l->link.v[w->into[customer]].into;
	}
	return false;
}

/* Whether a person of the cluster was the same customer before. */
static bool was_one(const struct work *w, uint32_t person, uint32_t customer)
{
	const struct links *l = w->d->links;
	return w->raw[person] != NONE &&
	       links_survivor(l, w->raw[person]) == links_survivor(l, customer);
}

static bool kept_apart(const struct work *w, const struct claim *c)
{
	const struct verdicts *v = w->d->verdicts;
	const struct links *l = w->d->links;
	for (size_t i = 0; v && i < v->v.n; i++) {
		uint32_t a = v->v.v[i].left, b = v->v.v[i].right;
		if (v->v.v[i].same)
			continue;
		for (int turn = 0; turn < 2; turn++) {
			uint32_t who = people_find(w->d->people, a);
			uint32_t line = b < l->nowner ? l->line[b] : LINK_NONE;
			if (who != NONE && line != LINK_NONE &&
				w->d->label[who] == c->label &&
				l->link.v[line].customer == c->customer)
				return true;
			a = v->v.v[i].right;
			b = v->v.v[i].left;
		}
	}
	return false;
}

/* Customers who are not here go to the cluster that has their strongest
 * identifier. */
static void take_over(struct work *w)
{
	const struct links *l = w->d->links;
	const struct people *p = w->d->people;
	const struct verdicts *d = w->d->verdicts;
	VEC(struct claim) claim = { 0 };
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		if (k->into != LINK_NONE || !absent(w, k->customer))
			continue;
		for (uint32_t j = 0; j < k->nids; j++) {
			uint32_t v = l->pool.v[k->ids + j];
			if (v >= p->nident || w->d->generic[v])
				continue;
			for (uint32_t h = p->holder_at[v];
				h < p->holder_at[v + 1]; h++) {
				uint32_t who = p->owner[p->holder[h]];
				if (p->kind[v] == ID_PHONE &&
					!was_one(w, who, k->customer))
					continue;
				*vec_add(&claim) = (struct claim){ k->customer,
					w->d->label[who], p->kind[v] };
			}
		}
	}
	for (size_t i = 0; d && i < d->v.n; i++) {
		if (!d->v.v[i].same)
			continue;
		for (int turn = 0; turn < 2; turn++) {
			uint32_t here = turn ? d->v.v[i].left : d->v.v[i].right;
			uint32_t away = turn ? d->v.v[i].right : d->v.v[i].left;
			uint32_t who = people_find(p, here);
			uint32_t k =
				away < l->nowner ? l->line[away] : LINK_NONE;
			if (who == NONE || k == LINK_NONE ||
				!absent(w, l->link.v[k].customer))
				continue;
			*vec_add(&claim) =
				(struct claim){ l->link.v[k].customer,
					w->d->label[who], -1 };
		}
	}
	if (claim.n)
		qsort(claim.v, claim.n, sizeof(*claim.v), by_claim);
	for (size_t i = 0; i < claim.n; i++) {
		uint32_t c = claim.v[i].customer;
		if (w->won[c] != NONE || kept_apart(w, &claim.v[i]))
			continue;
		/* With all that it was merged into. */
		for (;; c = l->link.v[w->into[c]].into) {
			w->won[c] = claim.v[i].label;
			if (w->into[c] == NONE ||
				w->won[l->link.v[w->into[c]].into] != NONE)
				break;
		}
	}
	vec_release(&claim);
}

static uint32_t mint(struct work *w, uint32_t person)
{
	struct links *l = w->d->links;
	struct buf text = { 0 };
	buf_addv(&text, people_source(w->d->people, person));
	buf_addc(&text, '\0');
	buf_addv(&text, people_source_id(w->d->people, person));
	size_t n = text.n;
	uint32_t customer = NONE;
	bool isnew = false;
	for (unsigned again = 0; !isnew; again++) {
		text.n = n;
		if (again) {
			buf_addc(&text, '\0');
			buf_addf(&text, "%u", again);
		}
		char hex[33], id[22] = "c";
		hash128_hex(text.p, text.n, hex);
		memcpy(id + 1, hex, 20);
		customer = (uint32_t)map_add(&l->customer, id, 21, &isnew);
	}
	buf_release(&text);
	w->d->minted++;
	return customer;
}

/* The id of each cluster: of those it has, the one minted first. */
static void name_clusters(struct work *w)
{
	const struct links *l = w->d->links;
	w->id = fill(w->d->nlabels);
	for (uint32_t c = 0; c < w->ncustomers; c++) {
		if (w->won[c] == NONE)
			continue;
		uint32_t *id = &w->id[w->won[c]];
		if (*id == NONE || w->minted[c] < w->minted[*id] ||
			(w->minted[c] == w->minted[*id] &&
				view_cmp(map_key(&l->customer, c),
					map_key(&l->customer, *id)) < 0))
			*id = c;
	}
	uint32_t next = 0;
	for (uint32_t i = 0; i < w->d->people->v.n; i++)
		/* Labels go up by their smallest members. */
		if (w->d->label[i] == next) {
			if (w->id[next] == NONE)
				w->id[next] = mint(w, i);
			next++;
		}
}

static void find_shared(struct work *w)
{
	const struct people *p = w->d->people;
	const uint32_t *label = w->d->label;
	w->shared = xcalloc(p->nhas, sizeof(*w->shared));
	uint32_t *last = fill(w->d->nlabels); /* place in has[] */
	for (size_t v = 0; v < p->nident; v++) {
		uint32_t from = p->holder_at[v], to = p->holder_at[v + 1];
		if (to - from < 2 || w->d->generic[v])
			continue;
		for (uint32_t i = from; i < to; i++) {
			uint32_t at = p->holder[i];
			uint32_t *before = &last[label[p->owner[at]]];
			if (*before != NONE)
				w->shared[*before] = w->shared[at] = true;
			*before = at;
		}
		for (uint32_t i = from; i < to; i++)
			last[label[p->owner[p->holder[i]]]] = NONE;
	}
	free(last);
}

/* "same:" and the other profile, for each verdict that holds the person. */
static void add_verdicts(struct work *w, uint32_t person, struct link *k)
{
	const struct verdicts *d = w->d->verdicts;
	const struct people *p = w->d->people;
	struct links *l = w->d->links;
	for (size_t i = 0; d && i < d->v.n; i++) {
		uint32_t a = d->v.v[i].left, b = d->v.v[i].right;
		uint32_t me = p->v.v[person].profile;
		if (!d->v.v[i].same || (a != me && b != me))
			continue;
		struct view other =
			id_value(map_key(&l->ident, a == me ? b : a));
		buf_reset(&l->scratch);
		buf_adds(&l->scratch, "same:");
		buf_addv(&l->scratch, other);
		*vec_add(&l->pool) = (uint32_t)map_add(&l->ident, l->scratch.p,
			l->scratch.n, NULL);
		k->nreasons++;
	}
}

/* The customer that a person's line names: the one it was in, also if that is
 * merged, or else that of its cluster. */
static uint32_t line_customer(const struct work *w, uint32_t i)
{
	uint32_t raw = w->raw[i], label = w->d->label[i];
	return raw != NONE && w->won[raw] == label ? raw : w->id[label];
}

static int by_ident(const void *left, const void *right)
{
	const struct had *a = left, *b = right;
	if (a->ident != b->ident)
		return (a->ident > b->ident) - (a->ident < b->ident);
	return (a->customer > b->customer) - (a->customer < b->customer);
}

/* What the lines had of customers that share a cluster with others. */
static void list_had(struct work *w)
{
	const struct links *l = w->d->links;
	uint32_t *customers = xcalloc(w->d->nlabels, sizeof(*customers));
	for (size_t c = 0; c < w->ncustomers; c++)
		if (w->won[c] != NONE)
			customers[w->won[c]]++;
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		uint32_t label = w->won[k->customer];
		if (label == NONE || customers[label] < 2)
			continue;
		for (uint32_t j = 0; j < k->nids; j++)
			*vec_add(&w->had) = (struct had){ l->pool.v[k->ids + j],
				k->customer };
	}
	if (w->had.n)
		qsort(w->had.v, w->had.n, sizeof(*w->had.v), by_ident);
	free(customers);
}

static bool still_has(const struct work *w, uint32_t customer, uint32_t v)
{
	const struct people *p = w->d->people;
	bool has = w->away[v];
	for (uint32_t h = p->holder_at[v]; !has && h < p->holder_at[v + 1]; h++)
		has = line_customer(w, p->owner[p->holder[h]]) == customer;
	return has;
}

/*
 * Whether an identifier stands in lines of another customer of this cluster
 * and stood in none of this one: then it stays there alone, so that without
 * the merge line it is that customer's again.
 */
static bool stands_elsewhere(const struct work *w, uint32_t v, uint32_t i,
	uint32_t customer)
{
	size_t from = 0, to = w->had.n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (w->had.v[middle].ident < v)
			from = middle + 1;
		else
			to = middle;
	}
	bool elsewhere = false;
	for (; from < w->had.n && w->had.v[from].ident == v; from++) {
		uint32_t c = w->had.v[from].customer;
		if (c == customer)
			return false;
		elsewhere = elsewhere ||
			    (w->won[c] == w->d->label[i] && still_has(w, c, v));
	}
	return elsewhere;
}

static struct link person_line(struct work *w, uint32_t i)
{
	struct links *l = w->d->links;
	const struct people *p = w->d->people;
	struct link k = { .customer = line_customer(w, i),
		.profile = p->v.v[i].profile,
		.source_n = p->v.v[i].source_n,
		.into = LINK_NONE,
		.extra = LINK_NONE };
	if (k.customer == w->raw[i]) {
		k.extra = l->link.v[w->line[i]].extra;
	} else {
		buf_reset(&l->json);
		buf_addf(&l->json, ",\"decided_by\":\"%s\"", w->d->decided_by);
		k.extra = links_extra(l, buf_view(&l->json));
	}
	k.ids = (uint32_t)l->pool.n;
	for (uint32_t j = p->v.v[i].has; j < people_end(p, i); j++)
		if (!w->d->generic[p->has[j]] &&
			!stands_elsewhere(w, p->has[j], i, k.customer)) {
			*vec_add(&l->pool) = p->has[j];
			k.nids++;
		}
	k.reasons = (uint32_t)l->pool.n;
	for (uint32_t j = p->v.v[i].has; j < people_end(p, i); j++)
		if (w->shared[j]) {
			*vec_add(&l->pool) = p->has[j];
			k.nreasons++;
		}
	add_verdicts(w, i, &k);
	return k;
}

typedef VEC(struct link) lines;

/* The merge of a customer into its cluster's id. */
static struct link merge_line(struct work *w, uint32_t c)
{
	struct links *l = w->d->links;
	struct link k = { .customer = c,
		.profile = LINK_NONE,
		.into = w->id[w->won[c]],
		.minted = w->minted[c],
		.extra = LINK_NONE };
	uint32_t old = w->into[c];
	if (old != NONE && l->link.v[old].into == k.into)
		return l->link.v[old];
	buf_reset(&l->json);
	buf_addf(&l->json, ",\"decided_by\":\"%s\"", w->d->decided_by);
	k.extra = links_extra(l, buf_view(&l->json));
	w->d->merged++;
	return k;
}

/* An identifier that ties a merged customer to the rest of its cluster. */
struct tie {
	uint32_t customer, ident;
};

static int by_tie(const void *left, const void *right, void *arg)
{
	const struct work *w = arg;
	const struct people *p = w->d->people;
	const struct tie *a = left, *b = right;
	if (a->customer != b->customer)
		return (a->customer > b->customer) -
		       (a->customer < b->customer);
	if (p->kind[a->ident] != p->kind[b->ident])
		return (int)p->kind[a->ident] - (int)p->kind[b->ident];
	return view_cmp(map_key(p->ident, a->ident),
		map_key(p->ident, b->ident));
}

/* A merge for the reasons that hold now: what profiles of both sides have. */
static void merge_reasons(struct work *w, lines *out, const uint32_t *line_of)
{
	struct links *l = w->d->links;
	const struct people *p = w->d->people;
	VEC(struct tie) tie = { 0 };
	/* By cluster, for one identifier: the customer of the first holder,
	 * and whether there was another. */
	uint32_t *first = fill(w->d->nlabels);
	bool *mixed = xcalloc(w->d->nlabels, sizeof(*mixed));
	for (uint32_t v = 0; v < p->nident; v++) {
		uint32_t from = p->holder_at[v], to = p->holder_at[v + 1];
		bool any = false;
		for (uint32_t i = from; i < to; i++) {
			uint32_t who = p->owner[p->holder[i]];
			uint32_t n = w->d->label[who], c = w->raw[who];
			if (first[n] == NONE)
				first[n] = c == NONE ? NONE - 1 : c;
			else if (first[n] != (c == NONE ? NONE - 1 : c))
				any = mixed[n] = true;
		}
		for (uint32_t i = from; any && i < to; i++) {
			uint32_t at = p->holder[i], who = p->owner[at];
			uint32_t c = w->raw[who], n = w->d->label[who];
			if (w->shared[at] && mixed[n] && c != NONE &&
				line_of[c] != NONE && w->won[c] == n)
				*vec_add(&tie) = (struct tie){ c, v };
		}
		for (uint32_t i = from; i < to; i++) {
			uint32_t n = w->d->label[p->owner[p->holder[i]]];
			first[n] = NONE;
			mixed[n] = false;
		}
	}
	if (tie.n)
		qsort_r(tie.v, tie.n, sizeof(*tie.v), by_tie, w);
	for (size_t i = 0; i < tie.n;) {
		uint32_t c = tie.v[i].customer;
		struct link *k = &out->v[line_of[c]];
		k->reasons = (uint32_t)l->pool.n;
		k->nreasons = 0;
		for (; i < tie.n && tie.v[i].customer == c; i++) {
			if (k->nreasons && tie.v[i].ident == tie.v[i - 1].ident)
				continue;
			*vec_add(&l->pool) = tie.v[i].ident;
			k->nreasons++;
		}
	}
	vec_release(&tie);
	free(first);
	free(mixed);
}

/* A line of who is not here gives up what others have now. */
static void give_up(struct work *w, struct link *k)
{
	struct links *l = w->d->links;
	const struct people *p = w->d->people;
	uint32_t mine = links_survivor(l, k->customer), n = 0;
	for (uint32_t j = 0; j < k->nids; j++) {
		uint32_t v = l->pool.v[k->ids + j];
		bool keep = v >= p->nident || !w->d->generic[v];
		for (uint32_t h = v < p->nident ? p->holder_at[v] : 0;
			keep && v < p->nident && h < p->holder_at[v + 1]; h++)
			keep = w->id[w->d->label[p->owner[p->holder[h]]]] ==
			       mine;
		if (keep)
			l->pool.v[k->ids + n++] = v;
	}
	k->nids = n;
}

static bool rewrite(struct work *w, struct why *why)
{
	struct links *l = w->d->links;
	const struct people *p = w->d->people;
	uint32_t generation = 0;
	for (size_t c = 0; c < w->ncustomers; c++)
		if (w->minted[c] > generation)
			generation = w->minted[c];
	lines out = { 0 };
	for (uint32_t i = 0; i < p->v.n; i++) {
		struct link k = person_line(w, i);
		k.minted = k.customer < w->ncustomers ? w->minted[k.customer]
						      : generation + 1;
		*vec_add(&out) = k;
	}
	uint32_t *line_of = fill(w->ncustomers);
	for (uint32_t c = 0; c < w->ncustomers; c++)
		if (w->won[c] != NONE && w->id[w->won[c]] != c) {
			line_of[c] = (uint32_t)out.n;
			*vec_add(&out) = merge_line(w, c);
		}
	merge_reasons(w, &out, line_of);
	free(line_of);
	size_t away = out.n;
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		if (k->into != LINK_NONE
				? w->won[k->customer] == NONE
				: k->profile == LINK_NONE ||
					  (people_find(p, k->profile) == NONE &&
						  l->line[k->profile] == i))
			*vec_add(&out) = *k;
	}
	free(l->link.v);
	l->link.v = out.v;
	l->link.n = out.n;
	l->link.cap = out.cap;
	if (!links_ready(l, why))
		return false;
	for (size_t i = away; i < l->link.n; i++)
		give_up(w, &l->link.v[i]);
	return links_ready(l, why);
}

bool identity_assign(struct identity *d, struct why *why)
{
	struct work w = { .d = d };
	read_lines(&w);
	count_votes(&w);
	take_over(&w);
	name_clusters(&w);
	find_shared(&w);
	list_had(&w);
	bool good = rewrite(&w, why);
	if (good)
		links_sort(d->links);
	free(w.raw);
	free(w.line);
	free(w.won);
	free(w.into);
	free(w.minted);
	vec_release(&w.had);
	free(w.away);
	free(w.id);
	free(w.shared);
	return good;
}

void identity_notes(const struct identity *d,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct buf b = { 0 };
	buf_addf(&b,
		"%zu profiles are %u customers: %llu new, %llu merged, "
		"%llu split",
		d->people->v.n, d->nlabels, (unsigned long long)d->minted,
		(unsigned long long)d->merged, (unsigned long long)d->split);
	say(arg, b.p);
	buf_release(&b);
}
