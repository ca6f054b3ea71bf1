#include "edge/charset.h"

#include "base/die.h"
#include "base/mem.h"
#include "record/scan.h"
#include "value/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#if defined(__SSE2__) && !defined(NO_SSE2)
#include <emmintrin.h>
#define SSE2
#endif

#define BAD 0xFF /* what stands for a byte that cannot be decoded */

enum charset charset_find(struct view name)
{
	static const struct {
		const char *name;
		enum charset c;
	} names[] = {
		{ "utf8", CHARSET_UTF8 },
		{ "utf8sig", CHARSET_UTF8 },
		{ "ascii", CHARSET_UTF8 },
		{ "usascii", CHARSET_UTF8 },
		{ "gb18030", CHARSET_GB18030 },
		{ "gbk", CHARSET_GB18030 },
		{ "gb2312", CHARSET_GB18030 },
		{ "euccn", CHARSET_GB18030 },
		{ "cp936", CHARSET_GB18030 },
		{ "windows936", CHARSET_GB18030 },
		{ "utf16", CHARSET_UTF16LE },
		{ "utf16le", CHARSET_UTF16LE },
		{ "unicode", CHARSET_UTF16LE }, /* as Excel calls it */
		{ "utf16be", CHARSET_UTF16BE },
		{ "windows1252", CHARSET_CP1252 },
		{ "cp1252", CHARSET_CP1252 },
		{ "latin1", CHARSET_CP1252 },
		{ "iso88591", CHARSET_CP1252 },
	};
	char s[16];
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (c == '-' || c == '_' || c == ' ')
			continue;
		if (n == sizeof(s))
			return CHARSET_NONE;
		s[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (view_is((struct view){ s, n }, names[i].name))
			return names[i].c;
	return CHARSET_NONE;
}

const char *charset_name(enum charset c)
{
	static const char *const name[] = { "none", "UTF-8", "GB18030",
		"UTF-16LE", "UTF-16BE", "Windows-1252" };
	return name[c];
}

enum charset charset_bom(struct view text, size_t *bytes)
{
	const struct {
		struct view mark;
		enum charset c;
	} marks[] = {
		{ VIEW("\xEF\xBB\xBF"), CHARSET_UTF8 },
		{ VIEW("\xFF\xFE"), CHARSET_UTF16LE },
		{ VIEW("\xFE\xFF"), CHARSET_UTF16BE },
		{ VIEW("\x84\x31\x95\x33"), CHARSET_GB18030 },
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct view m = marks[i].mark;
		if (text.n >= m.n && memcmp(text.p, m.p, m.n) == 0) {
			*bytes = m.n;
			return marks[i].c;
		}
	}
	*bytes = 0;
	return CHARSET_NONE;
}

/*
 * GB18030. Lead bytes are 81..FE. With 40..7E or 80..FE after it the form has
 * two bytes and stands in the table; with 30..39 it has four.
 */
#define GB_LEADS (0xFE - 0x81 + 1)
#define GB_TRAILS (0xFE - 0x40 + 1)

/* UTF-8 in three bytes and its length in the fourth; 0 is left to iconv. */
struct charset_gb {
	unsigned char form[GB_LEADS][GB_TRAILS][4];
};

/* The UTF-8 of one form by iconv; 0 if it is none. */
static size_t gb_iconv(iconv_t cd, const unsigned char *p, size_t n,
	unsigned char out[8])
{
	char in[4];
	memcpy(in, p, n);
	char *from = in, *to = (char *)out;
	size_t left = n, room = 8;
	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &left, &to, &room) == (size_t)-1 || left)
		return 0;
	return 8 - room;
}

static struct charset_gb *gb_table(iconv_t cd)
{
	struct charset_gb *gb = xcalloc(1, sizeof(*gb));
	for (int lead = 0; lead < GB_LEADS; lead++) {
		for (int trail = 0; trail < GB_TRAILS; trail++) {
			unsigned char in[2] = { (unsigned char)(0x81 + lead),
				(unsigned char)(0x40 + trail) };
			unsigned char out[8];
			size_t n = gb_iconv(cd, in, 2, out);
			if (n < 2 || n > 3)
				continue;
			memcpy(gb->form[lead][trail], out, n);
			gb->form[lead][trail][3] = (unsigned char)n;
		}
	}
	return gb;
}

void charset_open(struct charset_decoder *d, enum charset from)
{
	*d = (struct charset_decoder){ .from = from };
	if (from != CHARSET_GB18030)
		return;
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	if (cd == (iconv_t)-1)
		die("cannot read GB18030: iconv does not know it");
	d->iconv = cd;
	d->gb = gb_table(cd);
}

void charset_close(struct charset_decoder *d)
{
	if (d->iconv)
		iconv_close(d->iconv);
	free((void *)d->gb);
	*d = (struct charset_decoder){ 0 };
}

/*
 * The run_ functions append what they can of p[0..n) and return how many bytes
 * they used; they stop before the first wrong or unfinished character. The
 * buffer has room for all.
 */
static size_t run_gb(struct charset_decoder *d, const unsigned char *p,
	size_t n, struct buf *b)
{
	const unsigned char *start = p, *end = p + n;
	unsigned char *out = (unsigned char *)b->p + b->n;
	while (p < end) {
#ifdef SSE2
		if (end - p >= 16) {
			__m128i v = _mm_loadu_si128((const void *)p);
			unsigned high = (unsigned)_mm_movemask_epi8(v);
			_mm_storeu_si128((void *)out, v);
			int run = high ? __builtin_ctz(high) : 16;
			p += run;
			out += run;
			if (!high)
				continue;
		}
#endif
		while (p < end && *p < 0x80)
			*out++ = *p++;
		while (end - p >= 2 && p[0] >= 0x81 && p[0] != 0xFF &&
			p[1] >= 0x40 && p[1] != 0xFF) {
			const unsigned char *f =
				d->gb->form[p[0] - 0x81][p[1] - 0x40];
			if (!f[3])
				break;
			memcpy(out, f, 4);
			out += f[3];
			p += 2;
		}
		if (p == end || *p < 0x80)
			continue;
		size_t left = (size_t)(end - p);
		size_t form = left >= 2 && p[1] >= 0x30 && p[1] <= 0x39 ? 4 : 2;
		unsigned char c[8];
#ifdef PLANT_CHARSET
		left = form; /* reads beyond a character that is cut */
#endif
		size_t k = left < form ? 0 : gb_iconv(d->iconv, p, form, c);
		if (!k)
			break;
		memcpy(out, c, k);
		out += k;
		p += form;
	}
	b->n = (size_t)(out - (unsigned char *)b->p);
	return (size_t)(p - start);
}

static size_t run_utf16(const unsigned char *p, size_t n, bool big,
	struct buf *b)
{
	unsigned char *out = (unsigned char *)b->p + b->n;
	int hi = big ? 0 : 1, lo = 1 - hi;
	size_t i = 0;
	while (i + 2 <= n) {
		uint32_t c = (uint32_t)p[i + hi] << 8 | p[i + lo];
		if (c < 0x80) {
			*out++ = (unsigned char)c;
			i += 2;
			continue;
		}
		size_t used = 2;
		if (c >= 0xD800 && c < 0xE000) {
			if (c >= 0xDC00 || i + 4 > n)
				break;
			uint32_t low =
				(uint32_t)p[i + 2 + hi] << 8 | p[i + 2 + lo];
			if (low < 0xDC00 || low > 0xDFFF)
				break;
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			used = 4;
		}
		out += utf8_put((char *)out, c);
		i += used;
	}
	b->n = (size_t)(out - (unsigned char *)b->p);
	return i;
}

/* Of 80..9F; 0: the standard has nothing there. The rest is Latin-1. */
static const uint16_t cp1252[32] = { 0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026,
	0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0,
	0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122,
	0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178 };

static size_t run_cp1252(const unsigned char *p, size_t n, struct buf *b)
{
	unsigned char *out = (unsigned char *)b->p + b->n;
	size_t i = 0;
	for (; i < n; i++) {
		uint32_t c = p[i];
		if (c >= 0x80 && c < 0xA0)
			c = cp1252[c - 0x80];
		if (!c && p[i])
			break;
		out += utf8_put((char *)out, c);
	}
	b->n = (size_t)(out - (unsigned char *)b->p);
	return i;
}

static size_t run(struct charset_decoder *d, struct view in, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)in.p;
	size_t n;
	switch (d->from) {
	case CHARSET_GB18030:
		/* 2 bytes give 3; whole vectors are stored */
		buf_grow(out, in.n + in.n / 2 + 32);
		n = run_gb(d, p, in.n, out);
		break;
	case CHARSET_UTF16LE:
	case CHARSET_UTF16BE:
		buf_grow(out, in.n + in.n / 2 + 32);
		n = run_utf16(p, in.n, d->from == CHARSET_UTF16BE, out);
		break;
	case CHARSET_CP1252:
		buf_grow(out, in.n * 3 + 32);
		n = run_cp1252(p, in.n, out);
		break;
	case CHARSET_NONE:
	case CHARSET_UTF8:
	default:
		n = scan_utf8(in.p, in.n);
		buf_add(out, in.p, n);
		return n;
	}
	out->p[out->n] = '\0';
	return n;
}

/* Bytes that one 0xFF stands for: UTF-16 must keep step. */
static size_t bad_step(enum charset from, size_t n)
{
	bool wide = from == CHARSET_UTF16LE || from == CHARSET_UTF16BE;
	return wide && n > 1 ? 2 : 1;
}

/* Whether more bytes could make a character of what stands at p. */
static bool unfinished(enum charset from, const unsigned char *p, size_t n)
{
	switch (from) {
	case CHARSET_GB18030:
		if (p[0] < 0x81 || p[0] == 0xFF || n > 3)
			return false;
		if (n > 1 && (p[1] < 0x30 || p[1] > 0x39))
			return false;
		return n < 3 || (p[2] >= 0x81 && p[2] != 0xFF);
	case CHARSET_UTF16LE:
		return n == 1 || (n < 4 && (p[1] & 0xFC) == 0xD8);
	case CHARSET_UTF16BE:
		return n == 1 || (n < 4 && (p[0] & 0xFC) == 0xD8);
	case CHARSET_CP1252:
	case CHARSET_NONE:
	case CHARSET_UTF8:
	default:
		return false;
	}
}

bool charset_row(struct charset_decoder *d, struct view in, struct buf *out,
	struct why *why)
{
	size_t had = out->n;
	size_t n = run(d, in, out);
	if (n == in.n)
		return true;
	const unsigned char *p = (const unsigned char *)in.p + n;
	bool cut = unfinished(d->from, p, in.n - n);
	out->n = had;
	if (out->p)
		out->p[had] = '\0';
	why->col = n + 1;
	return why_not(why, "byte %zu, 0x%02X, is not %s%s", n + 1, *p,
		charset_name(d->from == CHARSET_NONE ? CHARSET_UTF8 : d->from),
		cut ? ": the last character is cut" : "");
}

void charset_block(struct charset_decoder *d, struct view in, bool last,
	struct buf *out)
{
	if (d->from == CHARSET_UTF8 || d->from == CHARSET_NONE) {
		buf_addv(out, in);
		return;
	}
	while (d->nrest) {
		struct view rest = { (const char *)d->rest, d->nrest };
		size_t n = run(d, rest, out);
		if (!n) {
			if (unfinished(d->from, d->rest, d->nrest)) {
				if (in.n) {
					d->rest[d->nrest++] =
						(unsigned char)*in.p++;
					in.n--;
					continue;
				}
				if (!last)
					return;
			}
			buf_addc(out, (char)BAD);
			n = bad_step(d->from, d->nrest);
		}
		d->nrest -= n;
		memmove(d->rest, d->rest + n, d->nrest);
	}
	for (;;) {
		size_t n = run(d, in, out);
		in.p += n;
		in.n -= n;
		if (!in.n)
			return;
		if (!last && unfinished(d->from, (const unsigned char *)in.p,
				     in.n)) {
			d->nrest = in.n;
			memcpy(d->rest, in.p, in.n);
			return;
		}
		buf_addc(out, (char)BAD);
		n = bad_step(d->from, in.n);
		in.p += n;
		in.n -= n;
	}
}

/* What charset_guess finds out of one encoding. */
struct fit {
	size_t lines, bad, sure;
};

/* The line's length without its end, and with it in *whole. */
static size_t line_end(struct view text, size_t *whole)
{
	size_t n = 0;
	while (n < text.n && text.p[n] != '\n' && text.p[n] != '\r')
		n++;
	*whole = n < text.n ? n + 1 : n;
	return n;
}

static bool is_ascii(struct view text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] & 0x80)
			return false;
	return true;
}

/* A character of three bytes: Chinese in UTF-8, and next to never by chance. */
static bool has_three(struct view utf8)
{
	for (size_t i = 0; i < utf8.n; i++)
		if ((unsigned char)utf8.p[i] >= 0xE0)
			return true;
	return false;
}

static bool row_fits(struct charset_decoder *d, struct view line, bool cut,
	struct buf *scratch)
{
	struct why why;
	/* the last character of a cut line may lack up to three bytes */
	for (size_t less = 0; less <= (cut ? 3 : 0) && less <= line.n; less++) {
		buf_reset(scratch);
		line.n -= less ? 1 : 0;
		if (charset_row(d, line, scratch, &why))
			return true;
	}
	return false;
}

static struct fit fit_lines(struct view text, bool whole, enum charset c)
{
	struct fit fit = { 0 };
	struct charset_decoder d;
	struct buf scratch = { 0 };
	charset_open(&d, c);
	while (text.n) {
		size_t with, n = line_end(text, &with);
		struct view line = { text.p, n };
		bool cut = !whole && n == text.n;
		text.p += with;
		text.n -= with;
		/* a NUL is no text, but half of UTF-16 */
		bool nul = memchr(line.p, 0, line.n);
		if (!nul && is_ascii(line))
			continue;
		fit.lines++;
		if (nul || !row_fits(&d, line, cut, &scratch))
			fit.bad++;
		else if (c == CHARSET_UTF8 && has_three(line))
			fit.sure++;
	}
	buf_release(&scratch);
	charset_close(&d);
	return fit;
}

/* UTF-16 has no lines before it is decoded: it fits as a whole or not. Half of
 * all pairs of bytes are some character, so the text must hold a line end or a
 * delimiter too, and no NUL. */
static struct fit fit_utf16(struct view text, bool whole, enum charset c)
{
	struct fit fit = { 1, SIZE_MAX, 0 };
	struct charset_decoder d;
	struct buf out = { 0 };
	charset_open(&d, c);
	charset_block(&d, text, whole, &out);
	bool mark = false;
	for (size_t i = 0; i < out.n && !mark; i++)
		mark = strchr(",;\t\r\n<{", out.p[i]) != NULL;
	if (out.n && mark && !memchr(out.p, 0, out.n) &&
		!memchr(out.p, BAD, out.n))
		fit.bad = 0;
	buf_release(&out);
	charset_close(&d);
	return fit;
}

enum charset charset_guess(struct view text, bool whole,
	const enum charset *tries, size_t n)
{
	enum charset best = n ? tries[0] : CHARSET_UTF8;
	size_t least = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		bool wide = tries[i] == CHARSET_UTF16LE ||
			    tries[i] == CHARSET_UTF16BE;
		struct fit fit = wide ? fit_utf16(text, whole, tries[i])
				      : fit_lines(text, whole, tries[i]);
		if (!fit.bad)
			return tries[i];
		if (fit.sure && fit.sure >= fit.lines / 10)
			return tries[i];
		if (fit.bad < least) {
			least = fit.bad;
			best = tries[i];
		}
	}
	return best;
}

bool charset_encode(enum charset to, struct view utf8, struct buf *out)
{
	static const char *const names[] = {
		[CHARSET_UTF8] = "UTF-8",
		[CHARSET_GB18030] = "GB18030",
		[CHARSET_UTF16LE] = "UTF-16LE",
		[CHARSET_UTF16BE] = "UTF-16BE",
		[CHARSET_CP1252] = "CP1252",
	};
	iconv_t cd = iconv_open(names[to], "UTF-8");
	if (cd == (iconv_t)-1)
		return false;
	char *from = (char *)(uintptr_t)utf8.p;
	size_t left = utf8.n, room = 4 * utf8.n;
	buf_grow(out, room);
	char *p = out->p + out->n;
	bool good = iconv(cd, &from, &left, &p, &room) == 0 && left == 0;
	if (good)
		out->n = (size_t)(p - out->p);
	iconv_close(cd);
	return good;
}

static bool is_letter(int c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

enum charset charset_eastern(struct view text, size_t *at)
{
	const unsigned char *p = (const unsigned char *)text.p;
	bool western = false, doubt = false;
	for (size_t i = 0; i < text.n;) {
		if (p[i] < 0x80) {
			i++;
			continue;
		}
		int next = i + 1 < text.n ? p[i + 1] : 0;
		int then = i + 2 < text.n ? p[i + 2] : 0;
		/* two of GB 2312 side by side, or one and any other */
		if (p[i] >= 0xA1 && next >= 0xA1 && then >= 0x81)
			return CHARSET_GB18030;
		/* its forms of four bytes */
		if (next >= '0' && next <= '9' && then >= 0x81)
			return CHARSET_GB18030;
		bool before = i && is_letter(p[i - 1]);
		if (next < 0x40) {
			western = true; /* no second byte */
			i++;
		} else if (next < 0x80) {
			/* 镕 has a letter in it, and stands beside 基 */
			if (then >= 0xA1 && i + 3 < text.n && p[i + 3] >= 0xA1)
				return CHARSET_GB18030;
			western |= is_letter(next);
			i++;
		} else if (before && is_letter(then)) {
			if (!doubt)
				*at = i;
			doubt = true;
			i += 2;
		} else {
			i += 2;
		}
	}
	return western ? CHARSET_CP1252
	       : doubt ? CHARSET_NONE
		       : CHARSET_GB18030;
}
