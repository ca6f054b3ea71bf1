#include "base/heap.h"

static bool swap_if(struct heap *h, size_t up, size_t down)
{
	size_t *v = h->of.v, a = v[up];

	if (!h->before(h->arg, v[down], a))
		return false;
	v[up] = v[down];
	v[down] = a;
	return true;
}

void heap_add(struct heap *h, size_t a)
{
	*vec_add(&h->of) = a;
	for (size_t i = h->of.n - 1; i && swap_if(h, (i - 1) / 2, i);)
		i = (i - 1) / 2;
}

void heap_again(struct heap *h)
{
	const size_t *v = h->of.v;
	for (size_t i = 0, kid; (kid = 2 * i + 1) < h->of.n; i = kid) {
		if (kid + 1 < h->of.n && h->before(h->arg, v[kid + 1], v[kid]))
			kid++;
		if (!swap_if(h, i, kid))
			return;
	}
}

void heap_take(struct heap *h)
{
	h->of.v[0] = h->of.v[--h->of.n];
	heap_again(h);
}

void heap_release(struct heap *h)
{
	vec_release(&h->of);
}
