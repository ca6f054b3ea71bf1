/*
 * time: days, instants and their text. Pure: zones with rules (Asia/Shanghai)
 * are edge/zone's business, here an offset is a number.
 */
#ifndef VALUE_TIME_H
#define VALUE_TIME_H

#include "base/buf.h"
#include "base/why.h"

#include <stdint.h>

/*
 * A point in time as it was written: UTC seconds since 1970 and the offset
 * that stood beside it. A date-only value is a date: sec is its midnight read
 * as if at offset 0, offset is 0, and it is never shifted.
 */
struct when {
	int64_t sec;
	int32_t nsec;
	int32_t offset; /* seconds east of UTC */
	bool date_only;
};

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
int64_t day_number(int year, int month, int day);
void day_civil(int64_t day, int *year, int *month, int *dom);
/* 1 is Monday. */
int day_weekday(int64_t day);
int month_days(int year, int month);

/*
 * RFC 3339 with an offset ("2026-11-01T08:30:00+08:00", "...Z", a blank for
 * the T and a fraction allowed, cut after nine digits), or a date
 * "2026-11-01". All of the text. A leap second (23:59:60Z) is read as the
 * next second.
 */
bool when_parse(const char *p, size_t n, struct when *w);
/*
 * A day as spreadsheets save it: "2026-11-01", "2026/11/1", "1.11.2026" (with
 * dots the day is always first). "11/1/2026" could be two days, and is none.
 */
bool day_typed(struct view v, struct when *w);
/* Appends RFC 3339 as above: the fraction only when there is one, Z for
 * offset 0, an offset's odd seconds dropped (the instant stays). */
void when_print(struct buf *out, struct when w);
/* The day of w by its own offset. */
int64_t when_day(struct when w);
/*
 * <0, 0, >0. Two dates as dates; a date against a time: the date against the
 * time's own day (design 6), so 2026-11-01 equals any time on that day.
 */
int when_cmp(struct when a, struct when b);
/* Calendar months; the day of the month is cut to the month's length. */
struct when when_add_months(struct when w, int months);

/*
 * A civil time taken apart by a format: %Y (four digits) %y (69..99 are
 * 19xx) %m %d %e %H %I %p (AM, pm, 上午, 下午) %M %S %f (fraction, without its
 * point) %z (+0800, +08:00, +08, Z) %b %B (English, either takes both forms)
 * %a %A (skipped), %% and literal text; a blank in the format is one or more
 * blanks. Month, day and hour may have one digit (2026/1/5 9:05) unless
 * another number follows at once (%Y%m%d). Strict: all of the text, ranges
 * checked, 30 February refused. why->col is the place in the text.
 */
struct civil {
	int year, month, day, hour, minute, second;
	int32_t nsec;
	bool has_time, has_offset;
	int32_t offset;
};
bool civil_parse(const char *p, size_t n, const char *format, struct civil *out,
	struct why *why);
/* Whether the format is one: known conversions, a year, month and day. */
bool civil_format(const char *format, struct why *why);
/* Seconds since 1970 of the civil time read as if at offset 0. */
int64_t civil_seconds(const struct civil *c);

#endif
