#include "crm/consent_rules.h"

#include <stdlib.h>

static struct view keep(struct consent_rules *c, struct view v)
{
	return (struct view){ arena_bytes(&c->text, v.p, v.n), v.n };
}

static bool begins(struct view v, struct view with)
{
	return v.n > with.n && memcmp(v.p, with.p, with.n) == 0;
}

static bool is_channel(struct view v)
{
	return view_is(v, "email") || view_is(v, "sms") ||
	       view_is(v, "advisor") || view_is(v, "wechat") ||
	       view_is(v, "wecom") || begins(v, VIEW("wechat:")) ||
	       begins(v, VIEW("wecom:"));
}

static bool is_purpose(struct view v)
{
	return view_is(v, "marketing") || view_is(v, "service") ||
	       view_is(v, "internal") || view_is(v, "ads");
}

static bool add(struct consent_rules *c, const struct rules *table, size_t row,
	struct keys *keys, const struct condition_env *env, struct why *why)
{
	struct view when = rules_cell(table, row, "when");
	struct view channel = rules_cell(table, row, "channel");
	struct view purpose = rules_cell(table, row, "purpose");
	struct view status = rules_cell(table, row, "status");
	struct why at = { 0 };
	if (!when.n)
		return why_not(why, "column 'when': empty; as type = 'event' "
				    "and event = 'subscribe'");
	if (!is_channel(channel))
		return why_not(why,
			"column 'channel': '%.*s' is none of email, sms, "
			"advisor, wechat, wecom, wechat:APPID, wecom:CORPID",
			(int)channel.n, channel.p);
	if (!purpose.n)
		purpose = VIEW("marketing");
	if (!is_purpose(purpose))
		return why_not(why,
			"column 'purpose': '%.*s' is none of marketing, "
			"service, internal, ads",
			(int)purpose.n, purpose.p);
	if (consent_status(status) == CONSENT_NONE)
		return why_not(why,
			"column 'status': '%.*s' is none of granted, denied, "
			"revoked",
			(int)status.n, status.p);
	struct condition *x = condition_compile(when, keys, env, &at);
	if (!x)
		return why_not(why, "column 'when', place %zu: %s", at.col,
			at.text);
	struct buf name = { 0 };
	buf_addf(&name, "%s:%zu", table->path, table->row.v[row].line);
	*vec_add(&c->condition) = x;
	*vec_add(&c->rule) = (struct consent_rule){
		.name = keep(c, buf_view(&name)),
		.when = keep(c, when),
		.channel = keep(c, channel),
		.purpose = keep(c, purpose),
		.status = consent_status(status),
	};
	buf_release(&name);
	return true;
}

bool consent_rules_read(struct consent_rules *c, const struct rules *table,
	struct keys *keys, const struct condition_env *env, size_t *row,
	struct why *why)
{
	struct condition_env own = *env;
	own.set = c->set = condition_set_new();
	for (*row = 0; *row < table->row.n; ++*row)
		if (!add(c, table, *row, keys, &own, why))
			return false;
	c->holds = xcalloc(c->rule.n, sizeof(*c->holds));
	return true;
}

bool consent_rules_test(struct consent_rules *c, const struct rec *r,
	struct why *why)
{
	return conditions_test(c->condition.v, c->condition.n, r, c->holds,
		why);
}

void consent_rules_join(struct consent_rules *c, struct consent_rules *other)
{
	for (size_t i = 0; i < c->rule.n; i++) {
		condition_join(c->condition.v[i], other->condition.v[i]);
		c->rule.v[i].nowhere += other->rule.v[i].nowhere;
	}
}

void consent_rules_notes(const struct consent_rules *c,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < c->rule.n; i++) {
		const struct consent_rule *x = &c->rule.v[i];
		condition_notes(c->condition.v[i], say, arg);
		if (!x->nowhere)
			continue;
		buf_reset(&b);
		buf_addf(&b,
			"%.*s: %llu records have no address of %.*s, "
			"and grant nothing",
			(int)x->name.n, x->name.p,
			(unsigned long long)x->nowhere, (int)x->channel.n,
			x->channel.p);
		say(arg, b.p);
	}
	buf_release(&b);
}

void consent_rules_release(struct consent_rules *c)
{
	for (size_t i = 0; i < c->condition.n; i++)
		condition_free(c->condition.v[i]);
	condition_set_free(c->set);
	vec_release(&c->condition);
	vec_release(&c->rule);
	free(c->holds);
	arena_release(&c->text);
}
