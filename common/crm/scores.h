/*
 * scores: lines of customers with what crm/rfm computes: rfm{}, the group in
 * segments[], super_user.
 *
 *	scores_init(&s, &t.keys);
 *	scores_top(&s, "revenue:1%", &why);	as often as wanted
 *	scores_learn(&s, r);			all customers, then
 *	scores_fit(&s, say, arg, &why);		or scores_read, a model
 *	scores_apply(&s, r);			all customers again
 *
 * Memory: 96 bytes a customer for scores_learn, 32 more for each top; none for
 * scores_apply.
 */
#ifndef CRM_SCORES_H
#define CRM_SCORES_H

#include "crm/rfm.h"
#include "record/path.h"

struct scores {
	/* Set after scores_init. */
	struct when as_of;
	int32_t (*offset)(const void *zone, int64_t sec); /* of zone */
	const void *zone; /* NULL: as each time was written */

	struct keys *keys;
	struct rfm_cuts cuts[RFM_FIELDS];
	decs values[RFM_FIELDS];
	unsigned key[RFM_FIELDS], type, rfm, segments, super_user;
	unsigned by_brand, by_category;
	VEC(struct scores_top) top;
	size_t without; /* customers without orders */
	size_t idle; /* of these, who are known to have none */
	struct buf json, model;
};

void scores_init(struct scores *s, struct keys *keys);
/* "revenue:1%"; the text lives as long as s. */
bool scores_top(struct scores *s, const char *text, struct why *why);
/* A record; other types than profile are none of its business. */
void scores_learn(struct scores *s, const struct rec *r);
/* Whether nobody bought yet: no customers, or all of them idle. There is
 * nothing to fit then, and scores_apply scores nobody. */
bool scores_none(struct scores *s);
/* False where there is nobody to learn from. say is told of a figure with
 * fewer than five scores. */
bool scores_fit(struct scores *s, void (*say)(void *arg, const char *text),
	void *arg, struct why *why);
void scores_apply(struct scores *s, struct rec *r);
/* Appends the model of a fit. */
void scores_print(const struct scores *s, struct buf *out);
/* In place of fit: takes a model over. */
bool scores_read(struct scores *s, struct buf *text, struct why *why);
/* Appends what the super users of the i-th top are to the house, in words. */
void scores_say(const struct scores *s, size_t i, struct buf *out);
void scores_release(struct scores *s);

#endif
