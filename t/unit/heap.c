/* The first of many comes first, whatever is added, taken or changed. */
#include "base/heap.h"

#include "tap.h"

#include <stdint.h>

static bool before(const void *arg, size_t a, size_t b)
{
	const int *value = arg;
	return value[a] != value[b] ? value[a] < value[b] : a < b;
}

int main(void)
{
	int value[] = { 5, 3, 8, 3, 9, 1, 7 };
	struct heap h = { .before = before, .arg = value };
	for (size_t i = 0; i < 7; i++)
		heap_add(&h, i);
	ok(heap_top(&h) == 5, "the least is first");
	value[5] = 6;
	heap_again(&h);
	ok(heap_top(&h) == 1, "one that has grown makes room for the next");
	static const size_t want[] = { 1, 3, 0, 5, 6, 2, 4 };
	bool good = true;
	for (size_t i = 0; i < 7; i++) {
		good &= heap_top(&h) == want[i];
		heap_take(&h);
	}
	ok(good && h.of.n == 0, "all come in order, equals by number");
	heap_release(&h);

	uint32_t x = 1;
	int many[500];
	h = (struct heap){ .before = before, .arg = many };
	for (size_t i = 0; i < 500; i++) {
		x = x * 1664525u + 1013904223u;
		many[i] = (int)(x >> 24);
		heap_add(&h, i);
	}
	size_t last = heap_top(&h);
	for (heap_take(&h); h.of.n; heap_take(&h)) {
		good &= before(many, last, heap_top(&h));
		last = heap_top(&h);
	}
	ok(good, "five hundred come in order");
	heap_release(&h);
	return done();
}
