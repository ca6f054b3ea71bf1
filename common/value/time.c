#include "value/time.h"

#include <stdarg.h>
#include <stdio.h>

#define DAY 86400

/* Floor division; the divisor is positive. */
static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * days_from_civil and civil_from_days: years begin in March, so that the day
 * that comes and goes is the last, and eras of 400 years are all alike.
 */
int64_t day_number(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

void day_civil(int64_t day, int *year, int *month, int *dom)
{
	day += 719468;
	int64_t era = floor_div(day, 146097);
	int64_t d = day - era * 146097;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	int64_t of_year = d - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;
	*dom = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (m >= 10));
}

int day_weekday(int64_t day)
{
	/* day 0 was a Thursday */
	int64_t w = (day + 3) % 7;
	return (int)(w < 0 ? w + 7 : w) + 1;
}

static bool leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int month_days(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && leap(year));
}

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* Two digits, or -1. */
static inline int two(const char *p)
{
	unsigned a = (unsigned char)(p[0] - '0');
	unsigned b = (unsigned char)(p[1] - '0');
	return a < 10 && b < 10 ? (int)(a * 10 + b) : -1;
}

static bool date_parse(const char *p, int64_t *day)
{
	int hi = two(p), lo = two(p + 2), month = two(p + 5), dom = two(p + 8);
	if (hi < 0 || lo < 0 || p[4] != '-' || p[7] != '-' || month < 1 ||
		month > 12 || dom < 1)
		return false;
	int year = hi * 100 + lo;
#ifndef PLANT_VALUE
	if (dom > 28 && dom > month_days(year, month))
		return false;
#endif
	*day = day_number(year, month, dom);
	return true;
}

/* "Z", "+08:00"; all of p[0..n). */
static bool offset_parse(const char *p, size_t n, int32_t *offset)
{
	if (n == 1 && (*p == 'Z' || *p == 'z')) {
		*offset = 0;
		return true;
	}
	if (n != 6 || (*p != '+' && *p != '-') || p[3] != ':')
		return false;
	int h = two(p + 1), m = two(p + 4);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	*offset = (h * 60 + m) * (*p == '-' ? -60 : 60);
	return true;
}

/* Digits of a fraction of a second, as many as stand there (at least one);
 * those after the ninth are dropped. */
static size_t fraction_parse(const char *p, size_t n, int32_t *nsec)
{
	int32_t v = 0;
	size_t i = 0;
	for (; i < n && is_digit(p[i]); i++) {
		if (i < 9)
			v = v * 10 + (p[i] - '0');
	}
	for (size_t k = i; k < 9; k++)
		v *= 10;
	*nsec = v;
	return i;
}

bool when_parse(const char *p, size_t n, struct when *w)
{
	int64_t day;
	if (n < 10 || !date_parse(p, &day))
		return false;
	if (n == 10) {
		*w = (struct when){ .sec = day * DAY, .date_only = true };
		return true;
	}
	if (n < 20 || (p[10] != 'T' && p[10] != ' ' && p[10] != 't') ||
		p[13] != ':' || p[16] != ':')
		return false;
	int h = two(p + 11), m = two(p + 14), s = two(p + 17);
	if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60)
		return false;
	struct when t = { 0 };
	size_t at = 19;
	if (p[at] == '.') {
		size_t digits = fraction_parse(p + 20, n - 20, &t.nsec);
		if (digits == 0)
			return false;
		at += 1 + digits;
	}
	if (!offset_parse(p + at, n - at, &t.offset))
		return false;
	t.sec = day * DAY + h * 3600 + m * 60 + s - t.offset;
	/* A leap second is the last of a UTC day; POSIX counts it as the first
	 * of the next one. */
	if (s == 60 && t.sec % DAY != 0)
		return false;
	*w = t;
	return true;
}

static void put2(char *p, int v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
}

void when_print(struct buf *out, struct when w)
{
	/* RFC 3339 has no seconds in its offsets; local mean times had. */
	int32_t offset = w.date_only ? 0 : w.offset / 60 * 60;
	int64_t local = w.sec + offset;
	int64_t day = floor_div(local, DAY);
	int rest = (int)(local - day * DAY);
	int year, month, dom;
	day_civil(day, &year, &month, &dom);
	if (year < 0 || year > 9999) {
		/* no such year can be written: the nearest instant that can */
		year = year < 0 ? 0 : 9999;
		month = year ? 12 : 1;
		dom = year ? 31 : 1;
		rest = year ? DAY - 1 : 0;
	}
	char t[40];
	put2(t, year / 100);
	put2(t + 2, year % 100);
	t[4] = '-';
	put2(t + 5, month);
	t[7] = '-';
	put2(t + 8, dom);
	if (w.date_only) {
		buf_add(out, t, 10);
		return;
	}
	t[10] = 'T';
	put2(t + 11, rest / 3600);
	t[13] = ':';
	put2(t + 14, rest / 60 % 60);
	t[16] = ':';
	put2(t + 17, rest % 60);
	size_t n = 19;
	if (w.nsec) {
		t[n++] = '.';
		for (int32_t unit = 100000000, v = w.nsec; v; unit /= 10) {
			t[n++] = (char)('0' + v / unit);
			v %= unit;
		}
	}
	if (offset == 0) {
		t[n++] = 'Z';
	} else {
		int minutes = offset / 60;
		t[n++] = minutes < 0 ? '-' : '+';
		minutes = minutes < 0 ? -minutes : minutes;
		put2(t + n, minutes / 60);
		t[n + 2] = ':';
		put2(t + n + 3, minutes % 60);
		n += 5;
	}
	buf_add(out, t, n);
}

int64_t when_day(struct when w)
{
	return floor_div(w.sec + (w.date_only ? 0 : w.offset), DAY);
}

int when_cmp(struct when a, struct when b)
{
	if (a.date_only || b.date_only) {
		int64_t x = when_day(a), y = when_day(b);
		return (x > y) - (x < y);
	}
	if (a.sec != b.sec)
		return a.sec > b.sec ? 1 : -1;
	return (a.nsec > b.nsec) - (a.nsec < b.nsec);
}

struct when when_add_months(struct when w, int months)
{
	int64_t day = when_day(w);
	int year, month, dom;
	day_civil(day, &year, &month, &dom);
	int64_t all = (int64_t)year * 12 + month - 1 + months;
	year = (int)floor_div(all, 12);
	month = (int)(all - (int64_t)year * 12) + 1;
	int last = month_days(year, month);
	w.sec += (day_number(year, month, dom < last ? dom : last) - day) * DAY;
	return w;
}

/*
 * Civil times by format.
 */

struct cursor {
	const char *p, *end, *start;
	struct why *why;
};

__attribute__((format(printf, 2, 3))) static bool civil_not(
	const struct cursor *c, const char *fmt, ...)
{
	char text[120];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	why_not(c->why, "%s", text);
	c->why->col = (size_t)(c->p - c->start) + 1;
	return false;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* From least to most digits and a range. */
static bool digits(struct cursor *c, int least, int most, int from, int to,
	const char *what, int *out)
{
	int n = 0, v = 0;
	while (n < most && c->p + n < c->end && is_digit(c->p[n]))
		v = v * 10 + (c->p[n++] - '0');
	if (n < least)
		return civil_not(c, "%s expected", what);
	if (v < from || v > to)
		return civil_not(c, "no %s %d", what, v);
	c->p += n;
	*out = v;
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool word(struct cursor *c, const char *w, size_t n)
{
	if ((size_t)(c->end - c->p) < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (lower(c->p[i]) != lower(w[i]))
			return false;
	}
	c->p += n;
	return true;
}

/* A name of the list, whole or its first three letters; its place or -1. */
static int name_of(struct cursor *c, const char *const *names, int count)
{
	for (int i = 0; i < count; i++) {
		if (word(c, names[i], strlen(names[i])) || word(c, names[i], 3))
			return i;
	}
	return -1;
}

static const char *const month_names[] = { "January", "February", "March",
	"April", "May", "June", "July", "August", "September", "October",
	"November", "December" };
static const char *const day_names[] = { "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday", "Sunday" };

/* What the text said beyond what civil holds. */
struct civil_seen {
	bool twelve, half, afternoon;
};

static bool zone_part(struct cursor *c, struct civil *t)
{
	t->has_offset = true;
	if (c->p < c->end && (*c->p == 'Z' || *c->p == 'z')) {
		c->p++;
		t->offset = 0;
		return true;
	}
	if (c->p >= c->end || (*c->p != '+' && *c->p != '-'))
		return civil_not(c, "offset as +0800 expected");
	int sign = *c->p == '-' ? -60 : 60, h = 0, m = 0;
	c->p++;
	if (!digits(c, 2, 2, 0, 23, "offset hour", &h))
		return false;
	bool colon = c->p < c->end && *c->p == ':';
	c->p += colon;
	if ((colon || (c->p < c->end && is_digit(*c->p))) &&
		!digits(c, 2, 2, 0, 59, "offset minute", &m))
		return false;
	t->offset = (h * 60 + m) * sign;
	return true;
}

static bool half_part(struct cursor *c, struct civil_seen *seen)
{
	static const struct {
		const char *word;
		bool afternoon;
	} w[] = { { "AM", false }, { "PM", true }, { "a.m.", false },
		{ "p.m.", true }, { "上午", false }, { "下午", true } };
	for (size_t i = 0; i < sizeof(w) / sizeof(*w); i++) {
		if (word(c, w[i].word, strlen(w[i].word))) {
			seen->half = true;
			seen->afternoon = w[i].afternoon;
			return true;
		}
	}
	return civil_not(c, "AM or PM expected");
}

/* One conversion; tight: a digit of the format follows it at once, so it has
 * all its digits. */
static bool civil_part(struct cursor *c, char conv, bool tight, struct civil *t,
	struct civil_seen *seen)
{
	int least = tight ? 2 : 1, v = 0;
	switch (conv) {
	case 'Y':
		return digits(c, 4, 4, 0, 9999, "year", &t->year);
	case 'y':
		if (!digits(c, 2, 2, 0, 99, "year", &v))
			return false;
		/* POSIX: 69..99 are of the last century */
		t->year = v + (v < 69 ? 2000 : 1900);
		return true;
	case 'm':
		return digits(c, least, 2, 1, 12, "month", &t->month);
	case 'e':
		while (c->p < c->end && blank(*c->p))
			c->p++;
		/* fallthrough */
	case 'd':
		return digits(c, least, 2, 1, 31, "day", &t->day);
	case 'H':
		t->has_time = true;
		return digits(c, least, 2, 0, 23, "hour", &t->hour);
	case 'I':
		t->has_time = seen->twelve = true;
		return digits(c, least, 2, 1, 12, "hour", &t->hour);
	case 'M':
		return digits(c, 2, 2, 0, 59, "minute", &t->minute);
	case 'S':
		return digits(c, 2, 2, 0, 59, "second", &t->second);
	case 'f': {
		size_t n =
			fraction_parse(c->p, (size_t)(c->end - c->p), &t->nsec);
		c->p += n;
		return n > 0 || civil_not(c, "fraction expected");
	}
	case 'p':
		return half_part(c, seen);
	case 'z':
		return zone_part(c, t);
	case 'b':
	case 'B':
		t->month = name_of(c, month_names, 12) + 1;
		return t->month > 0 || civil_not(c, "month's name expected");
	case 'a':
	case 'A':
		return name_of(c, day_names, 7) >= 0 ||
		       civil_not(c, "weekday's name expected");
	default:
		return civil_not(c, "unknown conversion '%%%c'", conv);
	}
}

bool civil_format(const char *format, struct why *why)
{
	bool has[128] = { 0 };
	for (const char *f = format; *f; f++) {
		if (*f != '%')
			continue;
		f++;
		if (!*f || !strchr("YymdeHIpMSfzbBaA%", *f))
			return why_not(why, "unknown '%%%.1s' in format '%s'",
				f, format);
		has[(unsigned char)*f] = true;
	}
	if (!has['Y'] && !has['y'])
		return why_not(why, "format '%s' has no year", format);
	if (!has['m'] && !has['b'] && !has['B'])
		return why_not(why, "format '%s' has no month", format);
	if (!has['d'] && !has['e'])
		return why_not(why, "format '%s' has no day", format);
	if (has['I'] != has['p'])
		return why_not(why, "format '%s' has %s", format,
			has['I'] ? "%I without %p" : "%p without %I");
	if ((has['M'] && !has['H'] && !has['I']) || (has['S'] && !has['M']))
		return why_not(why, "format '%s' has %s", format,
			has['S'] && !has['M'] ? "%S without %M"
					      : "%M without %H");
	return true;
}

/* Bytes of the character that begins at f. */
static size_t char_len(const char *f)
{
	size_t n = 1;
	while (((unsigned char)f[n] & 0xC0) == 0x80)
		n++;
	return n;
}

bool civil_parse(const char *p, size_t n, const char *format, struct civil *out,
	struct why *why)
{
	struct cursor c = { p, p + n, p, why };
	struct civil t = { .year = -1 };
	struct civil_seen seen = { 0 };
	for (const char *f = format; *f; f++) {
		if (blank(*f)) {
			if (c.p >= c.end || !blank(*c.p))
				return civil_not(&c, "blank expected");
			while (c.p < c.end && blank(*c.p))
				c.p++;
		} else if (*f == '%' && f[1] && f[1] != '%') {
			f++;
			bool tight = f[1] == '%' && f[2] &&
				     strchr("YymdeHIMSf", f[2]);
			if (!civil_part(&c, *f, tight, &t, &seen))
				return false;
		} else {
			f += *f == '%' && f[1] == '%';
			size_t len = char_len(f);
			if ((size_t)(c.end - c.p) < len ||
				memcmp(c.p, f, len) != 0)
				return civil_not(&c, "'%.*s' expected",
					(int)len, f);
			c.p += len;
			f += len - 1;
		}
	}
	if (c.p != c.end)
		return civil_not(&c, "text after the time");
	if (t.year < 0 || !t.month || !t.day || seen.twelve != seen.half)
		return civil_format(format, why);
	if (t.day > month_days(t.year, t.month))
		return why_not(why, "%04d-%02d has no day %d", t.year, t.month,
			t.day);
	if (seen.twelve)
		t.hour = t.hour % 12 + (seen.afternoon ? 12 : 0);
	*out = t;
	return true;
}

int64_t civil_seconds(const struct civil *c)
{
	return day_number(c->year, c->month, c->day) * DAY + c->hour * 3600 +
	       c->minute * 60 + c->second;
}

bool day_typed(struct view v, struct when *w)
{
	static const char *const format[] = { "%Y-%m-%d", "%Y/%m/%d",
		"%d.%m.%Y" };
	struct civil c;
	struct why why;
	for (size_t i = 0; i < sizeof(format) / sizeof(*format); i++)
		if (civil_parse(v.p, v.n, format[i], &c, &why)) {
			*w = (struct when){ .sec = civil_seconds(&c),
				.date_only = true };
			return true;
		}
	return false;
}
