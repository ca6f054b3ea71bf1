/* Time zones: the system's files, the rule for the future, and bad names. */
#include "edge/zone.h"

#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct zone *zone(const char *name)
{
	struct why why = { 0 };
	const struct zone *z = zone_find(name, &why);
	if (!z) {
		fprintf(stderr, "# %s\n", why.text);
		exit(1);
	}
	return z;
}

static struct view text(const struct zone *z, int64_t utc)
{
	static struct buf b;
	buf_reset(&b);
	when_print(&b,
		(struct when){ .sec = utc, .offset = zone_offset(z, utc) });
	return buf_view(&b);
}

static int64_t sec(const char *s)
{
	struct when w = { 0 };
	if (!when_parse(s, strlen(s), &w))
		fprintf(stderr, "# no time: %s\n", s);
	return w.sec;
}

static void instants(void)
{
	static const struct {
		const char *zone, *utc, *want;
	} t[] = {
		{ "UTC", "2026-11-01T00:30:00Z", "2026-11-01T00:30:00Z" },
		{ "+08:00", "2026-11-01T00:30:00Z",
			"2026-11-01T08:30:00+08:00" },
		{ "-03:30", "2026-11-01T00:30:00Z",
			"2026-10-31T21:00:00-03:30" },
		{ "Asia/Shanghai", "2026-11-01T00:30:00Z",
			"2026-11-01T08:30:00+08:00" },
		/* summer time of 1991: 14 April 02:00 to 15 September */
		{ "Asia/Shanghai", "1991-04-13T17:59:59Z",
			"1991-04-14T01:59:59+08:00" },
		{ "Asia/Shanghai", "1991-04-13T18:00:00Z",
			"1991-04-14T03:00:00+09:00" },
		{ "Asia/Shanghai", "1991-09-14T16:59:59Z",
			"1991-09-15T01:59:59+09:00" },
		{ "Asia/Shanghai", "1991-09-14T17:00:00Z",
			"1991-09-15T01:00:00+08:00" },
		{ "Asia/Shanghai", "2045-07-01T00:00:00Z",
			"2045-07-01T08:00:00+08:00" },
		{ "America/New_York", "2026-03-08T06:59:59Z",
			"2026-03-08T01:59:59-05:00" },
		{ "America/New_York", "2026-03-08T07:00:00Z",
			"2026-03-08T03:00:00-04:00" },
		{ "America/New_York", "2026-11-01T05:59:59Z",
			"2026-11-01T01:59:59-04:00" },
		{ "America/New_York", "2026-11-01T06:00:00Z",
			"2026-11-01T01:00:00-05:00" },
		/* beyond every table: second Sunday of March 2045 is the 12th,
		 * first of November the 5th */
		{ "America/New_York", "2045-03-12T06:59:59Z",
			"2045-03-12T01:59:59-05:00" },
		{ "America/New_York", "2045-03-12T07:00:00Z",
			"2045-03-12T03:00:00-04:00" },
		{ "America/New_York", "2045-11-05T05:59:59Z",
			"2045-11-05T01:59:59-04:00" },
		{ "America/New_York", "2045-11-05T06:00:00Z",
			"2045-11-05T01:00:00-05:00" },
		/* Chile: 24:00 of the Saturday, in the footer as /24 */
		{ "America/Santiago", "2045-04-02T02:59:59Z",
			"2045-04-01T23:59:59-03:00" },
		{ "America/Santiago", "2045-04-02T03:00:00Z",
			"2045-04-01T23:00:00-04:00" },
		{ "America/Santiago", "2045-09-03T03:59:59Z",
			"2045-09-02T23:59:59-04:00" },
		{ "America/Santiago", "2045-09-03T04:00:00Z",
			"2045-09-03T01:00:00-03:00" },
		{ "America/Santiago", "2045-12-31T23:59:59Z",
			"2045-12-31T20:59:59-03:00" },
		/* half an hour of summer time */
		{ "Australia/Lord_Howe", "2026-04-04T14:59:59Z",
			"2026-04-05T01:59:59+11:00" },
		{ "Australia/Lord_Howe", "2026-04-04T15:00:00Z",
			"2026-04-05T01:30:00+10:30" },
		{ "Australia/Lord_Howe", "2045-10-01T15:30:00Z",
			"2045-10-02T02:30:00+11:00" },
		{ "Australia/Lord_Howe", "2045-09-30T15:29:59Z",
			"2045-10-01T01:59:59+10:30" },
		/* winter time is the one with an offset of its own */
		{ "Europe/Dublin", "2045-07-01T00:00:00Z",
			"2045-07-01T01:00:00+01:00" },
		{ "Europe/Dublin", "2045-12-01T00:00:00Z",
			"2045-12-01T00:00:00Z" },
		/* before the first change: local mean time, 8:05:43 */
		{ "Asia/Shanghai", "1850-01-01T00:00:00Z",
			"1850-01-01T08:05:00+08:05" },
	};
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		is_str(text(zone(t[i].zone), sec(t[i].utc)), t[i].want,
			"%s in %s is %s", t[i].utc, t[i].zone, t[i].want);
	ok(zone("UTC") == zone("UTC") &&
			zone("Asia/Shanghai") == zone("Asia/Shanghai"),
		"one name is one pointer");
	ok(zone_offset(zone("America/New_York"), INT64_MAX) != 0 &&
			zone_offset(zone("America/New_York"), INT64_MIN) != 0,
		"the ends of time do no harm");
}

static void civil_times(void)
{
	static const struct {
		const char *zone, *civil, *utc;
		int odd;
	} t[] = {
		{ "+08:00", "2026-11-01T08:30:00Z", "2026-11-01T00:30:00Z", 0 },
		{ "Asia/Shanghai", "2026-11-01T08:30:00Z",
			"2026-11-01T00:30:00Z", 0 },
		{ "America/New_York", "2026-07-01T12:00:00Z",
			"2026-07-01T16:00:00Z", 0 },
		{ "America/New_York", "2026-12-01T12:00:00Z",
			"2026-12-01T17:00:00Z", 0 },
		{ "America/New_York", "2026-03-08T01:59:59Z",
			"2026-03-08T06:59:59Z", 0 },
		{ "America/New_York", "2026-03-08T02:00:00Z",
			"2026-03-08T07:00:00Z", 2 },
		{ "America/New_York", "2026-03-08T02:30:00Z",
			"2026-03-08T07:30:00Z", 2 },
		{ "America/New_York", "2026-03-08T03:00:00Z",
			"2026-03-08T07:00:00Z", 0 },
		{ "America/New_York", "2026-11-01T00:59:59Z",
			"2026-11-01T04:59:59Z", 0 },
		{ "America/New_York", "2026-11-01T01:30:00Z",
			"2026-11-01T05:30:00Z", 1 },
		{ "America/New_York", "2026-11-01T02:00:00Z",
			"2026-11-01T07:00:00Z", 0 },
		{ "America/New_York", "2045-03-12T02:30:00Z",
			"2045-03-12T07:30:00Z", 2 },
		{ "America/New_York", "2045-11-05T01:30:00Z",
			"2045-11-05T05:30:00Z", 1 },
		{ "Australia/Lord_Howe", "2026-04-05T01:45:00Z",
			"2026-04-04T14:45:00Z", 1 },
		{ "Australia/Lord_Howe", "2026-10-04T02:15:00Z",
			"2026-10-03T15:45:00Z", 2 },
		{ "America/Santiago", "2045-09-03T00:30:00Z",
			"2045-09-03T04:30:00Z", 2 },
		/* Samoa left out 30 December 2011 */
		{ "Pacific/Apia", "2011-12-30T12:00:00Z",
			"2011-12-30T22:00:00Z", 2 },
		{ "Pacific/Apia", "2011-12-31T12:00:00Z",
			"2011-12-30T22:00:00Z", 0 },
	};
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		int odd = 7;
		int64_t utc = zone_utc(zone(t[i].zone), sec(t[i].civil), &odd);
		ok(utc == sec(t[i].utc) && odd == t[i].odd,
			"%.19s in %s is %s (%d)", t[i].civil, t[i].zone,
			t[i].utc, t[i].odd);
	}
	ok(zone_utc(zone("Asia/Shanghai"), 28800, NULL) == 0,
		"who does not ask whether it is odd is not told");
	static const char *const names[] = { "America/New_York",
		"Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia" };
	size_t wrong = 0, odd_ones = 0;
	for (size_t k = 0; k < 4; k++) {
		const struct zone *z = zone(names[k]);
		/* every 30 minutes of two years, ten years apart */
		for (int64_t u = sec("2011-01-01T00:00:00Z");
			u < sec("2061-01-01T00:00:00Z"); u += 53 * 1740) {
			int odd;
			int64_t civil = u + zone_offset(z, u);
			int64_t back = zone_utc(z, civil, &odd);
			wrong += odd ? back > u || odd == 2 : back != u;
			odd_ones += odd != 0;
		}
	}
	ok(wrong == 0, "50 years of civil times go there and back");
	ok(odd_ones > 0, "odd ones among them");
}

static void refused(const char *name, const char *want)
{
	struct why why = { 0 };
	ok(!zone_find(name, &why), "'%s' is refused", name);
	is_str(view_of(why.text), want, "as %s", want);
}

static void names(void)
{
	static const char *const bad[] = { "", "/etc/passwd", "../zoneinfo/UTC",
		"Asia/../UTC", "Asia//Shanghai", "Asia/", "posixrules",
		"localtime", "zone.tab", "+08:60", "+24:00", "Asia/Shang hai" };
	char want[200];
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(want, sizeof(want),
			"no time zone '%s'; names are as Asia/Shanghai, "
			"UTC or +08:00",
			bad[i]);
		refused(bad[i], want);
	}
}

/* A TZif file of version 2 whose footer is the given one. */
static void write_zone(const char *path, const char *footer, size_t cut)
{
	unsigned char b[400] = { 0 };
	size_t n = 0;
	for (int i = 0; i < 2; i++) {
		memcpy(b + n, "TZif2", 5);
		b[n + 39] = 1; /* types */
		b[n + 43] = 4; /* characters */
		n += 44;
		b[n + 2] = 0x0E; /* 3600 seconds */
		b[n + 3] = 0x10;
		memcpy(b + n + 6, "ABC", 4);
		n += 10;
	}
	n += (size_t)snprintf((char *)b + n, sizeof(b) - n, "\n%s\n", footer);
	FILE *f = fopen(path, "w");
	fwrite(b, 1, n - cut, f);
	fclose(f);
}

static void own_files(void)
{
	char dir[] = "/tmp/zone.XXXXXX", path[100];
	if (!mkdtemp(dir) || setenv("TZDIR", dir, 1) != 0) {
		ok(false, "a folder for zones");
		return;
	}
	static const struct {
		const char *name, *footer, *utc, *want;
	} t[] = {
		{ "None", "", "2045-07-01T00:00:00Z",
			"2045-07-01T01:00:00+01:00" },
		{ "Plain", "<+0545>-5:45", "2045-07-01T00:00:00Z",
			"2045-07-01T05:45:00+05:45" },
		/* summer time all the year, RFC 8536's own example */
		{ "Always", "XXX3EDT4,0/0,J365/23", "2045-01-01T00:00:00Z",
			"2044-12-31T20:00:00-04:00" },
		{ "Julian", "AAA0BBB,J60/0,J300/0", "2044-03-01T00:00:00Z",
			"2044-03-01T01:00:00+01:00" },
		{ "Julian", "", "2044-02-29T23:59:59Z",
			"2044-02-29T23:59:59Z" },
		{ "Days", "AAA0BBB,59/0,300/0", "2044-02-29T00:00:00Z",
			"2044-02-29T01:00:00+01:00" },
		{ "Days", "", "2045-02-28T23:59:59Z", "2045-02-28T23:59:59Z" },
		/* Saturday before the last Sunday, as a negative hour */
		{ "Minus", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
			"2045-03-26T00:59:59Z", "2045-03-25T22:59:59-02:00" },
		{ "Minus", "", "2045-03-26T01:00:00Z",
			"2045-03-26T00:00:00-01:00" },
	};
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, t[i].name);
		if (access(path, F_OK) != 0)
			write_zone(path, t[i].footer, 0);
		is_str(text(zone(t[i].name), sec(t[i].utc)), t[i].want,
			"'%s' of TZDIR at %s", t[i].name, t[i].utc);
	}
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, t[i].name);
		unlink(path);
	}

	static const char *const footers[] = { "A0", "AAA", "AAA25", "AAA0BBB",
		"AAA0BBB,M3.5.0", "AAA0BBB,M13.1.0,M10.5.0",
		"AAA0BBB,M3.6.0,M10.5.0", "AAA0BBB,M3.1.7,M10.5.0",
		"AAA0BBB,J0,J10", "AAA0BBB,M3.1.0,M10.5.0 " };
	char name[20], want[200];
	for (size_t i = 0; i < sizeof(footers) / sizeof(*footers); i++) {
		snprintf(name, sizeof(name), "Bad%zu", i);
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		write_zone(path, footers[i], 0);
		snprintf(want, sizeof(want), "'%s' is no time zone file", path);
		refused(name, want);
		unlink(path);
	}
	size_t taken = 0;
	struct why why;
	snprintf(path, sizeof(path), "%s/Cut", dir);
	for (size_t cut = 1; cut < 121; cut++) {
		write_zone(path, "CET-1CEST,M3.5.0,M10.5.0/3", cut);
		taken += zone_find("Cut", &why) != NULL;
	}
	unlink(path);
	ok(taken == 0, "a file cut anywhere is refused");

	/* counts in the second header: leap seconds, transitions, types */
	static const int at[] = { 31, 32, 36, 40 };
	for (size_t i = 0; i < 4; i++) {
		write_zone(path, "CET-1CEST,M3.5.0,M10.5.0/3", 0);
		FILE *f = fopen(path, "r+");
		fseek(f, 54 + at[i], SEEK_SET);
		fputc(i ? 0xFF : 1, f);
		fclose(f);
		ok(!zone_find("Cut", &why), "a count that lies is refused (%d)",
			at[i]);
	}
	unlink(path);

	snprintf(want, sizeof(want),
		"no time zone 'Asia/Shangai' in %s; names are as "
		"Asia/Shanghai, UTC or +08:00",
		dir);
	refused("Asia/Shangai", want);
	snprintf(path, sizeof(path), "%s/Folder", dir);
	mkdir(path, 0700);
	ok(!zone_find("Folder", &why), "a folder is no zone");
	rmdir(path);
	rmdir(dir);
	snprintf(want, sizeof(want),
		"no time zone 'Asia/Baku' in %s; is the package tzdata there?",
		dir);
	refused("Asia/Baku", want);
}

int main(void)
{
	unsetenv("TZDIR");
	names();
	if (access("/usr/share/zoneinfo/Asia/Shanghai", R_OK) == 0) {
		instants();
		civil_times();
	} else {
		ok(true, "# SKIP no tzdata");
	}
	own_files();
	return done();
}
