#include "base/rank.h"

#include "base/mem.h"

#include <stdlib.h>

struct item {
	uint64_t head;
	uint32_t group, at;
};

static int compare(const void *left, const void *right, void *arg)
{
	const struct view *text = arg;
	const struct item *a = left, *b = right;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	int c = view_cmp(text[a->at], text[b->at]);
	return c ? c : (a->at > b->at) - (a->at < b->at);
}

void rank_texts(const struct view *text, const uint32_t *group,
	uint32_t ngroups, uint32_t n, uint32_t *order)
{
	if (!n)
		return;
	struct item *item = xreallocarray(NULL, n, sizeof(*item));
	if (!group)
		ngroups = 1;
	uint32_t *first = xreallocarray(NULL, ngroups, sizeof(*first));
	size_t *skip = xreallocarray(NULL, ngroups, sizeof(*skip));
	for (uint32_t g = 0; g < ngroups; g++)
		first[g] = UINT32_MAX;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t g = group ? group[i] : 0;
		if (first[g] == UINT32_MAX) {
			first[g] = i;
			skip[g] = text[i].n;
		}
		skip[g] = rank_common(text[first[g]], text[i], skip[g]);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t g = group ? group[i] : 0;
		item[i] = (struct item){ rank_head(text[i], skip[g]), g, i };
	}
	qsort_r(item, n, sizeof(*item), compare, (void *)(uintptr_t)text);
	for (uint32_t i = 0; i < n; i++)
		order[i] = item[i].at;
	free(item);
	free(first);
	free(skip);
}
