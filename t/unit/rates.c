/* rates: the last one on or before a day, and what it makes of an amount. */
#include "edge/rates.h"
#include "value/time.h"

#include "tap.h"

static struct rates r;
static struct why why;

static bool add(const char *date, const char *currency, const char *rate)
{
	return rates_add(&r, view_of(date), view_of(currency), view_of(rate),
		&why);
}

static struct view at(int day, const char *amount)
{
	static struct buf out;
	struct dec rate, d = { 0 };
	buf_reset(&out);
	if (!rates_find(&r, day_number(2026, 1, day), VIEW("EUR"), &rate, &why))
		return VIEW("none");
	dec_parse(amount, strlen(amount), &d);
	ok(rates_apply(&r, rate, &d), "applied");
	dec_print(&out, d);
	return buf_view(&out);
}

int main(void)
{
	ok(!rates_init(&r, VIEW("CNX"), &why), "no such target: %s", why.text);
	ok(rates_init(&r, VIEW("CNY"), &why), "a target");
	ok(add("2026-01-10", "EUR", "8"), "a later day first");
	ok(add("2026-01-05", "EUR", "7.855"), "an earlier one");
	ok(add("2026-01-07", "USD", "7"), "another currency between them");
	ok(add("2026-01-05", "EUR", "7.8550"), "the same again");
	ok(!add("2026-01-05T08:00:00Z", "EUR", "7"), "a time: %s", why.text);
	ok(!add("2026-02-30", "EUR", "7"), "no such day");
	ok(!add("2026-01-05", "EUr", "7"), "no currency: %s", why.text);
	ok(!add("2026-01-05", "EUR", "0"), "0 is no rate");
	ok(!add("2026-01-05", "EUR", "-1"), "nor is -1");
	ok(rates_ready(&r, &why), "ready");

	is_str(at(4, "1"), "none", "before the first day there is none");
	ok(strstr(why.text, "2026-01-04") != NULL, "said: %s", why.text);
	is_str(at(5, "1.01"), "7.93", "on the day, half-even to fen");
	is_str(at(9, "100"), "785.50", "until the next");
	is_str(at(10, "1"), "8", "on the next day");
	is_str(at(31, "0.10"), "0.80", "and after the last");

	struct dec one;
	ok(rates_find(&r, 0, VIEW("CNY"), &one, &why) && one.v == 1,
		"the target's own is 1 on any day");
	ok(!rates_find(&r, 99999, VIEW("JPY"), &one, &why),
		"a currency that is not there");
	ok(add("2026-01-10", "EUR", "9") && !rates_ready(&r, &why),
		"two rates of a day: %s", why.text);
	rates_release(&r);
	return done();
}
