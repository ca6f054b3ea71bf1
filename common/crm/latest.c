#include "crm/latest.h"

#include "base/die.h"
#include "value/num.h"

#include <stdlib.h>

#define BATCH 32 /* versions that wait for their slots to be fetched */
#define TIES_NAMED 10 /* the rest is counted */
#define OLDEST INT64_MIN

struct latest_type {
	const struct schema_type *schema;
	struct view name;
	unsigned key[5], apart[6];
	unsigned instead; /* where schema->instead has one */
	size_t nkey, napart;
	uint64_t lacking; /* records without their key */
};

/* What a line says of its place among the versions. */
struct latest_version {
	struct hash128 hash;
	int64_t at; /* observed_at in microseconds, or OLDEST */
	uint64_t line;
	uint32_t file; /* number in l->file from 1; 0: it has none */
	uint32_t row;
	uint32_t shape;
	const char *type;
};

/* The newest version of a key. */
struct latest_entry {
	struct hash128 hash;
	int64_t at;
	uint64_t line;
	uint32_t file, row;
	uint32_t shape;
	uint32_t fill; /* number of its first fill from 1 */
};

struct latest_slot {
	uint32_t tag;
	uint32_t index; /* of the entry from 1; 0: free */
};

struct latest_tie {
	const char *type;
	uint32_t file, row[2];
};

struct latest_fill {
	struct latest_entry from; /* the version that has it */
	uint32_t next; /* of the same key; 0: none */
	unsigned member;
	struct view json;
};

struct latest_content {
	int64_t first, last; /* the oldest and newest observed_at */
	uint32_t group;
	uint32_t value; /* number of its first value from 1 */
	bool differ;
};

/* A member that some version of a key has, and the hash of its value. */
struct latest_value {
	uint32_t member, hash;
	uint32_t next; /* of the same key; 0: none */
};

void latest_init(struct latest *l, struct keys *keys)
{
	size_t n = 0;

	*l = (struct latest){ .keys = keys };
	l->k_type = keys_want(keys, "type");
	l->k_observed = keys_want(keys, "observed_at");
	l->k_file = keys_want(keys, "file");
	l->k_row = keys_want(keys, "row");
	l->k_source = keys_want(keys, "source");
	l->k_extra = keys_want(keys, "extra");
	l->pending = xcalloc(BATCH, sizeof(*l->pending));
	while (schema_types()[n].name)
		n++;
	l->type_of = xcalloc(n + 1, sizeof(*l->type_of));
	for (size_t i = 0; i < n; i++) {
		const struct schema_type *s = &schema_types()[i];
		struct latest_type *t = &l->type_of[i];
		t->schema = s;
		t->name = view_of(s->name);
		for (; s->key[t->nkey]; t->nkey++)
			t->key[t->nkey] = keys_want(keys, s->key[t->nkey]);
		if (s->instead[0])
			t->instead = keys_want(keys, s->instead[0]);
		for (; s->apart[t->napart]; t->napart++)
			t->apart[t->napart] =
				keys_want(keys, s->apart[t->napart]);
	}
}

void latest_key(struct latest *l, struct view member)
{
	*vec_add(&l->given) = keys_want_view(l->keys, member);
}

static bool add_value(struct latest *l, const struct rec *r, unsigned key)
{
	struct val v = rec_get(r, key);
	bool there = v.kind != K_MISSING && v.kind != K_NULL;
	uint32_t n;

	buf_addc(&l->scratch, there ? (char)('0' + v.kind) : '-');
	if (!there)
		return false;
	if (v.escaped) {
		struct buf b = { 0 };
		struct view text = val_text(v, &b);
		n = (uint32_t)text.n;
		buf_add(&l->scratch, &n, sizeof(n));
		buf_addv(&l->scratch, text);
		buf_release(&b);
		return true;
	}
	n = (uint32_t)v.n;
	buf_add(&l->scratch, &n, sizeof(n));
	buf_add(&l->scratch, v.p, v.n);
	return true;
}

/* The type of the record in *t, NULL if it is none of the schema's. */
static bool type_of(struct latest *l, struct rec *r, struct latest_type **t)
{
	struct view name = rec_text(r, l->k_type);

	*t = &l->type_of[l->last];
	if (!name.p || rec_get(r, l->k_type).kind != K_STRING)
		return false;
	if (l->type.p && !view_eq(l->type, name))
		return false;
	if (view_eq((*t)->name, name))
		return true;
	for (size_t i = 0; l->type_of[i].schema; i++) {
		*t = &l->type_of[i];
		if (view_eq((*t)->name, name)) {
			l->last = i;
			return true;
		}
	}
	*t = NULL;
	buf_addv(&l->scratch, name);
	return true;
}

/* The key, or what stands in its place. */
static bool add_key(struct latest *l, const struct rec *r,
	const struct latest_type *t)
{
	size_t was = l->scratch.n, i = 0;

	while (i < t->nkey && add_value(l, r, t->key[i]))
		i++;
	if (i == t->nkey)
		return true;
	if (!t->schema->instead[0])
		return false;
	l->scratch.n = was;
	buf_addc(&l->scratch, '=');
	return add_value(l, r, t->instead);
}

/* The hash of what a record is a version of; false where it is of nothing. */
static bool key_of(struct latest *l, struct rec *r, struct hash128 *hash,
	struct latest_type **t, bool count)
{
	buf_reset(&l->scratch);
	if (!type_of(l, r, t) || (!*t && !l->given.n))
		return false;
	if (*t)
		buf_addv(&l->scratch, (*t)->name);
	if (l->given.n) {
		for (size_t i = 0; i < l->given.n; i++)
			if (!add_value(l, r, l->given.v[i])) {
				l->lacking += count;
				return false;
			}
	} else {
		if (!add_key(l, r, *t)) {
			(*t)->lacking += count;
			return false;
		}
		for (size_t i = 0; i < (*t)->napart; i++)
			add_value(l, r, (*t)->apart[i]);
		if (!(*t)->nkey)
			return false;
	}
	*hash = hash128(l->scratch.p, l->scratch.n);
	return true;
}

/* Records of an export have the same observed_at: it is read once. */
static int64_t at_of(struct latest *l, struct rec *r)
{
	struct view text = rec_text(r, l->k_observed);
	struct when w;

	if (!text.p)
		return OLDEST;
	if (view_eq(text, buf_view(&l->observed)))
		return l->at;
	if (!when_parse(text.p, text.n, &w)) {
		l->undated++;
		return OLDEST;
	}
	int64_t sec = w.sec;
	if (w.date_only && l->offset)
		sec -= l->offset(l->zone, sec - l->offset(l->zone, sec));
	buf_reset(&l->observed);
	buf_addv(&l->observed, text);
	l->at = sec * 1000000 + w.nsec / 1000;
	return l->at;
}

static uint32_t file_of(struct latest *l, struct rec *r)
{
	struct view name = rec_text(r, l->k_file);

	if (!name.p)
		return 0;
	if (!l->last_file ||
		!view_eq(map_key(&l->file, l->last_file - 1), name))
		l->last_file =
			(uint32_t)map_add(&l->file, name.p, name.n, NULL) + 1;
	return l->last_file;
}

static uint32_t row_of(const struct latest *l, const struct rec *r)
{
	struct val v = rec_get(r, l->k_row);
	int64_t n;

	if (v.kind != K_NUMBER || !int_parse(v.p, v.n, &n) || n < 0)
		return 0;
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* Those that say where a record is from are never filled nor compared. */
static bool of_place(const struct latest *l, unsigned id)
{
	return id == l->k_observed || id == l->k_file || id == l->k_row;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The number of the set of members that a record has. */
static uint32_t shape_of(struct latest *l, const struct rec *r)
{
	buf_reset(&l->ids);
	for (size_t i = 0; i < r->nmembers; i++) {
		const struct member *m = &r->member[i];
		if (m->val.kind != K_NULL && m->id != KEY_OTHER &&
			!of_place(l, m->id))
			buf_add(&l->ids, &m->id, sizeof(m->id));
	}
	if (l->shape.n && view_eq(buf_view(&l->ids), buf_view(&l->last_ids)))
		return l->last_shape;
	buf_reset(&l->last_ids);
	buf_addv(&l->last_ids, buf_view(&l->ids));
	if (l->ids.n)
		qsort(l->ids.p, l->ids.n / sizeof(uint32_t), sizeof(uint32_t),
			by_number);
	struct view set = buf_view(&l->ids);
	l->last_shape = (uint32_t)map_add(&l->shape, set.p, set.n, NULL);
	return l->last_shape;
}

static bool shape_has(const struct latest *l, uint32_t shape, uint32_t id)
{
	struct view set = map_key(&l->shape, shape);
	uint32_t x;

	for (size_t i = 0; i < set.n; i += sizeof(x)) {
		memcpy(&x, set.p + i, sizeof(x));
		if (x == id)
			return true;
	}
	return false;
}

/* Whether a record of one shape has what one of the other lacks. */
static bool shape_gives(const struct latest *l, uint32_t from, uint32_t to)
{
	struct view set = map_key(&l->shape, from);
	uint32_t x;

	for (size_t i = 0; from != to && i < set.n; i += sizeof(x)) {
		memcpy(&x, set.p + i, sizeof(x));
		if (!shape_has(l, to, x))
			return true;
	}
	return false;
}

static uint32_t group_of(struct latest *l, struct rec *r)
{
	struct view source = rec_text(r, l->k_source);

	buf_reset(&l->scratch);
	if (source.n) {
		buf_addv(&l->scratch, source);
		buf_addc(&l->scratch, ' ');
	}
	buf_addv(&l->scratch, rec_text(r, l->k_type));
	return (uint32_t)map_add(&l->group, l->scratch.p, l->scratch.n, NULL);
}

static void mark(uint8_t *bits, uint64_t line)
{
	bits[line / 8] |= (uint8_t)(1u << line % 8);
}

static bool marked(const uint8_t *bits, uint64_t line)
{
	return bits[line / 8] >> line % 8 & 1;
}

/* <0, 0, >0: older, of equal age, newer, the line left out. */
static int compare(const struct latest *l, const struct latest_entry *a,
	const struct latest_entry *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->file != b->file) {
		if (!a->file || !b->file)
			return a->file ? 1 : -1;
		return view_cmp(map_key(&l->file, a->file - 1),
			map_key(&l->file, b->file - 1));
	}
	return (a->row > b->row) - (a->row < b->row);
}

static bool newer(const struct latest *l, const struct latest_entry *a,
	const struct latest_entry *b)
{
	int c = compare(l, a, b);
	return c ? c > 0 : a->line > b->line;
}

/*
 * Two versions in one export: a shop's list names a buyer in each of his
 * orders, but an order or a refund should be there once.
 */
static void count_tie(struct latest *l, const struct latest_version *v,
	const struct latest_entry *old)
{
	if (v->at != old->at || v->file != old->file)
		return;
	if (!v->file) {
		l->blind++;
		return;
	}
	if (strcmp(v->type, "profile") == 0 || strcmp(v->type, "consent") == 0)
		return;
	if (l->ties++ < TIES_NAMED)
		*vec_add(&l->tie) = (struct latest_tie){ v->type, v->file,
			{ old->row, v->row } };
}

static struct latest_slot *probe(const struct latest *l, struct hash128 h)
{
	size_t i = h.low & l->mask;

	for (; l->slot[i].index; i = (i + 1) & l->mask) {
		if (l->slot[i].tag != (uint32_t)(h.low >> 32))
			continue;
		const struct latest_entry *e =
			&l->entry.v[l->slot[i].index - 1];
		if (e->hash.high == h.high && e->hash.low == h.low)
			break;
	}
	return &l->slot[i];
}

static void grow(struct latest *l)
{
	size_t size = l->slot ? (l->mask + 1) * 2 : 1024;

	free(l->slot);
	l->slot = xcalloc(size, sizeof(*l->slot));
	l->mask = size - 1;
	for (size_t e = 0; e < l->entry.n; e++) {
		uint64_t h = l->entry.v[e].hash.low;
		size_t i = h & l->mask;
		while (l->slot[i].index)
			i = (i + 1) & l->mask;
		l->slot[i].tag = (uint32_t)(h >> 32);
		l->slot[i].index = (uint32_t)(e + 1);
	}
}

static void take(struct latest *l, const struct latest_version *v)
{
	struct latest_entry fresh = { v->hash, v->at, v->line, v->file, v->row,
		v->shape, 0 };

	if ((l->entry.n + 1) * 4 > (l->mask + 1) * 3 || !l->slot)
		grow(l);
	struct latest_slot *s = probe(l, v->hash);
	if (!s->index) {
		if (l->entry.n == UINT32_MAX - 1)
			die("cannot hold more than %zu keys", l->entry.n);
		*vec_add(&l->entry) = fresh;
		s->tag = (uint32_t)(v->hash.low >> 32);
		s->index = (uint32_t)l->entry.n;
		return;
	}
	struct latest_entry *old = &l->entry.v[s->index - 1];
	count_tie(l, v, old);
	l->gathers =
		l->gathers ||
		(l->merge && (shape_gives(l, v->shape, old->shape) ||
				     shape_gives(l, old->shape, v->shape)));
	l->lost++;
	if (newer(l, &fresh, old)) {
		mark(l->bits, old->line);
		*old = fresh;
	} else {
		mark(l->bits, v->line);
	}
}

/* The slots were asked for when the versions came, their entries are now. */
static void take_pending(struct latest *l)
{
	for (size_t i = 0; l->slot && i < l->npending; i++) {
		uint32_t index =
			l->slot[l->pending[i].hash.low & l->mask].index;
		if (index)
			__builtin_prefetch(&l->entry.v[index - 1], 1);
	}
	for (size_t i = 0; i < l->npending; i++)
		take(l, &l->pending[i]);
	l->npending = 0;
}

/*
 * Whether a member that several versions have differs among them: a list of
 * items tells of other members than a list of orders, and that is no change.
 */
static void compare_members(struct latest *l, struct latest_content *c,
	const struct rec *r)
{
	for (size_t i = 0; i < r->nmembers; i++) {
		const struct member *m = &r->member[i];
		if (m->val.kind == K_NULL || m->id == KEY_OTHER ||
			of_place(l, m->id) || m->id == l->k_extra)
			continue;
		uint32_t hash = (uint32_t)hash64(m->val.p, m->val.n);
		uint32_t *at = &c->value;
		while (*at && l->value.v[*at - 1].member != m->id)
			at = &l->value.v[*at - 1].next;
		if (*at) {
			c->differ |= l->value.v[*at - 1].hash != hash;
			continue;
		}
		*at = (uint32_t)l->value.n + 1;
		*vec_add(&l->value) = (struct latest_value){ m->id, hash, 0 };
	}
}

static void explain(struct latest *l, struct rec *r,
	const struct latest_version *v)
{
	size_t key = probe(l, v->hash)->index - 1;

	if (key == l->content.n)
		*vec_add(&l->content) = (struct latest_content){ v->at, v->at,
			group_of(l, r), 0, false };
	struct latest_content *c = &l->content.v[key];
	if (v->at < c->first)
		c->first = v->at;
	if (v->at > c->last)
		c->last = v->at;
	compare_members(l, c, r);
}

static void version_of(struct latest *l, struct rec *r, uint64_t line,
	struct latest_version *v)
{
	v->line = line;
	v->at = at_of(l, r);
	v->file = file_of(l, r);
	v->row = row_of(l, r);
	if (l->merge)
		v->shape = shape_of(l, r);
}

void latest_add(struct latest *l, struct rec *r)
{
	struct latest_version *v = &l->pending[l->npending];
	struct latest_type *t;
	uint64_t line = l->lines++;

	if (line / 8 >= l->nbits) {
		size_t n = l->nbits ? l->nbits * 2 : 4096;
		l->bits = xrealloc(l->bits, n);
		memset(l->bits + l->nbits, 0, n - l->nbits);
		l->nbits = n;
	}
	*v = (struct latest_version){ 0 };
	if (!key_of(l, r, &v->hash, &t, true))
		return;
	if (l->slot)
		__builtin_prefetch(&l->slot[v->hash.low & l->mask], 1);
	version_of(l, r, line, v);
	v->type = t ? t->schema->name : "record";
	if (++l->npending == BATCH || l->explain)
		take_pending(l);
	if (l->explain)
		explain(l, r, v);
}

void latest_ready(struct latest *l)
{
	take_pending(l);
	if (l->gathers)
		l->filled = xcalloc(l->nbits, 1);
}

bool latest_lost(const struct latest *l, uint64_t line)
{
	return marked(l->bits, line);
}

bool latest_gathers(const struct latest *l)
{
	return l->gathers;
}

static struct latest_entry *find(struct latest *l, struct rec *r)
{
	struct hash128 hash;
	struct latest_type *t;

	if (!l->slot || !key_of(l, r, &hash, &t, false))
		return NULL;
	const struct latest_slot *s = probe(l, hash);
	return s->index ? &l->entry.v[s->index - 1] : NULL;
}

/* A value for a member that the newest version lacks; the newest of several
 * versions gives it. */
static void add_fill(struct latest *l, struct latest_entry *e,
	const struct latest_entry *from, const struct rec *r,
	const struct member *m)
{
	uint32_t *at = &e->fill;
	struct view json = { r->line + m->from, m->to - m->from };

	for (; *at; at = &l->fill.v[*at - 1].next) {
		struct latest_fill *f = &l->fill.v[*at - 1];
		if (f->member != m->id)
			continue;
		if (!newer(l, from, &f->from))
			return;
		f->from = *from;
		f->json = (struct view){ arena_bytes(&l->text, json.p, json.n),
			json.n };
		return;
	}
	struct latest_fill fill = { *from, 0, m->id,
		{ arena_bytes(&l->text, json.p, json.n), json.n } };
	*at = (uint32_t)l->fill.n + 1;
	*vec_add(&l->fill) = fill;
	mark(l->filled, e->line);
}

void latest_gather(struct latest *l, struct rec *r, uint64_t line)
{
	struct latest_entry *e = find(l, r);
	struct latest_version v = { 0 };

	if (!e)
		return;
	version_of(l, r, line, &v);
	if (!shape_gives(l, v.shape, e->shape))
		return;
	struct latest_entry from = { v.hash, v.at, v.line, v.file, v.row,
		v.shape, 0 };
	for (size_t i = 0; i < r->nmembers; i++) {
		const struct member *m = &r->member[i];
		if (m->val.kind != K_NULL && m->id != KEY_OTHER &&
			!of_place(l, m->id) && !shape_has(l, e->shape, m->id))
			add_fill(l, e, &from, r, m);
	}
}

bool latest_filled(const struct latest *l, uint64_t line)
{
	return l->filled && marked(l->filled, line);
}

void latest_fill(struct latest *l, struct rec *r)
{
	const struct latest_entry *e = find(l, r);

	for (uint32_t i = e ? e->fill : 0; i; i = l->fill.v[i - 1].next)
		rec_set(r, l->fill.v[i - 1].member, l->fill.v[i - 1].json);
}

static void note_lacking(const struct latest_type *t, struct buf *b)
{
	buf_reset(b);
	buf_addf(b, "%llu of type %s passed without their key:",
		(unsigned long long)t->lacking, t->schema->name);
	for (size_t k = 0; k < t->nkey; k++)
		buf_addf(b, "%s %s", k ? "," : "", t->schema->key[k]);
	if (t->schema->instead[0])
		buf_addf(b, "; or %s", t->schema->instead[0]);
}

void latest_notes(const struct latest *l,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < l->tie.n; i++) {
		const struct latest_tie *t = &l->tie.v[i];
		struct view file = map_key(&l->file, t->file - 1);
		buf_reset(&b);
		buf_addf(&b,
			"'%.*s': rows %u and %u are the same %s; the "
			"later is kept",
			(int)file.n, file.p,
			t->row[0] < t->row[1] ? t->row[0] : t->row[1],
			t->row[0] < t->row[1] ? t->row[1] : t->row[0], t->type);
		say(arg, b.p);
	}
	buf_reset(&b);
	if (l->ties > TIES_NAMED) {
		buf_addf(&b,
			"%llu rows in all stood beside the same record "
			"in one file",
			(unsigned long long)l->ties);
		say(arg, b.p);
	}
	buf_reset(&b);
	if (l->blind) {
		buf_addf(&b,
			"%llu versions tell neither observed_at nor file; "
			"the later line is kept",
			(unsigned long long)l->blind);
		say(arg, b.p);
	}
	buf_reset(&b);
	if (l->undated) {
		buf_addf(&b,
			"observed_at was no time in %llu records; they "
			"count as the oldest",
			(unsigned long long)l->undated);
		say(arg, b.p);
	}
	for (const struct latest_type *t = l->type_of; t->schema; t++)
		if (t->lacking) {
			note_lacking(t, &b);
			say(arg, b.p);
		}
	buf_reset(&b);
	if (l->lacking) {
		buf_addf(&b,
			"%llu records passed without the key that -k "
			"names",
			(unsigned long long)l->lacking);
		say(arg, b.p);
	}
	buf_release(&b);
}

struct group_count {
	struct view name;
	uint64_t fresh, changed, same;
};

static int by_name(const void *a, const void *b)
{
	return view_cmp(((const struct group_count *)a)->name,
		((const struct group_count *)b)->name);
}

void latest_counts(const struct latest *l,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct group_count *g = xcalloc(l->group.n, sizeof(*g));
	struct buf b = { 0 };

	for (size_t i = 0; i < l->group.n; i++)
		g[i].name = map_key(&l->group, i);
	for (size_t i = 0; i < l->content.n; i++) {
		const struct latest_content *c = &l->content.v[i];
		struct group_count *to = &g[c->group];
		to->fresh += c->first == c->last;
		to->changed += c->first != c->last && c->differ;
		to->same += c->first != c->last && !c->differ;
	}
	if (l->group.n)
		qsort(g, l->group.n, sizeof(*g), by_name);
	for (size_t i = 0; i < l->group.n; i++) {
		buf_reset(&b);
		buf_addf(&b, "%.*s: %llu new, %llu changed, %llu same",
			(int)g[i].name.n, g[i].name.p,
			(unsigned long long)g[i].fresh,
			(unsigned long long)g[i].changed,
			(unsigned long long)g[i].same);
		say(arg, b.p);
	}
	buf_release(&b);
	free(g);
}

void latest_release(struct latest *l)
{
	free(l->type_of);
	vec_release(&l->given);
	vec_release(&l->entry);
	free(l->slot);
	free(l->pending);
	free(l->bits);
	free(l->filled);
	vec_release(&l->tie);
	map_release(&l->file);
	buf_release(&l->observed);
	buf_release(&l->scratch);
	map_release(&l->shape);
	buf_release(&l->ids);
	buf_release(&l->last_ids);
	vec_release(&l->fill);
	arena_release(&l->text);
	vec_release(&l->content);
	vec_release(&l->value);
	map_release(&l->group);
	*l = (struct latest){ 0 };
}
