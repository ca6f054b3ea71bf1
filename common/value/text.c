#include "value/text.h"

#include "value/utf8.h"

/*
 * Simple lower case of every step-th code point of a range: UnicodeData.txt
 * 14.0 (as Python 3.11's unicodedata has it) for U+0080..0587, 1E00..1FFF,
 * 2C60..2C7F, A640..A69F and A720..A7FF.
 */
struct lower {
	uint16_t from, to, step;
	int32_t add;
};

/* clang-format off */
static const struct lower lowers[] = {
	{ 0xC0, 0xD6, 1, 32 }, { 0xD8, 0xDE, 1, 32 }, { 0x100, 0x12E, 2, 1 },
	{ 0x130, 0x130, 1, -199 }, { 0x132, 0x136, 2, 1 },
	{ 0x139, 0x147, 2, 1 }, { 0x14A, 0x176, 2, 1 },
	{ 0x178, 0x178, 1, -121 }, { 0x179, 0x17D, 2, 1 },
	{ 0x181, 0x181, 1, 210 }, { 0x182, 0x184, 2, 1 },
	{ 0x186, 0x186, 1, 206 }, { 0x187, 0x187, 1, 1 },
	{ 0x189, 0x18A, 1, 205 }, { 0x18B, 0x18B, 1, 1 },
	{ 0x18E, 0x18E, 1, 79 }, { 0x18F, 0x18F, 1, 202 },
	{ 0x190, 0x190, 1, 203 }, { 0x191, 0x191, 1, 1 },
	{ 0x193, 0x193, 1, 205 }, { 0x194, 0x194, 1, 207 },
	{ 0x196, 0x196, 1, 211 }, { 0x197, 0x197, 1, 209 },
	{ 0x198, 0x198, 1, 1 }, { 0x19C, 0x19C, 1, 211 },
	{ 0x19D, 0x19D, 1, 213 }, { 0x19F, 0x19F, 1, 214 },
	{ 0x1A0, 0x1A4, 2, 1 }, { 0x1A6, 0x1A6, 1, 218 },
	{ 0x1A7, 0x1A7, 1, 1 }, { 0x1A9, 0x1A9, 1, 218 },
	{ 0x1AC, 0x1AC, 1, 1 }, { 0x1AE, 0x1AE, 1, 218 },
	{ 0x1AF, 0x1AF, 1, 1 }, { 0x1B1, 0x1B2, 1, 217 },
	{ 0x1B3, 0x1B5, 2, 1 }, { 0x1B7, 0x1B7, 1, 219 },
	{ 0x1B8, 0x1B8, 1, 1 }, { 0x1BC, 0x1BC, 1, 1 }, { 0x1C4, 0x1C4, 1, 2 },
	{ 0x1C5, 0x1C5, 1, 1 }, { 0x1C7, 0x1C7, 1, 2 }, { 0x1C8, 0x1C8, 1, 1 },
	{ 0x1CA, 0x1CA, 1, 2 }, { 0x1CB, 0x1DB, 2, 1 }, { 0x1DE, 0x1EE, 2, 1 },
	{ 0x1F1, 0x1F1, 1, 2 }, { 0x1F2, 0x1F4, 2, 1 },
	{ 0x1F6, 0x1F6, 1, -97 }, { 0x1F7, 0x1F7, 1, -56 },
	{ 0x1F8, 0x21E, 2, 1 }, { 0x220, 0x220, 1, -130 },
	{ 0x222, 0x232, 2, 1 }, { 0x23A, 0x23A, 1, 10795 },
	{ 0x23B, 0x23B, 1, 1 }, { 0x23D, 0x23D, 1, -163 },
	{ 0x23E, 0x23E, 1, 10792 }, { 0x241, 0x241, 1, 1 },
	{ 0x243, 0x243, 1, -195 }, { 0x244, 0x244, 1, 69 },
	{ 0x245, 0x245, 1, 71 }, { 0x246, 0x24E, 2, 1 },
	{ 0x370, 0x372, 2, 1 }, { 0x376, 0x376, 1, 1 },
	{ 0x37F, 0x37F, 1, 116 }, { 0x386, 0x386, 1, 38 },
	{ 0x388, 0x38A, 1, 37 }, { 0x38C, 0x38C, 1, 64 },
	{ 0x38E, 0x38F, 1, 63 }, { 0x391, 0x3A1, 1, 32 },
	{ 0x3A3, 0x3AB, 1, 32 }, { 0x3CF, 0x3CF, 1, 8 },
	{ 0x3D8, 0x3EE, 2, 1 }, { 0x3F4, 0x3F4, 1, -60 },
	{ 0x3F7, 0x3F7, 1, 1 }, { 0x3F9, 0x3F9, 1, -7 },
	{ 0x3FA, 0x3FA, 1, 1 }, { 0x3FD, 0x3FF, 1, -130 },
	{ 0x400, 0x40F, 1, 80 }, { 0x410, 0x42F, 1, 32 },
	{ 0x460, 0x480, 2, 1 }, { 0x48A, 0x4BE, 2, 1 },
	{ 0x4C0, 0x4C0, 1, 15 }, { 0x4C1, 0x4CD, 2, 1 },
	{ 0x4D0, 0x52E, 2, 1 }, { 0x531, 0x556, 1, 48 },
	{ 0x1E00, 0x1E94, 2, 1 }, { 0x1E9E, 0x1E9E, 1, -7615 },
	{ 0x1EA0, 0x1EFE, 2, 1 }, { 0x1F08, 0x1F0F, 1, -8 },
	{ 0x1F18, 0x1F1D, 1, -8 }, { 0x1F28, 0x1F2F, 1, -8 },
	{ 0x1F38, 0x1F3F, 1, -8 }, { 0x1F48, 0x1F4D, 1, -8 },
	{ 0x1F59, 0x1F5F, 2, -8 }, { 0x1F68, 0x1F6F, 1, -8 },
	{ 0x1F88, 0x1F8F, 1, -8 }, { 0x1F98, 0x1F9F, 1, -8 },
	{ 0x1FA8, 0x1FAF, 1, -8 }, { 0x1FB8, 0x1FB9, 1, -8 },
	{ 0x1FBA, 0x1FBB, 1, -74 }, { 0x1FBC, 0x1FBC, 1, -9 },
	{ 0x1FC8, 0x1FCB, 1, -86 }, { 0x1FCC, 0x1FCC, 1, -9 },
	{ 0x1FD8, 0x1FD9, 1, -8 }, { 0x1FDA, 0x1FDB, 1, -100 },
	{ 0x1FE8, 0x1FE9, 1, -8 }, { 0x1FEA, 0x1FEB, 1, -112 },
	{ 0x1FEC, 0x1FEC, 1, -7 }, { 0x1FF8, 0x1FF9, 1, -128 },
	{ 0x1FFA, 0x1FFB, 1, -126 }, { 0x1FFC, 0x1FFC, 1, -9 },
	{ 0x2C60, 0x2C60, 1, 1 }, { 0x2C62, 0x2C62, 1, -10743 },
	{ 0x2C63, 0x2C63, 1, -3814 }, { 0x2C64, 0x2C64, 1, -10727 },
	{ 0x2C67, 0x2C6B, 2, 1 }, { 0x2C6D, 0x2C6D, 1, -10780 },
	{ 0x2C6E, 0x2C6E, 1, -10749 }, { 0x2C6F, 0x2C6F, 1, -10783 },
	{ 0x2C70, 0x2C70, 1, -10782 }, { 0x2C72, 0x2C72, 1, 1 },
	{ 0x2C75, 0x2C75, 1, 1 }, { 0x2C7E, 0x2C7F, 1, -10815 },
	{ 0xA640, 0xA66C, 2, 1 }, { 0xA680, 0xA69A, 2, 1 },
	{ 0xA722, 0xA72E, 2, 1 }, { 0xA732, 0xA76E, 2, 1 },
	{ 0xA779, 0xA77B, 2, 1 }, { 0xA77D, 0xA77D, 1, -35332 },
	{ 0xA77E, 0xA786, 2, 1 }, { 0xA78B, 0xA78B, 1, 1 },
	{ 0xA78D, 0xA78D, 1, -42280 }, { 0xA790, 0xA792, 2, 1 },
	{ 0xA796, 0xA7A8, 2, 1 }, { 0xA7AA, 0xA7AA, 1, -42308 },
	{ 0xA7AB, 0xA7AB, 1, -42319 }, { 0xA7AC, 0xA7AC, 1, -42315 },
	{ 0xA7AD, 0xA7AD, 1, -42305 }, { 0xA7AE, 0xA7AE, 1, -42308 },
	{ 0xA7B0, 0xA7B0, 1, -42258 }, { 0xA7B1, 0xA7B1, 1, -42282 },
	{ 0xA7B2, 0xA7B2, 1, -42261 }, { 0xA7B3, 0xA7B3, 1, 928 },
	{ 0xA7B4, 0xA7C2, 2, 1 }, { 0xA7C4, 0xA7C4, 1, -48 },
	{ 0xA7C5, 0xA7C5, 1, -42307 }, { 0xA7C6, 0xA7C6, 1, -35384 },
	{ 0xA7C7, 0xA7C9, 2, 1 }, { 0xA7D0, 0xA7D0, 1, 1 },
	{ 0xA7D6, 0xA7D8, 2, 1 }, { 0xA7F5, 0xA7F5, 1, 1 },
};
/* clang-format on */

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

uint32_t text_lower(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	if (cp >= 0xFF21 && cp <= 0xFF3A)
		return cp + 32;
	size_t lo = 0, hi = LENGTH(lowers);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (lowers[mid].to < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < LENGTH(lowers) && lowers[lo].from <= cp &&
		(cp - lowers[lo].from) % lowers[lo].step == 0)
		return (uint32_t)((int32_t)cp + lowers[lo].add);
	return cp;
}

uint32_t text_narrow(uint32_t cp)
{
	if (cp >= 0xFF01 && cp <= 0xFF5E)
		return cp - 0xFEE0;
	return cp == 0x3000 ? ' ' : cp;
}

static bool is_blank(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 ||
	       cp == 0x3000 || cp == 0x200B || cp == 0xFEFF;
}

struct view text_part(struct view *rest, struct view at)
{
	struct view part = *rest;
	if (!rest->p)
		return part;
	const char *q = memmem(rest->p, rest->n, at.p, at.n);
	if (q)
		part.n = (size_t)(q - rest->p);
	size_t used = part.n + (q ? at.n : 0);
	*rest = (struct view){ rest->p + used, rest->n - used };
	return part;
}

struct view text_trim(struct view v)
{
	uint32_t cp;
	size_t len;
	while ((len = utf8_get(v.p, v.n, &cp)) > 0 && is_blank(cp)) {
		v.p += len;
		v.n -= len;
	}
	while ((len = utf8_last(v.p, v.n, &cp)) > 0 && is_blank(cp))
		v.n -= len;
	return v;
}

bool text_blank(struct view v)
{
	return text_trim(v).n == 0;
}

void text_add_lower(struct buf *out, struct view v)
{
	buf_grow(out, v.n);
	for (size_t i = 0; i < v.n;) {
		uint32_t cp;
		size_t len = utf8_get(v.p + i, v.n - i, &cp);
		uint32_t low = text_lower(cp);
		if (low == cp)
			buf_add(out, v.p + i, len);
		else
			utf8_add(out, low);
		i += len;
	}
}

/* Blanks inside a text: those of text_trim that have a width, and Unicode's
 * other spaces. */
static bool is_space(uint32_t cp)
{
	return (is_blank(cp) && cp != 0x200B && cp != 0xFEFF) ||
	       (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x202F || cp == 0x205F || cp == 0x1680;
}

static bool is_invisible(uint32_t cp)
{
	return cp == 0xAD || (cp >= 0x200B && cp <= 0x200F) ||
	       (cp >= 0x202A && cp <= 0x202E) ||
	       (cp >= 0x2060 && cp <= 0x2064) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0xFEFF;
}

void text_fold(struct buf *out, struct view v)
{
	bool any = false, space = false;
	buf_grow(out, v.n);
	for (size_t i = 0; i < v.n;) {
		uint32_t cp;
		size_t len = utf8_get(v.p + i, v.n - i, &cp);
		bool bad = len == 1 && cp == UTF8_BAD;
		if (is_space(cp)) {
			space = any;
		} else if (!is_invisible(cp)) {
			if (space)
				buf_addc(out, ' ');
			any = true;
			space = false;
			if (bad)
				buf_addc(out, v.p[i]);
			else
				utf8_add(out, text_lower(text_narrow(cp)));
		}
		i += len;
	}
}

bool text_near(struct view a, struct view b)
{
	uint32_t x = 0, y = 0;
	size_t m, n;
	/* what is equal at both ends takes no part */
	while ((m = utf8_get(a.p, a.n, &x)) > 0 &&
		(n = utf8_get(b.p, b.n, &y)) > 0 && x == y) {
		a = (struct view){ a.p + m, a.n - m };
		b = (struct view){ b.p + n, b.n - n };
	}
	while ((m = utf8_last(a.p, a.n, &x)) > 0 &&
		(n = utf8_last(b.p, b.n, &y)) > 0 && x == y) {
		a.n -= m;
		b.n -= n;
	}
	m = utf8_get(a.p, a.n, &x);
	n = utf8_get(b.p, b.n, &y);
	if (m == a.n && n == b.n)
		return true;
	uint32_t x2, y2;
	return m > 0 && n > 0 && m + utf8_get(a.p + m, a.n - m, &x2) == a.n &&
	       n + utf8_get(b.p + n, b.n - n, &y2) == b.n && m < a.n &&
	       n < b.n && x == y2 && y == x2;
}
