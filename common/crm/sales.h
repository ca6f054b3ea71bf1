/*
 * sales: what was bought and given back, by period, channel, store, product.
 *
 * An order counts in the status paid, shipped, completed or refunded, or
 * without one, on the day it was placed, with what was paid, or where that is
 * not said with its total, as in scrm-profile(1). A refund counts on its own
 * day, or where that is not said on its order's, else on the day we heard of
 * it; by channel and store it goes with its order. Memory: 64 bytes an order
 * and 80 a row of the table.
 */
#ifndef CRM_SALES_H
#define CRM_SALES_H

#include "edge/rates.h"
#include "crm/report.h"
#include "record/rec.h"
#include "value/time.h"

enum sales_by { BY_DAY, BY_WEEK, BY_MONTH, BY_CHANNEL, BY_STORE, BY_PRODUCT };

struct sales {
	struct when as_of;
	int32_t (*offset)(const void *zone, int64_t sec);
	const void *zone;
	const struct rates *rates; /* NULL: one currency only */
	VEC(enum sales_by) by;

	unsigned type, source, order_id, time, observed_at, status, paid, total,
		currency, channel, store_id, products;
	bool by_product;
	struct map rows;
	VEC(struct sales_row) row;
	struct map orders; /* source and order_id */
	VEC(struct sales_order) order;
	VEC(struct sales_refund) refund;
	struct map texts; /* channels and stores */
	char one_currency[4];
	bool two_currencies;
	bool offsets_differ, offset_known;
	int32_t first_offset;
	uint64_t later, uncounted, undated, strangers;
	struct buf key, scratch;
};

void sales_init(struct sales *s, struct keys *keys);
/* "month,channel"; false names what it is not. */
bool sales_by_parse(struct sales *s, struct view text, struct why *why);

enum sales_took { SALES_TOOK, SALES_NOT, SALES_REFUSED, SALES_STOP };
/* SALES_NOT: no order or refund. SALES_REFUSED: why; an order that stands
 * twice, money that is none, a currency without a rate.
 * SALES_STOP: a second currency, where there are no rates. */
enum sales_took sales_add(struct sales *s, struct rec *r, struct why *why);
/* Fills the report; false where a sum does not fit. */
bool sales_report(struct sales *s, struct report *r, struct why *why);
/* What one should know of the figures, each once. */
void sales_notes(const struct sales *s,
	void (*say)(void *arg, const char *text), void *arg);
void sales_release(struct sales *s);

#endif
