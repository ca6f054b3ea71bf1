/*
 * verdicts: what a person decided about two profiles: same, or different.
 *
 * They hold whatever the evidence says. Profiles are named source:source_id
 * (the first colon parts them; source_id:SOURCE/ID is taken as well).
 */
#ifndef CRM_VERDICTS_H
#define CRM_VERDICTS_H

#include "crm/people.h"

struct verdict_pair {
	uint32_t left, right; /* numbers in ident */
	size_t line;
	bool same;
};

struct verdicts {
	struct map *ident; /* borrowed */
	VEC(struct verdict_pair) v;
	struct buf text;
};

void verdicts_init(struct verdicts *d, struct map *ident);
void verdicts_release(struct verdicts *d);
/* A row. False with why: a word that is neither, a name without a colon, one
 * profile twice. */
bool verdicts_add(struct verdicts *d, struct view left, struct view right,
	struct view word, size_t line, struct why *why);
/* After the last: false where they contradict each other, with the names and
 * why->line of the row that says different. */
bool verdicts_check(const struct verdicts *d, struct why *why);

#endif
