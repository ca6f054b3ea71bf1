#include "record/scan.h"

#include <string.h>

#if defined(__SSE2__) && !defined(NO_SSE2)
#include <emmintrin.h>
#define USE_SSE2
#endif

static const char *refuse(struct why *why, const char *base, const char *p,
	const char *reason)
{
	why_not(why, "%s", reason);
	why->col = (size_t)(p - base) + 1;
	return NULL;
}

/*
 * One UTF-8 sequence of two to four bytes at p, or NULL. Overlong forms,
 * surrogates and what is beyond U+10FFFF are no sequences (RFC 3629).
 */
static inline const char *utf8_sequence(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	if (u[0] >= 0xe0 && u[0] < 0xf0) {
		if ((u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80)
			return NULL;
		if (u[0] == 0xe0 && u[1] < 0xa0)
			return NULL;
#ifndef MUTANT_surrogate
		if (u[0] == 0xed && u[1] >= 0xa0)
			return NULL;
#endif
		return p + 3;
	}
	if (u[0] >= 0xc2 && u[0] < 0xe0)
		return (u[1] & 0xc0) == 0x80 ? p + 2 : NULL;
	if (u[0] >= 0xf0 && u[0] <= 0xf4) {
		if ((u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80 ||
			(u[3] & 0xc0) != 0x80)
			return NULL;
		if ((u[0] == 0xf0 && u[1] < 0x90) ||
			(u[0] == 0xf4 && u[1] >= 0x90))
			return NULL;
		return p + 4;
	}
	return NULL;
}

/*
 * Most non-ASCII text of our users is Han: three bytes of one form. A 4-byte
 * load tests a whole character; E0 and ED need the second byte too and go the
 * slow way.
 */
static inline const char *utf8_run(const char *p, const char *end)
{
	while (p < end) {
		uint32_t w;
		memcpy(&w, p, 4);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		uint32_t lead = w & 0xff;
		if ((w & 0x00c0c0f0) != 0x008080e0 || lead == 0xe0 ||
			lead == 0xed)
			break;
		p += 3;
#else
		break;
#endif
	}
	return p;
}

static int hex4(const char *p)
{
	int v = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* The escape at p (a backslash), or NULL with the reason. */
static const char *escape(const char *p, const char *end, const char *base,
	struct why *why)
{
	if (end - p < 2)
		return refuse(why, base, p, "string is not closed");
	switch (p[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return p + 2;
	case 'u':
		break;
	default:
		return refuse(why, base, p, "no such escape in a string");
	}
	int u = end - p < 6 ? -1 : hex4(p + 2);
	if (u < 0)
		return refuse(why, base, p, "\\u wants four hex digits");
	if (u < 0xd800 || u > 0xdfff)
		return p + 6;
#ifndef MUTANT_lone_surrogate
	int low =
		end - p < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : hex4(p + 8);
	if (u > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return refuse(why, base, p, "lone surrogate in a string");
#endif
	return end - p < 12 ? p + 6 : p + 12;
}

/*
 * From after the opening quote to the closing one. Reads at most 16 bytes
 * beyond end.
 */
static inline const char *string_end(const char *p, const char *end,
	const char *base, bool *escaped, struct why *why)
{
	*escaped = false;
	while (p < end) {
#ifdef USE_SSE2
		__m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i stop = _mm_or_si128(
			_mm_or_si128(_mm_cmpeq_epi8(c, _mm_set1_epi8('"')),
				_mm_cmpeq_epi8(c, _mm_set1_epi8('\\'))),
			_mm_cmpeq_epi8(_mm_min_epu8(c, _mm_set1_epi8(0x1f)),
				c));
		unsigned mask = (unsigned)_mm_movemask_epi8(stop) |
				(unsigned)_mm_movemask_epi8(c);
		if (!mask) {
			p += 16;
			continue;
		}
		p += __builtin_ctz(mask);
		if (p >= end)
			break;
#else
		while (p < end && *p != '"' && *p != '\\' &&
			(unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80)
			p++;
		if (p >= end)
			break;
#endif
		if (*p == '"')
			return p;
		if (*p == '\\') {
			*escaped = true;
			p = escape(p, end, base, why);
			if (!p)
				return NULL;
		} else if ((unsigned char)*p < 0x20) {
#ifndef MUTANT_control
			return refuse(why, base, p,
				*p ? "control character in a string"
				   : "NUL byte in a string");
#else
			p++;
#endif
		} else {
			const char *q = utf8_run(p, end);
			if (q == p)
				q = utf8_sequence(p);
			if (!q || q > end)
				return refuse(why, base, p, "not UTF-8");
			p = q;
		}
	}
	return refuse(why, base, end, "string is not closed");
}

static inline bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static inline const char *number_end(const char *p, const char *end,
	const char *base, struct why *why)
{
	const char *start = p;
	if (p < end && *p == '-')
		p++;
	if (p < end && *p == '0') {
		p++;
#ifndef MUTANT_leading_zero
		if (p < end && digit(*p))
			return refuse(why, base, start, "number begins with 0");
#else
		while (p < end && digit(*p))
			p++;
#endif
	} else {
		if (p >= end || !digit(*p))
			return refuse(why, base, start, "no JSON value");
		while (p < end && digit(*p))
			p++;
	}
	if (p < end && *p == '.') {
		p++;
		if (p >= end || !digit(*p))
			return refuse(why, base, p, "number wants a digit");
		while (p < end && digit(*p))
			p++;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (p >= end || !digit(*p))
			return refuse(why, base, p, "number wants a digit");
		while (p < end && digit(*p))
			p++;
	}
	return p;
}

static const char *literal(const char *p, const char *end, const char *base,
	const char *word, size_t n, struct why *why)
{
	if ((size_t)(end - p) < n || memcmp(p, word, n) != 0)
		return refuse(why, base, p, "no JSON value");
	return p + n;
}

/* A value that is no container. */
static inline const char *scalar(const char *p, const char *end,
	const char *base, struct val *v, struct why *why)
{
	const char *q;
	v->escaped = false;
	switch (*p) {
	case '"':
		q = string_end(p + 1, end, base, &v->escaped, why);
		if (!q)
			return NULL;
		v->kind = K_STRING;
		v->p = p + 1;
		v->n = (size_t)(q - v->p);
		return q + 1;
	case 't':
		v->kind = K_TRUE;
		q = literal(p, end, base, "true", 4, why);
		break;
	case 'f':
		v->kind = K_FALSE;
		q = literal(p, end, base, "false", 5, why);
		break;
	case 'n':
		v->kind = K_NULL;
		q = literal(p, end, base, "null", 4, why);
		break;
	default:
		v->kind = K_NUMBER;
		q = number_end(p, end, base, why);
	}
	if (!q)
		return NULL;
	v->p = p;
	v->n = (size_t)(q - p);
	return q;
}

/* The key of a member inside a container, and its colon. */
static inline const char *nested_key(const char *p, const char *end,
	const char *base, struct why *why)
{
	bool escaped;
	if (p >= end || *p != '"')
		return refuse(why, base, p, "a key in quotes is wanted here");
	p = string_end(p + 1, end, base, &escaped, why);
	if (!p)
		return NULL;
	p = scan_blanks(p + 1, end);
	if (p >= end || *p != ':')
		return refuse(why, base, p, "':' is wanted here");
	return scan_blanks(p + 1, end);
}

/* From an opening bracket to after the closing one, without recursion. */
static const char *container(const char *p, const char *end, const char *base,
	int depth, struct why *why)
{
	char open[SCAN_DEPTH];
	int level = 0;
	struct val v;
	for (;;) {
		/* p is at a value */
		if (p >= end)
			return refuse(why, base, p, "no JSON value");
		if (*p == '{' || *p == '[') {
#ifndef MUTANT_depth
			if (level + depth >= SCAN_DEPTH)
				return refuse(why, base, p,
					"nested more than 128 deep");
#else
			if (level >= SCAN_DEPTH)
				return refuse(why, base, p,
					"nested more than 128 deep");
#endif
			char close = *p == '{' ? '}' : ']';
			open[level++] = close;
			p = scan_blanks(p + 1, end);
			if (p < end && *p == close) {
				level--;
				p++;
			} else if (close == '}') {
				p = nested_key(p, end, base, why);
				if (!p)
					return NULL;
				continue;
			} else {
				continue;
			}
		} else {
			p = scalar(p, end, base, &v, why);
			if (!p)
				return NULL;
		}
		for (;;) {
			if (level == 0)
				return p;
			p = scan_blanks(p, end);
			if (p < end && *p == open[level - 1]) {
				level--;
				p++;
				continue;
			}
			if (p >= end || *p != ',')
				return refuse(why, base, p,
					open[level - 1] == '}'
						? "',' or '}' is wanted here"
						: "',' or ']' is wanted here");
			p = scan_blanks(p + 1, end);
			if (open[level - 1] == '}') {
				p = nested_key(p, end, base, why);
				if (!p)
					return NULL;
			}
			break;
		}
	}
}

const char *scan_value(const char *p, const char *end, const char *base,
	struct val *v, struct why *why)
{
	if (p >= end)
		return refuse(why, base, p, "no JSON value");
	if (*p != '{' && *p != '[')
		return scalar(p, end, base, v, why);
	const char *q = container(p, end, base, 1, why);
	if (!q)
		return NULL;
	v->kind = *p == '{' ? K_OBJECT : K_ARRAY;
	v->escaped = false;
	v->p = p;
	v->n = (size_t)(q - p);
	return q;
}

const char *scan_key(const char *p, const char *end, const char *base,
	struct val *key, struct why *why)
{
	if (p >= end || *p != '"')
		return refuse(why, base, p, "a key in quotes is wanted here");
	const char *q = string_end(p + 1, end, base, &key->escaped, why);
	if (!q)
		return NULL;
	key->kind = K_STRING;
	key->p = p + 1;
	key->n = (size_t)(q - key->p);
	p = scan_blanks(q + 1, end);
	if (p >= end || *p != ':')
		return refuse(why, base, p, "':' is wanted here");
	return p + 1;
}

/*
 * What follows walks text that was checked before, so nothing is checked
 * again: only ends are looked for.
 */
static inline const char *skip_string(const char *p, bool *escaped)
{
	*escaped = false;
	for (;; p++) {
#ifdef USE_SSE2
		__m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
		unsigned mask = (unsigned)_mm_movemask_epi8(
			_mm_or_si128(_mm_cmpeq_epi8(c, _mm_set1_epi8('"')),
				_mm_cmpeq_epi8(c, _mm_set1_epi8('\\'))));
		if (!mask) {
			p += 15;
			continue;
		}
		p += __builtin_ctz(mask);
#endif
		if (*p == '"')
			return p;
		if (*p == '\\') {
			*escaped = true;
			p++;
		}
	}
}

static const char *skip_value(const char *p, struct val *v)
{
	const char *start = p;
	bool escaped = false;
	v->escaped = false;
	if (*p == '"') {
		const char *q = skip_string(p + 1, &v->escaped);
		v->kind = K_STRING;
		v->p = p + 1;
		v->n = (size_t)(q - v->p);
		return q + 1;
	}
	if (*p == '{' || *p == '[') {
		v->kind = *p == '{' ? K_OBJECT : K_ARRAY;
		int level = 0;
		for (;; p++) {
			if (*p == '"')
				p = skip_string(p + 1, &escaped);
			else if (*p == '{' || *p == '[')
				level++;
			else if ((*p == '}' || *p == ']') && --level == 0)
				break;
		}
		p++;
	} else {
		v->kind = *p == 't'   ? K_TRUE
			  : *p == 'f' ? K_FALSE
			  : *p == 'n' ? K_NULL
				      : K_NUMBER;
		while (*p != ',' && *p != '}' && *p != ']' && *p > ' ')
			p++;
	}
	v->p = start;
	v->n = (size_t)(p - start);
	return p;
}

struct val_iter val_iter(struct val v)
{
	struct val_iter it = { 0 };
	if (v.kind != K_ARRAY && v.kind != K_OBJECT)
		return it;
	it.p = v.p + 1;
	it.end = v.p + v.n - 1;
	it.object = v.kind == K_OBJECT;
	return it;
}

bool val_next(struct val_iter *it)
{
	const char *p = scan_blanks(it->p, it->end);
	if (p < it->end && *p == ',')
		p = scan_blanks(p + 1, it->end);
	if (p >= it->end)
		return false;
	if (it->object) {
		p = skip_value(p, &it->key);
		p = scan_blanks(p, it->end);
		p = scan_blanks(p + 1, it->end);
	}
	it->p = skip_value(p, &it->val);
	return true;
}

bool val_next_member(struct val_iter *it, struct view name, struct val *out)
{
	const char *p = scan_blanks(it->p, it->end);
	struct val key, val;
	*out = it->val = (struct val){ 0 };
	if (p < it->end && *p == ',')
		p = scan_blanks(p + 1, it->end);
	if (p >= it->end)
		return false;
	if (*p != '{') {
		it->p = skip_value(p, &it->val);
		return true;
	}
	for (p = scan_blanks(p + 1, it->end); *p != '}';) {
		p = scan_blanks(skip_value(p, &key), it->end);
		p = scan_blanks(p + 1, it->end);
		p = scan_blanks(skip_value(p, &val), it->end);
		if (*p == ',')
			p = scan_blanks(p + 1, it->end);
		if (out->kind == K_MISSING && val_is(key, name))
			*out = val;
	}
	it->p = p + 1;
	return true;
}

/* Appends the code point as UTF-8. */
static void put_utf8(struct buf *out, unsigned u)
{
	char b[4];
	size_t n = 0;
	if (u < 0x80) {
		b[n++] = (char)u;
	} else if (u < 0x800) {
		b[n++] = (char)(0xc0 | u >> 6);
		b[n++] = (char)(0x80 | (u & 0x3f));
	} else if (u < 0x10000) {
		b[n++] = (char)(0xe0 | u >> 12);
		b[n++] = (char)(0x80 | (u >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (u & 0x3f));
	} else {
		b[n++] = (char)(0xf0 | u >> 18);
		b[n++] = (char)(0x80 | (u >> 12 & 0x3f));
		b[n++] = (char)(0x80 | (u >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (u & 0x3f));
	}
	buf_add(out, b, n);
}

static void unescape(const char *p, size_t n, struct buf *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *end = p + n;
	while (p < end) {
		const char *q = memchr(p, '\\', (size_t)(end - p));
		if (!q)
			q = end;
		buf_add(out, p, (size_t)(q - p));
		if (q == end)
			return;
		if (q[1] != 'u') {
			const char *f = strchr(from, q[1]);
			buf_addc(out, f ? to[f - from] : q[1]);
			p = q + 2;
			continue;
		}
		unsigned u = (unsigned)hex4(q + 2);
		p = q + 6;
		if (u >= 0xd800 && u < 0xdc00 && end - p >= 6) {
			unsigned low = (unsigned)hex4(p + 2);
			u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
			p += 6;
		}
		put_utf8(out, u);
	}
}

struct view val_text(struct val v, struct buf *scratch)
{
	if (!v.escaped)
		return (struct view){ v.p, v.n };
	buf_reset(scratch);
	unescape(v.p, v.n, scratch);
	return buf_view(scratch);
}

void val_append_text(struct val v, struct buf *out)
{
	if (v.escaped)
		unescape(v.p, v.n, out);
	else
		buf_add(out, v.p, v.n);
}

bool val_has_nul(struct val v)
{
	if (!v.escaped)
		return false;
	for (const char *p = v.p, *end = p + v.n; p < end; p++) {
		if (*p != '\\')
			continue;
		if (*++p == 'u' && memcmp(p + 1, "0000", 4) == 0)
			return true;
	}
	return false;
}

bool val_is(struct val v, struct view text)
{
	if (v.kind != K_STRING)
		return false;
	if (!v.escaped)
		return view_eq((struct view){ v.p, v.n }, text);
	struct buf b = { 0 };
	bool same = view_eq(val_text(v, &b), text);
	buf_release(&b);
	return same;
}

struct val val_member(struct val object, struct view name)
{
	struct val_iter it = val_iter(object);
	if (!it.object)
		return (struct val){ 0 };
	while (val_next(&it))
		if (val_is(it.key, name))
			return it.val;
	return (struct val){ 0 };
}

void json_text(struct buf *out, struct view text)
{
	static const char hex[] = "0123456789abcdef";
	buf_addc(out, '"');
	const char *p = text.p, *end = p + text.n;
	while (p < end) {
		const char *q = p;
		while (q < end && *q != '"' && *q != '\\' &&
			(unsigned char)*q >= 0x20)
			q++;
		buf_add(out, p, (size_t)(q - p));
		if (q == end)
			break;
		char esc[6] = { '\\', *q };
		size_t n = 2;
		switch (*q) {
		case '"':
		case '\\':
			break;
		case '\n':
			esc[1] = 'n';
			break;
		case '\r':
			esc[1] = 'r';
			break;
		case '\t':
			esc[1] = 't';
			break;
		default:
			esc[1] = 'u';
			esc[2] = esc[3] = '0';
			esc[4] = hex[(unsigned char)*q >> 4];
			esc[5] = hex[*q & 15];
			n = 6;
		}
		buf_add(out, esc, n);
		p = q + 1;
	}
	buf_addc(out, '"');
}

void json_val(struct buf *out, struct val v)
{
	if (v.kind == K_MISSING) {
		buf_add(out, "null", 4);
	} else if (v.kind == K_STRING) {
		buf_addc(out, '"');
		buf_add(out, v.p, v.n);
		buf_addc(out, '"');
	} else {
		buf_add(out, v.p, v.n);
	}
}

size_t scan_utf8(const char *p, size_t n)
{
	const char *start = p, *end = p + n;
	while (p < end) {
#ifdef USE_SSE2
		while (end - p >= 16) {
			__m128i c = _mm_loadu_si128(
				(const __m128i *)(const void *)p);
			unsigned mask = (unsigned)_mm_movemask_epi8(c);
			if (mask) {
				p += __builtin_ctz(mask);
				break;
			}
			p += 16;
		}
#endif
		if (p >= end)
			break;
		if ((unsigned char)*p < 0x80) {
			p++;
			continue;
		}
		if (end - p > 4) {
			const char *run = utf8_run(p, end - 3);
			if (run > p) {
				p = run;
				continue;
			}
		}
		/* the tail is copied, so that nothing behind it is read */
		char tail[8] = { 0 };
		const char *at = p;
		if (end - p < 4) {
			memcpy(tail, p, (size_t)(end - p));
			at = tail;
		}
		const char *q = utf8_sequence(at);
		if (!q)
			return (size_t)(p - start);
		p += q - at;
	}
	return n;
}
