#include "value/email.h"

#include "value/text.h"
#include "value/utf8.h"

/* RFC 5321 4.5.3.1; 254 by the path's 256 with its brackets (erratum 1690
 * of RFC 3696). */
#define LOCAL_MAX 64
#define LABEL_MAX 63
#define ADDRESS_MAX 254

bool email_masked(struct view text)
{
	uint32_t last = 0;
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		i += utf8_get(text.p + i, text.n - i, &cp);
		cp = text_narrow(cp);
		/* one '*' is an atom's character; no provider gives it out */
		if (cp == '*' || cp == 0x2022 || cp == 0x25CF)
			return true;
		/* a platform's ciphertext begins or ends so */
		if ((cp == '#' || cp == '$') && cp == last)
			return true;
		last = cp;
	}
	return false;
}

/* RFC 5322's atext, and what is beyond ASCII and can be seen. */
static bool atom_char(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') ||
		       (cp != 0 && strchr("!#$%&'*+-/=?^_`{|}~", (int)cp));
	return cp != UTF8_BAD && utf8_width(cp) > 0 && cp != 0xA0 &&
	       cp != 0x3000 && !(cp >= 0x2000 && cp <= 0x200F) &&
	       cp != 0x202F && cp != 0x205F && cp != 0x1680;
}

static bool joins(uint32_t cp)
{
	/* marks of scripts that need them: width 0, but letters' own */
	return cp >= 0x300 && cp != UTF8_BAD && utf8_width(cp) == 0 &&
	       !(cp >= 0x2000 && cp <= 0x206F) && cp != 0xFEFF;
}

static bool shown(uint32_t cp)
{
	return cp >= 0x20 && cp != 0x7F && cp != UTF8_BAD;
}

static bool local_ok(struct view v, struct why *why)
{
	if (v.n == 0)
		return why_not(why, "nothing before the '@'");
	if (v.n > LOCAL_MAX)
		return why_not(why, "more than %d bytes before the '@'",
			LOCAL_MAX);
	bool start = true;
	for (size_t i = 0; i < v.n;) {
		uint32_t cp;
		size_t at = i;
		i += utf8_get(v.p + i, v.n - i, &cp);
		if (cp == '.') {
			if (start || i == v.n)
				return why_not(why,
					"a dot at the start, at the end or "
					"beside another before the '@'");
			start = true;
			continue;
		}
		if (!atom_char(cp) && (start || !joins(cp))) {
			why_not(why, "'%.*s' before the '@'", (int)(i - at),
				shown(cp) ? v.p + at : "?");
			return false;
		}
		start = false;
	}
	return true;
}

static bool label_ok(struct view v, struct why *why)
{
	if (v.n == 0)
		return why_not(why, "an empty part in the domain");
	if (v.n > LABEL_MAX)
		return why_not(why, "a part of the domain longer than %d",
			LABEL_MAX);
	if (v.p[0] == '-' || v.p[v.n - 1] == '-')
		return why_not(why, "a part of the domain has '-' at its end");
	for (size_t i = 0; i < v.n;) {
		uint32_t cp;
		size_t at = i;
		i += utf8_get(v.p + i, v.n - i, &cp);
		bool good = cp < 0x80 ? (cp >= 'a' && cp <= 'z') ||
						(cp >= '0' && cp <= '9') ||
						cp == '-'
				      : atom_char(cp) || (at && joins(cp));
		if (!good)
			return why_not(why, "'%.*s' in the domain",
				(int)(i - at), shown(cp) ? v.p + at : "?");
	}
	return true;
}

static bool digits_only(struct view v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	}
	return true;
}

static bool domain_ok(struct view v, struct why *why)
{
	struct view label = { v.p, 0 };
	size_t labels = 0;
	for (size_t i = 0; i <= v.n; i++) {
		if (i < v.n && v.p[i] != '.')
			continue;
		label.n = (size_t)(v.p + i - label.p);
		if (!label_ok(label, why))
			return false;
		labels++;
		if (i < v.n)
			label.p = v.p + i + 1;
	}
	if (labels < 2)
		return why_not(why, "a domain without a dot");
	if (digits_only(label))
		return why_not(why, "a domain that ends in digits");
	return true;
}

/* Lower-cased ASCII; what an input method made wide is ASCII again. */
static void tidy(struct buf *out, struct view v)
{
	for (size_t i = 0; i < v.n;) {
		uint32_t cp;
		size_t len = utf8_get(v.p + i, v.n - i, &cp);
		uint32_t to =
			cp == 0x3002 || cp == 0xFF61 ? '.' : text_narrow(cp);
		if (to >= 'A' && to <= 'Z')
			to += 32;
		if (to == cp)
			buf_add(out, v.p + i, len);
		else
			utf8_add(out, to);
		i += len;
	}
}

static inline bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool email_plain(struct view v)
{
	size_t i = 0, label, labels = 0;
	bool letter = false;
	if (v.n > ADDRESS_MAX)
		return false;
	for (; i < v.n && v.p[i] != '@'; i++)
		if (!is_letter(v.p[i]) && v.p[i] != '_' && v.p[i] != '+' &&
			v.p[i] != '-' &&
			(v.p[i] != '.' || i == 0 || v.p[i - 1] == '.'))
			return false;
	if (i == 0 || i > LOCAL_MAX || i == v.n || v.p[i - 1] == '.')
		return false;
	for (label = ++i; i <= v.n; i++) {
		if (i < v.n && v.p[i] != '.') {
			if (!is_letter(v.p[i]) && v.p[i] != '-')
				return false;
			letter = letter || v.p[i] > '9';
			continue;
		}
		if (i == label || i - label > LABEL_MAX || v.p[label] == '-' ||
			v.p[i - 1] == '-')
			return false;
		if (i == v.n)
			break;
		labels++;
		label = i + 1;
		letter = false;
	}
	return labels && letter;
}

bool email_parse(struct view text, struct buf *out, struct why *why)
{
	text = text_trim(text);
	if (text.n == 0)
		return why_not(why, "no email address");
	/* tidying can only shorten */
	if (text.n > ADDRESS_MAX * 3)
		return why_not(why, "email address longer than %d bytes",
			ADDRESS_MAX);
	size_t start = out->n;
	tidy(out, text);
	struct view v = { out->p + start, out->n - start };
	const char *at = memchr(v.p, '@', v.n);
	bool good = false;
	if (email_masked(v))
		why_not(why, "masked email address");
	else if (v.n > ADDRESS_MAX)
		why_not(why, "email address longer than %d bytes", ADDRESS_MAX);
	else if (!at)
		why_not(why, "email address without '@'");
	else if (memchr(at + 1, '@', (size_t)(v.p + v.n - at - 1)))
		why_not(why, "email address with more than one '@'");
	else
		good = local_ok((struct view){ v.p, (size_t)(at - v.p) },
			       why) &&
		       domain_ok((struct view){ at + 1,
					 (size_t)(v.p + v.n - at - 1) },
			       why);
	if (!good) {
		out->n = start;
		out->p[start] = '\0';
	}
	return good;
}
