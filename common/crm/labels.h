/*
 * labels: names that a table of rules gives a record and takes from it: tags
 * and segments.
 *
 * The member (tags, segments) is a list of texts kept in order. Labels of the
 * table whose rules no longer hold are taken out, new ones go to the end in
 * the table's order, all others stay where they are. A record whose labels
 * come out as they were is not changed. Rules are asked of the record as it
 * came.
 */
#ifndef CRM_LABELS_H
#define CRM_LABELS_H

#include "base/vec.h"
#include "edge/rules.h"
#include "record/condition.h"

struct label_rule {
	size_t label;
	struct view when; /* as written */
};

/* The rules for one type of record, in the order of the table. */
struct label_group {
	VEC(struct label_rule) rule;
	VEC(struct condition *) condition; /* NULL: holds no more */
	bool *holds; /* by rule */
	size_t *held; /* the rules that do */
	uint8_t *start; /* states before any rule was asked */
};

enum label_state {
	LABEL_OTHER, /* its rules are for another type of record */
	LABEL_OFF,
	LABEL_ON,
	LABEL_THERE, /* on, and in the list already */
};

struct labels {
	const char *member, *kind; /* "tags" and "tag" */
	bool first; /* only the first rule that holds */
	bool explain; /* reasons[] too */
	/* "file:", which every label begins with, and all that begin so are
	 * the table's; empty: the table's are those of its rules */
	struct view prefix;
	struct keys *keys;
	struct condition_env env;
	unsigned key, type, reasons;
	struct map label, types;
	VEC(struct label_group) group; /* by type */
	VEC(struct view) written; /* by label: a comma and the text as JSON */
	uint8_t *state; /* by label */
	const struct label_rule **by; /* the rule that switched it on */
	size_t *on, non; /* labels switched on, in order */
	struct buf out, json;
	struct arena text;
};

/* member, kind, first, explain and prefix are set before; the strings, keys
 * and what env points to must outlive it. */
void labels_init(struct labels *l, struct keys *keys,
	const struct condition_env *env);
/*
 * A rule for records of a type. over: it does not hold any more, so that its
 * label is only taken off. False with why: the mistake in when.
 */
bool labels_add(struct labels *l, struct view label, struct view when,
	struct view type, bool over, struct why *why);
/* The same of a row of a table whose columns are kind and when; why is the
 * whole message. */
bool labels_add_row(struct labels *l, const struct rules *rules, size_t row,
	struct view type, bool over, struct why *why);
/* False with why: the record cannot be judged, or its member is no list. */
bool labels_apply(struct labels *l, struct rec *r, struct why *why);
/* Adds what the same table, read again for another thread, has met. */
void labels_join(struct labels *l, struct labels *other);
void labels_notes(const struct labels *l,
	void (*say)(void *arg, const char *text), void *arg);
void labels_release(struct labels *l);

#endif
