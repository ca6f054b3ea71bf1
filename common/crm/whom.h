/*
 * whom: the person that identifiers mean, and whether a record is about them.
 *
 * An identifier is spelled as by crm/ids (email:a@b.c); what has no kind is a
 * customer_id. By the links it leads to its customer, and that to all
 * identifiers of all profiles that are it, merges included. A value that
 * several customers have is nobody's: taken with one of them it would take the
 * others too, so it is left out and listed apart.
 */
#ifndef CRM_WHOM_H
#define CRM_WHOM_H

#include "crm/links.h"

struct whom {
	struct map id; /* "email:a@b.c", "customer_id:c01", all of them */
	struct map shared; /* those of the person that are others' too */
	const struct links *links; /* borrowed; NULL: each is itself alone */
	struct ids ids;
	unsigned type, customer_id, merged_into;
	struct buf text;
};

enum whom_took {
	WHOM_TOOK,
	WHOM_NONE, /* no identifier: why */
	WHOM_NOBODY, /* in no link */
	WHOM_MANY, /* several customers have it: why says how many */
};

void whom_init(struct whom *w, struct keys *keys, const struct links *links);
void whom_release(struct whom *w);

/* Adds who is meant; nothing is added but with WHOM_TOOK. */
enum whom_took whom_add(struct whom *w, struct view text, struct why *why);
/* Adds an identifier that whom_add would not, and nothing linked to it. */
void whom_add_alone(struct whom *w, struct view text);
/* text as it would be added, valid until the next call; p NULL: none. */
struct view whom_spell(struct whom *w, struct view text);
/* Whether one of them is this, spelled whole. */
bool whom_has(const struct whom *w, struct view id);
/* What of the record is the person's, "email:a@b.c"; p NULL: nothing. Records
 * of every type, and lines of links. */
struct view whom_of(struct whom *w, struct rec *r);

#endif
