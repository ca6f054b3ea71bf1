#include "crm/links.h"

#include "base/die.h"
#include "base/hash.h"
#include "base/rank.h"
#include "record/reader.h"
#include "value/num.h"

void links_init(struct links *l, struct keys *keys)
{
	*l = (struct links){ .keys = keys };
	l->type = keys_want(keys, "type");
	l->customer_id = keys_want(keys, "customer_id");
	l->source = keys_want(keys, "source");
	l->source_id = keys_want(keys, "source_id");
	l->key_ids = keys_want(keys, "ids");
	l->minted = keys_want(keys, "minted");
	l->merged_into = keys_want(keys, "merged_into");
	l->reasons = keys_want(keys, "reasons");
	l->link_conflict = keys_want(keys, "link_conflict");
}

void links_release(struct links *l)
{
	map_release(&l->ident);
	map_release(&l->customer);
	vec_release(&l->link);
	vec_release(&l->pool);
	vec_release(&l->extra);
	vec_release(&l->named);
	vec_release(&l->hash);
	arena_release(&l->text);
	free(l->owner);
	free(l->line);
	free(l->survivor);
	buf_release(&l->scratch);
	buf_release(&l->json);
	*l = (struct links){ 0 };
}

static uint32_t add_key(struct map *m, struct view v)
{
	return (uint32_t)map_add(m, v.p, v.n, NULL);
}

/* Appends the strings of an array to the pool, as numbers of ident. */
static bool add_pool(struct links *l, struct val v, const char *name,
	bool identifiers, uint32_t *at, uint32_t *n, struct why *why)
{
	*at = (uint32_t)l->pool.n;
	*n = 0;
	if (v.kind == K_MISSING || v.kind == K_NULL)
		return true;
	if (v.kind != K_ARRAY)
		return why_not(why, "%s is no array", name);
	struct val_iter it = val_iter(v);
	while (val_next(&it)) {
		if (it.val.kind != K_STRING)
			return why_not(why, "%s holds what is no text", name);
		struct view text = val_text(it.val, &l->scratch);
		if (identifiers && !memchr(text.p, ':', text.n))
			return why_not(why, "'%.*s' in ids is not kind:value",
				(int)(text.n > 80 ? 80 : text.n), text.p);
		*vec_add(&l->pool) = add_key(&l->ident, text);
		++*n;
	}
	return true;
}

static bool filled(const struct rec *r, unsigned key)
{
	struct val v = rec_get(r, key);
	return v.kind == K_STRING && v.n > 0;
}

static void add_extra(struct links *l, const struct rec *r, struct link *k)
{
	const unsigned own[] = { l->type, l->customer_id, l->source,
		l->source_id, l->key_ids, l->minted, l->merged_into,
		l->reasons };
	buf_reset(&l->json);
	for (size_t i = 0; i < r->nmembers; i++) {
		size_t o = 0;
		while (o < sizeof(own) / sizeof(*own) &&
			own[o] != r->member[i].id)
			o++;
		if (o < sizeof(own) / sizeof(*own) || r->member[i].dropped)
			continue;
		buf_addc(&l->json, ',');
		json_val(&l->json, r->member[i].key);
		buf_addc(&l->json, ':');
		json_val(&l->json, r->member[i].val);
	}
	if (l->json.n)
		k->extra = links_extra(l, buf_view(&l->json));
}

uint32_t links_extra(struct links *l, struct view json)
{
	/* Most are the same as the one before. */
	if (l->extra.n && view_eq(l->extra.v[l->extra.n - 1], json))
		return (uint32_t)(l->extra.n - 1);
	*vec_add(&l->extra) =
		(struct view){ arena_bytes(&l->text, json.p, json.n), json.n };
	return (uint32_t)(l->extra.n - 1);
}

bool links_add(struct links *l, struct rec *r, struct why *why)
{
	struct link k = { .profile = LINK_NONE,
		.into = LINK_NONE,
		.extra = LINK_NONE };
	if (!val_is(rec_get(r, l->type), VIEW("link")))
		return why_not(why, "no link");
	if (!filled(r, l->customer_id))
		return why_not(why, "a link without customer_id");
	k.customer = add_key(&l->customer, rec_text(r, l->customer_id));
	bool source = filled(r, l->source), id = filled(r, l->source_id);
	if (source != id)
		return why_not(why, "a link with %s and without %s",
			source ? "source" : "source_id",
			source ? "source_id" : "source");
	if (filled(r, l->merged_into)) {
		if (source)
			return why_not(why,
				"a link with merged_into and source_id");
		k.into = add_key(&l->customer, rec_text(r, l->merged_into));
		if (k.into == k.customer)
			return why_not(why, "a customer merged into itself");
	}
	if (source) {
		struct view s = rec_text(r, l->source);
		k.source_n = (uint32_t)s.n;
		buf_reset(&l->scratch);
		id_add_source_id(&l->scratch, s, rec_text(r, l->source_id));
		k.profile = add_key(&l->ident, buf_view(&l->scratch));
	}
	struct val minted = rec_get(r, l->minted);
	int64_t n;
	if (minted.kind != K_MISSING && minted.kind != K_NULL) {
		if (minted.kind != K_NUMBER ||
			!int_parse(minted.p, minted.n, &n) || n < 0 ||
			n >= UINT32_MAX)
			return why_not(why, "minted is no whole number");
		k.minted = (uint32_t)n;
	}
	if (!add_pool(l, rec_get(r, l->key_ids), "ids", true, &k.ids, &k.nids,
		    why) ||
		!add_pool(l, rec_get(r, l->reasons), "reasons", false,
			&k.reasons, &k.nreasons, why))
		return false;
	add_extra(l, r, &k);
	*vec_add(&l->link) = k;
	return true;
}

void links_load(struct links *l, const char *path)
{
	struct reader in;
	struct rec r;
	struct why why = { 0 };
	bool good = true;

	reader_open_file(&in, l->keys, path);
	rec_init(&r, l->keys);
	while (good && reader_whole(&in, &r))
		good = links_add(l, &r, &why);
	rec_release(&r);
	if (!good || !links_ready(l, &why))
		die("%s:%zu: %s", path, in.lineno, why.text);
	reader_close(&in);
}

static bool find_survivors(struct links *l, struct why *why)
{
	free(l->survivor);
	l->nsurvivor = l->customer.n;
	l->survivor = xreallocarray(NULL, l->nsurvivor, sizeof(uint32_t));
	for (size_t c = 0; c < l->nsurvivor; c++)
		l->survivor[c] = (uint32_t)c;
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		if (k->into == LINK_NONE || l->survivor[k->customer] == k->into)
			continue;
		struct view c = map_key(&l->customer, k->customer);
		if (l->survivor[k->customer] != k->customer)
			return why_not(why, "customer '%.*s' is merged twice",
				(int)c.n, c.p);
		l->survivor[k->customer] = k->into;
	}
	for (size_t c = 0; c < l->nsurvivor; c++) {
		uint32_t end = (uint32_t)c;
		size_t steps = 0;
		while (l->survivor[end] != end) {
			end = l->survivor[end];
			if (++steps > l->nsurvivor) {
				struct view v = map_key(&l->customer, c);
				return why_not(why,
					"the merges of customer '%.*s' lead in "
					"a circle",
					(int)v.n, v.p);
			}
		}
		/* All on the way lead there: no way is walked twice. */
		for (uint32_t x = (uint32_t)c, next; x != end; x = next) {
			next = l->survivor[x];
			l->survivor[x] = end;
		}
	}
	return true;
}

static void own(struct links *l, uint32_t ident, uint32_t customer)
{
	uint32_t *o = &l->owner[ident];
	if (*o == LINK_NONE)
		*o = customer;
	else if (*o != customer)
		*o = LINK_MANY;
}

bool links_ready(struct links *l, struct why *why)
{
	if (!find_survivors(l, why))
		return false;
	free(l->owner);
	free(l->line);
	l->nowner = l->ident.n;
	l->owner = xreallocarray(NULL, l->nowner, sizeof(uint32_t));
	l->line = xreallocarray(NULL, l->nowner, sizeof(uint32_t));
	for (size_t i = 0; i < l->nowner; i++)
		l->owner[i] = l->line[i] = LINK_NONE;
	for (size_t i = 0; i < l->link.n; i++) {
		const struct link *k = &l->link.v[i];
		if (k->into != LINK_NONE)
			continue;
		uint32_t c = l->survivor[k->customer];
		if (k->profile != LINK_NONE) {
			own(l, k->profile, c);
			l->line[k->profile] = (uint32_t)i;
		}
		for (uint32_t j = 0; j < k->nids; j++)
			own(l, l->pool.v[k->ids + j], c);
	}
	return true;
}

uint32_t links_owner(const struct links *l, size_t ident)
{
	return ident < l->nowner ? l->owner[ident] : LINK_NONE;
}

uint32_t links_survivor(const struct links *l, size_t customer)
{
	return customer < l->nsurvivor ? l->survivor[customer]
				       : (uint32_t)customer;
}

/* How a type is stamped. */
enum way { WAY_NONE, WAY_PROFILE, WAY_IDS, WAY_CONSENT, WAY_CUSTOMER };

static enum way way_of(struct val type)
{
	static const struct {
		const char *type;
		enum way way;
	} ways[] = { { "order", WAY_IDS }, { "event", WAY_IDS },
		{ "profile", WAY_PROFILE }, { "refund", WAY_IDS },
		{ "consent", WAY_CONSENT }, { "decision", WAY_CUSTOMER },
		{ "delivery", WAY_CUSTOMER }, { "task", WAY_CUSTOMER } };
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (val_is(type, view_of(ways[i].type)))
			return ways[i].way;
	return WAY_NONE;
}

/* As scrm-dedupe makes them: c and 20 digits of a hash. */
static bool is_stamp(struct view v)
{
	if (v.n != 21 || v.p[0] != 'c')
		return false;
	for (size_t i = 1; i < v.n; i++)
		if (!strchr("0123456789abcdef", v.p[i]) || !v.p[i])
			return false;
	return true;
}

static void set_customer(struct links *l, struct rec *r, uint32_t customer)
{
	struct view id = map_key(&l->customer, customer);
	struct val now = rec_get(r, l->customer_id);
	if (!val_is(now, id))
		rec_set_text(r, l->customer_id, id);
}

static void set_conflict(struct links *l, struct rec *r)
{
	struct val now = rec_get(r, l->link_conflict);
	if (l->named.n < 2) {
		if (now.kind != K_MISSING)
			rec_drop(r, l->link_conflict);
		return;
	}
	buf_reset(&l->json);
	for (size_t i = 1; i < l->named.n; i++) {
		buf_addc(&l->json, i == 1 ? '[' : ',');
		json_text(&l->json, map_key(&l->customer, l->named.v[i]));
	}
	buf_addc(&l->json, ']');
	struct view json = buf_view(&l->json);
	if (now.kind != K_ARRAY ||
		!view_eq((struct view){ now.p, now.n }, json))
		rec_set(r, l->link_conflict, json);
}

/* The customers that the identifiers name, in their order, into named; the
 * identifier of the first; whether one was several customers'. */
static struct view name_customers(struct links *l, const struct ids *ids,
	bool *shared)
{
	struct view by = { 0 };
	l->named.n = 0;
	*shared = false;
	l->hash.n = 0;
	for (size_t i = 0; i < ids->id.n; i++) {
		struct view text = ids->id.v[i].text;
		*vec_add(&l->hash) = hash64(text.p, text.n);
		map_prefetch(&l->ident, l->hash.v[i]);
	}
	for (size_t i = 0; i < ids->id.n; i++) {
		struct view text = ids->id.v[i].text;
		uint32_t c = links_owner(l,
			map_find_hash(&l->ident, l->hash.v[i], text.p, text.n));
		if (c == LINK_MANY)
			*shared = true;
		if (c == LINK_NONE || c == LINK_MANY)
			continue;
		size_t j = 0;
		while (j < l->named.n && l->named.v[j] != c)
			j++;
		if (j < l->named.n)
			continue;
		if (!l->named.n)
			by = text;
		*vec_add(&l->named) = c;
	}
	return by;
}

/* The customer_id that the record has, as it is now; false without one. */
static bool bring_up(struct links *l, struct rec *r)
{
	struct val v = rec_get(r, l->customer_id);
	if (v.kind != K_STRING || !v.n)
		return false;
	struct view id = rec_text(r, l->customer_id);
	size_t c = map_find(&l->customer, id.p, id.n);
	if (c != MAP_NONE)
		set_customer(l, r, links_survivor(l, c));
	return true;
}

static void set_reasons(struct links *l, struct rec *r, struct view by,
	uint32_t line)
{
	buf_reset(&l->json);
	if (line != LINK_NONE) {
		const struct link *k = &l->link.v[line];
		for (uint32_t j = 0; j < k->nreasons; j++) {
			if (j)
				buf_addc(&l->json, ',');
			json_text(&l->json,
				map_key(&l->ident, l->pool.v[k->reasons + j]));
		}
	} else if (by.n) {
		json_text(&l->json, by);
	}
	struct buf all = { 0 };
	buf_addf(&all, "[%.*s]", (int)l->json.n, l->json.n ? l->json.p : "");
	rec_set(r, l->reasons, buf_view(&all));
	buf_release(&all);
}

static void stamp_profile(struct links *l, struct rec *r, bool explain,
	struct links_count *n)
{
	if (!filled(r, l->source) || !filled(r, l->source_id)) {
		/* A golden one: it is its customer already. */
		if (bring_up(l, r))
			n->stamped++;
		else
			n->profiles++;
		return;
	}
	buf_reset(&l->scratch);
	struct view source = rec_text(r, l->source);
	id_add_source_id(&l->scratch, source, rec_text(r, l->source_id));
	size_t ident = map_find(&l->ident, l->scratch.p, l->scratch.n);
	uint32_t line = ident < l->nowner ? l->line[ident] : LINK_NONE;
	if (line != LINK_NONE) {
		set_customer(l, r, links_survivor(l, l->link.v[line].customer));
		if (explain)
			set_reasons(l, r, (struct view){ 0 }, line);
		n->stamped++;
		return;
	}
	if (filled(r, l->customer_id) && is_stamp(rec_text(r, l->customer_id)))
		rec_drop(r, l->customer_id);
	n->profiles++;
}

void links_stamp(struct links *l, struct ids *ids, struct rec *r, bool explain,
	struct links_count *n)
{
	enum way way = way_of(rec_get(r, l->type));
	if (way == WAY_NONE)
		return;
	if (way == WAY_PROFILE) {
		stamp_profile(l, r, explain, n);
		return;
	}
	if (way == WAY_CUSTOMER && bring_up(l, r)) {
		n->stamped++;
		return;
	}
	ids_of(ids, r);
	bool shared;
	struct view by = name_customers(l, ids, &shared);
	set_conflict(l, r);
	if (l->named.n) {
		set_customer(l, r, l->named.v[0]);
		if (explain)
			set_reasons(l, r, by, LINK_NONE);
		n->conflict += l->named.n > 1;
		n->stamped++;
		return;
	}
	if ((way == WAY_CONSENT || !ids->id.n) && bring_up(l, r)) {
		n->stamped++;
		return;
	}
	if (filled(r, l->customer_id) && is_stamp(rec_text(r, l->customer_id)))
		rec_drop(r, l->customer_id);
	if (shared)
		n->shared++;
	else if (ids->id.n)
		n->nobody++;
	else
		n->bare++;
}

static struct view profile_source(const struct links *l, const struct link *k)
{
	return (struct view){ map_key(&l->ident, k->profile).p +
				      strlen("source_id:"),
		k->source_n };
}

static struct view profile_id(const struct links *l, const struct link *k)
{
	struct view v = map_key(&l->ident, k->profile);
	size_t n = strlen("source_id:") + k->source_n + 1;
	return (struct view){ v.p + n, v.n - n };
}

/* Two lines of one customer. */
static int compare(const void *left, const void *right, void *arg)
{
	const struct links *l = arg;
	const struct link *a = left, *b = right;
	/* A merge, then identifiers without a profile, then profiles. */
	int ra = a->into != LINK_NONE ? 0 : 1 + (a->profile != LINK_NONE);
	int rb = b->into != LINK_NONE ? 0 : 1 + (b->profile != LINK_NONE);
	if (ra != rb || ra != 2)
		return ra - rb;
	int c = view_cmp(profile_source(l, a), profile_source(l, b));
	return c ? c : view_cmp(profile_id(l, a), profile_id(l, b));
}

/* The customers are ranked, the lines dealt out to them in turn, and only a
 * customer's own lines are compared: most are in their order already. */
void links_sort(struct links *l)
{
	uint32_t n = (uint32_t)l->customer.n;
	uint32_t *order = xreallocarray(NULL, n, sizeof(*order));
	size_t *at = xcalloc((size_t)n + 1, sizeof(*at));
	struct link *sorted = xreallocarray(NULL, l->link.n, sizeof(*sorted));

	rank_texts(l->customer.key, NULL, 0, n, order);
	for (size_t i = 0; i < l->link.n; i++)
		at[l->link.v[i].customer]++;
	size_t sum = 0;
	for (uint32_t i = 0; i < n; i++) {
		size_t lines = at[order[i]];
		at[order[i]] = sum;
		sum += lines;
	}
	for (size_t i = 0; i < l->link.n; i++)
		sorted[at[l->link.v[i].customer]++] = l->link.v[i];
	for (size_t i = 0; i < l->link.n;) {
		size_t from = i;
		bool good = true;
		for (i++; i < l->link.n &&
			  sorted[i].customer == sorted[from].customer;
			i++)
			good = good &&
			       compare(&sorted[i - 1], &sorted[i], l) <= 0;
		if (!good)
			qsort_r(&sorted[from], i - from, sizeof(*sorted),
				compare, l);
	}
	free(l->link.v);
	l->link.v = sorted;
	l->link.cap = l->link.n;
	for (size_t i = 0; l->line && i < l->link.n; i++)
		if (l->link.v[i].profile != LINK_NONE)
			l->line[l->link.v[i].profile] = (uint32_t)i;
	free(order);
	free(at);
}

static void print_list(const struct links *l, const char *name, uint32_t at,
	uint32_t n, struct buf *out)
{
	buf_addf(out, ",\"%s\":[", name);
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		json_text(out, map_key(&l->ident, l->pool.v[at + i]));
	}
	buf_addc(out, ']');
}

static void print(const struct links *l, size_t i, struct buf *out)
{
	const struct link *k = &l->link.v[i];
	buf_adds(out, "{\"type\":\"link\",\"customer_id\":");
	json_text(out, map_key(&l->customer, k->customer));
	if (k->into != LINK_NONE) {
		buf_adds(out, ",\"merged_into\":");
		json_text(out, map_key(&l->customer, k->into));
	}
	if (k->profile != LINK_NONE) {
		buf_adds(out, ",\"source\":");
		json_text(out, profile_source(l, k));
		buf_adds(out, ",\"source_id\":");
		json_text(out, profile_id(l, k));
	}
	if (k->into == LINK_NONE || k->nids)
		print_list(l, "ids", k->ids, k->nids, out);
	buf_addf(out, ",\"minted\":%u", k->minted);
	if (k->nreasons)
		print_list(l, "reasons", k->reasons, k->nreasons, out);
	if (k->extra != LINK_NONE)
		buf_addv(out, l->extra.v[k->extra]);
	buf_addc(out, '}');
}

void links_write(const struct links *l, struct writer *out)
{
	struct buf line = { 0 };
	for (size_t i = 0; i < l->link.n; i++) {
		buf_reset(&line);
		print(l, i, &line);
		writer_line(out, buf_view(&line));
	}
	buf_release(&line);
}

void links_notes(const struct links_count *n,
	void (*say)(void *arg, const char *text), void *arg)
{
	const struct {
		uint64_t n;
		const char *what;
	} note[] = { { n->conflict,
			     "name more than one customer: see link_conflict" },
		{ n->shared,
			"have only identifiers that several customers share" },
		{ n->nobody, "have identifiers that are no customer's" },
		{ n->profiles, "profiles are in no link: run scrm-dedupe" } };
	for (size_t i = 0; i < sizeof(note) / sizeof(*note); i++)
		if (note[i].n) {
			struct buf b = { 0 };
			buf_addf(&b, "%llu %s%s", (unsigned long long)note[i].n,
				&note[i] == &note[3] ? "" : "records ",
				note[i].what);
			say(arg, b.p);
			buf_release(&b);
		}
}
