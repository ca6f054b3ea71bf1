/* consent: which statement holds, and whom one may write to. */
#include "crm/consent.h"

#include "tap.h"

#include <stdlib.h>

static struct consent say(const char *to, const char *status, const char *time)
{
	struct consent c = {
		.channel = VIEW("email"),
		.to = view_of(to),
		.purpose = VIEW("marketing"),
		.status = consent_status(view_of(status)),
		.house = VIEW(""),
		.account = VIEW(""),
		.proof = VIEW(""),
		.source = VIEW(""),
	};
	c.dated = *time && when_parse(time, strlen(time), &c.time);
	/* "+revoked" follows from a rule */
	if (*status == '+') {
		c.status = consent_status(view_of(status + 1));
		c.rule = 1;
	}
	return c;
}

/* The one that is left of up to three, in every order. */
static enum consent_status left(const char *const s[][2], size_t n)
{
	enum consent_status first = CONSENT_NONE;
	for (size_t shift = 0; shift < n; shift++) {
		struct consent c[3];
		for (size_t i = 0; i < n; i++)
			c[i] = say("a@b.c", s[(i + shift) % n][0],
				s[(i + shift) % n][1]);
		ok(consents_latest(c, n) == 1, "one is left of %zu", n);
		if (shift == 0)
			first = c[0].status;
		ok(c[0].status == first, "the same from place %zu on", shift);
	}
	return first;
}

int main(void)
{
	static const char *const later[][2] = { { "revoked", "2026-01-01" },
		{ "granted", "2026-01-02" } };
	static const char *const tie[][2] = { { "granted",
						      "2026-01-01T08:00:00Z" },
		{ "revoked", "2026-01-01T08:00:00Z" } };
	static const char *const day[][2] = { { "granted",
						      "2026-01-01T08:00:00Z" },
		{ "revoked", "2026-01-01" } };
	static const char *const undated[][2] = { { "granted", "" },
		{ "revoked", "2020-01-01" } };
	static const char *const undated_no[][2] = {
		{ "granted", "2026-01-01" }, { "revoked", "" }
	};
	static const char *const three[][2] = { { "denied", "2026-01-01" },
		{ "denied", "" }, { "granted", "2026-01-02" } };
	static const char *const again[][2] = { { "granted", "2026-01-01" },
		{ "revoked", "2026-01-02" }, { "granted", "2026-01-03" } };

	ok(left(later, 2) == CONSENT_GRANTED, "the latest wins");
	ok(left(tie, 2) == CONSENT_REVOKED, "on a tie the stricter wins");
	ok(left(day, 2) == CONSENT_REVOKED,
		"a refusal of a day beats a grant of that day");
	ok(left(undated, 2) == CONSENT_REVOKED,
		"an undated grant does not undo a revocation");
	ok(left(undated_no, 2) == CONSENT_REVOKED,
		"an undated revocation is not undone");
	ok(left(three, 3) == CONSENT_DENIED,
		"nor is one that a dated twin hides");
	ok(left(again, 3) == CONSENT_GRANTED, "who comes back may be written");

	static const char *const weak[][2] = { { "revoked", "2026-01-01" },
		{ "+granted", "2026-01-02" } };
	static const char *const undo[][2] = { { "+revoked", "2026-01-01" },
		{ "granted", "2026-01-02" } };
	static const char *const leave[][2] = { { "granted", "2026-01-01" },
		{ "+revoked", "2026-01-02" } };
	static const char *const back[][2] = { { "+revoked", "2026-01-01" },
		{ "+granted", "2026-01-02" } };
	static const char *const even[][2] = { { "+revoked", "2026-01-01" },
		{ "granted", "2026-01-01" } };
	static const char *const both[][2] = { { "denied", "2026-01-01" },
		{ "granted", "2026-01-02" }, { "+granted", "2026-01-03" } };
	ok(left(weak, 2) == CONSENT_REVOKED,
		"what follows never undoes a refusal that was said");
	ok(left(undo, 2) == CONSENT_GRANTED,
		"what is said later undoes one that follows");
	ok(left(leave, 2) == CONSENT_REVOKED, "a later refusal may follow");
	ok(left(back, 2) == CONSENT_GRANTED, "what follows may come back");
	ok(left(even, 2) == CONSENT_REVOKED, "on a tie the stricter, too");
	ok(left(both, 3) == CONSENT_GRANTED,
		"a refusal that was taken back holds nothing up");
	ok(consent_status(VIEW("Granted")) == CONSENT_NONE,
		"words are as the page has them");

	struct consent c[6] = { say("old@b.c", "granted", "2025-01-01"),
		say("new@b.c", "granted", "2026-01-01"),
		say("no@b.c", "revoked", "2026-02-01"),
		say("two@b.c", "granted", "2026-03-01"),
		say("two@b.c", "denied", "2026-03-01"),
		say("srv@b.c", "granted", "2026-04-01") };
	c[4].house = VIEW("other");
	c[5].purpose = VIEW("service");
	size_t of, n = consents_latest(c, 6);
	struct view email = VIEW("email"), none = { 0 };
	const struct consent *best = consent_reach(c, n, email, none, &of);
	ok(n == 6, "houses and purposes are apart");
	ok(best && of == 2, "two addresses may be written to: %zu", of);
	is_str(best ? best->to : none, "new@b.c", "the latest grant is taken");
	for (size_t i = 0; i < n; i++)
		if (view_is(c[i].to, "old@b.c"))
			c[i].proof = VIEW("double opt-in");
	best = consent_reach(c, n, email, none, &of);
	is_str(best->to, "old@b.c", "one with proof goes before");
	ok(!consent_reach(c, n, VIEW("sms"), none, &of) && of == 0,
		"no consent, no address");

	/* nobody's address: the channel */
	struct consent all[3] = { say("", "revoked", "2026-01-02"),
		say("a@b.c", "granted", "2026-01-01"),
		say("z@b.c", "granted", "2026-01-03") };
	n = consents_latest(all, 3);
	best = consent_reach(all, n, email, none, &of);
	ok(best && of == 1, "refused without an address: %zu is left", of);
	is_str(best ? best->to : none, "z@b.c", "what was granted later");
	all[2].rule = 1;
	ok(!consent_reach(all, n, email, none, &of),
		"which does not just follow");
	return done();
}
