/*
 * links: which customer an identifier belongs to; the links file in memory.
 *
 * A line is a profile's place, {"type":"link","customer_id":...,"source":...,
 * "source_id":...,"ids":[...]}, or a merge, {"type":"link","customer_id":...,
 * "merged_into":...}. A profile's line keeps the id of the customer it was
 * first put in; a merge line leads from there to the customer that is left.
 * So one line taken away undoes one thing. `minted` counts the runs that made
 * new customers: in a merge the id of the smallest number stays, of equal
 * ones the smaller in bytes.
 *
 * A profile goes by its own line only. An order, event, refund or consent
 * takes the customer of its first identifier, in the order of crm/ids, that
 * one customer alone has; the others it names are link_conflict. A decision,
 * delivery or task goes by the customer_id it has, brought up to date, and
 * without one by its identifiers. Records without any identifier, and
 * consents, keep a customer_id they came with, brought up to date; from the
 * others a stamp of ours that holds no longer is taken off.
 * What several customers have names none of them.
 *
 * Memory: 40 bytes a line, and for each different identifier its text and
 * about 50 bytes.
 */
#ifndef CRM_LINKS_H
#define CRM_LINKS_H

#include "crm/ids.h"
#include "record/writer.h"

#define LINK_NONE UINT32_MAX

struct link {
	uint32_t customer; /* number in links.customer */
	uint32_t profile; /* number in links.ident, or LINK_NONE */
	uint32_t source_n; /* of the profile: bytes of its source */
	uint32_t into; /* a merge: the customer it leads to, or LINK_NONE */
	uint32_t ids, nids; /* in links.pool: numbers in links.ident */
	uint32_t minted;
	uint32_t reasons, nreasons; /* in links.pool */
	uint32_t extra; /* in links.extra: the other members, or LINK_NONE */
};

struct links {
	struct map ident; /* identifiers as crm/ids spells them */
	struct map customer; /* ids of customers */
	VEC(struct link) link;
	VEC(uint32_t) pool;
	VEC(struct view) extra; /* ,"note":"..." */
	struct arena text;
	/* Made by links_ready. */
	uint32_t *owner; /* by identifier: customer, LINK_NONE, LINK_MANY */
	uint32_t *line; /* by identifier of a profile: its line */
	size_t nowner;
	uint32_t *survivor; /* by customer: where its merges lead */
	size_t nsurvivor;

	struct keys *keys; /* borrowed */
	unsigned type, customer_id, source, source_id, key_ids, minted,
		merged_into, reasons, link_conflict;
	struct buf scratch, json;
	VEC(uint32_t) named; /* customers of the record at hand */
	VEC(uint64_t) hash; /* of its identifiers */
};

#define LINK_MANY (UINT32_MAX - 1) /* several customers have it */

void links_init(struct links *l, struct keys *keys);
void links_release(struct links *l);

/* A line of the file. False: no link, no customer_id, a merge that has
 * source_id, ... */
bool links_add(struct links *l, struct rec *r, struct why *why);
/* The lines of a file, all of them: links_add, links_ready. Dies. */
void links_load(struct links *l, const char *path);
/* After the last: look-ups work. False where merges lead in a circle. */
bool links_ready(struct links *l, struct why *why);

/* What became of the records. */
struct links_count {
	uint64_t stamped;
	uint64_t conflict; /* of these: named another customer too */
	uint64_t nobody; /* their identifiers are no customer's */
	uint64_t shared; /* theirs are several customers', so nobody's */
	uint64_t bare; /* they have no identifier and no customer_id */
	uint64_t profiles; /* profiles without a line */
};

/*
 * Stamps a record: sets or corrects customer_id and link_conflict, or leaves
 * it as it is. ids is scratch of the same keys. With explain, reasons[] says
 * which identifier it was.
 */
void links_stamp(struct links *l, struct ids *ids, struct rec *r, bool explain,
	struct links_count *n);
/* Says what a user should know of them. */
void links_notes(const struct links_count *n,
	void (*say)(void *arg, const char *text), void *arg);

/* The customer an identifier's number leads to now; LINK_NONE, LINK_MANY. */
uint32_t links_owner(const struct links *l, size_t ident);
/* Where a customer's merges lead; itself if it has none. */
uint32_t links_survivor(const struct links *l, size_t customer);
/* Keeps members that a line has besides: ,"note":"..." */
uint32_t links_extra(struct links *l, struct view json);
/* Sorts the lines by customer, merge first, then source and source_id. */
void links_sort(struct links *l);
/* All of them, as links_load reads them. Dies. */
void links_write(const struct links *l, struct writer *out);

#endif
