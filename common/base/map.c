#include "base/map.h"

#include "base/die.h"
#include "base/hash.h"

#include <stdlib.h>

/* The upper half of the hash keeps most look-ups from touching the key. */
struct map_slot {
	uint32_t hash;
	uint32_t index; /* 0: free, else number + 1 */
};

static size_t probe(const struct map *m, uint64_t h, const char *p, size_t n)
{
	size_t i = h & m->mask;
	for (; m->slot[i].index; i = (i + 1) & m->mask) {
		if (m->slot[i].hash != (uint32_t)(h >> 32))
			continue;
		struct view k = m->key[m->slot[i].index - 1];
		if (k.n == n && (n == 0 || memcmp(k.p, p, n) == 0))
			break;
	}
	return i;
}

static void rehash(struct map *m)
{
	size_t size = m->slot ? (m->mask + 1) * 2 : 16;
	free(m->slot);
	m->slot = xcalloc(size, sizeof(*m->slot));
	m->mask = size - 1;
	for (size_t k = 0; k < m->n; k++) {
		uint64_t h = hash64(m->key[k].p, m->key[k].n);
		size_t i = h & m->mask;
		while (m->slot[i].index)
			i = (i + 1) & m->mask;
		m->slot[i].hash = (uint32_t)(h >> 32);
		m->slot[i].index = (uint32_t)(k + 1);
	}
}

size_t map_find_hash(const struct map *m, uint64_t h, const char *p, size_t n)
{
	if (!m->slot)
		return MAP_NONE;
	uint32_t index = m->slot[probe(m, h, p, n)].index;
	return index ? index - 1 : MAP_NONE;
}

size_t map_find(const struct map *m, const char *p, size_t n)
{
	return map_find_hash(m, hash64(p, n), p, n);
}

size_t map_add_hash(struct map *m, uint64_t h, const char *p, size_t n,
	bool *isnew)
{
	if (!m->slot || (m->n + 1) * 4 > (m->mask + 1) * 3)
		rehash(m);
	size_t i = probe(m, h, p, n);
	if (isnew)
		*isnew = !m->slot[i].index;
	if (m->slot[i].index)
		return m->slot[i].index - 1;
	if (m->n == UINT32_MAX - 1)
		die("cannot hold more than %zu different keys", m->n);
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 8;
		m->key = xreallocarray(m->key, m->cap, sizeof(*m->key));
	}
	m->key[m->n] = (struct view){ arena_bytes(&m->text, p, n), n };
	m->slot[i].hash = (uint32_t)(h >> 32);
	m->slot[i].index = (uint32_t)(m->n + 1);
	return m->n++;
}

size_t map_add(struct map *m, const char *p, size_t n, bool *isnew)
{
	return map_add_hash(m, hash64(p, n), p, n, isnew);
}

void map_prefetch(const struct map *m, uint64_t h)
{
	if (m->slot)
		__builtin_prefetch(&m->slot[h & m->mask]);
}

void map_release(struct map *m)
{
	free(m->slot);
	free(m->key);
	arena_release(&m->text);
	*m = (struct map){ 0 };
}
