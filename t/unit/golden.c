/* golden: the value that survives, whatever the order of profiles. */
#include "crm/golden.h"

#include "tap.h"

static struct candidate from(const char *source, const char *id,
	const char *observed, const char *value)
{
	struct candidate c = { .value = view_of(value),
		.source = view_of(source),
		.source_id = view_of(id) };
	c.dated = *observed &&
		  when_parse(observed, strlen(observed), &c.observed);
	return c;
}

static struct view pick(enum survive rule, const struct candidate *c, size_t n)
{
	static const struct golden none;
	struct golden_rule r = { .rule = rule };
	struct view first = c[golden_pick(&none, r, c, n)].value;
	struct candidate turned[8];
	for (size_t i = 0; i < n; i++)
		turned[i] = c[n - 1 - i];
	struct view again = turned[golden_pick(&none, r, turned, n)].value;
	ok(view_eq(first, again), "%s: the same backwards",
		golden_rule_name(rule));
	return first;
}

int main(void)
{
	struct candidate c[] = {
		from("tmall", "1", "2026-01-01", "\"Li\""),
		from("shopify", "2", "2026-03-01", "\"Lin Xiao\""),
		from("till", "3", "", "\"\u6797\u5c0f\u6ee1\u59d0\""),
		from("till", "4", "2026-02-01", "\"Li\""),
	};
	is_str(pick(SURVIVE_LATEST, c, 4), "\"Lin Xiao\"",
		"the newest observed_at");
	is_str(pick(SURVIVE_FIRST, c, 4), "\"Li\"", "the oldest");
	is_str(pick(SURVIVE_MOST_FREQUENT, c, 4), "\"Li\"", "most have it");
	is_str(pick(SURVIVE_LONGEST, c, 4), "\"Lin Xiao\"",
		"the most characters, not bytes");
	is_str(pick(SURVIVE_MIN, c, 4), "\"Li\"", "the smallest");

	struct candidate day[] = {
		from("b", "1", "2026-01-01", "\"b1\""),
		from("a", "9", "2026-01-01", "\"a9\""),
		from("a", "10", "2026-01-01", "\"a10\""),
	};
	is_str(pick(SURVIVE_LATEST, day, 3), "\"a10\"",
		"a tie goes to the smaller source, then source_id, by bytes");

	struct candidate num[] = { from("a", "1", "", "10"),
		from("b", "1", "", "9.5") };
	is_str(pick(SURVIVE_MAX, num, 2), "10", "numbers are numbers");
	struct candidate time[] = { from("a", "1", "",
					    "\"2026-01-01T00:30:00+08:00\""),
		from("b", "1", "", "\"2025-12-31T20:00:00Z\"") };
	is_str(pick(SURVIVE_MIN, time, 2), "\"2026-01-01T00:30:00+08:00\"",
		"times are instants");

	ok(!golden_has(VIEW("\"\"")) && !golden_has(VIEW("null")) &&
			!golden_has(VIEW("[]")) && golden_has(VIEW("0")),
		"null, \"\" and [] are no values, 0 is one");

	struct golden g = { 0 };
	struct why why = { 0 };
	ok(golden_add(&g, VIEW("name"), VIEW("source"), VIEW("till; tmall"),
		   &why),
		"a list of sources is read");
	ok(golden_add(&g, VIEW("*"), VIEW("first"), VIEW(""), &why),
		"a rule for all others");
	struct golden_rule r = golden_rule(&g, VIEW("name"));
	is_str(c[golden_pick(&g, r, c, 4)].value, "\"Li\"",
		"the best source's newest");
	ok(golden_rule(&g, VIEW("city")).rule == SURVIVE_FIRST &&
			golden_rule(&g, VIEW("tags")).rule == SURVIVE_UNION,
		"* is for fields without a rule of their own");
	ok(!golden_add(&g, VIEW("name"), VIEW("latest"), VIEW(""), &why),
		"a second rule is refused: %s", why.text);
	ok(!golden_add(&g, VIEW("x"), VIEW("newest"), VIEW(""), &why),
		"an unknown rule is refused: %s", why.text);
	ok(!golden_add(&g, VIEW("x"), VIEW("source"), VIEW(" "), &why),
		"a source rule without sources is refused: %s", why.text);
	golden_release(&g);
	return done();
}
