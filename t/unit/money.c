/* Amounts as exports write them. */
#include "value/money.h"

#include "tap.h"

static void is(const char *text, char point, char group, const char *want)
{
	struct dec d = { 7, 7 };
	struct why why = { 0 };
	struct buf b = { 0 };
	bool good = money_parse(view_of(text), point, group, &d, &why);
	if (good)
		dec_print(&b, d);
	is_str(good ? buf_view(&b) : view_of(why.text), want,
		"'%s' by '%c' and '%c'", text, point, group ? group : '0');
	buf_release(&b);
}

static void us(const char *text, const char *want)
{
	is(text, '.', ',', want);
}

int main(void)
{
	us("123.45", "123.45");
	us("0", "0");
	us("-0.05", "-0.05");
	us("1.10", "1.10");
	us("120", "120");
	us("1,149.00 ", "1149.00");
	us("¥1,234.50", "1234.50");
	us("￥ 1,234.50", "1234.50");
	us("($33.62)", "-33.62");
	us("$(33.62)", "-33.62");
	us("-$45.00", "-45.00");
	us("$-45.00", "-45.00");
	us("\u2212"
	   "45.00",
		"-45.00");
	us("45.00-", "-45.00");
	us("+45.00", "45.00");
	us("US$ 1,000,000", "1000000");
	us("1234.50元", "1234.50");
	us("RMB 88", "88");
	us("CNY 1,234.50", "1234.50");
	us("1234567.891 KWD", "1234567.891");
	us("\u00A0"
	   "12.00\u3000",
		"12.00");
	us("99999999999999999999999999999999.99",
		"99999999999999999999999999999999.99");
	us("9007199254740993.01", "9007199254740993.01");
	is("1.234,50", ',', '.', "1234.50");
	is("1.234,50 €", ',', '.', "1234.50");
	is("-1.234.567,5", ',', '.', "-1234567.5");
	is("1 234,50", ',', ' ', "1234.50");
	is("1\u202F234,50 €", ',', ' ', "1234.50");
	is("1'234.50", '.', '\'', "1234.50");
	is("1’234.50 CHF", '.', '\'', "1234.50");
	is("1234.50", '.', 0, "1234.50");
	is("0,5", ',', 0, "0.5");

	us("", "no amount");
	us("  \u3000", "no amount");
	us("$", "no digits in an amount");
	us("-", "no digits in an amount");
	us("12O.5", "'O' in an amount");
	us("1e3", "'e' in an amount");
	us("1E3", "'E' in an amount");
	us("1,23,4", "thousands of an amount not in groups of three");
	us("1,2345", "thousands of an amount not in groups of three");
	us("1,23.45", "thousands of an amount not in groups of three");
	us("1234,567", "',' inside an amount whose decimal separator is '.'");
	us("1,234,", "',' inside an amount whose decimal separator is '.'");
	us("1.234,50", "',' inside an amount whose decimal separator is '.'");
	us("1.2.3", "'.' inside an amount whose decimal separator is '.'");
	us(",123", "',' inside an amount whose decimal separator is '.'");
	us(".5", "'.' inside an amount whose decimal separator is '.'");
	us("1.", "no digit after the point of an amount");
	us("007.50", "an amount that begins with 0");
	us("0,123.00", "an amount that begins with 0");
	us("(33.62", "brackets of an amount");
	us("33.62)", "brackets of an amount");
	us("((33.62))", "brackets of an amount");
	us("-(33.62)", "brackets of an amount");
	us("(-33.62)", "two signs on an amount");
	us("--5", "two signs on an amount");
	us("-5-", "two signs on an amount");
	us("$5 USD", "two currencies on an amount");
	us("5 6", "'6' in an amount");
	us("5 USDT", "'T' in an amount");
	us("5\x80", "'?' in an amount");
	us("NaN", "'N' in an amount");
	us("##abc", "'#' in an amount");
	us("999999999999999999999999999999999999999.99",
		"an amount of too many digits");
	us("1111111111111111111111111111111111111111111111111111111111111111"
	   "11111111111111111111111111111111111111111111111111111111111111",
		"an amount too long");
	is("1,234.50", '.', 0,
		"',' inside an amount whose decimal separator is '.'");
	is("1 234.50", '.', 0, "'2' in an amount");
	is("1234.50", ',', 0,
		"'.' inside an amount whose decimal separator is ','");
	struct dec d;
	struct why why = { 0 };
	ok(!money_parse((struct view){ "1\0002", 3 }, '.', ',', &d, &why),
		"a NUL is refused");

	ok(money_digits(VIEW("CNY")) == 2 && money_digits(VIEW("JPY")) == 0 &&
			money_digits(VIEW("KWD")) == 3 &&
			money_digits(VIEW("CLF")) == 4 &&
			money_digits(VIEW("AED")) == 2 &&
			money_digits(VIEW("ZWL")) == 2,
		"currencies have their digits");
	ok(money_digits(VIEW("cny")) < 0 && money_digits(VIEW("RMB")) < 0 &&
			money_digits(VIEW("")) < 0 &&
			money_digits(VIEW("CNYY")) < 0 &&
			money_digits(VIEW("XXX")) < 0,
		"other names have none");
	is_str(view_of(money_nearest(VIEW("cny"))), "CNY", "cny is CNY");
	is_str(view_of(money_nearest(VIEW("RMB"))), "CNY", "RMB is CNY");
	is_str(view_of(money_nearest(VIEW("EURO"))), "EUR", "EURO is EUR");
	ok(!money_nearest(VIEW("hello")) && !money_nearest(VIEW("")),
		"others are none");
	struct buf b = { 0 };
	ok(money_of_minor(1999, VIEW("USD"), &d), "1999 cents");
	dec_print(&b, d);
	is_str(buf_view(&b), "19.99", "are 19.99");
	ok(money_of_minor(-1999, VIEW("JPY"), &d), "1999 yen");
	buf_reset(&b);
	dec_print(&b, d);
	is_str(buf_view(&b), "-1999", "are 1999");
	ok(!money_of_minor(1, VIEW("XYZ"), &d), "of nothing is refused");
	buf_release(&b);
	return done();
}
