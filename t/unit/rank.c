#include "base/rank.h"

#include "tap.h"

static void is_order(const uint32_t *order, uint32_t n, const char *want,
	const char *what)
{
	char got[64];
	for (uint32_t i = 0; i < n; i++)
		got[i] = (char)('0' + order[i]);
	got[n] = '\0';
	is_str(view_of(got), want, "%s", what);
}

int main(void)
{
	struct view v[] = { VIEW("abc"), VIEW("ab"), VIEW("b"), VIEW(""),
		VIEW("abcdefghij1"), VIEW("abcdefghij0"), VIEW("ab"),
		VIEW("ab\0"), VIEW("\xff") };
	uint32_t order[9];
	rank_texts(v, NULL, 0, 9, order);
	is_order(order, 9, "316705428", "by bytes, then by number");
	uint32_t group[] = { 1, 0, 1, 2, 0, 0, 2, 2, 1 };
	rank_texts(v, group, 3, 9, order);
	is_order(order, 9, "154028367", "groups first");
	struct view long_[] = { VIEW("7012345678901234567"),
		VIEW("7012345678901234561"), VIEW("701234567890123456") };
	rank_texts(long_, NULL, 0, 3, order);
	is_order(order, 3, "210", "what all have in common is passed over");
	rank_texts(NULL, NULL, 0, 0, order);
	ok(true, "none is none");
	return done();
}
