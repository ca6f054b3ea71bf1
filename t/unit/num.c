/* Exact decimals: what they read, print, compare and compute. */
#include "value/num.h"

#include "tap.h"

#include <stdlib.h>

static struct dec dec(const char *s)
{
	struct dec d = { 77, 7 };
	if (!dec_parse(s, strlen(s), &d))
		fprintf(stderr, "# not a dec: %s\n", s);
	return d;
}

static struct view text(struct dec d)
{
	static struct buf b;
	buf_reset(&b);
	dec_print(&b, d);
	return buf_view(&b);
}

static bool parses(const char *s)
{
	struct dec d;
	return dec_parse(s, strlen(s), &d);
}

static int cmp(const char *a, const char *b)
{
	return num_cmp(view_of(a), view_of(b));
}

/* By the keys; held against num_cmp wherever that is asked. */
static int key_cmp(struct view a, struct view b)
{
	struct buf x = { 0 }, y = { 0 };
	bool good = num_key(a, &x) && num_key(b, &y);
	size_t n = x.n < y.n ? x.n : y.n;
	int c = good ? memcmp(x.p, y.p, n) : 0;
	/* none is the beginning of another */
	bool wrong = !good || (c == 0 && x.n != y.n);
	buf_release(&x);
	buf_release(&y);
	return wrong ? 9 : (c > 0) - (c < 0);
}

static void reads_and_prints(void)
{
	static const char *const same[] = { "0", "-1", "1.10", "0.00", "19.99",
		"123456789012345678", "1234567890123456789",
		"9007199254740993.01", "-0.05",
		"170141183460469231731687303715884105727",
		"-170141183460469231731687303715884105727",
		"0.000000000000000000000000000001",
		"12345678.000000000000000000000000000001" };
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		is_str(text(dec(same[i])), same[i], "%s is itself", same[i]);
	static const char *const other[][2] = {
		{ "1e3", "1000" },
		{ "1E+3", "1000" },
		{ "1.5e1", "15" },
		{ "1.50e1", "15.0" },
		{ "1e-2", "0.01" },
		{ "100e-2", "1.00" },
		{ "-0", "0" },
		{ "-0.0", "0.0" },
		{ "0e99999999999999999999999", "0" },
		{ "12e-0", "12" },
		{ "0.00000000000000000000000000000000000000012e40", "1.2" },
		{ "1200000000000000000000000000000000000000000e-40",
			"120.0000000"
			"000000000"
			"000000000"
			"00000" },
		{ "1.00000000000000000000000000000000000000000000000000",
			"1.000000000000000000000000000000" },
		{ "100000000000000000000.0000000000000000000000",
			"100000000000000000000.000000000000000000" },
		{ "1e38", "100000000000000000000000000000000000000" },
		{ "5e000000000000000000000000000000000000002", "500" },
	};
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		is_str(text(dec(other[i][0])), other[i][1], "%s is %s",
			other[i][0], other[i][1]);
}

static void refuses(void)
{
	static const char *const bad[] = { "", "-", "+1", "01", "-01", ".5",
		"1.", "1.e3", "1e", "1e+", "e3", "1 ", " 1", "1,000", "0x10",
		"1.2.3", "--1", "NaN", "Infinity", "12O.5", "00", "1e3.5" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!parses(bad[i]), "'%s' is no number", bad[i]);
	static const char *const big[] = { "1e39",
		"170141183460469231731687303715884105728",
		"-170141183460469231731687303715884105728", "1e-31",
		"1e99999999999999999999", "1e-99999999999999999999",
		"0.1000000000000000000000000000000000000000000000000000000001",
		"0.0000000000000000000000000000001",
		"923456789.123456789012345678901234567891" };
	for (size_t i = 0; i < sizeof(big) / sizeof(*big); i++)
		ok(!parses(big[i]), "%s is more than a dec holds", big[i]);
	ok(!dec_parse("1\0002", 3, &(struct dec){ 0 }), "a NUL is no digit");
}

static void adds(void)
{
	struct dec sum = { 0 }, cent = dec("0.01");
	bool fits = true;
	for (int i = 0; i < 10000000; i++)
		fits &= dec_add(&sum, cent);
	ok(fits, "ten million additions fit");
	is_str(text(sum), "100000.00", "ten million times 0.01 is 100000.00");

	struct dec a = dec("120.50");
	dec_add(&a, dec("1"));
	is_str(text(a), "121.50", "the scale is the larger one's");
	a = dec("1");
	dec_sub(&a, dec("1.005"));
	is_str(text(a), "-0.005", "1 - 1.005");
	a = dec("170141183460469231731687303715884105727");
	ok(!dec_add(&a, dec("1")), "a sum beyond 128 bits is refused");
	ok(!dec_add(&a, dec("0.1")), "so is one that scaling would overflow");
	is_str(text(a), "170141183460469231731687303715884105727",
		"and the sum so far stays");
	ok(dec_sub(&a, dec("1")), "but a smaller one is not");
	a = dec("-170141183460469231731687303715884105727");
	ok(!dec_sub(&a, dec("1")), "the same below zero");
}

static void keys_compare(void)
{
	/* each is greater than the one before it */
	static const char *const up[] = { "-1e99999999999999999", "-1.5e400",
		"-1e400", "-1e101", "-1e100", "-1e39", "-12.51", "-12.5", "-12",
		"-2", "-0.15", "-0.1", "-1e-100", "-1e-101", "0",
		"1e-99999999999999999", "1e-400", "1e-102", "1e-101", "1e-100",
		"0.01", "0.1", "0.1000000000000000000000000000000000000000001",
		"0.10000000000000000000000000001", "0.2", "1", "1.01", "9",
		"10", "10.1", "11", "99.99", "100", "100.5", "9007199254740992",
		"9007199254740993",
		"123456789012345678901234567890123456789012",
		"123456789012345678901234567890123456789012.5", "1e98", "1e99",
		"1e100", "1e101", "1.5e101", "1e400", "1e99999999999999999" };
	size_t n = sizeof(up) / sizeof(*up), wrong = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			wrong += key_cmp(view_of(up[i]), view_of(up[j])) !=
				 (i > j) - (i < j);
	ok(wrong == 0, "keys stand as the numbers do");
	static const char *const same[][2] = { { "0", "-0.00e5" },
		{ "19.99", "19.990" }, { "1e400", "0.001e403" },
		{ "-12.5", "-125e-1" }, { "100", "1e2" }, { "5.0", "5" },
		{ "1e100", "10.0e99" } };
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		ok(key_cmp(view_of(same[i][0]), view_of(same[i][1])) == 0,
			"the key of %s is that of %s", same[i][0], same[i][1]);
	struct buf b = { 0 };
	static const char *const bad[] = { "", "-", "+1", "01", "1.", "1 ",
		"1,000", "NaN" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!num_key(view_of(bad[i]), &b) && b.n == 0, "'%s' has no key",
			bad[i]);
	buf_release(&b);
}

static void compares(void)
{
	ok(cmp("9007199254740993.01", "9007199254740993.02") < 0,
		"9007199254740993.01 is before 9007199254740993.02");
	/* each is greater than the one before it */
	static const char *const up[] = { "-1e400", "-1e39", "-5",
		"-0.000000000000000000000000000000000000000001", "0",
		"1e-99999999999999999999999999999999999999999999999999999",
		"1e-400", "1e-399", "0.1", "0.10000000000000000000000000001",
		"0.1000000000000000000000000000000000000000000000001", "1",
		"9007199254740992", "9007199254740993",
		"123456789012345678901234567890123456789012",
		"123456789012345678901234567890123456789012.5", "1e400",
		"1.5e400", "10e400",
		"1e99999999999999999999999999999999999999999999999999998",
		"0.99e99999999999999999999999999999999999999999999999999999",
		"1e99999999999999999999999999999999999999999999999999999" };
	/* 0.1 + 10^-29 is greater than 0.1 + 10^-49 */
	size_t n = sizeof(up) / sizeof(*up), wrong = 0;
	const char *order[sizeof(up) / sizeof(*up)];
	memcpy(order, up, sizeof(up));
	order[9] = up[10];
	order[10] = up[9];
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			int c = cmp(order[i], order[j]);
			int want = (i > j) - (i < j);
			if ((c > 0) - (c < 0) != want) {
				fprintf(stderr, "# %s %s\n", order[i],
					order[j]);
				wrong++;
			}
		}
	}
	ok(wrong == 0, "numbers of any length stand in their order");
	static const char *const same[][2] = {
		{ "0", "-0.00e5" },
		{ "1", "1.0000000000000000000000000000000000000000000000" },
		{ "1e400", "10e399" },
		{ "1e400", "0.001e403" },
		{ "-12.5e500", "-125e499" },
		{ "1e9999999999999999999999999999999999999999999999999999",
			"0.1e10000000000000000000000000000000000000000000000000"
			"000" },
		{ "1e-9999999999999999999999999999999999999999999999999999",
			"10e-10000000000000000000000000000000000000000000000000"
			"000" },
		{ "0e5", "0e-99999999999999999999999" },
	};
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		ok(cmp(same[i][0], same[i][1]) == 0 &&
				cmp(same[i][1], same[i][0]) == 0,
			"%s is %s", same[i][0], same[i][1]);
	ok(dec_cmp(dec("1e38"), dec("0.000000000000000000000000000001")) > 0,
		"scales far apart compare without overflow");
	ok(dec_cmp(dec("-1e38"), dec("-0.000000000000000000000000000001")) < 0,
		"below zero too");
	ok(dec_cmp(dec("1.10"), dec("1.1")) == 0, "1.10 is 1.1");
}

static void is_mul(const char *x, const char *y, const char *want)
{
	struct dec a = dec(x);
	if (ok(dec_mul(&a, dec(y)), "%s * %s fits", x, y))
		is_str(text(a), want, "%s * %s is %s", x, y, want);
}

static void multiplies(void)
{
	is_mul("19.99", "3", "59.97");
	is_mul("1.50", "2.00", "3.00");
	is_mul("0.25", "0.5", "0.125");
	is_mul("-1.1", "1.10", "-1.21");
	is_mul("0.00", "5", "0.00");
	is_mul("7.1234", "100", "712.3400");
	is_mul("100000000000000000000000000.00", "10000000000.00",
		"1000000000000000000000000000000000000.00");
	is_mul("0.5", "200000000000000000000000000000000000000e-1",
		"10000000000000000000000000000000000000.0");
	is_mul("200000000000000000000000000000000000000e-1", "0.5",
		"10000000000000000000000000000000000000.0");
	is_mul("0.000152587890625", "1125899906842624.00000000000000",
		"171798691840.000000000000000");
	is_mul("1125899906842624.00000000000000", "0.000152587890625",
		"171798691840.000000000000000");
	/* 5^40 and 2^60 */
	is_mul("90949470.17729282379150390625", "1.152921504606846976",
		"104857600.00000000000000000000");
	is_mul("1.152921504606846976", "90949470.17729282379150390625",
		"104857600.00000000000000000000");
	struct dec a = dec("1e20");
	ok(!dec_mul(&a, dec("1e20")), "a product beyond 128 bits is refused");
	is_str(text(a), "100000000000000000000", "and the factor stays");
	a = dec("1e-20");
	ok(!dec_mul(&a, dec("1e-20")), "so is one with too many places");
}

static void is_div(const char *x, const char *y, int scale, const char *want)
{
	struct dec q;
	if (ok(dec_div(dec(x), dec(y), scale, &q), "%s / %s fits", x, y))
		is_str(text(q), want, "%s / %s is %s", x, y, want);
}

static void divides(void)
{
	is_div("1", "3", 4, "0.3333");
	is_div("2", "3", 4, "0.6667");
	is_div("-2", "3", 0, "-1");
	is_div("1", "2", 0, "0");
	is_div("3", "2", 0, "2");
	is_div("5", "2", 0, "2");
	is_div("0.125", "1", 2, "0.12");
	is_div("0.135", "1", 2, "0.14");
	is_div("-0.125", "1", 2, "-0.12");
	is_div("100.00", "8", 2, "12.50");
	is_div("0", "7", 3, "0.000");
	is_div("1", "170141183460469231731687303715884105727", 30,
		"0.000000000000000000000000000000");
	is_div("170141183460469231731687303715884105726",
		"170141183460469231731687303715884105727", 30,
		"1.000000000000000000000000000000");
	is_div("113427455640312821154458202477256070484",
		"170141183460469231731687303715884105727", 10, "0.6666666667");
	is_div("0.000000000000000000000000000001", "1e38", 0, "0");
	struct dec q;
	ok(!dec_div(dec("1"), dec("0.00"), 2, &q), "0 below is refused");
	ok(!dec_div(dec("1e38"), dec("0.001"), 2, &q), "overflow is refused");
}

static void rounds(void)
{
	static const struct {
		const char *in;
		int scale;
		const char *out;
	} t[] = { { "0.5", 0, "0" }, { "1.5", 0, "2" }, { "2.5", 0, "2" },
		{ "-0.5", 0, "0" }, { "-1.5", 0, "-2" }, { "2.51", 0, "3" },
		{ "1.005", 2, "1.00" }, { "1.015", 2, "1.02" },
		{ "1.0150000001", 2, "1.02" }, { "9.999", 2, "10.00" },
		{ "1.1", 5, "1.1" },
		{ "0.500000000000000000000000000001", 0, "1" } };
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		is_str(text(dec_round(dec(t[i].in), t[i].scale)), t[i].out,
			"%s to %d places is %s", t[i].in, t[i].scale, t[i].out);
	is_str(text(dec_trim(dec("1.10"))), "1.1", "1.10 trimmed is 1.1");
	is_str(text(dec_trim(dec("5.00"))), "5", "5.00 trimmed is 5");
	is_str(text(dec_trim(dec("500"))), "500", "500 trimmed is 500");
	is_str(text(dec_trim(dec("0.00"))), "0", "0.00 trimmed is 0");
	is_str(text(dec_of(-42)), "-42", "an integer is a dec");
}

/* xorshift64*, so that every run is the same. */
static uint64_t seed = 88172645463325252u;
static uint64_t rnd(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 2685821657736338717u;
}

/* Values small enough that 128 bits at scale 12 hold every step: the naive
 * way against ours. */
static void agrees_with_naive(void)
{
	size_t add = 0, mul = 0, div = 0, order = 0, again = 0;
	struct buf s = { 0 }, t = { 0 };
	for (int i = 0; i < 200000; i++) {
		struct dec a = { (int64_t)rnd() >> (rnd() % 39 + 24),
			(int)(rnd() % 7) };
		struct dec b = { (int64_t)rnd() >> (rnd() % 39 + 24),
			(int)(rnd() % 7) };
		int128 p[13] = { 1 };
		for (int k = 1; k < 13; k++)
			p[k] = p[k - 1] * 10;
		int128 x = a.v * p[6 - a.scale], y = b.v * p[6 - b.scale];

		buf_reset(&s);
		buf_reset(&t);
		dec_print(&s, a);
		dec_print(&t, b);
		struct dec back;
		again += !dec_parse(s.p, s.n, &back) || back.v != a.v ||
			 back.scale != a.scale;
		int want = (x > y) - (x < y);
		order += dec_cmp(a, b) != want;
		/* an exponent sends the text round by the slow way */
		buf_adds(&s, "e-0000000000000000000000000");
		order += num_cmp(buf_view(&s), buf_view(&t)) != want;
		order += key_cmp(buf_view(&s), buf_view(&t)) != want;

		struct dec c = a;
		add += !dec_add(&c, b) || c.v * p[6 - c.scale] != x + y;
		c = a;
		mul += !dec_mul(&c, b) || c.scale > 12 ||
		       c.v * p[12 - c.scale] != x * y;
		if (b.v == 0)
			continue;
		/* |a - q b| <= |b| / 2 at scale 3 */
		div += !dec_div(a, b, 3, &c);
		int128 rest = x * 1000 - c.v * y;
		rest = rest < 0 ? -rest : rest;
		int128 gap = y < 0 ? -y : y;
		div += 2 * rest > gap || (2 * rest == gap && c.v % 2 != 0);
	}
	ok(again == 0, "printing and reading gives the same");
	ok(order == 0, "order is as the naive one");
	ok(add == 0, "sums are as the naive ones");
	ok(mul == 0, "products are as the naive ones");
	ok(div == 0, "quotients are the nearest, halves even");
	buf_release(&s);
	buf_release(&t);
}

/* The wide products and quotients, held against each other. */
static void wide_ones_agree(void)
{
	size_t wrong = 0;
	for (int i = 0; i < 20000; i++) {
		int128 v = ((int128)(rnd() >> (rnd() % 30 + 2)) << 64) + rnd();
		struct dec a = { v, (int)(rnd() % 20) };
		struct dec b = { (int64_t)(rnd() >> (rnd() % 63 + 1)) + 1, 3 };
		struct dec p = a, q;
		if (!dec_mul(&p, b) || !dec_div(p, b, a.scale, &q))
			continue;
		wrong += dec_cmp(q, a) != 0;
	}
	ok(wrong == 0, "a * b / b is a");
}

static void doubles_and_integers(void)
{
	ok(dec_double(dec("19.99")) == 19.99, "19.99 is the nearest double");
	ok(dec_double(dec("-0.1")) == -0.1, "-0.1 too");
	ok(dec_double(dec("9007199254740993")) == 9007199254740992.0,
		"2^53 + 1 goes to even");
	ok(dec_double(dec("123456789012345678901234567.8901")) ==
			123456789012345678901234567.8901,
		"a long one too");
	ok(!num_huge(view_of("1e308")), "1e308 is a double");
	ok(!num_huge(view_of("1.7976931348623158e308")),
		"the largest double is one");
	ok(num_huge(view_of("1.7976931348623159e308")),
		"what rounds to infinity is not");
	ok(num_huge(view_of("-1e400")), "-1e400 is not");
	ok(num_huge(view_of("1e99999999999999999999999")), "nor a far one");
	ok(!num_huge(view_of("1e-99999999999999999999999")), "a tiny one is");
	ok(!num_huge(view_of("0e400")), "nothing times a lot is nothing");
	int64_t n = 0;
	ok(int_parse("-9223372036854775808", 20, &n) && n == INT64_MIN,
		"the least integer");
	ok(int_parse("9223372036854775807", 19, &n) && n == INT64_MAX,
		"the greatest integer");
	ok(int_parse("007", 3, &n) && n == 7, "zeros in front are allowed");
	ok(!int_parse("9223372036854775808", 19, &n), "one more is refused");
	ok(!int_parse("18446744073709551617", 20, &n), "far more too");
	ok(!int_parse("+1", 2, &n) && !int_parse("1 ", 2, &n) &&
			!int_parse("", 0, &n) && !int_parse("-", 1, &n) &&
			!int_parse("1.0", 3, &n),
		"what is no integer is refused");
}

int main(void)
{
	reads_and_prints();
	refuses();
	adds();
	compares();
	keys_compare();
	multiplies();
	divides();
	rounds();
	agrees_with_naive();
	wide_ones_agree();
	doubles_and_integers();
	return done();
}
