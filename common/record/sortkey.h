/*
 * sortkey: the keys of a record as bytes that memcmp orders as the records are
 * to stand, so that who sorts them needs to know nothing of values.
 *
 *	sortkey_add(&s, &keys, VIEW("revenue:desc"), &why);
 *	sortkey_read(&s, r, &buf);		appended, for each record
 *	sortkey_notes(&s, say, arg);		at the end
 *
 * Of one field: numbers, then times, then texts, then false, true and objects,
 * then those that have none; desc turns it all round but the last. Numbers are
 * exact at any length, times are instants, a date is the start of its day. A
 * field that scrm-record(5) types is read as that type where it can be.
 */
#ifndef RECORD_SORTKEY_H
#define RECORD_SORTKEY_H

#include "record/path.h"
#include "record/schema.h"

#include <locale.h>

enum sortkey_class {
	SORT_NUMBER,
	SORT_TIME,
	SORT_TEXT,
	SORT_OTHER,
	SORT_MISSING,
	SORT_CLASSES
};

struct sortkey_field {
	struct view name; /* as it was given, without its order */
	struct path path;
	enum field_type type;
	bool desc;
	uint64_t seen[SORT_CLASSES]; /* records */
	uint64_t digits; /* texts that a number would be, were they typed so */
};

struct sortkey {
	VEC(struct sortkey_field) field;
	locale_t locale; /* of texts; 0: by code point */
	/* Of the day that a date is; NULL: UTC. */
	int32_t (*offset)(const void *zone, int64_t utc);
	const void *zone;
	vals vals; /* scratch */
	struct buf text, copy;
};

/*
 * One field, "revenue", "products.price:desc", "points:number" (texts are read
 * as numbers), as many orders as wanted. The text lives as long as the key.
 */
bool sortkey_add(struct sortkey *s, struct keys *keys, struct view text,
	struct why *why);
void sortkey_read(struct sortkey *s, const struct rec *r, struct buf *out);
/* What a user should know: fields no record had, or that were mixed. */
void sortkey_notes(const struct sortkey *s,
	void (*say)(void *arg, const char *text), void *arg);
void sortkey_release(struct sortkey *s);

#endif
