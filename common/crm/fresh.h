/*
 * fresh: which sources are late, so that a file nobody downloaded is never
 * shown as a slump.
 *
 * A table of source, every and, where wanted, account, type, by, grace, owner
 * says what is expected when. What came is told by the records: observed_at is
 * when their export was taken. One is due a day, a week or a month after the
 * last, or on the next of the days of the week that are named; it is late once
 * that day has come to the hour of by and the grace is over. An export without
 * a row leaves its file: with map in the table, a name like
 * MAP/2026-11-20-orders.csv.ndjson tells, too.
 *
 * scrm-check writes a metric line for each source, scrm-report reads these
 * lines and repeats in its head what is late.
 */
#ifndef CRM_FRESH_H
#define CRM_FRESH_H

#include "base/vec.h"
#include "edge/rules.h"
#include "record/rec.h"
#include "value/time.h"

struct fresh_source {
	struct view source, account, type; /* "": any */
	struct view map; /* "": no file tells */
	struct view every; /* in lower case */
	struct view owner;
	int months; /* one is due so many months and days after the last; */
	int days; /* 0: on the next weekday of these, bit 1 is Monday */
	unsigned weekdays;
	int64_t by; /* second of the day */
	int64_t grace; /* seconds */
	/* after fresh_judge; days since 1970 */
	bool seen, late;
	int64_t last, due;
};

struct fresh {
	/* Set before fresh_init. */
	struct when as_of;
	int32_t (*offset)(const void *zone, int64_t sec);
	const void *zone;

	VEC(struct fresh_source) source;
	unsigned k_type, k_source, k_account, k_observed_at;
	struct map kinds; /* type, source, account, observed_at of records */
	VEC(struct fresh_kind) kind;
	VEC(struct fresh_file) file;
	uint64_t later, unknown; /* records not looked at */
	struct buf key;
	struct arena text;
};

void fresh_init(struct fresh *f, struct keys *keys);
/* All rows of the table. False: *row is the one at fault and why->text names
 * the column. */
bool fresh_read(struct fresh *f, const struct rules *table, size_t *row,
	struct why *why);
/* False: the record does not tell, or is later than the as-of. */
bool fresh_add(struct fresh *f, struct rec *r);
/* A file by its path, which must outlive it; other names tell nothing. */
void fresh_add_file(struct fresh *f, const char *path);
/* After the last record. How many are late. */
size_t fresh_judge(struct fresh *f);
/* "tmall orders, last of 2026-11-13, due since 2026-11-14 (every day)" */
void fresh_text(const struct fresh_source *s, struct buf *out);
/* The metric line; as_of and zone as tool.h says them, zone may be NULL. */
void fresh_print(const struct fresh *f, const struct fresh_source *s,
	const char *as_of, const char *zone, struct buf *out);
void fresh_release(struct fresh *f);

/*
 * What a reader of a report as of that day must know of the sources, a text a
 * line, from the lines that fresh_print wrote. False with why: a line of
 * something else.
 */
struct fresh_notes {
	const char *as_of;
	unsigned k_metric, k_by, k_as_of, k_late, k_last, k_due, k_every,
		k_owner;
	VEC(struct view) note;
	bool dated; /* it is said that they are of another day */
	struct arena text;
};

void fresh_notes_init(struct fresh_notes *n, struct keys *keys);
bool fresh_notes_add(struct fresh_notes *n, struct rec *r, struct why *why);
void fresh_notes_release(struct fresh_notes *n);

#endif
