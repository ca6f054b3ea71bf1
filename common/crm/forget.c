#include "crm/forget.h"

#include "crm/consent.h"

/* A member of a type that may stay, as it is or as an alias. */
struct forget_rule {
	const char *type;
	unsigned member;
	const char *alias; /* what it is an alias of; NULL: as it is */
};

static const struct {
	const char *type, *member, *alias;
} rules[] = {
	{ "decision", "campaign", NULL },
	{ "decision", "customer_id", "customer" },
	{ "decision", "offer_id", NULL },
	{ "decision", "occurrence", NULL },
	{ "decision", "decision_id", "decision" },
	{ "decision", "arm", NULL },
	{ "decision", "variant", NULL },
	{ "decision", "decided_at", NULL },
	{ "decision", "as_of", NULL },
	{ "decision", "channel", NULL },
	{ "decision", "score", NULL },
	{ "decision", "value", NULL },
	{ "decision", "cost", NULL },
	{ "decision", "price", NULL },
	{ "decision", "rank", NULL },
	{ "decision", "offer", NULL },
	{ "delivery", "message_key", "message" },
	{ "delivery", "attempt", NULL },
	{ "delivery", "status", NULL },
	{ "delivery", "customer_id", "customer" },
	{ "delivery", "campaign", NULL },
	{ "delivery", "offer_id", NULL },
	{ "delivery", "channel", NULL },
	{ "delivery", "account", NULL },
	{ "delivery", "occurrence", NULL },
	{ "delivery", "code", NULL },
	{ "delivery", "remote_id", "remote" },
	{ "delivery", "time", NULL },
	{ "consent", "channel", NULL },
	{ "consent", "to", NULL }, /* made an alias before */
	{ "consent", "purpose", NULL },
	{ "consent", "house", NULL },
	{ "consent", "account", NULL },
	{ "consent", "status", NULL },
	{ "consent", "time", NULL },
};

void forget_init(struct forget *f, struct keys *keys, struct whom *whom,
	struct erased *erased)
{
	*f = (struct forget){ .whom = whom, .erased = erased };
	ids_init(&f->ids, keys);
	f->type = keys_want(keys, "type");
	f->status = keys_want(keys, "status");
	f->to = keys_want(keys, "to");
	f->customer_id = keys_want(keys, "customer_id");
	f->merged_into = keys_want(keys, "merged_into");
	f->key_ids = keys_want(keys, "ids");
	f->reasons = keys_want(keys, "reasons");
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		*vec_add(&f->rule) = (struct forget_rule){ rules[i].type,
			keys_want(keys, rules[i].member), rules[i].alias };
}

void forget_release(struct forget *f)
{
	ids_release(&f->ids);
	vec_release(&f->rule);
	buf_release(&f->text);
}

static void set_alias(struct forget *f, struct rec *r, unsigned member,
	const char *what, struct view text)
{
	buf_reset(&f->text);
	erased_alias(f->erased, what, text, &f->text);
	rec_set_text(r, member, buf_view(&f->text));
}

/* Of a type that has rules what they let stay; false: it has none. */
static bool strip(struct forget *f, struct rec *r)
{
	struct view type = rec_text(r, f->type);
	bool known = false;
	for (size_t i = 0; i < f->rule.n && !known; i++)
		known = view_is(type, f->rule.v[i].type);
	for (size_t m = 0; known && m < r->nmembers; m++) {
		unsigned id = r->member[m].id;
		size_t i = 0;
		if (id == f->type)
			continue;
		while (i < f->rule.n &&
			(f->rule.v[i].member != id ||
				!view_is(type, f->rule.v[i].type)))
			i++;
		if (i == f->rule.n)
			r->member[m].dropped = r->changed = true;
		else if (f->rule.v[i].alias && rec_text(r, id).p)
			set_alias(f, r, id, f->rule.v[i].alias,
				rec_text(r, id));
	}
	return known;
}

/* A refusal stays, by its address alone; a grant is no longer wanted. */
static bool suppression(struct forget *f, struct rec *r)
{
	enum consent_status s = consent_status(rec_text(r, f->status));
	ids_address(&f->ids, r);
	if ((s != CONSENT_DENIED && s != CONSENT_REVOKED) || !f->ids.id.n)
		return false;
	set_alias(f, r, f->to, "to", f->ids.id.v[0].text);
	return true;
}

/* Whether the line is of their customer or their profile. */
static bool their_link(struct forget *f, struct rec *r)
{
	const unsigned of[] = { f->customer_id, f->merged_into };
	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		struct view id = rec_text(r, of[i]);
		buf_reset(&f->text);
		buf_adds(&f->text, "customer_id:");
		buf_addv(&f->text, id);
		if (id.n && whom_has(f->whom, buf_view(&f->text)))
			return true;
	}
	ids_of(&f->ids, r);
	return f->ids.id.n && f->ids.id.v[0].kind == ID_SOURCE_ID &&
	       whom_has(f->whom, f->ids.id.v[0].text);
}

/* Takes their identifiers out of a list; whether there were any. */
static bool thin(struct forget *f, struct rec *r, unsigned list)
{
	struct val all = rec_get(r, list);
	struct buf scratch = { 0 };
	bool changed = false;
	if (all.kind != K_ARRAY)
		return false;
	buf_reset(&f->text);
	struct val_iter it = val_iter(all);
	while (val_next(&it)) {
		if (whom_has(f->whom, val_text(it.val, &scratch))) {
			changed = true;
			continue;
		}
		buf_addc(&f->text, f->text.n ? ',' : '[');
		json_val(&f->text, it.val);
	}
	buf_adds(&f->text, f->text.n ? "]" : "[]");
	if (changed)
		rec_set(r, list, buf_view(&f->text));
	buf_release(&scratch);
	return changed;
}

static enum forgot forget_link(struct forget *f, struct rec *r)
{
	if (their_link(f, r))
		return FORGOT_ALL;
	bool ids = thin(f, r, f->key_ids), why = thin(f, r, f->reasons);
	return ids || why ? FORGOT_SOME : FORGOT_NOTHING;
}

enum forgot forget_rec(struct forget *f, struct rec *r)
{
	struct view type = rec_text(r, f->type);
	if (view_is(type, "link"))
		return forget_link(f, r);
	if (!whom_of(f->whom, r).p)
		return FORGOT_NOTHING;
	if (view_is(type, "consent") && !suppression(f, r))
		return FORGOT_ALL;
	return strip(f, r) ? FORGOT_SOME : FORGOT_ALL;
}
