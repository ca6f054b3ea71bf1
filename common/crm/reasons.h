/*
 * reasons: the array reasons[] of a record, which --explain fills: one object
 * a reason, told apart by its first member (pick, tag, segment...).
 */
#ifndef CRM_REASONS_H
#define CRM_REASONS_H

#include "record/rec.h"

/*
 * The record's reasons without those of this kind, which an earlier run gave,
 * and then the new ones (JSON objects with commas between them; may be empty).
 * owns says which of the kind are replaced, by the text of the first member;
 * NULL: none. A record whose reasons come out the same is not changed.
 */
void reasons_put(struct rec *r, unsigned key, const char *kind,
	bool (*owns)(const void *arg, struct view name), const void *arg,
	struct view made);

#endif
