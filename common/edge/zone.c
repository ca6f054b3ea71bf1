#include "edge/zone.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY 86400
/* RFC 8536 3.2 wants offsets within these; none that ever was is beyond. */
#define OFFSET_MIN (-89999)
#define OFFSET_MAX 93599
/* More than two offsets can lie apart. */
#define MARGIN (3 * DAY)
/* Instants beyond 3 million years get the offset of that year. */
#define INSTANT_MAX 100000000000000
#define FILE_MAX ((size_t)1 << 20)

/* When the clocks change in a year: the three forms of POSIX's TZ. */
struct change {
	enum { JULIAN, DAY_OF_YEAR, MONTH_WEEK_DAY } kind;
	int month, week, day;
	int32_t time; /* seconds after midnight, may be negative or days */
};

struct rule {
	bool changes; /* false: std all the year */
	int32_t std, dst;
	struct change start, end;
};

struct zone {
	struct zone *next;
	char *name;
	size_t n; /* transitions */
	int64_t *at;
	int32_t *offset; /* from at[i] on */
	int32_t before; /* the first of them */
	bool has_rule; /* for what comes after the last of them */
	struct rule rule;
};

/* One offset holds in from <= utc < to. */
struct interval {
	int64_t from, to;
	int32_t offset;
};

/*
 * TZif, RFC 8536: a header, a block of 4-byte times for old readers, and from
 * version 2 on a header and block again with 8-byte times, then a line with
 * a TZ string for the future.
 */

struct cursor {
	const unsigned char *p, *end;
};

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static int64_t number(const unsigned char *p, size_t width)
{
	uint64_t v = 0;
	for (size_t i = 0; i < width; i++)
		v = v << 8 | p[i];
	return width == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

static bool header(struct cursor *c, int *version, struct counts *n)
{
	if (c->end - c->p < 44 || memcmp(c->p, "TZif", 4) != 0)
		return false;
	*version = c->p[4] >= '2' ? c->p[4] - '0' : 1;
	size_t *count[] = { &n->isut, &n->isstd, &n->leap, &n->time, &n->type,
		&n->chars };
	for (size_t i = 0; i < 6; i++)
		*count[i] = (uint32_t)number(c->p + 20 + i * 4, 4);
	c->p += 44;
	return true;
}

static size_t block_size(const struct counts *n, size_t width)
{
	/* six 32-bit counts: no overflow in 64 bits */
	return n->time * (width + 1) + n->type * 6 + n->chars +
	       n->leap * (width + 4) + n->isstd + n->isut;
}

static bool block(struct zone *z, const unsigned char *p,
	const struct counts *n, size_t width)
{
	const unsigned char *index = p + n->time * width;
	const unsigned char *type = index + n->time;
	if (n->type == 0 || n->leap != 0)
		return false;
	for (size_t i = 0; i < n->type; i++) {
		int64_t offset = number(type + i * 6, 4);
		if (offset < OFFSET_MIN || offset > OFFSET_MAX)
			return false;
	}
	z->before = (int32_t)number(type, 4);
	z->at = xcalloc(n->time, sizeof(*z->at));
	z->offset = xcalloc(n->time, sizeof(*z->offset));
	z->n = n->time;
	for (size_t i = 0; i < n->time; i++) {
		z->at[i] = number(p + i * width, width);
		if (index[i] >= n->type || (i && z->at[i] <= z->at[i - 1]))
			return false;
		z->offset[i] = (int32_t)number(type + index[i] * 6, 4);
	}
	return true;
}

/*
 * The footer: "CET-1CEST,M3.5.0,M10.5.0/3".
 */

static bool rule_char(struct cursor *c, char want)
{
	if (c->p == c->end || *c->p != (unsigned char)want)
		return false;
	c->p++;
	return true;
}

static bool rule_number(struct cursor *c, int most, int *out)
{
	int v = 0;
	const unsigned char *start = c->p;
	while (c->p < c->end && *c->p >= '0' && *c->p <= '9' &&
		c->p - start < 3)
		v = v * 10 + (*c->p++ - '0');
	*out = v;
	return c->p > start && v <= most;
}

static bool rule_name(struct cursor *c)
{
	const unsigned char *start = c->p;
	if (rule_char(c, '<')) {
		while (c->p < c->end && *c->p != '>')
			c->p++;
		return rule_char(c, '>');
	}
	while (c->p < c->end && ((*c->p | 32) >= 'a' && (*c->p | 32) <= 'z'))
		c->p++;
	return c->p - start >= 3;
}

/* [+-]h[:mm[:ss]] in seconds. */
static bool rule_time(struct cursor *c, int hours, int32_t *out)
{
	int h, m = 0, s = 0;
	bool neg = rule_char(c, '-');
	if (!neg)
		rule_char(c, '+');
	if (!rule_number(c, hours, &h))
		return false;
	if (rule_char(c, ':')) {
		if (!rule_number(c, 59, &m))
			return false;
		if (rule_char(c, ':') && !rule_number(c, 59, &s))
			return false;
	}
	*out = (h * 3600 + m * 60 + s) * (neg ? -1 : 1);
	return true;
}

static bool rule_change(struct cursor *c, struct change *out)
{
	if (!rule_char(c, ','))
		return false;
	if (rule_char(c, 'M')) {
		out->kind = MONTH_WEEK_DAY;
		if (!rule_number(c, 12, &out->month) || out->month < 1 ||
			!rule_char(c, '.') || !rule_number(c, 5, &out->week) ||
			out->week < 1 || !rule_char(c, '.') ||
			!rule_number(c, 6, &out->day))
			return false;
	} else if (rule_char(c, 'J')) {
		out->kind = JULIAN;
		if (!rule_number(c, 365, &out->day) || out->day < 1)
			return false;
	} else {
		out->kind = DAY_OF_YEAR;
		if (!rule_number(c, 365, &out->day))
			return false;
	}
	out->time = 2 * 3600;
	return !rule_char(c, '/') || rule_time(c, 167, &out->time);
}

static bool rule_parse(struct cursor c, struct rule *r)
{
	if (!rule_name(&c) || !rule_time(&c, 24, &r->std))
		return false;
	/* POSIX counts west of Greenwich */
	r->std = -r->std;
	if (c.p == c.end)
		return true;
	r->changes = true;
	r->dst = r->std + 3600;
	if (!rule_name(&c))
		return false;
	if (c.p < c.end && *c.p != ',') {
		if (!rule_time(&c, 24, &r->dst))
			return false;
		r->dst = -r->dst;
	}
	return rule_change(&c, &r->start) && rule_change(&c, &r->end) &&
	       c.p == c.end;
}

static bool parse(struct zone *z, struct cursor c)
{
	int version;
	struct counts n;
	size_t width = 4;
	if (!header(&c, &version, &n) ||
		block_size(&n, 4) > (size_t)(c.end - c.p))
		return false;
	if (version >= 2) {
		c.p += block_size(&n, 4);
		width = 8;
		if (!header(&c, &version, &n) ||
			block_size(&n, 8) > (size_t)(c.end - c.p))
			return false;
	}
	if (!block(z, c.p, &n, width))
		return false;
	c.p += block_size(&n, width);
	if (width == 4)
		return true;
	if (!rule_char(&c, '\n'))
		return false;
	const unsigned char *nl = memchr(c.p, '\n', (size_t)(c.end - c.p));
	if (!nl)
		return false;
	c.end = nl;
	z->has_rule = c.p < c.end;
	return !z->has_rule || rule_parse(c, &z->rule);
}

/*
 * The offset at an instant.
 */

/* The local second of a year's change, as if at offset 0. */
static int64_t change_at(const struct change *c, int year)
{
	int64_t day = day_number(year, 1, 1);
	bool leap = month_days(year, 2) == 29;
	switch (c->kind) {
	case JULIAN: /* 1..365, 29 February is never counted */
		day += c->day - 1 + (leap && c->day >= 60);
		break;
	case DAY_OF_YEAR:
		day += c->day;
		break;
	case MONTH_WEEK_DAY: {
		/* day 0 is Sunday; week 5 is the last */
		day = day_number(year, c->month, 1);
		int first = (c->day - day_weekday(day) % 7 + 7) % 7;
		int dom = first + (c->week - 1) * 7;
		if (dom >= month_days(year, c->month))
			dom -= 7;
		day += dom;
		break;
	}
	}
	return day * DAY + c->time;
}

static struct interval rule_interval(const struct rule *r, int64_t utc)
{
	struct interval out = { INT64_MIN, INT64_MAX, r->std };
	if (!r->changes)
		return out;
	int year, month, dom;
	day_civil((utc + r->std) / DAY, &year, &month, &dom);
	/* The changes of three years in their order. Where one ends as another
	 * starts (summer time all the year) the start comes last. */
	struct {
		int64_t at;
		int32_t offset;
	} c[6];
	int n = 0;
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t at[2] = { change_at(&r->end, y) - r->dst,
			change_at(&r->start, y) - r->std };
		for (int k = 0; k < 2; k++) {
			int i = n++;
			for (; i > 0 && c[i - 1].at > at[k]; i--)
				c[i] = c[i - 1];
			c[i].at = at[k];
			c[i].offset = k ? r->dst : r->std;
		}
	}
	for (int i = 0; i < n; i++) {
		if (c[i].at <= utc) {
			out.from = c[i].at;
			out.offset = c[i].offset;
		} else {
			out.to = c[i].at;
			break;
		}
	}
	return out;
}

static struct interval interval_at(const struct zone *z, int64_t utc)
{
	size_t lo = 0, hi = z->n; /* at[lo - 1] <= utc < at[hi] */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (z->at[mid] <= utc)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == z->n && z->has_rule) {
		struct interval i = rule_interval(&z->rule, utc);
		if (lo && i.from < z->at[lo - 1])
			i.from = z->at[lo - 1];
		return i;
	}
	return (struct interval){
		.from = lo ? z->at[lo - 1] : INT64_MIN,
		.to = lo < z->n ? z->at[lo] : INT64_MAX,
		.offset = lo ? z->offset[lo - 1] : z->before,
	};
}

/* Records come with times near each other, so the last interval of each
 * thread mostly answers. */
static struct interval cached(const struct zone *z, int64_t utc)
{
	static _Thread_local const struct zone *zone;
	static _Thread_local struct interval last;
	if (zone != z || utc < last.from || utc >= last.to) {
		last = interval_at(z, utc);
		zone = z;
	}
	return last;
}

static int64_t clamp(int64_t t)
{
	return t > INSTANT_MAX    ? INSTANT_MAX
	       : t < -INSTANT_MAX ? -INSTANT_MAX
				  : t;
}

int32_t zone_offset(const void *zone, int64_t utc)
{
	return cached(zone, clamp(utc)).offset;
}

int64_t zone_utc(const struct zone *z, int64_t civil, int *odd)
{
	int unused;
	odd = odd ? odd : &unused;
	*odd = 0;
	int64_t near = clamp(civil);
	struct interval i = cached(z, near);
	int64_t utc = near - i.offset;
	/* Far from both ends nothing can be odd. */
	if (near != civil || (i.from < utc - MARGIN && i.to > utc + MARGIN))
		return utc;
	int64_t found = 0, moved = 0;
	int count = 0;
	struct interval was = { 0 };
	for (int64_t u = civil - MARGIN; u <= civil + MARGIN; u = i.to) {
		i = interval_at(z, u);
		utc = civil - i.offset;
		if (utc >= i.from && utc < i.to && count++ == 0)
			found = utc;
		/* in the gap between the last interval and this one */
		if (utc < i.from && u != civil - MARGIN &&
			civil - was.offset >= i.from)
			moved = civil - was.offset;
		was = i;
		if (i.to == INT64_MAX)
			break;
	}
	*odd = count == 0 ? 2 : count > 1;
	return count ? found : moved;
}

/*
 * Zones by name.
 */

/* "+08:00", "-03:30". */
static bool fixed_offset(const char *name, int32_t *offset)
{
	if (strlen(name) != 6 || (*name != '+' && *name != '-') ||
		name[3] != ':')
		return false;
	for (int i = 1; i < 6; i++) {
		if (i != 3 && (name[i] < '0' || name[i] > '9'))
			return false;
	}
	int h = (name[1] - '0') * 10 + name[2] - '0';
	int m = (name[4] - '0') * 10 + name[5] - '0';
	*offset = (h * 60 + m) * (*name == '-' ? -60 : 60);
	return h <= 23 && m <= 59;
}

/* Letters, digits, '_', '-', '+' in parts between single slashes; so no dot
 * leads out of the folder. What a machine calls its own zone is no name. */
static bool plain_name(const char *name)
{
	size_t n = strlen(name);
	if (n == 0 || n > 64 || name[n - 1] == '/' ||
		strcmp(name, "localtime") == 0 ||
		strcmp(name, "posixrules") == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = name[i];
		bool letter = ((c | 32) >= 'a' && (c | 32) <= 'z') ||
			      (c >= '0' && c <= '9') || c == '_' || c == '-' ||
			      c == '+';
		if (!letter && (c != '/' || i == 0 || name[i - 1] == '/'))
			return false;
	}
	return true;
}

/* The whole file, NULL with errno; EFBIG where it is too long. */
static unsigned char *read_file(const char *path, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	unsigned char *p = xmalloc(FILE_MAX);
	ssize_t got;
	*n = 0;
	while ((got = read(fd, p + *n, FILE_MAX - *n)) > 0)
		*n += (size_t)got;
	int err = got < 0 ? errno : *n == FILE_MAX ? EFBIG : 0;
	close(fd);
	if (err == 0)
		return p;
	free(p);
	errno = err;
	return NULL;
}

static bool load(struct zone *z, const char *name, struct why *why)
{
	if (!plain_name(name))
		return why_not(why,
			"no time zone '%.64s'; names are as Asia/Shanghai, "
			"UTC or +08:00",
			name);
	const char *dir = getenv("TZDIR");
	if (!dir || !*dir)
		dir = "/usr/share/zoneinfo";
	char path[4096];
	int len = snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return why_not(why, "TZDIR is too long");
	size_t n;
	unsigned char *p = read_file(path, &n);
	if (!p && (errno == ENOENT || errno == ENOTDIR || errno == EISDIR))
		return why_not(why, "no time zone '%s' in %.100s; %s", name,
			dir,
			access(dir, X_OK) == 0
				? "names are as Asia/Shanghai, UTC or +08:00"
				: "is the package tzdata there?");
	if (!p)
		return why_not(why, "cannot read time zone '%s': %s", name,
			strerror(errno));
	bool good = parse(z, (struct cursor){ p, p + n });
	free(p);
	return good || why_not(why, "'%.150s' is no time zone file", path);
}

static void zone_free(struct zone *z)
{
	free(z->name);
	free(z->at);
	free(z->offset);
	free(z);
}

const struct zone *zone_find(const char *name, struct why *why)
{
	/* kept to the end of the program; a list, since a program knows few */
	static struct zone *known;
	for (const struct zone *z = known; z; z = z->next) {
		if (strcmp(z->name, name) == 0)
			return z;
	}
	struct zone *z = xcalloc(1, sizeof(*z));
	z->name = xstrdup(name);
	if (strcmp(name, "UTC") != 0 && !fixed_offset(name, &z->before) &&
		!load(z, name, why)) {
		zone_free(z);
		return NULL;
	}
	z->next = known;
	known = z;
	return z;
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}
