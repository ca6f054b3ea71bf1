/*
 * latest: which of several versions of a record is the newest.
 *
 *	latest_init(&l, &keys);
 *	latest_add(&l, r);		each line, in order
 *	latest_ready(&l);
 *	latest_lost(&l, i)		whether line i (from 0) is superseded
 *
 * Two records are versions of one thing where type, key and what keeps them
 * apart are the same (scrm-record(5)). The newest has the latest observed_at,
 * then the later file name by bytes, then the later row, then the later line;
 * one without observed_at, file or row stands before one with it. A date is
 * the start of its day at the zone given, else in UTC.
 *
 * No line is held: a key costs 48 bytes and 8 to 16 of index, a line one bit.
 * Keys are compared by a hash of 128 bits; two of 10^9 keys clash with a
 * chance of 10^-21.
 */
#ifndef CRM_LATEST_H
#define CRM_LATEST_H

#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"
#include "record/rec.h"
#include "record/schema.h"
#include "value/time.h"

struct latest {
	/* Set after latest_init and before the first line. */
	struct view type; /* -T: of this type only; p NULL: of all */
	bool merge; /* keep what latest_fill needs */
	bool explain; /* keep what latest_counts needs */
	int32_t (*offset)(const void *zone, int64_t sec); /* of dates */
	const void *zone;

	/* Read after latest_ready. */
	uint64_t lines, lost;

	struct keys *keys;
	unsigned k_type, k_observed, k_file, k_row, k_source, k_extra;
	struct latest_type *type_of; /* as in the schema */
	size_t last; /* the one of the last line */
	VEC(unsigned) given; /* -k */
	uint64_t lacking; /* of those that -k names */

	VEC(struct latest_entry) entry;
	struct latest_slot *slot;
	size_t mask;
	struct latest_version *pending;
	size_t npending;
	uint8_t *bits; /* a bit a line: superseded */
	size_t nbits;
	VEC(struct latest_tie) tie;
	uint64_t ties, blind, undated;

	struct map file;
	uint32_t last_file;
	struct buf observed, scratch; /* the last observed_at, read as at */
	int64_t at;

	/* merge: sets of members as text, and the values filled in */
	struct map shape;
	struct buf ids, last_ids;
	uint32_t last_shape;
	bool gathers;
	uint8_t *filled; /* a bit a line: latest_fill has something for it */
	VEC(struct latest_fill) fill;
	struct arena text;

	/* explain: an element for each entry */
	VEC(struct latest_content) content;
	VEC(struct latest_value) value;
	struct map group; /* "source type" */
};

void latest_init(struct latest *l, struct keys *keys);
/* -k: this member instead of the key of the record's type. */
void latest_key(struct latest *l, struct view member);
void latest_add(struct latest *l, struct rec *r);
/* After the last line. */
void latest_ready(struct latest *l);
bool latest_lost(const struct latest *l, uint64_t line);

/*
 * --merge: where latest_gathers, each lost line is read again and given to
 * latest_gather; then latest_fill sets in a winner (where latest_filled says
 * so) the members that it lacks or has as null, from the newest version that
 * has them; observed_at, file and row never.
 */
bool latest_gathers(const struct latest *l);
void latest_gather(struct latest *l, struct rec *r, uint64_t line);
bool latest_filled(const struct latest *l, uint64_t line);
void latest_fill(struct latest *l, struct rec *r);

/* What a user should know: ties inside a file, records without their key. */
void latest_notes(const struct latest *l,
	void (*say)(void *arg, const char *text), void *arg);
/* --explain: a line for each source and type, in order of bytes: keys that
 * were seen at one observed_at only, keys whose versions differ in a member
 * that both have, keys whose versions do not. */
void latest_counts(const struct latest *l,
	void (*say)(void *arg, const char *text), void *arg);
void latest_release(struct latest *l);

#endif
