/*
 * map: strings to dense numbers, 0, 1, 2... in the order of their coming, so
 * that an array holds what belongs to them. Keys are copied. About 24 bytes a
 * key beyond its text. Zero is a valid empty map.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/buf.h"
#include "base/mem.h"

#include <stdint.h>

#define MAP_NONE SIZE_MAX

struct map {
	struct map_slot *slot;
	struct view *key;
	size_t n, cap, mask;
	struct arena text;
};

/* The number of a key, or MAP_NONE. */
size_t map_find(const struct map *m, const char *p, size_t n);
/* The number of a key that is there afterwards; *isnew may be NULL. */
size_t map_add(struct map *m, const char *p, size_t n, bool *isnew);
/* The same with a hash64 of the key that the caller has already. */
size_t map_find_hash(const struct map *m, uint64_t h, const char *p, size_t n);
size_t map_add_hash(struct map *m, uint64_t h, const char *p, size_t n,
	bool *isnew);
/* Asks the processor for the slot of a hash, some lines before its use. */
void map_prefetch(const struct map *m, uint64_t h);
void map_release(struct map *m);

static inline struct view map_key(const struct map *m, size_t i)
{
	return m->key[i];
}

#endif
