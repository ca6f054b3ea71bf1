/*
 * identity: clusters of profiles get their customer ids, by the links file.
 *
 * However the clusters were made, ids follow these rules:
 * - A cluster that holds profiles of a customer has its id. Where several
 *   have, the one with the most of these profiles keeps it, of equal ones the
 *   one with the smallest (source, source_id) among them.
 * - A cluster that has several ids keeps the one minted first (links.h); the
 *   others are merged into it. Their profiles' lines keep the old id, so a
 *   merge that holds no longer gives it back.
 * - A cluster without one takes over a customer none of whose profiles is
 *   here, if they share an identifier other than a phone number (the names of
 *   who is not here are not known). That is how a batch by itself meets the
 *   customers there are. The same holds for merges, where a phone number is
 *   enough if it was merged before.
 * - Otherwise an id is minted: c and 20 hex digits of hash128 over source, NUL,
 *   source_id of its smallest profile; if that is taken, over these, NUL and
 *   1, 2, ...
 * Lines of profiles that are not here stay, without the identifiers that a
 * profile of another customer has now: an id is never forgotten, and what is
 * here never waits for what is not.
 */
#ifndef CRM_IDENTITY_H
#define CRM_IDENTITY_H

#include "crm/links.h"
#include "crm/people.h"
#include "crm/verdicts.h"

struct identity {
	struct links *links;
	const struct people *people;
	const struct verdicts *verdicts; /* may be NULL */
	/* The clusters: by person 0, 1, 2... by their smallest members. */
	const uint32_t *label;
	uint32_t nlabels;
	const bool *generic; /* by identifier; such stand in no line */
	const char *decided_by; /* "exact" */

	/* What was done. */
	uint64_t minted, merged, split;
};

/*
 * The customer of each person's line as the file has it, merges not followed,
 * or PEOPLE_NONE; to be freed. Wants links_ready. Two who were put in one
 * customer, not two whose customers were merged: that merge may be undone.
 */
uint32_t *identity_old(const struct links *l, const struct people *p);
/* Rewrites the lines and makes them ready and sorted. False where the links
 * cannot be (never, if links_ready was true before). */
bool identity_assign(struct identity *d, struct why *why);
/* Says how many profiles are how many customers, and what changed. */
void identity_notes(const struct identity *d,
	void (*say)(void *arg, const char *text), void *arg);

#endif
