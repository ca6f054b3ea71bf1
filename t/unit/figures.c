/* figures: sums, averages and the four figures of the ltv models. */
#include "crm/figures.h"

#include "tap.h"

static struct dec d(const char *text)
{
	struct dec x = { 0 };
	ok(dec_parse(text, strlen(text), &x), "%s is a number", text);
	return x;
}

static struct purchase buy(int64_t day, const char *paid, uint64_t key)
{
	return (struct purchase){ .time = { .sec = day * 86400 + 3600 },
		.day = day,
		.paid = d(paid),
		.key = key };
}

static struct buf text;

static struct view show(struct dec x)
{
	buf_reset(&text);
	dec_print(&text, x);
	return buf_view(&text);
}

static struct view band(const char *price)
{
	struct dec x = d(price);
	buf_reset(&text);
	price_band(&text, x);
	return buf_view(&text);
}

int main(void)
{
	struct figures f;
	/* days 0, 10, 10, 14, 40; two orders of day 10 are one purchase */
	struct purchase p[] = { buy(10, "20", 3), buy(0, "100.50", 1),
		buy(40, "7", 5), buy(10, "30", 2), buy(14, "0", 4) };
	ok(figures_of(p, 5, NULL, 0, 50, 2, &f), "five orders");
	is_str(show(f.gross), "157.50", "money at the largest scale seen");
	is_str(show(f.aov), "31.50", "revenue of an order");
	ok(f.frequency == 3 && f.recency == 40 && f.T == 50,
		"x 3, t_x 40, T 50: %d %d %d", (int)f.frequency, (int)f.recency,
		(int)f.T);
	is_str(show(f.monetary), "19.00", "57 on three days, 0 is a value");
	ok(f.has_gap && f.gap2 == 20, "gaps 4 10 26: 10 is in the middle");
	ok(f.first.sec == 3600 && f.last.sec == 40 * 86400 + 3600,
		"first and last");

	/* order 5 is given back whole, order 1 in part, 9 is not known */
	struct giveback g[] = { { d("7.00"), 5 }, { d("0.50"), 1 },
		{ d("10"), 9 }, { d("1"), 2 } };
	ok(figures_of(p, 5, g, 4, 50, 2, &f), "with refunds");
	is_str(show(f.gross), "157.50", "gross stays");
	is_str(show(f.revenue), "139.00", "revenue is net of all refunds");
	ok(f.orders == 5 && f.frequency == 2 && f.recency == 14,
		"what was given back whole is an order and no purchase");
	is_str(show(f.monetary), "24.50", "49 on two days, net");
	ok(f.gap2 == 14, "gaps 10 and 4: the mean of two");

	ok(figures_of(p, 1, NULL, 0, 0, 2, &f) && f.frequency == 0 &&
			!f.has_monetary && !f.has_gap && f.T == 0,
		"one purchase has no repeat value, and T 0 on its day");
	ok(figures_of(p, 0, NULL, 0, 0, 2, &f) && !f.has_days, "none at all");

	/* 10,000,000 times 0.01 is in num's test; here: too large a sum */
	struct purchase big[] = {
		buy(0, "99999999999999999999999999999999999999", 1),
		buy(0, "99999999999999999999999999999999999999", 2)
	};
	ok(!figures_of(big, 2, NULL, 0, 0, 2, &f), "no 39th digit");

	struct dec v[] = { d("1"), d("2.5"), d("4"), d("10") }, q;
	ok(quantile(v, 4, d("0.5"), 2, &q), "median");
	is_str(show(q), "3.25", "between 2.5 and 4");
	ok(quantile(v, 4, d("0.9"), 2, &q), "0.9");
	is_str(show(q), "8.20", "type 7: 4 + 0.7 * 6");
	ok(quantile(v, 4, d("1"), 2, &q) && dec_cmp(q, v[3]) == 0,
		"1 is the largest");
	ok(quantile(v, 4, d("0"), 2, &q) && dec_cmp(q, v[0]) == 0,
		"0 is the smallest");
	ok(quantile(v, 1, d("0.7"), 2, &q) && dec_cmp(q, v[0]) == 0, "of one");

	is_str(band("260.00"), "200-500", "260 is in 200-500");
	is_str(band("200"), "200-500", "the edge belongs to the upper band");
	is_str(band("199.99"), "100-200", "just under it");
	is_str(band("0.30"), "0.2-0.5", "small prices too");
	is_str(band("9.99"), "5-10", "one digit");
	is_str(band("1000000"), "1000000-2000000", "and large ones");
	is_str(band("0"), "0", "a gift");
	ok(share_of(d("1"), d("3"), &q), "a third");
	is_str(show(q), "0.3333", "four decimals");
	buf_release(&text);
	return done();
}
