/*
 * followers: who came and who went, by account and period, and how many there
 * are.
 *
 * Flows are counted from events (see event_follows). How many there are
 * only a list of followers or the platform's own count can say; where both
 * ends of a stretch are known, what events do not explain is shown as such.
 */
#ifndef CRM_FOLLOWERS_H
#define CRM_FOLLOWERS_H

#include "crm/report.h"
#include "record/rec.h"
#include "value/time.h"

struct followers {
	struct when as_of;
	int32_t (*offset)(const void *zone, int64_t sec);
	const void *zone;
	enum period period;
	unsigned type, event, time, account, channel, appid, openid, date,
		total, observed_at, following;
	struct map accounts;
	struct map flows; /* account, NUL, day */
	VEC(struct followers_flow) flow;
	VEC(struct followers_total) totals;
	VEC(struct followers_list) list; /* by account */
	uint64_t later, undated;
	struct buf key, scratch;
};

void followers_init(struct followers *f, struct keys *keys);
/* False: none of its business, or with why->text set, one that cannot be
 * used. */
bool followers_add(struct followers *f, struct rec *r, struct why *why);
void followers_report(struct followers *f, struct report *r);
void followers_release(struct followers *f);

#endif
