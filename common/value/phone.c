#include "value/phone.h"

#include "value/text.h"
#include "value/utf8.h"

#include <string.h>

/* Longest text looked at: 15 digits, each with some blank or bracket. */
#define TEXT_MAX 64

/* The digits of a text, ASCII, and whether a plus stands before them. */
struct plain {
	char digit[18];
	size_t n;
	bool plus;
};

/* Blanks, hyphens, dots, brackets, and the dashes that phones put there. */
static bool between(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x202F ||
	       cp == 0x3000 || cp == '-' || cp == '.' || cp == '(' ||
	       cp == ')' || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x200B ||
	       cp == 0xFEFF || cp == 0x202A || cp == 0x202C || cp == 0x202D;
}

static bool digits_of(struct view v, struct plain *out)
{
	*out = (struct plain){ .n = 0 };
	if (v.n > TEXT_MAX)
		return false;
	int open = 0;
	for (size_t i = 0; i < v.n;) {
		uint32_t cp;
		i += utf8_get(v.p + i, v.n - i, &cp);
		cp = text_narrow(cp);
		if (cp >= '0' && cp <= '9') {
			if (out->n == sizeof(out->digit) - 1)
				return false;
			out->digit[out->n++] = (char)cp;
		} else if (cp == '+') {
			if (out->plus || out->n)
				return false;
			out->plus = true;
		} else if (!between(cp)) {
			return false;
		}
		open += (cp == '(') - (cp == ')');
		if (open < 0 || open > 1)
			return false;
	}
	return open == 0;
}

static bool mobile_cn(const char *digit, size_t n)
{
	return n == 11 && digit[0] == '1' && digit[1] >= '3';
}

bool phone_parse(struct view text, const char *region, char out[PHONE_MAX],
	struct why *why)
{
	struct plain p;
	text = text_trim(text);
	if (phone_masked(text))
		return why_not(why, "masked phone number");
	if (!digits_of(text, &p) || p.n == 0)
		return why_not(why, "not a plain phone number");
	const char *d = p.digit;
	size_t n = p.n;
	if (!p.plus && n > 2 && d[0] == '0' && d[1] == '0') {
		p.plus = true;
		d += 2;
		n -= 2;
	}
	bool cn = region && strcmp(region, "CN") == 0;
	if (!p.plus && cn) {
		if (n == 13 && d[0] == '8' && d[1] == '6') {
			d += 2;
			n -= 2;
		}
		if (!mobile_cn(d, n))
			return why_not(why, "not a plain phone number");
		memcpy(out, "+86", 3);
		memcpy(out + 3, d, n);
		out[3 + n] = '\0';
		return true;
	}
	/* no country's code begins with 0 */
	if (!p.plus || n < 8 || n > 15 || d[0] == '0')
		return why_not(why, "not a plain phone number");
	/* A mobile of China one digit short or long, or its trunk 0 kept. */
	if (d[0] == '8' && d[1] == '6' &&
		(d[2] == '0' || (d[2] == '1' && !mobile_cn(d + 2, n - 2) &&
					!(n - 2 == 10 && d[3] == '0'))))
		return why_not(why, "not a plain phone number");
	out[0] = '+';
	memcpy(out + 1, d, n);
	out[1 + n] = '\0';
	return true;
}

bool phone_masked(struct view text)
{
	size_t run = 0;
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		i += utf8_get(text.p + i, text.n - i, &cp);
		cp = text_narrow(cp);
		if (cp == '*' || cp == 0x2022 || cp == 0x25CF)
			return true;
		run = cp == 'x' || cp == 'X' ? run + 1 : 0;
		if (run == 2)
			return true;
		if ((cp == '#' || cp == '$') && i < text.n &&
			(uint32_t)text.p[i] == cp)
			return true;
	}
	return false;
}

bool phone_generic(struct view text)
{
	struct plain p;
	if (!digits_of(text_trim(text), &p) || p.n == 0)
		return false;
	static const char shown[] = "13800138000";
	size_t n = sizeof(shown) - 1;
	if (p.n >= n && memcmp(p.digit + p.n - n, shown, n) == 0)
		return true;
	size_t equal = 1, up = 1, down = 1;
	for (size_t i = 1; i < p.n; i++) {
		int step = p.digit[i] - p.digit[i - 1];
		equal = step == 0 ? equal + 1 : 1;
		/* 9 is followed by 0: 1234567890 */
		up = step == 1 || step == -9 ? up + 1 : 1;
		down = step == -1 || step == 9 ? down + 1 : 1;
		if (up == 7 || down == 7)
			return true;
	}
	return equal >= 6;
}
