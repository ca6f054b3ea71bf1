#include "value/num.h"

#include <limits.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 uint128;

#define E19 ((uint128)10000000000000000000u)
#define P(n) ((uint128)n)
#define Q(n) (E19 * n)

/* clang-format off */
static const uint128 pow10[39] = {
	P(1u), P(10u), P(100u), P(1000u), P(10000u), P(100000u), P(1000000u),
	P(10000000u), P(100000000u), P(1000000000u), P(10000000000u),
	P(100000000000u), P(1000000000000u), P(10000000000000u),
	P(100000000000000u), P(1000000000000000u), P(10000000000000000u),
	P(100000000000000000u), P(1000000000000000000u), Q(1u), Q(10u),
	Q(100u), Q(1000u), Q(10000u), Q(100000u), Q(1000000u), Q(10000000u),
	Q(100000000u), Q(1000000000u), Q(10000000000u), Q(100000000000u),
	Q(1000000000000u), Q(10000000000000u), Q(100000000000000u),
	Q(1000000000000000u), Q(10000000000000000u), Q(100000000000000000u),
	Q(1000000000000000000u), Q(10000000000000000000u)
};
/* clang-format on */

#undef P
#undef Q

#define POW10_MAX 38
/* Symmetric, so that every dec can be negated. */
#define V_MAX ((int128)(~(uint128)0 >> 1))

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static uint128 magnitude(int128 v)
{
	return v < 0 ? -(uint128)v : (uint128)v;
}

static bool signed_of(uint128 m, bool neg, int128 *v)
{
	if (m > (uint128)V_MAX)
		return false;
	*v = neg ? -(int128)m : (int128)m;
	return true;
}

/* v times 10^k, false where it does not fit. */
static bool times_pow10(int128 v, long long k, int128 *out)
{
	if (v == 0) {
		*out = 0;
		return true;
	}
	uint128 m;
	if (k > POW10_MAX || __builtin_mul_overflow(magnitude(v), pow10[k], &m))
		return false;
	return signed_of(m, v < 0, out);
}

/* The parts of a number as written. */
struct parts {
	bool neg;
	const char *whole, *frac, *exp; /* digits, exp without its sign */
	size_t nwhole, nfrac, nexp;
	bool exp_neg;
};

static bool parts_of(const char *p, size_t n, struct parts *out)
{
	const char *s = p, *end = p + n;
	struct parts a = { 0 };
	a.neg = s < end && *s == '-';
	s += a.neg;
	a.whole = s;
	while (s < end && is_digit(*s))
		s++;
	a.nwhole = (size_t)(s - a.whole);
	if (a.nwhole == 0 || (a.nwhole > 1 && *a.whole == '0'))
		return false;
	a.frac = s;
	if (s < end && *s == '.') {
		a.frac = ++s;
		while (s < end && is_digit(*s))
			s++;
		a.nfrac = (size_t)(s - a.frac);
		if (a.nfrac == 0)
			return false;
	}
	a.exp = s;
	if (s < end && (*s == 'e' || *s == 'E')) {
		s++;
		if (s < end && (*s == '+' || *s == '-'))
			a.exp_neg = *s++ == '-';
		while (s < end && *s == '0' && s + 1 < end && is_digit(s[1]))
			s++;
		a.exp = s;
		while (s < end && is_digit(*s))
			s++;
		a.nexp = (size_t)(s - a.exp);
		if (a.nexp == 0)
			return false;
	}
	*out = a;
	return s == end;
}

/* Zeros are multiplied in only when another digit follows them, so that
 * those at the end can be dropped where they are too many. */
struct digits {
	uint128 m;
	size_t zeros;
};

static bool digits_add(struct digits *d, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '0') {
			d->zeros += d->m != 0;
			continue;
		}
		uint128 m;
		if (d->zeros + 1 > POW10_MAX ||
			__builtin_mul_overflow(d->m, pow10[d->zeros + 1], &m) ||
			__builtin_add_overflow(m, (unsigned)(p[i] - '0'), &m))
			return false;
		d->m = m;
		d->zeros = 0;
	}
	return true;
}

/* Any length and exponent. */
static bool parse_any(const char *p, size_t n, struct dec *out)
{
	struct parts a;
	struct digits d = { 0 };
	if (n > INT_MAX || !parts_of(p, n, &a) ||
		!digits_add(&d, a.whole, a.nwhole) ||
		!digits_add(&d, a.frac, a.nfrac))
		return false;
	/* beyond this no text of INT_MAX digits can bring it back */
	const long long far = 1LL << 40;
	long long e = 0;
	for (size_t i = 0; i < a.nexp && e < far; i++)
		e = e * 10 + (a.exp[i] - '0');
	long long scale = (long long)a.nfrac - (a.exp_neg ? -e : e);
	if (d.m == 0) {
		*out = (struct dec){ 0 };
		if (scale > 0)
			out->scale = scale < DEC_SCALE_MAX ? (int)scale
							   : DEC_SCALE_MAX;
		return true;
	}
	long long zeros = (long long)d.zeros;
	if (scale < 0) {
		zeros -= scale;
		scale = 0;
	}
	if (scale > DEC_SCALE_MAX) {
		zeros -= scale - DEC_SCALE_MAX;
		scale = DEC_SCALE_MAX;
	}
	if (zeros < 0)
		return false;
	int128 v;
	if (!signed_of(d.m, a.neg, &v))
		return false;
	while (!times_pow10(v, zeros, &out->v)) {
		if (scale == 0 || zeros == 0)
			return false;
		scale--;
		zeros--;
	}
	out->scale = (int)scale;
	return true;
}

bool dec_parse(const char *p, size_t n, struct dec *d)
{
	/* 19 bytes cannot overflow 64 bits: at most 19 digits. */
	if (n > 19)
		return parse_any(p, n, d);
	const char *s = p, *end = p + n;
	bool neg = s < end && *s == '-';
	s += neg;
	const char *whole = s;
	uint64_t v = 0;
	while (s < end && is_digit(*s))
		v = v * 10 + (uint64_t)(*s++ - '0');
	if (s == whole || (*whole == '0' && s - whole > 1))
		return false;
	int scale = 0;
	if (s < end && *s == '.') {
		const char *frac = ++s;
		while (s < end && is_digit(*s))
			v = v * 10 + (uint64_t)(*s++ - '0');
		scale = (int)(s - frac);
		if (scale == 0)
			return false;
	}
	if (s != end)
		return parse_any(p, n, d);
	d->v = neg ? -(int128)v : (int128)v;
	d->scale = scale;
	return true;
}

void dec_print(struct buf *out, struct dec d)
{
	/* 39 digits, a point, a sign */
	char text[48];
	char *end = text + sizeof(text), *p = end;
	uint128 m = magnitude(d.v);
	int digits = 0;
	while (m > UINT64_MAX) {
		*--p = (char)('0' + (int)(m % 10));
		m /= 10;
		if (++digits == d.scale)
			*--p = '.';
	}
	uint64_t low = (uint64_t)m;
	while (low || digits <= d.scale) {
		*--p = (char)('0' + (int)(low % 10));
		low /= 10;
		if (++digits == d.scale)
			*--p = '.';
	}
	if (d.v < 0)
		*--p = '-';
	buf_add(out, p, (size_t)(end - p));
}

int dec_cmp(struct dec a, struct dec b)
{
	if (a.scale != b.scale) {
		/* one that does not fit when scaled is beyond all others */
		if (a.scale < b.scale) {
			if (!times_pow10(a.v, b.scale - a.scale, &a.v))
				return a.v < 0 ? -1 : 1;
		} else if (!times_pow10(b.v, a.scale - b.scale, &b.v)) {
			return b.v < 0 ? 1 : -1;
		}
	}
	return (a.v > b.v) - (a.v < b.v);
}

bool dec_add(struct dec *a, struct dec b)
{
	int128 v = a->v;
	int scale = a->scale;
	if (scale < b.scale) {
		if (!times_pow10(v, b.scale - scale, &v))
			return false;
		scale = b.scale;
	} else if (scale > b.scale) {
		if (!times_pow10(b.v, scale - b.scale, &b.v))
			return false;
	}
	if (__builtin_add_overflow(v, b.v, &v) || v < -V_MAX)
		return false;
	a->v = v;
	a->scale = scale;
	return true;
}

bool dec_sub(struct dec *a, struct dec b)
{
	b.v = -b.v;
	return dec_add(a, b);
}

/* The product where it has more than 128 bits before its zeros at the end
 * are cut: every 2 meets its 5, every 10 leaves, and what stays is least. */
static bool mul_least(uint128 x, uint128 y, int scale, uint128 *m, int *least)
{
	while (x % 10 == 0) {
		x /= 10;
		scale--;
	}
	while (y % 10 == 0) {
		y /= 10;
		scale--;
	}
	while (x % 2 == 0 && y % 5 == 0) {
		x /= 2;
		y /= 5;
		scale--;
	}
	while (x % 5 == 0 && y % 2 == 0) {
		x /= 5;
		y /= 2;
		scale--;
	}
	*least = scale;
	return !__builtin_mul_overflow(x, y, m);
}

bool dec_mul(struct dec *a, struct dec b)
{
	int want = a->scale > b.scale ? a->scale : b.scale;
	int scale = a->scale + b.scale;
	bool neg = (a->v < 0) != (b.v < 0);
	uint128 x = magnitude(a->v), y = magnitude(b.v), m;
	if (__builtin_mul_overflow(x, y, &m) || m > (uint128)V_MAX) {
		if (!mul_least(x, y, scale, &m, &scale))
			return false;
		if (scale < want) {
			if (want - scale > POW10_MAX ||
				__builtin_mul_overflow(m, pow10[want - scale],
					&m))
				return false;
			scale = want;
		}
	}
	while (scale > want && m <= UINT64_MAX && (uint64_t)m % 10 == 0) {
		m = (uint64_t)m / 10;
		scale--;
	}
	while (scale > want && m % 10 == 0) {
		m /= 10;
		scale--;
	}
	int128 v;
	if (scale > DEC_SCALE_MAX || !signed_of(m, neg, &v))
		return false;
	a->v = v;
	a->scale = scale;
	return true;
}

/* q, one more if the rest of a division by den is above half, or half and q
 * is odd. */
static uint128 half_even(uint128 q, uint128 rest, uint128 den)
{
	uint128 gap = den - rest;
	return q + (rest > gap || (rest == gap && (q & 1)));
}

bool dec_div(struct dec a, struct dec b, int scale, struct dec *out)
{
	if (b.v == 0 || scale < 0 || scale > DEC_SCALE_MAX)
		return false;
	bool neg = (a.v < 0) != (b.v < 0);
	uint128 num = magnitude(a.v), den = magnitude(b.v), q, rest;
	int k = scale + b.scale - a.scale;
	if (k < 0) {
		/* num < 2^127: against 2^128 or more it is under half */
		if (__builtin_mul_overflow(den, pow10[-k], &den)) {
			*out = (struct dec){ .scale = scale };
			return true;
		}
		k = 0;
	}
	if (k <= POW10_MAX && !__builtin_mul_overflow(num, pow10[k], &q)) {
		num = q;
		k = 0;
	}
	q = num / den;
	rest = num % den;
	for (; k > 0; k--) {
		/* rest * 10 may not fit, rest + rest does: den < 2^127 */
		uint128 part = rest;
		unsigned digit = 0;
		for (int i = 1; i < 10; i++) {
			part += rest;
			if (part >= den) {
				part -= den;
				digit++;
			}
		}
		rest = part;
		if (__builtin_mul_overflow(q, (uint128)10, &q) ||
			__builtin_add_overflow(q, digit, &q))
			return false;
	}
	q = half_even(q, rest, den);
	int128 v;
	if (!signed_of(q, neg, &v))
		return false;
	*out = (struct dec){ v, scale };
	return true;
}

struct dec dec_round(struct dec d, int scale)
{
	if (scale >= d.scale)
		return d;
	uint128 m = magnitude(d.v), den = pow10[d.scale - scale];
	m = half_even(m / den, m % den, den);
	d.v = d.v < 0 ? -(int128)m : (int128)m;
	d.scale = scale;
	return d;
}

struct dec dec_trim(struct dec d)
{
	while (d.scale > 0 && d.v % 10 == 0) {
		d.v /= 10;
		d.scale--;
	}
	return d;
}

struct dec dec_of(int64_t n)
{
	return (struct dec){ n, 0 };
}

double dec_double(struct dec d)
{
	/* Both exact in a double, so one division rounds once. */
	if (magnitude(d.v) <= (uint128)1 << 53 && d.scale <= 15)
		return (double)(int64_t)d.v / (double)(int64_t)pow10[d.scale];
	/* No point in the text, so no locale matters. */
	struct buf text = { 0 };
	dec_print(&text, (struct dec){ d.v, 0 });
	buf_addf(&text, "e-%d", d.scale);
	double x = strtod(text.p, NULL);
	buf_release(&text);
	return x;
}

/*
 * A number's significant digits, whole and fraction run together without
 * zeros at the front, and their place: the value is 0.DIGITS times 10 to
 * (place + the exponent as written).
 */
struct figure {
	struct parts a;
	size_t skip; /* zeros at the front */
	size_t n; /* all digits, zeros at the front included */
	long long place;
};

static char figure_digit(const struct figure *f, size_t i)
{
	return i < f->a.nwhole ? f->a.whole[i] : f->a.frac[i - f->a.nwhole];
}

/* False for zero. */
static bool figure_of(struct view v, struct figure *f)
{
	*f = (struct figure){ 0 };
	parts_of(v.p, v.n, &f->a);
	f->n = f->a.nwhole + f->a.nfrac;
	while (f->skip < f->n && figure_digit(f, f->skip) == '0')
		f->skip++;
	f->place = (long long)f->a.nwhole - (long long)f->skip;
	return f->skip < f->n;
}

/* The place with the exponent. */
static long long figure_exp(const struct figure *f)
{
	const long long far = 1000000000000000000;
	long long e = 0;
	for (size_t i = 0; i < f->a.nexp && e < far; i++)
		e = e * 10 + (f->a.exp[i] - '0');
	e = e < far ? e : far;
	return f->place + (f->a.exp_neg ? -e : e);
}

/* The difference of two exponents of any length, kept within 10^25: from
 * there on the digits that follow cannot bring it back. */
static int128 exp_diff(const struct parts *a, const struct parts *b)
{
	const int128 far = (int128)pow10[25];
	size_t n = a->nexp > b->nexp ? a->nexp : b->nexp;
	int128 diff = 0;
	for (size_t i = n; i > 0 && diff < far && diff > -far; i--) {
		int x = i <= a->nexp ? a->exp[a->nexp - i] - '0' : 0;
		int y = i <= b->nexp ? b->exp[b->nexp - i] - '0' : 0;
		diff = diff * 10 + (a->exp_neg ? -x : x) -
		       (b->exp_neg ? -y : y);
	}
	return diff;
}

static int figure_cmp(const struct figure *a, const struct figure *b)
{
	int128 d = exp_diff(&a->a, &b->a) + a->place - b->place;
	if (d != 0)
		return d > 0 ? 1 : -1;
	for (size_t i = a->skip, j = b->skip; i < a->n || j < b->n; i++, j++) {
		char x = i < a->n ? figure_digit(a, i) : '0';
		char y = j < b->n ? figure_digit(b, j) : '0';
		if (x != y)
			return x > y ? 1 : -1;
	}
	return 0;
}

int num_cmp(struct view a, struct view b)
{
	struct dec x, y;
	if (dec_parse(a.p, a.n, &x) && dec_parse(b.p, b.n, &y))
		return dec_cmp(x, y);
	struct figure f, g;
	bool some_a = figure_of(a, &f), some_b = figure_of(b, &g);
	int sign_a = some_a ? (f.a.neg ? -1 : 1) : 0;
	int sign_b = some_b ? (g.a.neg ? -1 : 1) : 0;
	if (sign_a != sign_b || sign_a == 0)
		return (sign_a > sign_b) - (sign_a < sign_b);
	int c = figure_cmp(&f, &g);
	return sign_a < 0 ? -c : c;
}

enum { KEY_NEGATIVE = 1, KEY_ZERO, KEY_POSITIVE };

/* A small exponent is a byte, any other nine. */
static void key_exp(struct buf *out, long long e)
{
	if (e >= -100 && e <= 100) {
		buf_addc(out, (char)(128 + e));
		return;
	}
	uint64_t biased = (uint64_t)e + ((uint64_t)1 << 63);
	buf_addc(out, (char)(e < 0 ? 0 : 255));
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_addc(out, (char)(biased >> shift));
}

bool num_key(struct view a, struct buf *out)
{
	struct figure f;
	struct parts parts;
	if (!parts_of(a.p, a.n, &parts))
		return false;
	if (!figure_of(a, &f)) {
		buf_addc(out, KEY_ZERO);
		return true;
	}
	buf_addc(out, f.a.neg ? KEY_NEGATIVE : KEY_POSITIVE);
	size_t from = out->n, end = f.n;
	key_exp(out, figure_exp(&f));
	while (figure_digit(&f, end - 1) == '0')
		end--;
	/* two digits a byte, from 1, so that 0 ends them */
	for (size_t i = f.skip; i < end; i += 2) {
		int high = figure_digit(&f, i) - '0';
		int low = i + 1 < end ? figure_digit(&f, i + 1) - '0' : 0;
		buf_addc(out, (char)(high * 10 + low + 1));
	}
	buf_addc(out, 0);
	for (size_t i = from; f.a.neg && i < out->n; i++)
		out->p[i] = (char)~out->p[i];
	return true;
}

bool num_huge(struct view a)
{
	/* 2^1024 - 2^970: half-way between the largest double and what would
	 * come next; from here on it rounds to infinity. */
	static const char limit[] =
		"1797693134862315807937289714053034150799341327100378269361737"
		"7898044496829276475094664901797758720709633028641669288791094"
		"6555547851940402630657488671505820681908902000708383676273854"
		"8458177115317644757302700698555713669596228429148198608349364"
		"7529271907416844436551070434271155969950809304288017790417449"
		"7792";
	if (a.n < 5)
		return false;
	if (*a.p == '-')
		a = (struct view){ a.p + 1, a.n - 1 };
	return num_cmp(a, (struct view){ limit, sizeof(limit) - 1 }) >= 0;
}

bool int_parse(const char *p, size_t n, int64_t *out)
{
	bool neg = n > 0 && *p == '-';
	uint64_t v = 0;
	if (n == neg)
		return false;
	for (size_t i = neg; i < n; i++) {
		if (!is_digit(p[i]) || __builtin_mul_overflow(v, 10u, &v) ||
			__builtin_add_overflow(v, (unsigned)(p[i] - '0'), &v))
			return false;
	}
	if (v > (uint64_t)INT64_MAX + neg)
		return false;
	*out = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static bool digits(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return v.n > 0;
}

bool num_cut(struct view v)
{
	const char *e = v.n > 24 || v.n < 5 ? NULL : memchr(v.p, 'E', v.n);
	if (!e)
		return false;
	struct view head = { v.p, (size_t)(e - v.p) };
	struct view tail = { e + 1, v.n - head.n - 1 };
	if (tail.n < 2 || tail.p[0] != '+' ||
		!digits((struct view){ tail.p + 1, tail.n - 1 }))
		return false;
	const char *dot = memchr(head.p, '.', head.n);
	if (!dot)
		return digits(head);
	struct view frac = { dot + 1, head.n - (size_t)(dot - head.p) - 1 };
	return digits((struct view){ head.p, (size_t)(dot - head.p) }) &&
	       digits(frac);
}
