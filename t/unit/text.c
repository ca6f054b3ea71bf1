/* Blanks, cases, slips. */
#include "value/text.h"

#include "tap.h"

static struct view fold(const char *s)
{
	static struct buf b;
	buf_reset(&b);
	text_fold(&b, view_of(s));
	return buf_view(&b);
}

static bool near(const char *a, const char *b)
{
	bool x = text_near(view_of(a), view_of(b));
	bool y = text_near(view_of(b), view_of(a));
	ok(x == y, "'%s' and '%s' either way", a, b);
	return x;
}

int main(void)
{
	struct view rest = VIEW("a::b::");
	is_str(text_part(&rest, VIEW("::")), "a", "a part up to the sign");
	is_str(rest, "b::", "and what is left behind it");
	(void)text_part(&rest, VIEW("::"));
	ok(rest.p && rest.n == 0 && text_part(&rest, VIEW("::")).p,
		"the last part is empty, and there");
	rest = (struct view){ NULL, 0 };
	ok(!text_part(&rest, VIEW("::")).p, "nothing has no parts");

	is_str(text_trim(VIEW(" \t\r\n a b \n")), "a b", "blanks are cut");
	is_str(text_trim(view_of("\uFEFF\u00A0\u3000张\u200B三\u3000\u00A0")),
		"张\u200B三", "wide and unseen ones too");
	is_str(text_trim(VIEW("")), "", "nothing stays nothing");
	is_str(text_trim(view_of("\u3000\u00A0 ")), "", "all blank is nothing");
	is_str(text_trim(view_of("\x80 ")), "\x80", "a bad byte is no blank");
	ok(text_blank(view_of(" \uFEFF")) && !text_blank(VIEW(" x")), "blank");

	is_str(fold("  ＡＢＣ　１２３！ "), "abc 123!",
		"full-width is narrowed");
	is_str(fold("Éric\u00A0 \tMÜLLER"), "éric müller", "runs of blanks");
	is_str(fold("ΑΘΗΝΑ Москва ԵՐԵՎԱՆ"), "αθηνα москва երեվան",
		"Greek, Cyrillic, Armenian");
	is_str(fold("a\u200Bb\uFEFFc\u00ADd"), "abcd", "unseen ones go");
	is_str(fold("İI"), "ii", "no locale");
	is_str(fold("上海"), "上海", "Han stays");
	is_str(fold("a\xFFz"), "a\xFFz", "a bad byte stays");
	struct buf b = { 0 };
	text_add_lower(&b, view_of(" ŠKODA Ａ\xFF "));
	is_str(buf_view(&b), " škoda ａ\xFF ", "lower case leaves the rest");
	buf_release(&b);
	ok(text_lower(0x102) == 0x103 && text_lower(0x103) == 0x103 &&
			text_lower(0x178) == 0xFF && text_lower(0x1E9E) == 0xDF,
		"single ones");

	ok(near("city", "city"), "equal");
	ok(near("city", "citty"), "one put in");
	ok(near("city", "cit"), "one left out");
	ok(near("city", "cify"), "one replaced");
	ok(near("city", "ciyt"), "two swapped");
	ok(near("上海", "上河"), "by code points, not bytes");
	ok(near("", "a"), "nothing and one");
	ok(near("aab", "ab") && near("aba", "baa"), "with repeats");
	ok(!near("city", "ct"), "two left out");
	ok(!near("city", "tici"), "two replaced");
	ok(!near("abcd", "badc"), "two swaps");
	ok(!near("abc", "cba"), "a swap over one");
	ok(!near("", "ab"), "nothing and two");
	ok(!near("上海", "北京"), "two Han");
	return done();
}
