#include "crm/people.h"

#include "base/rank.h"

void people_init(struct people *p, struct keys *keys, struct map *ident)
{
	*p = (struct people){ .ident = ident };
	p->type = keys_want(keys, "type");
	p->customer_id = keys_want(keys, "customer_id");
	p->source = keys_want(keys, "source");
	p->source_id = keys_want(keys, "source_id");
	p->key_name = keys_want(keys, "name");
	p->given = keys_want(keys, "given_name");
	p->family = keys_want(keys, "family_name");
}

void people_release(struct people *p)
{
	map_release(&p->name);
	vec_release(&p->v);
	vec_release(&p->node);
	vec_release(&p->held);
	free(p->has);
	free(p->holder_at);
	free(p->holder);
	free(p->owner);
	free(p->kind);
	buf_release(&p->text);
	*p = (struct people){ 0 };
}

static struct view text_of(struct rec *r, unsigned key)
{
	struct val v = rec_get(r, key);
	if (v.kind != K_STRING && v.kind != K_NUMBER)
		return (struct view){ 0 };
	return rec_text(r, key);
}

/* The name, or family and given name: without a blank in Han (their UTF-8
 * begins at E3), family name last elsewhere. */
static struct view name_of(struct people *p, struct rec *r)
{
	struct view v = text_of(r, p->key_name);
	if (v.n)
		return v;
	struct view family = text_of(r, p->family);
	struct view given = text_of(r, p->given);
	if (!family.n || !given.n)
		return family.n ? family : given;
	bool han = (unsigned char)family.p[0] >= 0xe3;
	buf_reset(&p->text);
	buf_addv(&p->text, han ? family : given);
	if (!han)
		buf_addc(&p->text, ' ');
	buf_addv(&p->text, han ? given : family);
	return buf_view(&p->text);
}

/* The number of a profile's person; a new one if it is not there yet. */
static uint32_t person_of(struct people *p, uint32_t profile, uint32_t source_n)
{
	while (p->node.n <= profile)
		*vec_add(&p->node) = 0;
	uint32_t *node = &p->node.v[profile];
	if (*node) {
		p->repeated++;
		return *node - 1;
	}
	*vec_add(&p->v) = (struct person){ profile, source_n, PEOPLE_NONE, 0 };
	*node = (uint32_t)p->v.n;
	return *node - 1;
}

bool people_add(struct people *p, struct ids *ids, struct rec *r,
	struct why *why)
{
	if (!val_is(rec_get(r, p->type), VIEW("profile")))
		return true;
	struct view source = text_of(r, p->source);
	struct view id = text_of(r, p->source_id);
	if (!id.n && text_of(r, p->customer_id).n)
		return true;
	if (!source.n)
		return why_not(why, "a profile without source");
	if (!id.n)
		return why_not(why, "a profile without source_id");
	buf_reset(&p->text);
	id_add_source_id(&p->text, source, id);
	uint32_t profile =
		(uint32_t)map_add(p->ident, p->text.p, p->text.n, NULL);
	uint32_t me = person_of(p, profile, (uint32_t)source.n);
	struct view name = name_of(p, r);
	if (name.n) {
		uint32_t n = (uint32_t)map_add(&p->name, name.p, name.n, NULL);
		uint32_t *now = &p->v.v[me].name;
		if (*now == PEOPLE_NONE ||
			view_cmp(name, map_key(&p->name, *now)) < 0)
			*now = n;
	}
	ids_of(ids, r);
	size_t before = p->held.n;
	for (size_t i = 0; i < ids->id.n; i++) {
		struct view t = ids->id.v[i].text;
		if (ids->id.v[i].kind == ID_SOURCE_ID)
			continue;
		uint32_t n = (uint32_t)map_add(p->ident, t.p, t.n, NULL);
		*vec_add(&p->held) = (struct holding){ me, n };
	}
	p->bare += p->held.n == before;
	return true;
}

/* The people in the order of source, then source_id. */
static void sort_people(struct people *p)
{
	uint32_t n = (uint32_t)p->v.n;
	struct map source = { 0 };
	struct view *text = xreallocarray(NULL, n, sizeof(*text));
	uint32_t *group = xreallocarray(NULL, n, sizeof(*group));
	uint32_t *order = xreallocarray(NULL, n, sizeof(*order));
	struct person *sorted = xreallocarray(NULL, n, sizeof(*sorted));

	for (uint32_t i = 0; i < n; i++) {
		struct view s = people_source(p, i);
		group[i] = (uint32_t)map_add(&source, s.p, s.n, NULL);
		text[i] = people_source_id(p, i);
	}
	uint32_t *place = xreallocarray(NULL, source.n, sizeof(*place));
	rank_texts(source.key, NULL, 0, (uint32_t)source.n, order);
	for (uint32_t i = 0; i < source.n; i++)
		place[order[i]] = i;
	for (uint32_t i = 0; i < n; i++)
		group[i] = place[group[i]];
	rank_texts(text, group, (uint32_t)source.n, n, order);
	for (uint32_t i = 0; i < n; i++)
		sorted[i] = p->v.v[order[i]];
	free(p->v.v);
	p->v.v = sorted;
	p->v.cap = n;
	map_release(&source);
	free(text);
	free(group);
	free(order);
	free(place);
}

/* One person's identifiers: the kinds in their order, then by bytes, each
 * once. */
static int by_belief(const void *left, const void *right, void *arg)
{
	const struct people *p = arg;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	if (p->kind[a] != p->kind[b])
		return (int)p->kind[a] - (int)p->kind[b];
	return view_cmp(map_key(p->ident, a), map_key(p->ident, b));
}

static void gather_has(struct people *p)
{
	uint32_t n = (uint32_t)p->v.n;
	uint32_t *at = xcalloc((size_t)n + 1, sizeof(*at));
	p->has = xreallocarray(NULL, p->held.n, sizeof(*p->has));
	for (size_t i = 0; i < p->held.n; i++)
		at[p->held.v[i].person + 1]++;
	for (uint32_t i = 0; i < n; i++)
		at[i + 1] += at[i];
	for (uint32_t i = 0; i < n; i++)
		p->v.v[i].has = at[i];
	for (size_t i = 0; i < p->held.n; i++)
		p->has[at[p->held.v[i].person]++] = p->held.v[i].ident;
	/* at[i] is now the end of i. */
	size_t to = 0;
	for (uint32_t i = 0; i < n; i++) {
		size_t from = p->v.v[i].has, end = at[i];
		if (end - from > 1)
			qsort_r(p->has + from, end - from, sizeof(*p->has),
				by_belief, p);
		p->v.v[i].has = (uint32_t)to;
		for (size_t j = from; j < end; j++)
			if (j == from || p->has[j] != p->has[j - 1])
				p->has[to++] = p->has[j];
	}
	p->nhas = to;
	free(at);
}

static void gather_holders(struct people *p)
{
	p->holder_at = xcalloc(p->nident + 1, sizeof(*p->holder_at));
	p->holder = xreallocarray(NULL, p->nhas, sizeof(*p->holder));
	p->owner = xreallocarray(NULL, p->nhas, sizeof(*p->owner));
	for (size_t i = 0; i < p->nhas; i++)
		p->holder_at[p->has[i]]++;
	uint32_t sum = 0;
	for (size_t i = 0; i <= p->nident; i++) {
		uint32_t n = p->holder_at[i];
		p->holder_at[i] = sum;
		sum += n;
	}
	for (uint32_t i = 0; i < p->v.n; i++)
		for (uint32_t j = p->v.v[i].has; j < people_end(p, i); j++) {
			p->owner[j] = i;
			p->holder[p->holder_at[p->has[j]]++] = j;
		}
	/* The starts moved to the ends: back by one. */
	for (size_t i = p->nident; i > 0; i--)
		p->holder_at[i] = p->holder_at[i - 1];
	p->holder_at[0] = 0;
}

void people_ready(struct people *p)
{
	uint32_t n = (uint32_t)p->v.n;
	p->nident = p->ident->n;
	p->kind = xmalloc(p->nident);
	for (size_t i = 0; i < p->nident; i++)
		p->kind[i] = (uint8_t)id_kind_of(map_key(p->ident, i));
	/* Their numbers become their rank. */
	sort_people(p);
	uint32_t *rank = xreallocarray(NULL, n, sizeof(*rank));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t *node = &p->node.v[p->v.v[i].profile];
		rank[*node - 1] = i;
		*node = i + 1;
	}
	for (size_t i = 0; i < p->held.n; i++)
		p->held.v[i].person = rank[p->held.v[i].person];
	free(rank);
	gather_has(p);
	vec_release(&p->held);
	gather_holders(p);
}

uint32_t people_find(const struct people *p, size_t ident)
{
	if (ident >= p->node.n || !p->node.v[ident])
		return PEOPLE_NONE;
	return p->node.v[ident] - 1;
}

struct view people_source(const struct people *p, uint32_t i)
{
	struct view v = map_key(p->ident, p->v.v[i].profile);
	return (struct view){ v.p + strlen("source_id:"), p->v.v[i].source_n };
}

struct view people_source_id(const struct people *p, uint32_t i)
{
	struct view v = map_key(p->ident, p->v.v[i].profile);
	size_t n = strlen("source_id:") + p->v.v[i].source_n + 1;
	return (struct view){ v.p + n, v.n - n };
}
