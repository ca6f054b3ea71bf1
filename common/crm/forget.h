/*
 * forget: what is left of a record of somebody who was erased.
 *
 * - Of a decision or a delivery the figures: what, when, in which arm, at what
 *   price. customer_id, decision_id, message_key and remote_id become an alias
 *   (erased_alias), the same for the same, so that counts of people stand; all
 *   else goes.
 * - Of a consent that was denied or revoked the refusal: channel, purpose,
 *   status, time, house, account, and `to` as an alias of the address as
 *   crm/ids spells it. Who has the address can hold it against that; nobody
 *   can make the address of it.
 * - Of a line of links that is somebody else's (two share a value, and it was
 *   erased by itself) all but that value.
 * - Of anything else nothing.
 */
#ifndef CRM_FORGET_H
#define CRM_FORGET_H

#include "crm/erased.h"
#include "crm/whom.h"

enum forgot {
	FORGOT_NOTHING, /* it is not theirs: the record is as it was */
	FORGOT_SOME, /* changed */
	FORGOT_ALL, /* it has to go */
};

struct forget {
	struct whom *whom; /* these two borrowed */
	struct erased *erased;
	struct ids ids;
	unsigned type, status, to, customer_id, merged_into, key_ids, reasons;
	VEC(struct forget_rule) rule;
	struct buf text;
};

void forget_init(struct forget *f, struct keys *keys, struct whom *whom,
	struct erased *erased);
void forget_release(struct forget *f);
enum forgot forget_rec(struct forget *f, struct rec *r);

#endif
