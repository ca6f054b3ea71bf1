#include "crm/whom.h"

#define CUSTOMER "customer_id:"

void whom_init(struct whom *w, struct keys *keys, const struct links *links)
{
	*w = (struct whom){ .links = links };
	ids_init(&w->ids, keys);
	w->type = keys_want(keys, "type");
	w->customer_id = keys_want(keys, "customer_id");
	w->merged_into = keys_want(keys, "merged_into");
}

void whom_release(struct whom *w)
{
	map_release(&w->id);
	map_release(&w->shared);
	ids_release(&w->ids);
	buf_release(&w->text);
}

static struct view spell_customer(struct whom *w, struct view id)
{
	buf_reset(&w->text);
	buf_adds(&w->text, CUSTOMER);
	buf_addv(&w->text, id);
	return buf_view(&w->text);
}

struct view whom_spell(struct whom *w, struct view text)
{
	size_t n = strlen(CUSTOMER);
	if (text.n > n && memcmp(text.p, CUSTOMER, n) == 0)
		return spell_customer(w,
			(struct view){ text.p + n, text.n - n });
	if (text.n && !memchr(text.p, ':', text.n))
		return spell_customer(w, text);
	ids_spelled(&w->ids, text);
	return w->ids.id.n ? w->ids.id.v[0].text : (struct view){ 0 };
}

static void add_id(struct whom *w, uint32_t ident)
{
	struct view id = map_key(&w->links->ident, ident);
	bool many = links_owner(w->links, ident) == LINK_MANY;
	map_add(many ? &w->shared : &w->id, id.p, id.n, NULL);
}

/* All of a customer: those merged into it, their profiles and what these
 * have. */
static void add_customer(struct whom *w, uint32_t customer)
{
	const struct links *l = w->links;
	for (uint32_t c = 0; c < l->customer.n; c++)
		if (links_survivor(l, c) == customer) {
			struct view id =
				spell_customer(w, map_key(&l->customer, c));
			map_add(&w->id, id.p, id.n, NULL);
		}
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		if (links_survivor(l, k->customer) != customer)
			continue;
		if (k->profile != LINK_NONE)
			add_id(w, k->profile);
		for (uint32_t j = 0; j < k->nids; j++)
			add_id(w, l->pool.v[k->ids + j]);
	}
}

static size_t count_owners(const struct links *l, uint32_t ident)
{
	struct map owner = { 0 };
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		uint32_t c = links_survivor(l, k->customer);
		bool has = k->profile == ident;
		for (uint32_t j = 0; j < k->nids && !has; j++)
			has = l->pool.v[k->ids + j] == ident;
		if (has)
			map_add(&owner, (char *)&c, sizeof(c), NULL);
	}
	size_t n = owner.n;
	map_release(&owner);
	return n;
}

/* The customer that an identifier leads to, LINK_NONE, LINK_MANY. */
static uint32_t customer_of(const struct links *l, struct view id,
	size_t *ident)
{
	size_t n = strlen(CUSTOMER);
	*ident = MAP_NONE;
	if (id.n > n && memcmp(id.p, CUSTOMER, n) == 0) {
		size_t c = map_find(&l->customer, id.p + n, id.n - n);
		return c == MAP_NONE ? LINK_NONE : links_survivor(l, c);
	}
	*ident = map_find(&l->ident, id.p, id.n);
	return *ident == MAP_NONE ? LINK_NONE : links_owner(l, *ident);
}

enum whom_took whom_add(struct whom *w, struct view text, struct why *why)
{
	struct view id = whom_spell(w, text);
	size_t ident;
	if (!id.p) {
		why_not(why, "no identifier that counts, as email:a@b.c or "
			     "phone:+8613800000001, and no customer_id");
		return WHOM_NONE;
	}
	uint32_t c = w->links ? customer_of(w->links, id, &ident) : LINK_NONE;
	if (c != LINK_NONE && c != LINK_MANY) {
		add_customer(w, c);
		return WHOM_TOOK;
	}
	if (c == LINK_MANY) {
		why_not(why, "%zu customers have it",
			count_owners(w->links, (uint32_t)ident));
		return WHOM_MANY;
	}
	if (w->links)
		return WHOM_NOBODY;
	map_add(&w->id, id.p, id.n, NULL);
	return WHOM_TOOK;
}

void whom_add_alone(struct whom *w, struct view text)
{
	struct view id = whom_spell(w, text);
	if (id.p)
		map_add(&w->id, id.p, id.n, NULL);
}

static struct view look_up(const struct whom *w, struct view id)
{
	size_t i = map_find(&w->id, id.p, id.n);
	return i == MAP_NONE ? (struct view){ 0 } : map_key(&w->id, i);
}

bool whom_has(const struct whom *w, struct view id)
{
	return map_find(&w->id, id.p, id.n) != MAP_NONE;
}

static struct view by_customer(struct whom *w, struct rec *r, unsigned key)
{
	struct view id = rec_text(r, key);
	return id.n ? look_up(w, spell_customer(w, id)) : (struct view){ 0 };
}

struct view whom_of(struct whom *w, struct rec *r)
{
	struct view by = by_customer(w, r, w->customer_id);
	if (!by.p && val_is(rec_get(r, w->type), VIEW("link")))
		by = by_customer(w, r, w->merged_into);
	if (by.p)
		return by;
	ids_of(&w->ids, r);
	for (size_t i = 0; i < w->ids.id.n && !by.p; i++)
		by = look_up(w, w->ids.id.v[i].text);
	return by;
}
