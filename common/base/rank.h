/*
 * rank: the order of many texts by their bytes.
 *
 * Each text's first eight bytes, after what all of its group have in common,
 * are sorted beside it, so that few comparisons look at the text itself.
 */
#ifndef BASE_RANK_H
#define BASE_RANK_H

#include "base/buf.h"

#include <stdint.h>

/* How many bytes both begin with, at most so many. */
static inline size_t rank_common(struct view a, struct view b, size_t most)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	n = n < most ? n : most;
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

/* Eight bytes as a number that sorts like them; beyond the end they are 0,
 * and a text that is a prefix of another sorts first by view_cmp. */
static inline uint64_t rank_head(struct view v, size_t skip)
{
	uint64_t h = 0;
	for (size_t i = skip; i < skip + 8; i++)
		h = h << 8 | (i < v.n ? (unsigned char)v.p[i] : 0);
	return h;
}

/*
 * Fills order[0..n) with 0..n-1 so that group, then text, then number go up.
 * group may be NULL: all are one; else its numbers are below ngroups.
 */
void rank_texts(const struct view *text, const uint32_t *group,
	uint32_t ngroups, uint32_t n, uint32_t *order);

#endif
