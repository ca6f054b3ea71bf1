#include "crm/traces.h"

#include "edge/charset.h"

enum how {
	HOW_BYTES, /* to the byte */
	HOW_WORD, /* ASCII; NULs between are passed over */
	HOW_MAIL, /* the same in any case */
	HOW_DIGITS, /* what people write between digits is passed over */
};

struct trace {
	struct view text;
	enum how how;
	unsigned kind;
	struct view head; /* of digits: those left out in front, 0086 */
};

static bool alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

/* What people write between digits; NUL is half a character of UTF-16. */
static bool between(unsigned char c, enum how how)
{
	if (c == '\0')
		return true;
	return how == HOW_DIGITS &&
	       (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')');
}

static void add(struct traces *t, unsigned kind, enum how how, struct view text)
{
	struct trace x = { .how = how, .kind = kind };
	x.text = (struct view){ arena_bytes(&t->text, text.p, text.n), text.n };
	*vec_add(&t->trace) = x;
	unsigned char c = (unsigned char)text.p[0];
	t->starts[c] = true;
	if (how == HOW_MAIL && c >= 'a' && c <= 'z')
		t->starts[c - 32] = true;
}

static bool ascii(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] >= 0x80)
			return false;
	return true;
}

static void add_escapes(struct traces *t, unsigned kind, struct view utf16,
	const char *format)
{
	struct buf b = { 0 };
	for (size_t i = 0; i + 1 < utf16.n; i += 2) {
		unsigned c = (unsigned char)utf16.p[i] |
			     (unsigned)(unsigned char)utf16.p[i + 1] << 8;
		if (c < 0x80)
			buf_addc(&b, (char)c);
		else
			buf_addf(&b, format[0] == 'x' ? "\\u%04x" : "\\u%04X",
				c);
	}
	add(t, kind, HOW_BYTES, buf_view(&b));
	buf_release(&b);
}

/* As it is written in each encoding. */
static void add_encoded(struct traces *t, unsigned kind, struct view v)
{
	static const enum charset to[] = { CHARSET_GB18030, CHARSET_UTF16LE,
		CHARSET_UTF16BE };
	struct buf b = { 0 };
	add(t, kind, HOW_BYTES, v);
	for (size_t i = 0; i < sizeof(to) / sizeof(*to); i++) {
		buf_reset(&b);
		if (!charset_encode(to[i], v, &b))
			continue;
		add(t, kind, HOW_BYTES, buf_view(&b));
		if (to[i] != CHARSET_UTF16LE)
			continue;
		add_escapes(t, kind, buf_view(&b), "x");
		add_escapes(t, kind, buf_view(&b), "X");
	}
	buf_release(&b);
}

/* The national digits, as far as they can be told without a numbering plan. */
static void add_phone(struct traces *t, struct view v)
{
	size_t n = v.n - 1, keep = 9;
	if (n == 13 && memcmp(v.p, "+86", 3) == 0)
		keep = 11;
	if (keep > n)
		keep = n;
	add(t, ID_PHONE, HOW_DIGITS, (struct view){ v.p + v.n - keep, keep });
	struct buf head = { 0 };
	buf_adds(&head, "00");
	buf_add(&head, v.p + 1, n - keep);
	t->trace.v[t->trace.n - 1].head =
		(struct view){ arena_bytes(&t->text, head.p, head.n), head.n };
	buf_release(&head);
}

static void add_mail(struct traces *t, struct view v)
{
	const char *at = memchr(v.p, '@', v.n);
	struct buf b = { 0 };
	add(t, ID_EMAIL, HOW_MAIL, v);
	if (!at)
		return;
	buf_add(&b, v.p, (size_t)(at - v.p));
	buf_adds(&b, "%40");
	buf_add(&b, at + 1, v.n - (size_t)(at + 1 - v.p));
	add(t, ID_EMAIL, HOW_MAIL, buf_view(&b));
	buf_release(&b);
}

void traces_add(struct traces *t, struct view id)
{
	enum id_kind kind = id_kind_of(id);
	struct view v = id_value(id);
	if (kind == ID_SOURCE_ID || kind == ID_OPENID ||
		kind == ID_EXTERNAL_USERID || kind == ID_MEMBER_NO ||
		kind == ID_CARD_NO) {
		const char *slash = memchr(v.p, '/', v.n);
		if (slash)
			v = (struct view){ slash + 1,
				v.n - (size_t)(slash + 1 - v.p) };
	}
	if (v.n < TRACES_SHORT)
		*vec_add(&t->brief) =
			(struct view){ arena_bytes(&t->text, id.p, id.n),
				id.n };
	else if (kind == ID_PHONE)
		add_phone(t, v);
	else if (!ascii(v))
		add_encoded(t, kind, v);
	else if (kind == ID_EMAIL)
		add_mail(t, v);
	else
		add(t, kind, HOW_WORD, v);
}

/* The last byte before i that is no half of a character; 0: the start. */
static unsigned char before(struct view text, size_t i)
{
	while (i && text.p[i - 1] == '\0')
		i--;
	/* In GB18030 a letter may be the second half of a character. */
	if (i > 1 && (unsigned char)text.p[i - 2] > 0x80)
		return 0;
	return i ? (unsigned char)text.p[i - 1] : 0;
}

static unsigned char after(struct view text, size_t i)
{
	while (i < text.n && text.p[i] == '\0')
		i++;
	return i < text.n ? (unsigned char)text.p[i] : 0;
}

/* The digits before i that are not parted from it are the end of the head, as
 * of 0086, or that after the 0 of long distance calls. */
static bool headed(struct view head, struct view text, size_t i)
{
	size_t k = head.n;
	for (; i; i--) {
		unsigned char c = (unsigned char)text.p[i - 1];
		if (c == '\0')
			continue;
		if (!digit(c))
			return true;
		if (k && c == (unsigned char)head.p[k - 1])
			k--;
		else if (k && c == '0')
			k = 0;
		else
			return false;
	}
	return true;
}

static bool stands_alone(const struct trace *x, struct view text, size_t from,
	size_t to)
{
	unsigned char b = before(text, from), a = after(text, to);
	switch (x->how) {
	case HOW_WORD:
		return !alnum(b) && !alnum(a);
	case HOW_MAIL:
		return !alnum(b) && b != '.' && b != '_' && b != '+' &&
		       b != '-' && !alnum(a) && a != '-';
	case HOW_DIGITS:
		return !digit(a) && headed(x->head, text, from);
	default:
		return true;
	}
}

/* The end of x where it begins at i, or 0. */
static size_t match(const struct trace *x, struct view text, size_t i)
{
	struct view v = x->text;
	if (x->how == HOW_BYTES)
		return text.n - i >= v.n && memcmp(text.p + i, v.p, v.n) == 0
			       ? i + v.n
			       : 0;
	for (size_t k = 0; k < v.n; i++) {
#ifndef PLANT_TRACES
		if (i == text.n)
			return 0;
#endif
		unsigned char c = (unsigned char)text.p[i];
		if (x->how == HOW_MAIL)
			c = lower(c);
		if (c == (unsigned char)v.p[k])
			k++;
		else if (k == 0 || !between(c, x->how))
			return 0;
	}
	return i;
}

/* The end of what is found at i, 0: nothing is; one value may be an identifier
 * of several kinds. */
static size_t found_at(const struct traces *t, struct view text, size_t i,
	uint32_t *kinds)
{
	size_t end = 0;
	for (size_t k = 0; k < t->trace.n; k++) {
		const struct trace *x = &t->trace.v[k];
		size_t to = match(x, text, i);
		if (!to || !stands_alone(x, text, i, to))
			continue;
		*kinds |= 1u << x->kind;
		end = to > end ? to : end;
	}
	return end;
}

bool traces_find(const struct traces *t, struct view text, struct traced *found)
{
	bool any = false;
	for (size_t i = 0; i < text.n; i++) {
		if (!t->starts[(unsigned char)text.p[i]])
			continue;
		size_t end = found_at(t, text, i, &found->kinds);
		if (!end)
			continue;
		if (!any && !found->times)
			found->first = i;
		any = true;
		found->times++;
		i = end - 1;
	}
	return any;
}

void traces_release(struct traces *t)
{
	vec_release(&t->trace);
	vec_release(&t->brief);
	arena_release(&t->text);
}
