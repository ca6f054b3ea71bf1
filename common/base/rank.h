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

/*
 * Fills order[0..n) with 0..n-1 so that group, then text, then number go up.
 * group may be NULL: all are one; else its numbers are below ngroups.
 */
void rank_texts(const struct view *text, const uint32_t *group,
	uint32_t ngroups, uint32_t n, uint32_t *order);

#endif
