/*
 * charset: against iconv on every code point and on random bytes; blocks
 * against whole texts; names, marks and guesses.
 */
#include "edge/charset.h"

#include "base/mem.h"
#include "tap.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>

/* What iconv makes of it, whole; false where it stops, with the place. */
static bool by_iconv(iconv_t cd, struct view in, struct buf *out, size_t *bad)
{
	buf_reset(out);
	buf_grow(out, in.n * 3 + 16);
	char *from = (char *)(uintptr_t)in.p, *to = out->p;
	size_t left = in.n, room = out->cap;
	iconv(cd, NULL, NULL, NULL, NULL);
	bool good = iconv(cd, &from, &left, &to, &room) != (size_t)-1;
	out->n = out->cap - room;
	*bad = in.n - left;
	return good;
}

static uint64_t rng_state = 20261121;

static uint32_t rng(uint32_t below)
{
	rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(rng_state >> 33) % below;
}

static const struct {
	enum charset c;
	const char *iconv;
} all[] = {
	{ CHARSET_GB18030, "GB18030" },
	{ CHARSET_UTF16LE, "UTF-16LE" },
	{ CHARSET_UTF16BE, "UTF-16BE" },
	{ CHARSET_CP1252, "CP1252" },
	{ CHARSET_UTF8, "UTF-8" },
};
#define NALL (sizeof(all) / sizeof(all[0]))

/* Every code point there and back, the ones that the encoding has. */
static void code_points(size_t k)
{
	iconv_t to = iconv_open(all[k].iconv, "UTF-32LE");
	iconv_t back = iconv_open("UTF-8", all[k].iconv);
	struct charset_decoder d;
	struct buf got = { 0 }, want = { 0 };
	size_t differ = 0, tried = 0;
	charset_open(&d, all[k].c);
	for (uint32_t c = 1; c < 0x110000; c++) {
		char in[4] = { (char)c, (char)(c >> 8), (char)(c >> 16), 0 };
		char text[16], *from = in, *at = text;
		size_t left = 4, room = sizeof(text), bad;
		struct why why;
		iconv(to, NULL, NULL, NULL, NULL);
		if (iconv(to, &from, &left, &at, &room) == (size_t)-1)
			continue;
		/* on the heap and exact, so that a sanitizer sees more */
		struct view v = { text, sizeof(text) - room };
		if (!by_iconv(back, v, &want, &bad))
			continue;
		tried++;
		buf_reset(&got);
		if (!charset_row(&d, v, &got, &why) ||
			!view_eq(buf_view(&got), buf_view(&want)))
			differ++;
	}
	ok(tried > 200 && differ == 0, "%s: %zu code points as iconv has them",
		all[k].iconv, tried);
	charset_close(&d);
	iconv_close(to);
	iconv_close(back);
	buf_release(&got);
	buf_release(&want);
}

/* GB18030: every lead and second byte, and what stands after the form. */
static void forms(void)
{
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	struct charset_decoder d;
	struct buf got = { 0 }, want = { 0 };
	size_t differ = 0;
	charset_open(&d, CHARSET_GB18030);
	for (unsigned a = 0x80; a < 0x100; a++) {
		for (unsigned b = 0; b < 0x100; b++) {
			char text[3] = { (char)a, (char)b, '!' };
			struct view v = { text, 3 };
			struct why why = { 0 };
			size_t bad;
			bool good = by_iconv(cd, v, &want, &bad);
			buf_reset(&got);
			bool mine = charset_row(&d, v, &got, &why);
			if (mine != good || (mine && !view_eq(buf_view(&got),
							     buf_view(&want))))
				differ++;
			else if (!mine && why.col != bad + 1)
				differ++;
		}
	}
	ok(differ == 0, "GB18030: all pairs of bytes as iconv has them");
	charset_close(&d);
	iconv_close(cd);
	buf_release(&got);
	buf_release(&want);
}

/* Text that is mostly right, with wrong bytes in it. */
static size_t random_text(enum charset c, char *p, size_t max)
{
	size_t n = 0, want = rng((uint32_t)max - 4);
	while (n < want) {
		uint32_t kind = rng(c == CHARSET_UTF8 ? 3 : 20);
		if (kind == 0 && rng(4) == 0) {
			p[n++] = (char)rng(256);
		} else if (c == CHARSET_GB18030 && kind < 10) {
			p[n++] = (char)(0x81 + rng(126));
			p[n++] = (char)(0x80 + rng(127));
		} else if (c == CHARSET_GB18030 && kind == 11) {
			p[n++] = (char)(0x81 + rng(20));
			p[n++] = (char)(0x30 + rng(10));
			p[n++] = (char)(0x81 + rng(126));
			p[n++] = (char)(0x30 + rng(10));
		} else if (c == CHARSET_UTF8 && kind == 1) {
			p[n++] = (char)0xE5;
			p[n++] = (char)(0x80 + rng(64));
			p[n++] = (char)(0x80 + rng(64));
		} else if (c == CHARSET_UTF16LE || c == CHARSET_UTF16BE) {
			uint32_t u = kind < 10   ? 0x4E00 + rng(20000)
				     : kind < 11 ? 0xD800 + rng(2048)
						 : 32 + rng(90);
			bool pair = u < 0xDC00 && u >= 0xD800 && rng(3);
			int hi = c == CHARSET_UTF16BE ? 0 : 1;
			p[n + hi] = (char)(u >> 8);
			p[n + 1 - hi] = (char)u;
			n += 2;
			if (pair && n + 2 < max) {
				u = 0xDC00 + rng(1024);
				p[n + hi] = (char)(u >> 8);
				p[n + 1 - hi] = (char)u;
				n += 2;
			}
		} else {
			p[n++] = (char)(32 + rng(90));
		}
	}
	return n;
}

static void random_bytes(size_t k)
{
	iconv_t cd = iconv_open("UTF-8", all[k].iconv);
	struct charset_decoder d, e;
	struct buf got = { 0 }, want = { 0 }, pieces = { 0 }, once = { 0 };
	size_t differ = 0, good = 0, torn = 0;
	charset_open(&d, all[k].c);
	charset_open(&e, all[k].c);
	for (int round = 0; round < 20000; round++) {
		char text[100];
		size_t n = random_text(all[k].c, text, sizeof(text)), bad;
		char *heap = xmemdup(text, n);
		struct view v = { heap, n };
		struct why why = { 0 };
		bool fits = by_iconv(cd, v, &want, &bad);
		buf_reset(&got);
		bool mine = charset_row(&d, v, &got, &why);
		good += fits;
		if (mine != fits ||
			(fits && !view_eq(buf_view(&got), buf_view(&want))))
			differ++;
		else if (!fits && (got.n || why.col != bad + 1))
			differ++;

		/* the same in pieces */
		buf_reset(&pieces);
		buf_reset(&once);
		charset_block(&e, v, true, &once);
		for (size_t at = 0; at < n;) {
			size_t m = 1 + rng(7);
			m = m < n - at ? m : n - at;
			struct view piece = { heap + at, m };
			at += m;
			charset_block(&d, piece, at == n, &pieces);
		}
		if (!view_eq(buf_view(&pieces), buf_view(&once)) ||
			(fits && !view_eq(buf_view(&once), buf_view(&want))))
			torn++;
		free(heap);
	}
	ok(differ == 0, "%s: 20000 random texts as iconv has them (%zu right)",
		all[k].iconv, good);
	ok(torn == 0, "%s: and in pieces as whole", all[k].iconv);
	charset_close(&d);
	charset_close(&e);
	iconv_close(cd);
	buf_release(&got);
	buf_release(&want);
	buf_release(&pieces);
	buf_release(&once);
}

static void names(void)
{
	ok(charset_find(VIEW("utf8")) == CHARSET_UTF8, "utf8");
	ok(charset_find(VIEW("UTF-8-SIG")) == CHARSET_UTF8, "UTF-8-SIG");
	ok(charset_find(VIEW("GBK")) == CHARSET_GB18030, "GBK");
	ok(charset_find(VIEW("gb_2312")) == CHARSET_GB18030, "gb_2312");
	ok(charset_find(VIEW("UTF-16BE")) == CHARSET_UTF16BE, "UTF-16BE");
	ok(charset_find(VIEW("windows-1252")) == CHARSET_CP1252,
		"windows-1252");
	ok(charset_find(VIEW("Big5")) == CHARSET_NONE, "Big5 is not read");
	ok(charset_find(VIEW("")) == CHARSET_NONE, "an empty name");
	ok(charset_find(VIEW("utf-8 with a long name")) == CHARSET_NONE,
		"a long name");
}

#define GUESS(text, whole) \
	charset_guess(VIEW(text), whole, tries, sizeof(tries) / sizeof(*tries))

static void guesses(void)
{
	const enum charset tries[] = { CHARSET_UTF8, CHARSET_GB18030 };
	ok(GUESS("a,b\n", true) == CHARSET_UTF8, "ASCII is the first");
	ok(GUESS("\xD0\xD5\xC3\xFB\n\xD5\xC5\n", true) == CHARSET_GB18030,
		"GBK text is GB18030");
	ok(GUESS("\xE5\xA7\x93\n\xE5\xBC\xA0\n", true) == CHARSET_UTF8,
		"UTF-8 text is UTF-8");
	ok(GUESS("\xE5\xA7\x93\n\xE5\xBC", false) == CHARSET_UTF8,
		"also where the last character is cut by the block");
	ok(GUESS("id,name\n1,\xE5\xBC\xA0\n2,\xD5\xC5\n", true) == CHARSET_UTF8,
		"a row of GBK in a file of UTF-8 does not make it GBK");
	ok(GUESS("\xD0\xD5\xC3\xFB\n\xD5\xC5\xC8\xFD\n\xC0", true) ==
			CHARSET_GB18030,
		"half a character in a file of GBK does not make it UTF-8");
	const enum charset one[] = { CHARSET_CP1252 };
	ok(charset_guess(VIEW("\x81"), true, one, 1) == CHARSET_CP1252,
		"one name is that");
	const enum charset wide[] = { CHARSET_UTF8, CHARSET_UTF16LE,
		CHARSET_UTF16BE };
	ok(charset_guess(VIEW("a\0,\0\x20\x5F\n\0"), true, wide, 3) ==
			CHARSET_UTF16LE,
		"UTF-16 is not taken for UTF-8 with NULs");
	ok(charset_guess(VIEW("\0a\0,\x5F\x20\0\n"), true, wide + 1, 2) ==
			CHARSET_UTF16BE,
		"UTF-16 by its line ends");
}

static void eastern(void)
{
	static const struct {
		const char *text;
		enum charset is;
		const char *say;
	} texts[] = {
		{ "a,\xC9\xCF\xBA\xA3\n", CHARSET_GB18030, "two in a row" },
		{ "A\xC0\xE0,b", CHARSET_GB18030, "one at a word's end" },
		{ "\xE9"
		  "F\xBB\xF9",
			CHARSET_GB18030,
			"one with a letter in it, beside one" },
		{ "\x82\x35\x8F\x33", CHARSET_GB18030, "four bytes" },
		{ "M\xFCnchen", CHARSET_CP1252, "an umlaut alone" },
		{ "K\xE4se;\x80 5", CHARSET_CP1252, "a euro" },
		{ "caf\xE9,", CHARSET_CP1252, "one before a comma" },
		{ "\xE9l\xE8ve", CHARSET_CP1252, "two with one between" },
		{ "Gr\xF6\xDF"
		  "e",
			CHARSET_NONE, "two inside a word" },
		{ "Gr\xF6\xDF"
		  "e K\xF6ln",
			CHARSET_CP1252, "which another word settles" },
		{ "M\xFCller \xC9\xCF\xBA\xA3", CHARSET_GB18030,
			"Chinese text is Chinese" },
	};
	size_t at = 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		ok(charset_eastern(view_of(texts[i].text), &at) == texts[i].is,
			"%s", texts[i].say);
	charset_eastern(VIEW("Gr\xF6\xDF"
			     "e"),
		&at);
	ok(at == 2, "and where the doubt is");
}

int main(void)
{
	names();
	guesses();
	eastern();
	forms();
	for (size_t k = 0; k < NALL; k++)
		code_points(k);
	for (size_t k = 0; k < NALL; k++)
		random_bytes(k);
	return done();
}
