#include "crm/mapcell.h"

#include "edge/phone.h"
#include "record/scan.h"
#include "value/email.h"
#include "value/money.h"
#include "value/text.h"
#include "value/time.h"

#if defined(__SSE2__) && !defined(NO_SSE2)
#define SSE2
#include <emmintrin.h>
#endif

#ifdef PLANT_MAP
#define CONTROL 0x0f /* what t/fuzz/map.c must find */
#else
#define CONTROL 0x1f
#endif

/* The bytes of s up to the next that JSON wants escaped, copied to d, which
 * may be overrun by 15. How many. */
static inline size_t copy_clean(char *d, const char *s, size_t n)
{
	size_t i = 0;
#ifdef SSE2
	const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\');
	const __m128i low = _mm_set1_epi8(CONTROL);
	for (; i < n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(s + i));
		_mm_storeu_si128((__m128i *)(d + i), v);
		__m128i bad =
			_mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote),
					     _mm_cmpeq_epi8(v, back)),
				_mm_cmpeq_epi8(_mm_min_epu8(v, low), v));
		unsigned mask = (unsigned)_mm_movemask_epi8(bad);
		if (mask) {
			size_t k = i + (size_t)__builtin_ctz(mask);
			return k < n ? k : n;
		}
	}
	return n;
#else
	for (; i < n; i++) {
		unsigned char ch = (unsigned char)s[i];
		if (ch <= CONTROL || ch == '"' || ch == '\\')
			break;
		d[i] = s[i];
	}
	return i;
#endif
}

void mapcell_quote(struct buf *out, struct view text)
{
	static const char hex[] = "0123456789abcdef";
	char *d = out->p + out->n;
	const char *s = text.p, *end = s + text.n;
	*d++ = '"';
	while (s < end) {
		size_t k = copy_clean(d, s, (size_t)(end - s));
		s += k;
		d += k;
		if (s == end)
			break;
		unsigned char ch = (unsigned char)*s++;
		*d++ = '\\';
		switch (ch) {
		case '"':
		case '\\':
			*d++ = (char)ch;
			break;
		case '\n':
			*d++ = 'n';
			break;
		case '\r':
			*d++ = 'r';
			break;
		case '\t':
			*d++ = 't';
			break;
		default:
			memcpy(d, "u00", 3);
			d[3] = hex[ch >> 4];
			d[4] = hex[ch & 15];
			d += 5;
		}
	}
	*d++ = '"';
	out->n = (size_t)(d - out->p);
}

/* What a message shows of a text: its start, in whole characters. */
static struct view shown(struct view v)
{
	size_t n = v.n < 60 ? v.n : 60;
	while (n && n < v.n && ((unsigned char)v.p[n] & 0xc0) == 0x80)
		n--;
	return (struct view){ v.p, n };
}

#define SHOWN(v) (int)shown(v).n, (v).p

/* Blanks at both ends off; mostly there are none. */
static inline struct view trim(struct view v)
{
	if (v.n && v.p[0] > ' ' && v.p[0] < 0x7f && v.p[v.n - 1] > ' ' &&
		v.p[v.n - 1] < 0x7f)
		return v;
	return text_trim(v);
}

static void quote(struct buf *out, struct view text)
{
	if (out->cap < out->n + text.n * 6 + 32 + BUF_PAD)
		buf_grow(out, text.n * 6 + 32);
	mapcell_quote(out, text);
}

/* A number that is JSON as it stands, and no more than 30 digits of it. */
static bool is_number(struct view v)
{
	size_t i = v.n && v.p[0] == '-';
	size_t first = i;
	while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9')
		i++;
	if (i == first || i - first > 30 ||
		(v.p[first] == '0' && i > first + 1))
		return false;
	if (i == v.n)
		return true;
	size_t dot = i++;
	if (v.p[dot] != '.')
		return false;
	while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9')
		i++;
	return i == v.n && i > dot + 1 && i - dot < 30;
}

/*
 * The decimal sign of a number that may have either: the last one, and the
 * other stands between thousands. One alone before three digits could be
 * both, and several alike are between thousands.
 */
static bool either_sign(struct view v, char *point, char *group)
{
	const char *last = NULL;
	size_t same = 0, other = 0;
	for (size_t i = v.n; i--;) {
		if (v.p[i] != '.' && v.p[i] != ',')
			continue;
		if (!last)
			last = v.p + i;
		*(v.p[i] == *last ? &same : &other) += 1;
	}
	*point = last ? *last : '.';
	*group = *point == '.' ? ',' : '.';
	if (same > 1) {
		char swap = *point;
		*point = *group;
		*group = swap;
	}
	size_t digits = 0;
	for (const char *p = last; p && ++p < v.p + v.n;)
		digits += *p >= '0' && *p <= '9';
	return same != 1 || other || digits != 3;
}

bool mapcell_number(const struct map_field *f, struct view text,
	struct dec *out, struct why *why)
{
	struct view v = trim(text);
	const struct map_unit *unit = NULL;
	for (size_t i = 0; i < f->nunits && !unit; i++) {
		const struct map_unit *u = &f->unit[i];
		if (v.n > u->end.n &&
			memcmp(v.p + v.n - u->end.n, u->end.p, u->end.n) == 0)
			unit = u;
	}
	if (unit)
		v = text_trim((struct view){ v.p, v.n - unit->end.n });
	/* 007.50: zeros before a digit say nothing. */
	while (v.n > 1 && v.p[0] == '0' && v.p[1] >= '0' && v.p[1] <= '9')
		v = (struct view){ v.p + 1, v.n - 1 };
	char point = f->point ? f->point : '.', group = f->thousands;
	if (f->either && !either_sign(v, &point, &group))
		return why_not(why,
			"'%.*s' may have a decimal sign or one between "
			"thousands",
			SHOWN(text));
	if (!money_parse(v, point, group, out, why))
		return why_not(why, "'%.*s' is no number", SHOWN(text));
	if (unit && !dec_mul(out, unit->by))
		return why_not(why, "'%.*s' is too large a number",
			SHOWN(text));
	if (f->negate)
		out->v = -out->v;
	return true;
}

static bool put_number(const struct map_field *f, const struct mapcell_env *env,
	struct view text, struct buf *out, struct why *why)
{
	struct view v = trim(text);
	bool simple = f->point == '.' && !f->either && !f->negate &&
		      !f->nunits && (env->minor < 0 || f->type != MT_MONEY);
	if (simple && is_number(v)) {
		if (f->type == MT_INTEGER && memchr(v.p, '.', v.n))
			return why_not(why, "'%.*s' is no whole number",
				SHOWN(v));
		if (out->cap < out->n + v.n + BUF_PAD)
			buf_grow(out, v.n);
		memcpy(out->p + out->n, v.p, v.n);
		out->n += v.n;
		return true;
	}
	struct dec d;
	if (!mapcell_number(f, text, &d, why))
		return false;
	if (f->type == MT_MONEY && env->minor >= 0) {
		if (d.scale != 0 || env->minor > DEC_SCALE_MAX)
			return why_not(why,
				"'%.*s' is no amount in smallest units",
				SHOWN(v));
		d.scale = env->minor;
	}
	if (f->type == MT_INTEGER && (d = dec_trim(d)).scale > 0)
		return why_not(why, "'%.*s' is no whole number", SHOWN(v));
	dec_print(out, d);
	return true;
}

static int two(const char *p)
{
	unsigned a = (unsigned)(unsigned char)p[0] - '0';
	unsigned b = (unsigned)(unsigned char)p[1] - '0';
	return a > 9 || b > 9 ? -1 : (int)(a * 10 + b);
}

/* The offset of all of a civil day, where it has but one. */
static bool day_offset(const struct zone *z, struct mapcell_days *days,
	int64_t civil, int32_t *offset)
{
	int64_t day = civil / 86400 - (civil % 86400 < 0);
	size_t i = (size_t)day & 255;
	if (days->day[i].zone != z || days->day[i].day != day) {
		int64_t from = zone_utc(z, day * 86400, NULL);
		int64_t to = zone_utc(z, day * 86400 + 86399, NULL);
		int32_t a = zone_offset(z, from);
		if (to - from != 86399 || a != zone_offset(z, to) || a % 60 ||
			from + a != day * 86400)
			return false;
		days->day[i].zone = z;
		days->day[i].day = day;
		days->day[i].offset = a;
	}
	*offset = days->day[i].offset;
	return true;
}

static void put_two(char *d, int v)
{
	d[0] = (char)('0' + v / 10);
	d[1] = (char)('0' + v % 10);
}

/* "2026-01-31 08:30:00", the commonest of all, straight from its digits. */
static bool put_usual(const struct zone *z, struct mapcell_days *days,
	const char *p, struct buf *out)
{
	int c = two(p), y = two(p + 2), mo = two(p + 5), d = two(p + 8);
	int h = two(p + 11), mi = two(p + 14), s = two(p + 17);
	if ((c | y | mo | d | h | mi | s) < 0 || p[4] != '-' || p[7] != '-' ||
		p[10] != ' ' || p[13] != ':' || p[16] != ':' || h > 23 ||
		mi > 59 || s > 59 || mo < 1 || mo > 12 || d < 1 ||
		d > month_days(c * 100 + y, mo))
		return false;
	int64_t civil =
		day_number(c * 100 + y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
	int32_t off;
	if (!day_offset(z, days, civil, &off))
		return false; /* the clocks turn: the long way */
	if (out->cap < out->n + 32 + BUF_PAD)
		buf_grow(out, 32);
	char *o = out->p + out->n;
	o[0] = '"';
	memcpy(o + 1, p, 19);
	o[11] = 'T';
	if (off == 0) {
		memcpy(o + 20, "Z\"", 2);
		out->n += 22;
		return true;
	}
	int a = off < 0 ? -off : off;
	o[20] = off < 0 ? '-' : '+';
	put_two(o + 21, a / 3600);
	o[23] = ':';
	put_two(o + 24, a / 60 % 60);
	o[26] = '"';
	out->n += 27;
	return true;
}

static void put_when(struct buf *out, struct when w)
{
	buf_addc(out, '"');
	when_print(out, w);
	buf_addc(out, '"');
}

static bool by_format(const struct map_field *f, const struct zone *z,
	const char *format, struct view v, struct when *w, struct why *why)
{
	if (strcmp(format, "rfc3339") == 0)
		return when_parse(v.p, v.n, w) ||
		       why_not(why, "'%.*s' is no time", SHOWN(v));
	if (format[0] == 'e') {
		struct dec d;
		int64_t scale = format[5] == '\0'  ? 1
				: format[6] == 'm' ? 1000
						   : 1000000;
		/* 1.7935E+9 is what a spreadsheet left of one. */
		if (v.n > 20 || memchr(v.p, 'e', v.n) ||
			memchr(v.p, 'E', v.n) || !dec_parse(v.p, v.n, &d) ||
			d.scale > 9)
			return why_not(why, "'%.*s' is no epoch", SHOWN(v));
		int128 ns = d.v * (1000000000 / scale);
		for (int i = 0; i < d.scale; i++)
			ns /= 10;
		int128 sec = ns / 1000000000;
		int128 nsec = ns % 1000000000;
		if (nsec < 0) {
			nsec += 1000000000;
			sec--;
		}
		if (sec > INT64_C(253402300799) || sec < INT64_C(-62135596800))
			return why_not(why, "'%.*s' is no time of this era",
				SHOWN(v));
		*w = (struct when){ .sec = (int64_t)sec,
			.nsec = (int32_t)nsec };
		w->offset = z ? zone_offset(z, w->sec) : 0;
		return true;
	}
	struct civil c;
	if (!civil_parse(v.p, v.n, format, &c, why))
		return false;
	int64_t civil = civil_seconds(&c);
	*w = (struct when){ .sec = civil, .nsec = c.nsec };
	if (!c.has_time) {
		w->date_only = true;
	} else if (c.has_offset) {
		w->sec -= c.offset;
		w->offset = c.offset;
	} else if (z) {
		w->sec = zone_utc(z, civil, NULL);
		w->offset = zone_offset(z, w->sec);
	} else if (f->type != MT_DATE) { /* a day is one in any zone */
		return why_not(why,
			"'%.*s' has no zone; the map must say one ('zone')",
			SHOWN(v));
	}
	return true;
}

static bool put_time(const struct map_field *f, const struct mapcell_env *env,
	struct mapcell_days *days, struct view text, struct buf *out,
	struct why *why)
{
	static const char *const plain[] = { "rfc3339" };
	struct view v = trim(text);
	const struct zone *z = env->zone;
	if (v.n == 19 && z && f->usual && put_usual(z, days, v.p, out))
		return true;
	const char *const *format = f->nformats ? f->format : plain;
	size_t n = f->nformats ? f->nformats : 1;
	static const char *const sheet[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%d",
		"%Y-%m-%d %H:%M:%S.%f" };
	struct when w = { 0 };
	bool good = false;
	for (size_t i = 0; env->sheet && i < 3 && !good; i++)
		good = by_format(f, z, sheet[i], v, &w, why);
	for (size_t i = 0; i < n && !good; i++)
		good = by_format(f, z, format[i], v, &w, why);
	if (!good && n > 1)
		return why_not(why, "'%.*s' fits none of the map's formats",
			SHOWN(v));
	if (!good)
		return false;
	if (f->type == MT_DATE && !w.date_only)
		w = (struct when){ .sec = when_day(w) * 86400,
			.date_only = true };
	put_when(out, w);
	return true;
}

/* An item of a list: up to the separator, unless that is in quotes (doubled
 * inside) or behind a backslash. */
static void next_item(struct view *rest, struct view at, struct buf *item)
{
	const char *p = rest->p, *end = p + rest->n;
	bool quoted = false;
	buf_reset(item);
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	for (; p < end; p++) {
		size_t left = (size_t)(end - p);
		if (*p == '"' && (quoted || item->n == 0)) {
			if (quoted && left > 1 && p[1] == '"')
				buf_addc(item, *p++);
			else
				quoted = !quoted;
		} else if (!quoted && *p == '\\' && left > at.n &&
			   memcmp(p + 1, at.p, at.n) == 0) {
			buf_addv(item, at);
			p += at.n;
		} else if (!quoted && left >= at.n &&
			   memcmp(p, at.p, at.n) == 0) {
			break;
		} else {
			buf_addc(item, *p);
		}
	}
	rest->n = p < end ? (size_t)(end - p) - at.n : 0;
	rest->p = p < end ? p + at.n : end;
}

static void put_list(const struct map_field *f, struct view v, struct buf *out)
{
	struct buf item = { 0 };
	char sep = '[';
	while (v.n) {
		next_item(&v, f->split, &item);
		struct view text = text_trim(buf_view(&item));
		if (text.n == 0)
			continue;
		buf_addc(out, sep);
		sep = ',';
		json_text(out, text);
	}
	buf_adds(out, sep == '[' ? "[]" : "]");
	buf_release(&item);
}

static void put_pairs(const struct map_field *f, struct view v, struct buf *out)
{
	size_t start = out->n;
	buf_addc(out, '{');
	while (v.n) {
		struct view value = text_part(&v, f->split);
		struct view name = text_trim(text_part(&value, f->pair));
		value = text_trim(value);
		if (name.n == 0 || value.n == 0)
			continue;
		/* A name twice: the first holds. */
		struct buf key = { 0 };
		json_text(&key, name);
		buf_addc(&key, ':');
		if (!memmem(out->p + start, out->n - start, key.p, key.n)) {
			if (out->n > start + 1)
				buf_addc(out, ',');
			buf_addv(out, buf_view(&key));
			quote(out, value);
		}
		buf_release(&key);
	}
	buf_addc(out, '}');
}

static bool put_json(struct view v, struct buf *out, struct why *why)
{
	struct buf copy = { 0 };
	buf_addv(&copy, text_trim(v));
	size_t n = copy.n;
	buf_grow(&copy, SCAN_PAD);
	memset(copy.p + n, 0, SCAN_PAD);
	struct val val;
	const char *end = copy.p + n;
	const char *p = scan_value(copy.p, end, copy.p, &val, why);
	bool good = p == end || (p && why_not(why, "text after the value"));
	/* On one line; in a string there is no raw end of line. */
	size_t was = out->n;
	if (good)
		json_val(out, val);
	for (; was < out->n; was++)
		if (out->p[was] == '\n' || out->p[was] == '\r')
			out->p[was] = ' ';
	buf_release(&copy);
	return good;
}

static bool put_id(struct view text, struct buf *out, struct why *why)
{
	struct view v = trim(text);
	if (num_cut(v))
		return why_not(why,
			"'%.*s' is what a spreadsheet left of a "
			"longer number",
			SHOWN(v));
	quote(out, v);
	return true;
}

bool mapcell_put(const struct map_field *f, const struct mapcell_env *env,
	struct mapcell_days *days, struct view text, struct buf *out,
	struct why *why)
{
	size_t was = out->n;
	bool good = true;
	char phone[PHONE_MAX];
	switch (f->type) {
	case MT_NONE:
	case MT_TEXT:
	case MT_COUNTRY:
	case MT_PROVINCE:
	case MT_CITY:
	case MT_DISTRICT:
		quote(out, text);
		break;
	case MT_ID:
		good = put_id(text, out, why);
		break;
	case MT_INTEGER:
	case MT_DECIMAL:
	case MT_MONEY:
		good = put_number(f, env, text, out, why);
		break;
	case MT_TIME:
	case MT_DATE:
		good = put_time(f, env, days, text, out, why);
		break;
	case MT_BOOL:
		if (view_is(text, "true") || view_is(text, "TRUE"))
			buf_adds(out, "true");
		else if (view_is(text, "false") || view_is(text, "FALSE"))
			buf_adds(out, "false");
		else
			good = why_not(why, "'%.*s' is neither true nor false",
				SHOWN(text));
		break;
	case MT_PHONE:
		good = phone_number(text, env->region, phone, env->phones_asked,
			why);
		if (good)
			json_text(out, view_of(phone));
		break;
	case MT_EMAIL: {
		struct buf mail = { 0 };
		if (email_plain(text)) {
			quote(out, text);
			break;
		}
		good = email_parse(text, &mail, why);
		if (good)
			json_text(out, buf_view(&mail));
		buf_release(&mail);
		break;
	}
	case MT_LIST:
		put_list(f, text, out);
		break;
	case MT_PAIRS:
		put_pairs(f, text, out);
		break;
	case MT_JSON:
		good = put_json(text, out, why);
		break;
	}
	if (!good)
		out->n = was;
	return good;
}
