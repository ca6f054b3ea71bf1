/*
 * rfm: recency, frequency and money as scores from 1 to 5 with the cuts that
 * made them, the groups they are named by, and the largest customers.
 *
 * A cut is a quantile by Hyndman and Fan's type 7; a score is one more than
 * the cuts strictly below the value, so that equal values have equal scores.
 * Recency is in days since the last order and its score is turned round.
 * Where a field has at most five different values, each has a score of its
 * own, spread over 1 to 5.
 */
#ifndef CRM_RFM_H
#define CRM_RFM_H

#include "base/vec.h"
#include "base/why.h"
#include "record/rec.h"
#include "value/num.h"
#include "value/time.h"

#define RFM_BINS 5

enum rfm_field { RFM_R, RFM_F, RFM_M, RFM_FIELDS };

typedef VEC(struct dec) decs;

struct rfm_cuts {
	struct dec cut[RFM_BINS - 1]; /* ascending */
	int bins_used; /* different scores among the values they came from */
};

/* Sorts the values; false where there are none. */
bool rfm_fit(decs *values, struct rfm_cuts *out);
/* 1..5; reversed for recency. */
int rfm_score(const struct rfm_cuts *c, struct dec v, bool reversed);
/* "champions"; r and the mean of f and m, rounded up, say which. */
const char *rfm_group(int r, int f, int m);

/* Who is a super user: "revenue:1%", "revenue:500", "revenue:10x". */
struct rfm_top {
	struct view field;
	struct dec amount;
	enum { TOP_SHARE, TOP_COUNT, TOP_TIMES } kind;
	struct dec threshold; /* from this value on */
	size_t n, of;
	bool none; /* nobody qualifies */
	/* of all value, with 4 digits; how many times the mean of the rest,
	 * with 2; missing where the rest has nothing */
	struct dec share, multiple;
	bool has_multiple;
};

bool rfm_top_parse(struct view text, struct rfm_top *top, struct why *why);
/*
 * Sorts the values and finds the threshold. A share or a count takes whoever
 * has at least the value of the last one in it (ties are in). TIMES takes
 * from the largest down as long as each has at least amount times the mean of
 * those below.
 */
bool rfm_top_fit(struct rfm_top *top, decs *values, struct why *why);

/* Customers that bought of one brand (or category) at least, and of several;
 * [0] of the rest, [1] of the super users. */
struct rfm_several {
	size_t some, several;
};
struct rfm_reach {
	struct rfm_several brands[2], categories[2];
};
/* Appends what the super users are to the house, in words. */
void rfm_top_say(const struct rfm_top *top, const struct rfm_reach *reach,
	struct buf *out);

extern const char *const rfm_letter[RFM_FIELDS]; /* "r" "f" "m" */

/*
 * The model file: one line of JSON with cuts, bins used, thresholds, n and
 * as-of. Fields are the names that r, f and m were read from. Reading takes
 * cuts and tops (field and threshold only); their names live in text.
 */
struct rfm_tops {
	struct rfm_top *v;
	size_t n, cap;
};
void rfm_model_print(const struct rfm_cuts cuts[RFM_FIELDS],
	const char *const field[RFM_FIELDS], size_t n, struct when as_of,
	const struct rfm_tops *tops, struct buf *out);
bool rfm_model_read(const struct buf *text, struct rfm_cuts cuts[RFM_FIELDS],
	struct rfm_tops *tops, struct why *why);

#endif
