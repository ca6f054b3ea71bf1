/*
 * condition: the WHERE of scrm-condition(5), compiled once, asked of each
 * record; and the expressions it is made of.
 */
#ifndef RECORD_CONDITION_H
#define RECORD_CONDITION_H

#include "record/path.h"
#include "value/num.h"
#include "value/time.h"

/*
 * Conditions that are asked of the same records (the rules of one file) share
 * a set: each field is then found and read once a record for all of them, and
 * notes are said once. Not to be shared between threads.
 */
struct condition_set;
struct condition_set *condition_set_new(void);
/* After its conditions. */
void condition_set_free(struct condition_set *set);

/* What the text may refer to besides the record. Zero is valid. */
struct condition_env {
	/* NULL: the condition has one of its own. */
	struct condition_set *set;
	struct when as_of; /* today() is its date */
	/* The offset of a zone at a UTC second, or NULL: as written. */
	int32_t (*offset)(const void *zone, int64_t sec);
	const void *zone;
	/* -D name=value, for :name; NULL-terminated pairs name, value */
	const char *const *constant;
	/* Columns of a rule file's row, for offer.cost: prefix "offer" and a
	 * record that holds the row; NULL where there is none. */
	const char *row_prefix;
	/* More names that are known (facts of this run); NULL-terminated. A
	 * name within one edit of these is an error. Where some begin with
	 * row_prefix and a dot they are all the columns that rows have. */
	const char *const *known;
};

struct condition;

enum verdict { COND_FALSE, COND_TRUE, COND_REFUSE };

/* The value of an expression. Text is valid until the next evaluation. */
struct cval {
	enum {
		C_MISSING,
		C_BOOL,
		C_NUMBER,
		C_TEXT,
		C_TIME,
		C_JSON, /* an array or object */
		C_WIDE, /* a number that no dec holds */
	} kind;
	bool truth;
	struct dec num;
	/* C_TEXT, unescaped; all others as the record has them, p is NULL
	 * where the value was computed. */
	struct view text;
	struct when time;
};

/*
 * NULL with why (text, line, col) for a mistake. The condition keeps the
 * keys table and env's pointers; both must outlive it.
 */
struct condition *condition_compile(struct view text, struct keys *keys,
	const struct condition_env *env, struct why *why);
/* The same, for the right side of scrm-set and values of rules. */
struct condition *expression_compile(struct view text, struct keys *keys,
	const struct condition_env *env, struct why *why);
void condition_free(struct condition *c);

/* COND_REFUSE: the record cannot be judged (PCRE2's match limit); why. */
enum verdict condition_test(struct condition *c, const struct rec *r,
	struct why *why);
/*
 * n conditions of one set, asked of one record: verdict[i] is whether c[i]
 * holds (of a NULL: it does not). False with why: as COND_REFUSE.
 */
bool conditions_test(struct condition *const *c, size_t n, const struct rec *r,
	bool *verdict, struct why *why);
/* For expressions; false as COND_REFUSE above. */
bool expression_eval(struct condition *c, const struct rec *r, struct cval *out,
	struct why *why);
/* The row that row_prefix names, for the evaluations that follow. It may have
 * a keys table of its own. */
void condition_row(struct condition *c, const struct rec *row);

/* Appends the value as JSON: number, string, true, null... */
void cval_json(struct buf *out, const struct cval *v);

/*
 * What was met, said at the end: "'total' was text in 312 records",
 * "no record had a field 'citty'". Calls say once for each; conditions of one
 * set say together, with the first that is asked.
 */
void condition_notes(const struct condition *c,
	void (*say)(void *arg, const char *text), void *arg);

/* Adds what other met, the same text compiled again for another thread, and
 * takes it from there: notes are then of both. */
void condition_join(struct condition *c, struct condition *other);

/* The fields it reads, and (for --explain) the leaves that made the last
 * verdict, as JSON: {"city":"上海","revenue":5000.00}. */
void condition_fields(const struct condition *c,
	void (*each)(void *arg, struct view name), void *arg);
void condition_explain(const struct condition *c, const struct rec *r,
	struct buf *out);

#endif
