/* Addresses tidied, and those that are none. */
#include "value/email.h"

#include "tap.h"

#include <stdint.h>

static void is(const char *text, const char *want)
{
	struct buf out = { 0 };
	struct why why = { 0 };
	buf_adds(&out, "<");
	bool good = email_parse(view_of(text), &out, &why);
	struct view got = good ? buf_view(&out) : view_of(why.text);
	if (good)
		got = (struct view){ got.p + 1, got.n - 1 };
	is_str(got, want, "'%s'", text);
	ok(good || view_is(buf_view(&out), "<"), "nothing is left behind");
	buf_release(&out);
}

/* What is plain is taken as it stands; of many texts of few letters. */
static void plain_is_equal(void)
{
	static const char sign[] = "ab09.-_+@A*";
	size_t plain = 0, other = 0;
	uint64_t s = 1;
	struct buf out = { 0 };
	for (unsigned i = 0; i < 2000000; i++) {
		char text[16] = "a@";
		s = s * UINT64_C(6364136223846793005) + 1442695040888963407u;
		size_t n = 3 + (s >> 60) % 12;
		for (size_t k = 0; k < n; k++)
			if (k != 1 || s >> 40 & 1)
				text[k] = sign[(s >> (4 * k)) % 11];
		struct view v = { text, n };
		struct why why;
		if (!email_plain(v))
			continue;
		plain++;
		buf_reset(&out);
		other += !email_parse(v, &out, &why) ||
			 !view_eq(buf_view(&out), v);
	}
	ok(plain > 1000 && !other, "%zu plain ones, %zu not taken so", plain,
		other);
	buf_release(&out);
}

#define TEN "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN

int main(void)
{
	is("li@example.com", "li@example.com");
	is("  Li.Ming+vip@Example.COM\n", "li.ming+vip@example.com");
	is("li＠example．com", "li@example.com");
	is("li@example。com", "li@example.com");
	is("o'neil_2-x@a-b.co.uk", "o'neil_2-x@a-b.co.uk");
	is("张伟@例子.中国", "张伟@例子.中国");
	is("jörg@müller.de", "jörg@müller.de");
	is("a@b.c", "a@b.c");
	is("123456@qq.com", "123456@qq.com");
	is("a@1.com", "a@1.com");
	is(SIXTY "abcd@example.com", SIXTY "abcd@example.com");
	is("a@" SIXTY "abc.com", "a@" SIXTY "abc.com");

	is("", "no email address");
	is(" \u3000", "no email address");
	is("li", "email address without '@'");
	is("li@home@example.com", "email address with more than one '@'");
	is("@example.com", "nothing before the '@'");
	is(SIXTY "abcde@example.com", "more than 64 bytes before the '@'");
	is(".li@example.com",
		"a dot at the start, at the end or beside another before the "
		"'@'");
	is("li.@example.com",
		"a dot at the start, at the end or beside another before the "
		"'@'");
	is("l..i@example.com",
		"a dot at the start, at the end or beside another before the "
		"'@'");
	is("li ming@example.com", "' ' before the '@'");
	is("\"li\"@example.com", "'\"' before the '@'");
	is("Li <li@example.com>", "' ' before the '@'");
	is("li,x@example.com", "',' before the '@'");
	is("li\tx@example.com", "'?' before the '@'");
	is("li\x80x@example.com", "'?' before the '@'");
	is("li\u00A0x@example.com", "'\u00A0' before the '@'");
	is("li\u200Bx@example.com", "'\u200B' before the '@'");
	is("li@example", "a domain without a dot");
	is("li@", "an empty part in the domain");
	is("li@example.", "an empty part in the domain");
	is("li@.example.com", "an empty part in the domain");
	is("li@exa..mple.com", "an empty part in the domain");
	is("li@-example.com", "a part of the domain has '-' at its end");
	is("li@example-.com", "a part of the domain has '-' at its end");
	is("li@exa_mple.com", "'_' in the domain");
	is("li@exa mple.com", "' ' in the domain");
	is("li@example.com;wang@example.com",
		"email address with more than one '@'");
	is("li@[127.0.0.1]", "'[' in the domain");
	is("li@127.0.0.1", "a domain that ends in digits");
	is("a@" SIXTY "abcd.com", "a part of the domain longer than 63");
	is("a@" SIXTY "." SIXTY "." SIXTY "." SIXTY "." SIXTY ".com",
		"email address longer than 254 bytes");
	is("b***@example.com", "masked email address");
	is("b@*******.com", "masked email address");
	is("##aGVsbG8=", "masked email address");
	is("$$aGVsbG8=", "masked email address");
	struct buf out = { 0 };
	struct why why = { 0 };
	ok(!email_parse((struct view){ "l\0i@example.com", 15 }, &out, &why),
		"a NUL is refused");
	buf_release(&out);
	ok(email_masked(VIEW("b***@example.com")) &&
			!email_masked(VIEW("bob@example.com")) &&
			!email_masked(VIEW("")),
		"masked or not");
	ok(email_plain(VIEW("li.ming+vip@ex-ample.co.uk")), "plain");
	ok(!email_plain(VIEW("Li@example.com")), "not in small letters");
	ok(!email_plain(VIEW("li@example.123")), "ends in digits");
	ok(!email_plain(VIEW(SIXTY TEN "@example.com")), "too long");
	plain_is_equal();
	return done();
}
