/* mem: allocation that cannot fail (no memory: dies), and an arena. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t n);
/* n * size bytes of zero; the product is checked. */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
/* A copy of n bytes with a NUL after them. */
char *xmemdup(const void *p, size_t n);

/*
 * Memory that is given back all at once. Zero is a valid empty arena.
 * Allocations are aligned to 16 bytes, as int128 wants (arena_bytes: not at
 * all).
 */
struct arena {
	struct arena_chunk *chunk;
	size_t used;
	size_t total; /* bytes handed out since init or reset */
};

void *arena_alloc(struct arena *a, size_t n);
char *arena_bytes(struct arena *a, const void *p, size_t n);
/* Keeps the newest chunk for use again. */
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

#endif
