#include "base/mem.h"

#include "base/die.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);
	if (!p)
		die("cannot allocate %zu bytes", n);
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);
	if (!p)
		die("cannot allocate %zu times %zu bytes", n, size);
	return p;
}

void *xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (!p)
		die("cannot allocate %zu bytes", n);
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(n, size, &total))
		die("cannot allocate %zu times %zu bytes", n, size);
	return xrealloc(p, total);
}

char *xstrdup(const char *s)
{
	return xmemdup(s, strlen(s));
}

char *xmemdup(const void *p, size_t n)
{
	char *copy = xmalloc(n + 1);
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

#define CHUNK ((size_t)64 * 1024)

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	char data[];
};

static char *take(struct arena *a, size_t n)
{
	if (!a->chunk || n > a->chunk->size - a->used) {
		size_t size = n > CHUNK ? n : CHUNK;
		struct arena_chunk *c = xmalloc(sizeof(*c) + size);
		c->older = a->chunk;
		c->size = size;
		a->chunk = c;
		a->used = 0;
	}
	char *p = a->chunk->data + a->used;
	a->used += n;
	a->total += n;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t gap = -a->used & 15;
	if (a->chunk && gap <= a->chunk->size - a->used)
		a->used += gap;
	return take(a, n);
}

char *arena_bytes(struct arena *a, const void *p, size_t n)
{
	char *copy = take(a, n);
	if (n)
		memcpy(copy, p, n);
	return copy;
}

void arena_reset(struct arena *a)
{
	a->used = 0;
	a->total = 0;
	if (!a->chunk)
		return;
	struct arena keep = { .chunk = a->chunk->older };
	arena_release(&keep);
	a->chunk->older = NULL;
}

void arena_release(struct arena *a)
{
	while (a->chunk) {
		struct arena_chunk *older = a->chunk->older;
		free(a->chunk);
		a->chunk = older;
	}
	*a = (struct arena){ 0 };
}
