/* Code points and columns. */
#include "value/utf8.h"

#include "tap.h"

#define V(literal) ((struct view){ literal, sizeof(literal) - 1 })

static void code_points(void)
{
	static const struct {
		const char *bytes;
		uint32_t cp;
		size_t n;
	} good[] = { { "A", 'A', 1 }, { "\xC2\x80", 0x80, 2 },
		{ "\xDF\xBF", 0x7FF, 2 }, { "\xE0\xA0\x80", 0x800, 3 },
		{ "中", 0x4E2D, 3 }, { "\xED\x9F\xBF", 0xD7FF, 3 },
		{ "\xEE\x80\x80", 0xE000, 3 }, { "\xEF\xBF\xBF", 0xFFFF, 3 },
		{ "\xF0\x90\x80\x80", 0x10000, 4 }, { "𠮷", 0x20BB7, 4 },
		{ "\xF4\x8F\xBF\xBF", 0x10FFFF, 4 } };
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		uint32_t cp = 1;
		char back[4];
		ok(utf8_get(good[i].bytes, strlen(good[i].bytes), &cp) ==
					good[i].n &&
				cp == good[i].cp,
			"U+%04X is read", good[i].cp);
		ok(utf8_last(good[i].bytes, good[i].n, &cp) == good[i].n &&
				cp == good[i].cp,
			"backwards too");
		ok(utf8_put(back, cp) == good[i].n &&
				memcmp(back, good[i].bytes, good[i].n) == 0,
			"and written");
	}
	static const struct view bad[] = { { "\x80", 1 }, { "\xC0\x80", 2 },
		{ "\xC1\xBF", 2 }, { "\xE0\x9F\xBF", 3 }, { "\xED\xA0\x80", 3 },
		{ "\xF0\x8F\xBF\xBF", 4 }, { "\xF4\x90\x80\x80", 4 },
		{ "\xF5\x80\x80\x80", 4 }, { "\xFF", 1 }, { "\xE4\xB8", 2 },
		{ "\xE4\xB8\x41", 3 }, { "\xC3", 1 } };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		uint32_t cp = 1;
		ok(utf8_get(bad[i].p, bad[i].n, &cp) == 1 && cp == UTF8_BAD,
			"bad sequence %zu is one byte", i);
		ok(!utf8_valid(bad[i]), "and not valid");
	}
	ok(utf8_valid(V("a中\0é")), "a NUL is valid");
	ok(utf8_count(V("a中é\x80")) == 4, "a bad byte counts as one");
	uint32_t cp;
	ok(utf8_get("", 0, &cp) == 0 && utf8_last("", 0, &cp) == 0,
		"nothing has no code point");
	char out[4];
	ok(utf8_put(out, 0xD800) == 3 && memcmp(out, "\xEF\xBF\xBD", 3) == 0,
		"a surrogate is written as U+FFFD");
}

static void columns(void)
{
	static const struct {
		const char *text;
		size_t columns;
	} t[] = { { "", 0 }, { "abc", 3 }, { "é", 1 }, { "e\u0301", 1 },
		{ "上海", 4 }, { "a中b", 4 }, { "ｶﾞ", 2 }, { "ガ", 2 },
		{ "Ａ", 2 }, { "한글", 4 }, { "\u1112\u1161\u11AB", 2 },
		{ "😀", 2 }, { "👍🏽", 2 }, { "👩‍👩‍👧", 2 },
		{ "🇨🇳", 2 }, { "🇨🇳🇫🇷", 4 }, { "☀️", 2 }, { "☀", 1 },
		{ "1️⃣", 2 }, { "🤷‍♂️x", 3 }, { "…", 1 },
		{ "¥", 1 }, { "￥", 2 }, { "。", 2 }, { "\u200B\uFEFF", 0 },
		{ "𠮷", 2 }, { "กำ", 2 }, { "§°±", 3 }, { "\t", 0 } };
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		ok(utf8_columns(view_of(t[i].text)) == t[i].columns,
			"'%s' has %zu columns", t[i].text, t[i].columns);
	ok(utf8_columns(V("a\x80\xFF")) == 3, "bad bytes have one each");
	ok(utf8_width(0x301) == 0 && utf8_width('a') == 1 &&
			utf8_width(0x4E2D) == 2 && utf8_width(0) == 0 &&
			utf8_width(0x10FFFF) == 1 && utf8_width(0xAD) == 1,
		"widths of single ones");
}

static void cuts(void)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *want;
	} t[] = { { "abc", 2, "ab" }, { "abc", 9, "abc" }, { "上海", 3, "上" },
		{ "上海", 1, "" }, { "e\u0301e", 1, "e\u0301" },
		{ "a👍🏽b", 2, "a" }, { "a👍🏽b", 3, "a👍🏽" },
		{ "👩‍👩‍👧", 1, "" },
		{ "👩‍👩‍👧x", 2, "👩‍👩‍👧" },
		{ "🇨🇳🇫🇷", 3, "🇨🇳" }, { "abc", 0, "" } };
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		is_str(utf8_cut(view_of(t[i].text), t[i].columns), t[i].want,
			"'%s' cut to %zu", t[i].text, t[i].columns);
}

int main(void)
{
	code_points();
	columns();
	cuts();
	return done();
}
