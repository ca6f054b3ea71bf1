/*
 * consent: which of several statements about an address holds, and whether
 * it may be written to.
 *
 * The latest wins; on a tie, or without a time, the stricter: an undated or
 * an older "granted" never undoes a revocation. A date without a time of day
 * is the start of that day for a grant and its end for a refusal, so that on
 * one day the refusal wins. The same records give the same answer in any
 * order.
 *
 * What was said outweighs what follows from what somebody did
 * (crm/consent_rules.h): a grant that follows undoes no refusal that was said,
 * whatever their times. A refusal without an address is one of the channel.
 */
#ifndef CRM_CONSENT_H
#define CRM_CONSENT_H

#include "base/buf.h"
#include "value/time.h"

/* The stricter is the larger. */
enum consent_status {
	CONSENT_NONE, /* no such word */
	CONSENT_GRANTED,
	CONSENT_DENIED,
	CONSENT_REVOKED,
};

struct consent {
	struct view channel; /* email, sms, wechat:APPID, wecom:CORPID */
	struct view to; /* the address */
	struct view purpose; /* "" is marketing */
	struct view house, account, proof, source; /* "" where not said */
	enum consent_status status;
	unsigned rule; /* it follows from this one, from 1; 0: it was said */
	bool dated;
	struct when time;
};

enum consent_status consent_status(struct view word);
const char *consent_word(enum consent_status s);

/*
 * Leaves one for each (channel, to, purpose, house), in this order by bytes,
 * at the start of the array; returns how many.
 */
size_t consents_latest(struct consent *c, size_t n);

/*
 * Of consents_latest's result: the address of one channel that marketing may
 * write to, or NULL. One is out if any house or statement of this purpose
 * refuses it, or refuses the channel without an address and not before it was
 * granted. Of several: with proof before without, then the latest grant,
 * then the preferred address (NULL p: none), then the smallest bytes. *of is
 * the number of addresses that may be written to.
 */
const struct consent *consent_reach(const struct consent *c, size_t n,
	struct view channel, struct view preferred, size_t *of);

#endif
