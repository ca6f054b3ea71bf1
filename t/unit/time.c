/* Days, instants and their text. */
#include "value/time.h"

#include "tap.h"

static bool reads(const char *s, struct when *w)
{
	return when_parse(s, strlen(s), w);
}

static struct when when(const char *s)
{
	struct when w = { .sec = 77 };
	if (!reads(s, &w))
		fprintf(stderr, "# no time: %s\n", s);
	return w;
}

static struct view text(struct when w)
{
	static struct buf b;
	buf_reset(&b);
	when_print(&b, w);
	return buf_view(&b);
}

static void days(void)
{
	ok(day_number(1970, 1, 1) == 0, "1970-01-01 is day 0");
	ok(day_number(2000, 2, 29) == 11016, "2000-02-29 is day 11016");
	ok(day_number(0, 1, 1) == -719528, "0000-01-01 is day -719528");
	ok(day_weekday(day_number(2026, 11, 21)) == 6,
		"2026-11-21 is a Saturday");
	ok(day_weekday(-1) == 3, "1969-12-31 was a Wednesday");
	ok(day_weekday(day_number(1600, 1, 1)) == 6,
		"1600-01-01 was a Saturday");
	ok(month_days(1900, 2) == 28 && month_days(2000, 2) == 29 &&
			month_days(2024, 2) == 29 && month_days(2026, 2) == 28,
		"February has its days");

	/* every day of 400 years by a calendar that counts on its fingers */
	int y = 1700, m = 1, d = 1;
	size_t wrong = 0;
	for (int64_t n = day_number(1700, 1, 1); y < 2101; n++) {
		int yy, mm, dd;
		day_civil(n, &yy, &mm, &dd);
		wrong += yy != y || mm != m || dd != d ||
			 day_number(y, m, d) != n;
		if (++d > month_days(y, m)) {
			d = 1;
			if (++m > 12) {
				m = 1;
				y++;
			}
		}
	}
	ok(wrong == 0, "400 years of days go there and back");
}

static void rfc3339(void)
{
	ok(when("1970-01-01T00:00:00Z").sec == 0, "the epoch is 0");
	struct when w = when("2026-11-01T08:30:00+08:00");
	ok(w.sec == 1793493000 && w.offset == 28800 && !w.date_only,
		"an offset is taken off and kept");
	ok(when("2026-11-01 08:30:00.25-03:30").nsec == 250000000,
		"a blank for the T, a fraction");
	ok(when("2026-11-01t08:30:00.123456789123z").nsec == 123456789,
		"digits after the ninth are cut");
	w = when("2026-11-01");
	ok(w.date_only && w.offset == 0 && w.sec % 86400 == 0, "a date");
	ok(when("1969-12-31T23:59:59.5Z").sec == -1, "before 1970");
	ok(when("2016-12-31T23:59:60Z").sec == when("2017-01-01T00:00:00Z").sec,
		"a leap second is the next one");
	ok(when("2017-01-01T07:59:60+08:00").sec ==
			when("2017-01-01T00:00:00Z").sec,
		"also where it is not midnight");

	static const char *const bad[] = { "", "2026", "2026-11", "2026-11-1",
		"2026-11-011", "2026-11-01T", "2026/11/01",
		"2026-11-01T08:30:00", "2026-11-01T08:30Z",
		"2026-11-01T08:30:00+0800", "2026-11-01T08:30:00+08",
		"2026-11-01T08:30:00+24:00", "2026-11-01T08:30:00+08:60",
		"2026-11-01T24:00:00Z", "2026-11-01T08:60:00Z",
		"2026-11-01T08:30:60Z", "2026-11-01T08:30:61Z",
		"2026-11-01T08:30:00.Z", "2026-11-01T08:30:00,5Z",
		"2026-11-01T08:30:00Z ", " 2026-11-01", "2026-02-30",
		"2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01",
		"2026-00-01", "2026-01-00", "2026-01-32", "+026-01-01",
		"2026-1a-01", "2026-11-01_08:30:00Z", "2026-11-01T08:30:00" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct when x;
		ok(!reads(bad[i], &x), "'%s' is no time", bad[i]);
	}
	ok(when("2024-02-29").date_only && when("2000-02-29").date_only,
		"leap days are");

	static const char *const same[] = { "2026-11-01",
		"2026-11-01T08:30:00+08:00", "2026-11-01T08:30:00Z",
		"2026-11-01T08:30:00.5-03:30", "0000-01-01T00:00:00Z",
		"9999-12-31T23:59:59.999999999-12:00", "1969-07-20T20:17:40Z",
		"1600-02-29T00:00:00.000000001Z" };
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		is_str(text(when(same[i])), same[i], "%s prints as itself",
			same[i]);
	is_str(text(when("2026-11-01 08:30:00.500+00:00")),
		"2026-11-01T08:30:00.5Z", "others in the one form");
	is_str(text((struct when){ .sec = -2177481943, .offset = 29143 }),
		"1900-12-31T23:59:17+08:05",
		"an offset loses its 43 seconds, the instant does not");
}

static void compares(void)
{
	ok(when_cmp(when("2026-11-01T08:00:00+08:00"),
		   when("2026-11-01T00:00:00Z")) == 0,
		"one instant, two offsets");
	ok(when_cmp(when("2026-11-01T00:00:00Z"),
		   when("2026-11-01T00:00:00.1Z")) < 0,
		"a fraction counts");
	ok(when_cmp(when("2026-11-01"), when("2026-11-02")) < 0,
		"dates as dates");
	ok(when_cmp(when("2026-11-01"), when("2026-11-01T23:59:59-11:00")) == 0,
		"a date equals any time of its day");
	ok(when_cmp(when("2026-11-02T00:30:00+08:00"), when("2026-11-01")) > 0,
		"by the time's own day, not by UTC's");
	ok(when_cmp(when("2026-11-01T23:30:00-08:00"), when("2026-11-02")) < 0,
		"on either side");
	ok(when_day(when("1969-12-31T23:00:00-02:00")) == -1,
		"the day before 1970");
}

static void months(void)
{
	static const struct {
		const char *from;
		int months;
		const char *to;
	} t[] = { { "2026-01-31", 1, "2026-02-28" },
		{ "2024-01-31", 1, "2024-02-29" },
		{ "2026-03-31", -1, "2026-02-28" },
		{ "2026-12-15", 1, "2027-01-15" },
		{ "2026-01-15", -1, "2025-12-15" },
		{ "2024-02-29", 12, "2025-02-28" },
		{ "2024-02-29", -48, "2020-02-29" },
		{ "2026-11-21", 0, "2026-11-21" },
		{ "2026-08-31T23:30:00.5+08:00", 1,
			"2026-09-30T23:30:00.5+08:00" },
		/* by its own day: in UTC it is still October */
		{ "2026-11-01T00:30:00+08:00", -1,
			"2026-10-01T00:30:00+08:00" } };
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		is_str(text(when_add_months(when(t[i].from), t[i].months)),
			t[i].to, "%s and %d months is %s", t[i].from,
			t[i].months, t[i].to);
}

static void civil(void)
{
	static const struct {
		const char *format, *text, *want;
	} t[] = {
		{ "%Y-%m-%d %H:%M:%S", "2026-11-01 08:30:05",
			"2026-11-01T08:30:05Z" },
		{ "%Y/%m/%d %H:%M", "2026/1/5 9:05", "2026-01-05T09:05:00Z" },
		{ "%m/%d/%Y %H:%M", "12/1/2010 8:26", "2010-12-01T08:26:00Z" },
		{ "%m/%d/%Y %I:%M %p", "3/15/2024 2:30 PM",
			"2024-03-15T14:30:00Z" },
		{ "%m/%d/%Y %I:%M %p", "3/15/2024 12:00 am",
			"2024-03-15T00:00:00Z" },
		{ "%I:%M%p %m/%d/%y", "12:30pm 03/15/69",
			"1969-03-15T12:30:00Z" },
		{ "%Y%m%d", "20260501", "2026-05-01T00:00:00Z" },
		{ "%Y%m%d%H%M%S", "20260501093000", "2026-05-01T09:30:00Z" },
		{ "%d %b %Y", "5 Mar 2026", "2026-03-05T00:00:00Z" },
		{ "%B %e, %Y", "september  5, 2026", "2026-09-05T00:00:00Z" },
		{ "%b %d %Y", "May 01 2026", "2026-05-01T00:00:00Z" },
		{ "%a, %d %b %Y %H:%M:%S %z", "Sun, 01 Nov 2026 08:30:00 -0400",
			"2026-11-01T08:30:00Z" },
		{ "%Y-%m-%dT%H:%M:%S.%f%z", "2010-10-14T12:00:00.125Z",
			"2010-10-14T12:00:00.125Z" },
		{ "%Y年%m月%d日", "2026年2月28日", "2026-02-28T00:00:00Z" },
		{ "%Y-%m-%d %p%I:%M", "2026-02-28 下午3:07",
			"2026-02-28T15:07:00Z" },
		{ "%Y-%m-%d %H:%M", "2026-02-28   03:07",
			"2026-02-28T03:07:00Z" },
		{ "%d%%%m%%%Y", "29%2%2024", "2024-02-29T00:00:00Z" },
	};
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct civil c = { 0 };
		struct why why = { 0 };
		bool good = civil_parse(t[i].text, strlen(t[i].text),
			t[i].format, &c, &why);
		if (ok(good, "'%s' is a '%s'", t[i].text, t[i].format))
			is_str(text((struct when){ .sec = civil_seconds(&c),
				       .nsec = c.nsec }),
				t[i].want, "and is %s", t[i].want);
		else
			fprintf(stderr, "# %s\n", why.text);
	}

	static const struct {
		const char *format, *text, *why;
		size_t col;
	} bad[] = {
		{ "%Y-%m-%d", "2026-02-30", "2026-02 has no day 30", 0 },
		{ "%Y-%m-%d", "2026-02-29", "2026-02 has no day 29", 0 },
		{ "%Y-%m-%d", "2026-13-01", "no month 13", 6 },
		{ "%Y-%m-%d", "2026-0-01", "no month 0", 6 },
		{ "%Y-%m-%d", "26-01-01", "year expected", 1 },
		{ "%Y-%m-%d", "2026-01-01 ", "text after the time", 11 },
		{ "%Y-%m-%d", "2026/01/01", "'-' expected", 5 },
		{ "%Y-%m-%d", "", "year expected", 1 },
		{ "%Y-%m-%d %H:%M", "2026-01-01 24:00", "no hour 24", 12 },
		{ "%Y-%m-%d %H:%M", "2026-01-01 09:60", "no minute 60", 15 },
		{ "%Y-%m-%d %H:%M", "2026-01-01 09:5", "minute expected", 15 },
		{ "%Y-%m-%d %H:%M", "2026-01-0109:50", "blank expected", 11 },
		{ "%Y-%m-%d %I:%M %p", "2026-01-01 13:00 PM", "no hour 13",
			12 },
		{ "%Y-%m-%d %I:%M %p", "2026-01-01 1:00 XM",
			"AM or PM expected", 17 },
		{ "%d %b %Y", "5 Foo 2026", "month's name expected", 3 },
		{ "%Y%m%d", "2026511", "no month 51", 5 },
		{ "%Y-%m-%d %z", "2026-01-01 0800", "offset as +0800 expected",
			12 },
		{ "%Y年%m", "2026月1", "'年' expected", 5 },
		{ "%Y-%m", "2026-01", "format '%Y-%m' has no day", 0 },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct civil c;
		struct why why = { 0 };
		ok(!civil_parse(bad[i].text, strlen(bad[i].text), bad[i].format,
			   &c, &why),
			"'%s' is no '%s'", bad[i].text, bad[i].format);
		is_str(view_of(why.text), bad[i].why, "as %s", bad[i].why);
		ok(why.col == bad[i].col, "at column %zu", bad[i].col);
	}

	struct civil c;
	struct why why = { 0 };
	ok(civil_parse("2026-01-01 08:00 +05:30", 23, "%Y-%m-%d %H:%M %z", &c,
		   &why) &&
			c.has_offset && c.offset == 19800 && c.has_time,
		"an offset is told");
	ok(civil_parse("2026-01-01", 10, "%Y-%m-%d", &c, &why) &&
			!c.has_offset && !c.has_time,
		"so is that there was no time");
	ok(civil_format("%d/%m/%y %I:%M %p", &why), "a format");
	ok(!civil_format("%d/%m/%q", &why), "no such conversion");
	is_str(view_of(why.text), "unknown '%q' in format '%d/%m/%q'",
		"it is named");
	ok(!civil_format("%d/%m %", &why), "a percent sign at the end");
	ok(!civil_format("%d/%m/%Y %I:%M", &why), "%%I needs %%p");
	ok(!civil_format("%d/%m/%Y %M", &why), "%%M needs %%H");
}

static void typed(void)
{
	static const char *const same[] = { "2026-11-01", "2026/11/1",
		"2026/11/01", "1.11.2026", "01.11.2026" };
	static const char *const none[] = { "11/1/2026", "2026.11.1", "1.11.26",
		"31.11.2026", "2026-11-01 10:00", "" };
	struct when w;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		ok(day_typed(view_of(same[i]), &w) && w.date_only &&
				when_day(w) == day_number(2026, 11, 1),
			"'%s' is the first of November", same[i]);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		ok(!day_typed(view_of(none[i]), &w), "'%s' is no day", none[i]);
}

int main(void)
{
	typed();
	days();
	rfc3339();
	compares();
	months();
	civil();
	return done();
}
