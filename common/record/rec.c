#include "record/rec.h"

#include "base/hash.h"

#include <stdlib.h>

#if defined(__SSE2__) && !defined(NO_SSE2)
#include <emmintrin.h>
#define USE_SSE2
#endif

/*
 * Names that lines bring are remembered up to these bounds, so that memory
 * does not grow with the input; names that tools ask for always are.
 */
#define KEYS_MAX 4096
#define KEY_BYTES_MAX 256

/*
 * What stood at this place in a line before: the bytes "key": and the number
 * of the key. Two are kept, so that orders and events may alternate.
 */
#define SHAPE_BYTES 48
#define SHAPE_MEMBERS 256

struct guess {
	char text[SHAPE_BYTES];
	uint32_t n; /* 0: nothing known */
	uint32_t id;
};

struct shape {
	struct guess guess[2];
};

struct keys_seen {
	uint32_t stamp;
	uint32_t member;
};

static unsigned intern(struct keys *k, struct view name)
{
	unsigned id = (unsigned)map_add(&k->names, name.p, name.n, NULL);
	if (id >= k->nseen) {
		size_t n = k->nseen ? k->nseen * 2 : 64;
		while (n <= id)
			n *= 2;
		k->seen = xreallocarray(k->seen, n, sizeof(*k->seen));
		memset(k->seen + k->nseen, 0,
			(n - k->nseen) * sizeof(*k->seen));
		k->nseen = n;
	}
	return id;
}

unsigned keys_want_view(struct keys *k, struct view name)
{
	return intern(k, name);
}

unsigned keys_want(struct keys *k, const char *name)
{
	return intern(k, view_of(name));
}

struct view keys_name(const struct keys *k, unsigned key)
{
	return map_key(&k->names, key);
}

void keys_release(struct keys *k)
{
	map_release(&k->names);
	free(k->shape);
	free(k->seen);
	*k = (struct keys){ 0 };
}

void rec_init(struct rec *r, struct keys *keys)
{
	*r = (struct rec){ .keys = keys };
}

void rec_release(struct rec *r)
{
	free(r->member);
	arena_release(&r->text);
	buf_release(&r->scratch);
	*r = (struct rec){ 0 };
}

static bool refuse(struct why *why, const char *base, const char *p,
	const char *reason)
{
	why_not(why, "%s", reason);
	why->col = (size_t)(p - base) + 1;
	return false;
}

/* Whether the bytes at p are the guess; p has SCAN_PAD bytes after it. */
static inline bool guessed(const struct guess *g, const char *p)
{
	if (!g->n)
		return false;
#ifdef USE_SSE2
	__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i b = _mm_loadu_si128((const __m128i *)(const void *)g->text);
	unsigned eq = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
	if (g->n <= 16) {
		unsigned want = (1u << g->n) - 1;
		return (eq & want) == want;
	}
	return eq == 0xffff && memcmp(p + 16, g->text + 16, g->n - 16) == 0;
#else
	return memcmp(p, g->text, g->n) == 0;
#endif
}

/* A key not met at this place: finds its number and remembers it here. */
static const char *learn_key(struct rec *r, const char *p, const char *end,
	struct shape *shape, struct member *m, struct why *why)
{
	struct keys *k = r->keys;
	const char *q = scan_key(p, end, r->line, &m->key, why);
	if (!q)
		return NULL;
	struct view name = val_text(m->key, &r->scratch);
	if (k->names.n < KEYS_MAX && name.n <= KEY_BYTES_MAX) {
		m->id = intern(k, name);
	} else {
		size_t id = map_find(&k->names, name.p, name.n);
		m->id = id == MAP_NONE ? KEY_OTHER : (uint32_t)id;
	}
	size_t n = (size_t)(q - p);
	if (shape && m->id != KEY_OTHER && n <= SHAPE_BYTES &&
		!m->key.escaped && n == m->key.n + 3) {
		shape->guess[1] = shape->guess[0];
		memcpy(shape->guess[0].text, p, n);
		shape->guess[0].n = (uint32_t)n;
		shape->guess[0].id = m->id;
	}
	return q;
}

static int by_hash(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/*
 * Keys that the table would not take are compared by 64-bit hash among
 * themselves; a clash of two different names would refuse a line that is
 * sound, once in some 10^13 of them.
 */
static bool others_differ(struct rec *r, struct why *why)
{
	size_t n = 0;
	for (size_t i = 0; i < r->nmembers; i++)
		n += r->member[i].id == KEY_OTHER;
	if (n < 2)
		return true;
	uint64_t *h = xreallocarray(NULL, n, sizeof(*h));
	n = 0;
	for (size_t i = 0; i < r->nmembers; i++) {
		if (r->member[i].id != KEY_OTHER)
			continue;
		struct view name = val_text(r->member[i].key, &r->scratch);
		h[n++] = hash64(name.p, name.n);
	}
	qsort(h, n, sizeof(*h), by_hash);
	bool differ = true;
	for (size_t i = 1; i < n; i++)
		differ = differ && h[i] != h[i - 1];
	free(h);
	return differ || why_not(why, "a key stands twice");
}

static void next_stamp(struct keys *k)
{
	if (++k->stamp)
		return;
	memset(k->seen, 0, k->nseen * sizeof(*k->seen));
	k->stamp = 1;
}

static struct member *new_member(struct rec *r)
{
	if (r->nmembers == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 32;
		r->member =
			xreallocarray(r->member, r->cap, sizeof(*r->member));
	}
	struct member *m = &r->member[r->nmembers++];
	m->changed = m->dropped = false;
	return m;
}

bool rec_parse(struct rec *r, const char *p, size_t n, struct why *why)
{
	struct keys *k = r->keys;
	const char *end = p + n;
	r->line = p;
	r->n = n;
	r->nmembers = r->nread = 0;
	r->changed = false;
	if (r->text.total)
		arena_reset(&r->text);
	next_stamp(k);
	r->stamp = k->stamp;
	if (!k->shape)
		k->shape = xcalloc(SHAPE_MEMBERS, sizeof(*k->shape));

	p = scan_blanks(p, end);
	if (p >= end || *p != '{')
		return refuse(why, r->line, p, "not a JSON object");
	p = scan_blanks(p + 1, end);
	if (p < end && *p == '}') {
		r->close = (size_t)(p - r->line);
		goto closed;
	}
	for (size_t place = 0;; place++) {
		struct member *m = new_member(r);
		struct shape *s =
			place < SHAPE_MEMBERS ? &k->shape[place] : NULL;
		m->open = (uint32_t)(p - r->line);
		const struct guess *g = NULL;
		if (s && guessed(&s->guess[0], p))
			g = &s->guess[0];
		else if (s && guessed(&s->guess[1], p))
			g = &s->guess[1];
		if (g) {
			m->key = (struct val){ p + 1, g->n - 3, K_STRING,
				false };
			m->id = g->id;
			p += g->n;
			/* a guess may reach beyond the line's end */
			if (p > end)
				return refuse(why, r->line, end,
					"line ends inside a key");
		} else {
			p = learn_key(r, p, end, s, m, why);
			if (!p)
				return false;
		}
		if (m->id != KEY_OTHER) {
			struct keys_seen *seen = &k->seen[m->id];
#if !defined(MUTANT_twice) && !defined(PLANT_RECORD)
			if (seen->stamp == r->stamp)
				return refuse(why, r->line, m->key.p - 1,
					"a key stands twice");
#endif
			seen->stamp = r->stamp;
			seen->member = (uint32_t)place;
		}
		if (p < end && (unsigned char)*p <= ' ')
			p = scan_blanks(p, end);
		m->from = (uint32_t)(p - r->line);
		p = scan_value(p, end, r->line, &m->val, why);
		if (!p)
			return false;
		m->to = (uint32_t)(p - r->line);
		if (p < end && (unsigned char)*p <= ' ')
			p = scan_blanks(p, end);
		if (p < end && *p == ',') {
			p++;
			if (p < end && (unsigned char)*p <= ' ')
				p = scan_blanks(p, end);
			continue;
		}
		if (p >= end || *p != '}')
			return refuse(why, r->line, p,
				p < end ? "',' or '}' is wanted here"
					: "line ends inside the object");
		r->close = (size_t)(p - r->line);
		break;
	}
closed:
	r->nread = r->nmembers;
	p = scan_blanks(p + 1, end);
	if (p < end)
		return refuse(why, r->line, p,
			*p == '{' ? "two objects on a line"
				  : "text after the object");
	return others_differ(r, why);
}

static struct member *find(const struct rec *r, unsigned key)
{
	const struct keys *k = r->keys;
	if (key >= k->nseen)
		return NULL;
	if (r->stamp == k->stamp) {
		const struct keys_seen *s = &k->seen[key];
		return s->stamp == r->stamp ? &r->member[s->member] : NULL;
	}
	/* another record was read with the same table since */
	for (size_t i = 0; i < r->nmembers; i++)
		if (r->member[i].id == key && !r->member[i].dropped)
			return &r->member[i];
	return NULL;
}

struct val rec_get(const struct rec *r, unsigned key)
{
	const struct member *m = find(r, key);
	return m && !m->dropped ? m->val : (struct val){ 0 };
}

struct view rec_text(struct rec *r, unsigned key)
{
	struct val v = rec_get(r, key);
	if (val_none(v))
		return (struct view){ 0 };
	if (!v.escaped)
		return (struct view){ v.p, v.n };
	struct view t = val_text(v, &r->scratch);
	return (struct view){ arena_bytes(&r->text, t.p, t.n), t.n };
}

/* The value that a JSON text is, the text copied with the scanner's pad. */
static struct val keep(struct rec *r, struct view json)
{
	char *copy = arena_alloc(&r->text, json.n + SCAN_PAD);
	memcpy(copy, json.p, json.n);
	memset(copy + json.n, 0, SCAN_PAD);
	struct val v = { copy, json.n, K_STRING, false };
	switch (copy[0]) {
	case '"':
		v.p = copy + 1;
		v.n = json.n - 2;
		v.escaped = v.n && memchr(v.p, '\\', v.n);
		break;
	case '{':
		v.kind = K_OBJECT;
		break;
	case '[':
		v.kind = K_ARRAY;
		break;
	case 't':
		v.kind = K_TRUE;
		break;
	case 'f':
		v.kind = K_FALSE;
		break;
	case 'n':
		v.kind = K_NULL;
		break;
	default:
		v.kind = K_NUMBER;
	}
	return v;
}

static struct member *add(struct rec *r, unsigned key)
{
	struct keys *k = r->keys;
	struct member *m = new_member(r);
	m->id = key;
	m->changed = true;
	m->key = (struct val){ 0 };
	if (r->stamp == k->stamp) {
		k->seen[key].stamp = r->stamp;
		k->seen[key].member = (uint32_t)(r->nmembers - 1);
	}
	return m;
}

void rec_set(struct rec *r, unsigned key, struct view json)
{
	struct member *m = find(r, key);
	if (!m || m->dropped)
		m = add(r, key);
	m->val = keep(r, json);
	m->changed = true;
	r->changed = true;
}

void rec_set_text(struct rec *r, unsigned key, struct view text)
{
	struct buf b = { 0 };
	json_text(&b, text);
	rec_set(r, key, buf_view(&b));
	buf_release(&b);
}

void rec_drop(struct rec *r, unsigned key)
{
	struct member *m = find(r, key);
	if (m && !m->dropped)
		m->dropped = r->changed = true;
}

void rec_rename(struct rec *r, unsigned key, unsigned to)
{
	struct member *m = find(r, key);
	if (!m || m->dropped || key == to)
		return;
	size_t i = (size_t)(m - r->member);
	rec_drop(r, to);
	m = &r->member[i];
	m->id = to;
	m->key.kind = K_MISSING; /* printed by its new name */
	struct keys *k = r->keys;
	if (r->stamp == k->stamp) {
		k->seen[key].stamp = 0;
		k->seen[to].stamp = r->stamp;
		k->seen[to].member = (uint32_t)i;
	}
	r->changed = true;
}

static void print_key(const struct rec *r, const struct member *m,
	struct buf *out)
{
	json_text(out, map_key(&r->keys->names, m->id));
	buf_addc(out, ':');
}

/*
 * A member leaves with what stood between it and the one before, so that
 * blanks stay; a member that goes takes that along. Added ones follow the last.
 */
void rec_print(const struct rec *r, struct buf *out)
{
	if (!r->changed) {
		buf_add(out, r->line, r->n);
		return;
	}
	const struct member *m = r->member;
	size_t kept = 0, end = r->close;
	/* what is not changed leaves in runs: line[from..to) is still owed */
	size_t from = 0, to = r->nread ? m[0].open : r->close;
	for (size_t i = 0; i < r->nread; i++) {
		if (m[i].dropped)
			continue;
		size_t gap = kept++ ? m[i - 1].to : m[i].open;
		if (gap != to) {
			buf_add(out, r->line + from, to - from);
			from = gap;
		}
		if (m[i].key.kind == K_MISSING) {
			buf_add(out, r->line + from, m[i].open - from);
			print_key(r, &m[i], out);
			from = m[i].from;
		}
		if (m[i].changed) {
			buf_add(out, r->line + from, m[i].from - from);
			json_val(out, m[i].val);
			from = m[i].to;
		}
		to = m[i].to;
	}
	if (r->nread)
		end = m[r->nread - 1].to;
	buf_add(out, r->line + from, to - from);
	for (size_t i = r->nread; i < r->nmembers; i++) {
		if (m[i].dropped)
			continue;
		if (kept++)
			buf_addc(out, ',');
		print_key(r, &m[i], out);
		json_val(out, m[i].val);
	}
	buf_add(out, r->line + end, r->n - end);
}
