/*
 * money: amounts as exports write them, exact, and the currencies of ISO 4217.
 */
#ifndef VALUE_MONEY_H
#define VALUE_MONEY_H

#include "base/why.h"
#include "value/num.h"

/* Digits after the point (JPY 0, CNY 2, KWD 3), or -1 for a name that is no
 * currency of ISO 4217; three capital letters. */
int money_digits(struct view currency);
/* The currency that was probably meant ("cny", "RMB", "EURO"), for messages;
 * NULL where none or several are within one edit. */
const char *money_nearest(struct view currency);

/*
 * The whole text is one amount; blanks around it are cut. point separates the
 * fraction, group the thousands (0: none; ' ' takes also U+00A0 and U+202F,
 * '\'' also U+2019). Groups are three digits each, the first one to three,
 * all or none. A minus stands first or last, or the amount is in brackets; a
 * plus may stand first. One sign of currency (¥ ￥ $ € £ ₩ ₽ ₹ ฿ ₫ ₺
 * R$ US$ HK$ RMB 元, an ISO name) may stand before or after, and is not looked
 * at: the record has a currency of its own. "12O.5", "1e3", "1,23,4", "1." and
 * "" are refused. The scale is kept as written.
 */
bool money_parse(struct view text, char point, char group, struct dec *out,
	struct why *why);

/* An amount in minor units (Stripe's 1999 of USD is 19.99) at the currency's
 * scale; false where the currency is unknown. */
bool money_of_minor(int64_t minor, struct view currency, struct dec *out);

#endif
