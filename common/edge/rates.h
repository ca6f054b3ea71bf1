/*
 * rates: amounts of other currencies in the one that figures are in.
 *
 * A table of date, currency and rate: one unit of the currency is worth rate
 * units of the target from that day on, until the next date of the same
 * currency. Nothing is taken from a later day. Zero is a valid empty table.
 */
#ifndef EDGE_RATES_H
#define EDGE_RATES_H

#include "base/map.h"
#include "base/vec.h"
#include "base/why.h"
#include "value/num.h"

struct rates_row {
	uint32_t currency; /* number in the map */
	int64_t day; /* since 1970-01-01 */
	struct dec rate;
};

struct rates {
	const char *path; /* of rates_load */
	char target[4];
	int digits; /* minor units of the target */
	struct map currency;
	VEC(struct rates_row) row;
	bool sorted;
};

/* The file of --rates (date,currency,rate) with SCRM_CURRENCY as its target,
 * ready for use. Dies where it cannot be taken, with line and column. */
void rates_load(struct rates *r, const char *path);

/* What it is made of. The target, an ISO 4217 name; false if it is none. */
bool rates_init(struct rates *r, struct view target, struct why *why);
/* A row: a date, an ISO 4217 name, a positive number; false with why. */
bool rates_add(struct rates *r, struct view date, struct view currency,
	struct view rate, struct why *why);
/* After the last row: false where one currency has two rates on a day. */
bool rates_ready(struct rates *r, struct why *why);
/*
 * The rate of the last day on or before day; the target's own is 1. False
 * where the table has none, with why naming currency and date.
 */
bool rates_find(const struct rates *r, int64_t day, struct view currency,
	struct dec *rate, struct why *why);
/* amount times rate, half-even at the target's minor units. */
bool rates_apply(const struct rates *r, struct dec rate, struct dec *amount);
void rates_release(struct rates *r);

#endif
