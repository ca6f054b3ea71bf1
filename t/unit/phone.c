/* The plain forms of telephone numbers. */
#include "value/phone.h"

#include "tap.h"

static void is(const char *text, const char *region, const char *want)
{
	char out[PHONE_MAX] = "";
	struct why why = { 0 };
	bool good = phone_parse(view_of(text), region, out, &why);
	is_str(view_of(good ? out : why.text), want, "'%s' in %s", text,
		region ? region : "no region");
}

static const char no[] = "not a plain phone number";
static const char masked[] = "masked phone number";

int main(void)
{
	is("13800138001", "CN", "+8613800138001");
	is("138 0013 8001", "CN", "+8613800138001");
	is(" 138-0013-8001\t", "CN", "+8613800138001");
	is("138\u00A00013\u20108001", "CN", "+8613800138001");
	is("１３８００１３８００１", "CN", "+8613800138001");
	is("8613800138001", "CN", "+8613800138001");
	is("86-13800138001", "CN", "+8613800138001");
	is("+86-13800138001", "CN", "+8613800138001");
	is("(+86) 138 0013 8001", "CN", "+8613800138001");
	is("+8613800138001", NULL, "+8613800138001");
	is("008613800138001", NULL, "+8613800138001");
	is("\u202D+8613800138001\u202C", NULL, "+8613800138001");
	is("+1 (415) 555-2671", NULL, "+14155552671");
	is("+1.415.555.2671", "CN", "+14155552671");
	is("0014155552671", "CN", "+14155552671");
	is("+44 20 7946 0958", "GB", "+442079460958");
	is("+12345678", NULL, "+12345678");
	is("+123456789012345", NULL, "+123456789012345");
	is("+86 10 6552 9988", NULL, "+861065529988");
	is("+862165529988", NULL, "+862165529988");

	is("", "CN", no);
	is("-", "CN", no);
	is("+", "CN", no);
	is("1380013800", "CN", no);
	is("138001380011", "CN", no);
	is("12800138001", "CN", no);
	is("02165529988", "CN", no);
	is("013800138001", "CN", no);
	is("13800138001", NULL, no);
	is("13800138001", "US", no);
	is("4155552671", "US", no);
	is("8613800138001", NULL, no);
	is("+1234567", NULL, no);
	is("+1234567890123456", NULL, no);
	is("+0123456789", NULL, no);
	is("+86013800138001", NULL, no);
	is("+8612800138001", NULL, no);
	is("+861380013800", NULL, no);
	is("+86138001380011", NULL, no);
	is("+1+4155552671", NULL, no);
	is("1+4155552671", NULL, no);
	is("13800138001/13900139001", "CN", no);
	is("13800138001 ext 2", "CN", no);
	is("1.38E+10", "CN", no);
	is("13800138001.0", "CN", no);
	is("(13800138001", "CN", no);
	is("138)00138001", "CN", no);
	is("138O0138001", "CN", no);
	is("13800138001\x80", "CN", no);
	is("+                                                              "
	   "       14155552671",
		NULL, no);
	struct why why = { 0 };
	char out[PHONE_MAX];
	ok(!phone_parse((struct view){ "1380013\0008001", 12 }, "CN", out,
		   &why),
		"a NUL is refused");

	is("138****8001", "CN", masked);
	is("1******6198", "CN", masked);
	is("138XXXX8001", "CN", masked);
	is("$$7HkQ==", "CN", masked);
	is("##abc", "CN", masked);
	is("138＊＊＊＊8001", "CN", masked);
	ok(!phone_masked(VIEW("13800138001 x2")), "one x is an extension");
	ok(!phone_masked(VIEW("")), "nothing is not masked");

	static const char *const generic[] = { "13800138000", "+8613800138000",
		"86-138-0013-8000", "13888888888", "+8613000000000", "1111111",
		"13912345678", "12345678", "+1234567890", "13987654321",
		"000000" };
	for (size_t i = 0; i < sizeof(generic) / sizeof(*generic); i++)
		ok(phone_generic(view_of(generic[i])), "%s is generic",
			generic[i]);
	static const char *const real[] = { "13800138001", "+8613826415937",
		"13812345699", "13888888123", "+14155552671", "", "-",
		"13800000012" };
	for (size_t i = 0; i < sizeof(real) / sizeof(*real); i++)
		ok(!phone_generic(view_of(real[i])), "'%s' is not", real[i]);
	return done();
}
