/*
 * buf: bytes that grow, and views of bytes that somebody else owns.
 *
 * A buf holds n bytes at p and always has BUF_PAD readable bytes after them,
 * the first of which is NUL once anything was added, so its bytes can go to
 * rec_parse and, where they hold no NUL, to C. Zero is a valid empty buf.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define BUF_PAD 64

struct view {
	const char *p;
	size_t n;
};

#define VIEW(literal) ((struct view){ "" literal, sizeof(literal) - 1 })

struct buf {
	char *p;
	size_t n, cap;
};

/* Makes room for n more bytes and the pad. */
void buf_grow(struct buf *b, size_t n);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_release(struct buf *b);

static inline void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!b->p || n > b->cap - b->n)
		buf_grow(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

static inline void buf_addc(struct buf *b, char c)
{
	if (!b->p || b->cap == b->n)
		buf_grow(b, 1);
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

static inline void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

static inline void buf_addv(struct buf *b, struct view v)
{
	buf_add(b, v.p, v.n);
}

/* Empty again, memory kept. */
static inline void buf_reset(struct buf *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

static inline struct view buf_view(const struct buf *b)
{
	return (struct view){ b->p ? b->p : "", b->n };
}

static inline struct view view_of(const char *s)
{
	return (struct view){ s, strlen(s) };
}

static inline bool view_eq(struct view a, struct view b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool view_is(struct view a, const char *s)
{
	return view_eq(a, view_of(s));
}

/* Order of bytes; a prefix stands first. <0, 0, >0 */
static inline int view_cmp(struct view a, struct view b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

#endif
