/*
 * consent_rules: what follows of consent from what a customer did.
 *
 * A table of when, channel, purpose, status: where a record satisfies the
 * condition when, its address on that channel has the status as of that
 * record. The wechat of a rule is the account of the record; wechat:APPID is
 * that account alone. The rules are asked in one go, each field is read once.
 */
#ifndef CRM_CONSENT_RULES_H
#define CRM_CONSENT_RULES_H

#include "base/vec.h"
#include "crm/consent.h"
#include "edge/rules.h"
#include "record/condition.h"

struct consent_rule {
	struct view name; /* "rules/consent.csv:2" */
	struct view when, channel;
	struct view purpose; /* never empty */
	enum consent_status status;
	uint64_t nowhere; /* records that would grant, and have no address */
};

struct consent_rules {
	VEC(struct consent_rule) rule;
	VEC(struct condition *) condition;
	bool *holds; /* by rule, of the record last asked */
	struct condition_set *set;
	struct arena text;
};

/*
 * All rows of a table; keys and env must outlive it. False: *row is the one at
 * fault and why->text names the column.
 */
bool consent_rules_read(struct consent_rules *c, const struct rules *table,
	struct keys *keys, const struct condition_env *env, size_t *row,
	struct why *why);
/* Fills holds. False with why: the record cannot be judged. */
bool consent_rules_test(struct consent_rules *c, const struct rec *r,
	struct why *why);
/* Adds what other met, the same rules read again for another thread. */
void consent_rules_join(struct consent_rules *c, struct consent_rules *other);
/* What the conditions met, and who has no address. */
void consent_rules_notes(const struct consent_rules *c,
	void (*say)(void *arg, const char *text), void *arg);
void consent_rules_release(struct consent_rules *c);

#endif
