/*
 * golden: which of several profiles' values survives, field by field.
 *
 * A value that is null, "" or [] is none. Ties of every rule go to the latest
 * observed_at, then to the smaller source, source_id and value by bytes, so
 * that the order in which profiles came makes no difference.
 */
#ifndef CRM_GOLDEN_H
#define CRM_GOLDEN_H

#include "base/map.h"
#include "base/vec.h"
#include "base/why.h"
#include "edge/rules.h"
#include "value/time.h"

enum survive {
	SURVIVE_LATEST, /* newest observed_at; undated is oldest */
	SURVIVE_FIRST, /* oldest observed_at */
	SURVIVE_SOURCE, /* first source of a list that has one */
	SURVIVE_MOST_FREQUENT, /* the value most profiles have */
	SURVIVE_LONGEST, /* most characters */
	SURVIVE_MIN, /* smallest value: created_at */
	SURVIVE_MAX,
	SURVIVE_UNION, /* all different values: tags */
};

struct candidate {
	struct view value; /* JSON as written; never null, "" or [] */
	struct view source, source_id;
	bool dated;
	struct when observed;
};

struct golden_rule {
	enum survive rule;
	size_t from, n; /* its sources in golden.sources */
};

/* The rules of a run. Zero is valid: the defaults (latest; created_at min;
 * tags and segments union). */
struct golden {
	struct map field;
	VEC(struct golden_rule) rule;
	VEC(struct view) sources;
	struct arena text;
	bool has_default; /* a rule for '*' */
	struct golden_rule otherwise;
};

/* A row of the file: field ('*' is every other), the rule's name, and for
 * 'source' the sources, best first, with blanks or ';' between. */
bool golden_add(struct golden *g, struct view field, struct view rule,
	struct view sources, struct why *why);
/* All rows of a table; *row is the one at fault. */
bool golden_read(struct golden *g, const struct rules *table, size_t *row,
	struct why *why);
struct golden_rule golden_rule(const struct golden *g, struct view field);
const char *golden_rule_name(enum survive rule);

/* Whether a JSON value counts as one. */
bool golden_has(struct view json);
/* The surviving candidate's number; n > 0. For SURVIVE_UNION it is the one
 * SURVIVE_LATEST has. */
size_t golden_pick(const struct golden *g, struct golden_rule rule,
	const struct candidate *c, size_t n);
void golden_release(struct golden *g);

#endif
