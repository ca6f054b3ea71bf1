/*
 * heap: the first of many, by an order that the caller has (a binary heap,
 * Williams 1964). Holds numbers, of whatever the caller keeps by number.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "base/vec.h"

#include <stdbool.h>

struct heap {
	VEC(size_t) of;
	/* Whether a stands before b. */
	bool (*before)(const void *arg, size_t a, size_t b);
	const void *arg;
};

void heap_add(struct heap *h, size_t a);
/* The first; there must be one. */
static inline size_t heap_top(const struct heap *h)
{
	return h->of.v[0];
}
/* What the first is measured by has changed. */
void heap_again(struct heap *h);
/* The first is taken away. */
void heap_take(struct heap *h);
void heap_release(struct heap *h);

#endif
