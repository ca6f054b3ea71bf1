/*
 * facts: figures of a customer that a person defines, scrm-facts(5).
 *
 * A fact is an aggregate of an expression over the records of one type that
 * satisfy a condition. A record gives outcomes; count, sum, avg, min, max,
 * first and last are folded into a slot of 16 bytes or two, all other aggregates
 * want their outcomes kept until the end. The result does not depend on the
 * order of records.
 */
#ifndef CRM_FACTS_H
#define CRM_FACTS_H

#include "base/map.h"
#include "base/vec.h"
#include "edge/rules.h"
#include "record/condition.h"

enum fact_agg {
	AGG_COUNT,
	AGG_SUM,
	AGG_AVG,
	AGG_MIN,
	AGG_MAX,
	AGG_FIRST,
	AGG_LAST,
	AGG_MEDIAN, /* from here on outcomes are kept */
	AGG_QUANTILE,
	AGG_MOST_FREQUENT,
	AGG_SHARE,
	AGG_DISTINCT,
	AGG_LIST,
};

enum fact_kind { FACT_NONE, FACT_NUMBER, FACT_TIME, FACT_TEXT, FACT_BOOL };

/* What a record says for one fact. */
struct outcome {
	/* the number; seconds and (offset, date_only); number of the text */
	int128 v;
	int64_t at; /* the record's own second, for first and last */
	uint32_t fact;
	uint8_t kind, scale;
	bool has_at;
};

/* One that is kept until the end. */
struct kept {
	int128 v;
	struct dec weight; /* of a share, else 1 */
	uint32_t fact;
	uint8_t kind, scale;
};

struct slot {
	int64_t v; /* wide: the number of the value among facts' wide */
	uint32_t n;
	uint8_t kind, scale;
	bool overflow, wide;
};

struct fact {
	struct view name, of;
	enum fact_agg agg;
	bool product; /* of = product: once for each of an order's products */
	bool money; /* reads a field of money */
	struct dec q;
	size_t slot; /* first and last have another for the time in its v;
		      * SIZE_MAX: outcomes are kept */
	unsigned plain; /* key of a value that is just a name */
	bool is_plain;
	struct condition *value, *where, *weight;
	/* The first fact with the same text over the same records; what it
	 * said of the record of this stamp. */
	uint32_t same_where, same_value;
	uint64_t where_stamp, value_stamp;
	bool where_true;
	struct {
		int128 v;
		uint8_t kind, scale;
	} read;
	struct view where_text, value_text;
};

typedef VEC(struct outcome) outcomes;

struct facts {
	VEC(struct fact) fact;
	size_t nslots;
	VEC(int128) wide; /* values of slots beyond 64 bits */
	struct map names; /* of facts */
	struct keys *keys;
	struct condition_env env, product_env;
	struct keys product_keys;
	struct rec product_rec;
	unsigned products;
	uint64_t stamp; /* of the record, or the product, in hand */
	struct arena text;
	struct buf scratch;
	/* The number of a text of an outcome; set before facts_of. */
	size_t (*number)(void *arg, struct view text);
	void *number_arg;
};

/* keys and env must outlive it; env may hold no row_prefix. */
void facts_init(struct facts *f, struct keys *keys,
	const struct condition_env *env);
/*
 * A row of the file. False: what is wrong; *column is "of", "agg", ... and
 * why->col a place in that cell, if there is one.
 */
bool facts_add(struct facts *f, struct view fact, struct view of,
	struct view agg, struct view value, struct view where,
	const char **column, struct why *why);
/*
 * All rows of a table of fact, of, agg, value, where; *row is the one at
 * fault and why->text names the column. taken: whether a name is not free.
 */
bool facts_read(struct facts *f, const struct rules *table,
	bool (*taken)(struct view name, bool defaults), bool defaults,
	size_t *row, struct why *why);
/* Whether a fact is about this type ("order" too where it is of products). */
bool facts_want(const struct facts *f, struct view type);
/*
 * Appends the outcomes of a record. Where a fact has a
 * weight, the outcome after its own is the weight. rate: what money is
 * multiplied with, rounded to digits; NULL: as it is. False: the record
 * cannot be judged.
 */
bool facts_of(struct facts *f, struct view type, struct rec *r, bool has_at,
	int64_t at, const struct dec *rate, int digits, outcomes *out,
	struct why *why);

/* Of the customer whose slots these are. */
void slot_fold(struct facts *f, struct slot *slots, const struct outcome *o,
	const struct map *texts);
/*
 * Appends the result as JSON, or nothing where there is none. kept and n are
 * the fact's outcomes (reordered here). False: a sum of more than
 * 38 digits.
 */
bool fact_print(const struct facts *f, size_t fact, const struct slot *slots,
	struct kept *kept, size_t n, int digits, const struct map *texts,
	struct buf *out);
/* Adds what other met, the same facts read again for another thread. */
void facts_join(struct facts *f, struct facts *other);
/* What the expressions met, as condition_notes says it. */
void facts_notes(const struct facts *f,
	void (*say)(void *arg, const char *text), void *arg);
void facts_release(struct facts *f);

#endif
