#include "base/buf.h"

#include "base/die.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void buf_grow(struct buf *b, size_t n)
{
	if (b->p && n <= b->cap - b->n)
		return;
	size_t need;
	if (__builtin_add_overflow(b->n, n, &need) ||
		need > SIZE_MAX / 2 - BUF_PAD)
		die("cannot hold %zu more bytes", n);
	size_t cap = b->cap < 64 ? 64 : b->cap * 2;
	b->cap = cap < need ? need : cap;
	b->p = xrealloc(b->p, b->cap + BUF_PAD);
	memset(b->p + b->cap, 0, BUF_PAD);
	b->p[b->n] = '\0';
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("cannot format '%s'", fmt);
	buf_grow(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}
