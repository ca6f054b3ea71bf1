/*
 * exact: which profiles are one person, by strong identifiers alone.
 *
 * 1. Verdicts: `same` joins, `different` keeps apart whatever follows.
 * 2. Every identifier but the phone number joins all who hold it, unless it
 *    is generic: held under more than cap names that contradict each other.
 *    Generic values join nobody and stand in no link.
 * 3. A phone number joins two of the groups made so far if no name of one
 *    contradicts a name of the other (value/name). Names that agree go first.
 *    Where the names leave it open (none given, Han against Latin) the two
 *    are joined only if they have no two WeChat accounts of one kind (two
 *    unionids, two openids of an appid, two external_userids of a company),
 *    and if the others who hold the number take no side: a profile without a
 *    name that could be either of two people is neither. A number of more
 *    than EXACT_CROWD groups is generic, named or not. The names of a whole
 *    group count, so a chain of numbers never joins two names that contradict
 *    each other.
 * Two values of a kind keep nobody apart where a stronger identifier or the
 * names say one person: people have two accounts and two cards.
 *
 * Where order could matter, pairs that the links file has in one customer go
 * first, then the order is that of belief and of bytes: the outcome depends on
 * the set of the profiles and their links, not on the order of the input, and
 * the same set again changes nothing.
 */
#ifndef CRM_EXACT_H
#define CRM_EXACT_H

#include "crm/people.h"
#include "crm/verdicts.h"
#include "model/cluster.h"

#define EXACT_CAP 5
#define EXACT_CROWD 20

struct exact {
	const struct people *people;
	const struct verdicts *verdicts; /* may be NULL */
	/* By person: the customer the links file has it in, or PEOPLE_NONE;
	 * may be NULL. */
	const uint32_t *old;
	size_t cap; /* 0: EXACT_CAP */

	struct cluster cluster; /* the outcome, of persons */
	bool *generic; /* by identifier */
	uint64_t generics; /* identifiers that are generic */
	uint64_t generic_held; /* and how often they are held */
	uint64_t contradicted; /* phones whose holders are not all one person */
	uint64_t unknown_verdicts; /* that name a profile which is not here */

	struct exact_state *state;
};

void exact_run(struct exact *x);
/* Says what a user should know; with counts also how much of it there was. */
void exact_notes(const struct exact *x, bool counts,
	void (*say)(void *arg, const char *text), void *arg);
void exact_release(struct exact *x);

#endif
