/*
 * figures: what a customer's purchases come to. Arithmetic on arrays of
 * purchases; where they come from is customers.c's business.
 *
 * Money is exact; an average is rounded half-even at the currency's minor
 * units.
 */
#ifndef CRM_FIGURES_H
#define CRM_FIGURES_H

#include "value/num.h"
#include "value/time.h"

/* Whether an order of this status counts: paid, shipped, completed, refunded,
 * or "" where it has none. */
bool order_counts(struct view status);

/* 1 where an event of this name begins to follow an account (subscribe,
 * follow, add_external_contact), -1 where it ends it (unsubscribe, unfollow,
 * del_follow_user), else 0; in any case of letters. */
int event_follows(struct view event);

/* An order that counts. */
struct purchase {
	struct when time;
	int64_t day; /* calendar day, since 1970-01-01 */
	struct dec paid;
	uint64_t key; /* of source and order_id; a refund names it */
};

struct giveback {
	struct dec paid;
	uint64_t key; /* of its order; 0: not said */
};

struct figures {
	size_t orders;
	struct dec revenue; /* paid less what was given back */
	struct dec gross; /* paid */
	struct dec aov; /* revenue / orders */
	struct when first, last;

	/*
	 * guides: x, t_x and T of the buy-till-you-die models in days, the
	 * first day excluded and orders of a day merged (Fader, Hardie, Lee
	 * 2005). An order that was given back whole is no purchase.
	 */
	bool has_days;
	int64_t frequency, recency, T;
	bool has_monetary;
	struct dec monetary; /* mean value of a repeat purchase day */
	bool has_gap;
	int64_t gap2; /* twice the median of days between purchase days */
};

/* dec_add, without a call where the scales are the same. */
static inline bool sum_add(struct dec *a, struct dec b)
{
	int128 v;
	if (a->scale != b.scale || __builtin_add_overflow(a->v, b.v, &v))
		return dec_add(a, b);
	a->v = v;
	return true;
}

/*
 * Sorts p by time. Refunds of orders that are not among p are subtracted from
 * revenue only; the caller leaves out those of orders that do not count.
 * digits: minor units. False: a sum of more than 38 digits.
 */
bool figures_of(struct purchase *p, size_t n, const struct giveback *g,
	size_t ng, int64_t as_of_day, int digits, struct figures *out);

/*
 * Type-7 quantile (linear between the two neighbours) of sorted values, q of
 * 0 to 1, half-even at the given scale, or with all its digits. n > 0. False:
 * more than 38 digits.
 */
#define QUANTILE_EXACT (-1)
bool quantile(const struct dec *sorted, size_t n, struct dec q, int scale,
	struct dec *out);

/*
 * The step of the 1-2-5 series that holds a price: 260 is in 200-500, 0.3 in
 * 0.2-0.5. A price of 0 or less is in "0". Appends "200-500".
 */
void price_band(struct buf *out, struct dec price);

/* part of whole with four decimals, half-even; whole > 0. */
bool share_of(struct dec part, struct dec whole, struct dec *share);

#endif
