/*
 * mapping: a map of scrm-map(5), read once and made into a program of fields
 * over numbered columns; mapper runs it.
 *
 * mapping_compile reads no files: the map and those that it extends come from
 * the caller by name. A mistake is a reason with the file, line and column it
 * stands at. Everything belongs to the mapping and lives until mapping_free.
 */
#ifndef CRM_MAPPING_H
#define CRM_MAPPING_H

#include "base/vec.h"
#include "edge/charset.h"
#include "edge/zone.h"
#include "value/num.h"

#define MAPPING_WITHIN 100000

enum map_type {
	MT_NONE,
	MT_TEXT,
	MT_ID,
	MT_INTEGER,
	MT_DECIMAL,
	MT_MONEY,
	MT_TIME,
	MT_DATE,
	MT_BOOL,
	MT_PHONE,
	MT_EMAIL,
	MT_LIST,
	MT_PAIRS,
	MT_JSON,
	MT_COUNTRY,
	MT_PROVINCE,
	MT_CITY,
	MT_DISTRICT,
};

enum map_from {
	MF_SLOT,
	MF_JOIN,
	MF_FIRST,
	MF_CONST,
	MF_SUM,
	MF_TIMES,
	MF_HASH,
	MF_CASE,
	MF_PLACE,
	MF_OBJECT,
	MF_ROWS,
	MF_ELEMENTS,
};

/* What of a place a field gives; the first four are types, too. */
enum map_part {
	PART_COUNTRY,
	PART_PROVINCE,
	PART_CITY,
	PART_DISTRICT,
	PART_PROVINCE_CODE,
	PART_CITY_CODE,
	PART_CITY_TIER,
};

enum map_bad { BAD_REFUSE, BAD_EXTRA, BAD_DROP, BAD_KEEP };

enum map_pseudo {
	SLOT_COLUMN,
	SLOT_FILE,
	SLOT_NAME,
	SLOT_ROW,
	SLOT_LINE,
	SLOT_COMMENT
};

/* A step of a path in JSON: name, name[2] or name[key=text]. */
struct map_step {
	struct view name, key, text;
	unsigned nth; /* from 1; 0: no number */
};

struct map_path {
	struct view text; /* as written; in CSV the column's name */
	struct map_step *step;
	size_t n;
};

/* A column the map uses: its name, then its aliases. */
struct map_slot {
	struct view name;
	struct map_path *path;
	size_t npaths;
	enum map_pseudo pseudo;
	bool may; /* may be absent from a header */
	unsigned char guards;
	size_t scope; /* 0: the row; else the element of scope - 1 */
};

/* An array that a record or a list goes through. */
struct map_scope {
	struct map_path *path;
	size_t npaths;
	/* the slots that belong to it */
	unsigned *slot;
	size_t n;
};

enum {
	GUARD_FORMULA = 1,
	GUARD_APOSTROPHE = 2,
	GUARD_TAB = 4,
	GUARD_EXPORT = 8
};

enum map_op {
	TEST_THERE,
	TEST_MISSING,
	TEST_IS,
	TEST_NOT,
	TEST_STARTS,
	TEST_ENDS,
	TEST_HAS,
	TEST_LACKS,
	TEST_OVER,
	TEST_UNDER
};

struct map_leaf {
	unsigned slot;
	enum map_op op;
	bool every; /* of the rows of a group */
	struct view *word;
	size_t n;
	struct dec limit;
};

/* Any of these groups of leaves, all of whose leaves hold. */
struct map_test {
	struct map_leaf **all;
	size_t *nleaves;
	size_t n;
};

/* Rows that cannot be what the map is for, and why. */
struct map_refusal {
	struct map_test *when;
	const char *because;
};

struct map_words {
	struct view *from, *to;
	size_t n;
};

struct map_unit {
	struct view end;
	struct dec by;
};

/* The fields of an object that say where somebody is, read together; NULL
 * where it has none of that type. */
struct map_place {
	struct map_field *by[PART_DISTRICT + 1];
};

struct map_field {
	const char *name; /* of the target, "products.price"; for messages */
	struct view key; /* "price": */
	enum map_from from;
	enum map_type type;
	bool plain; /* a column's text, nothing done to it */
	bool worked; /* something is, before its type is looked at */
	unsigned slot;
	struct map_field **sub; /* parts, choices, terms, fields */
	size_t nsub, nplus; /* of a sum: so many are added */
	unsigned *extra; /* of rows: columns kept in each */
	size_t nextra;
	size_t scope; /* of rows: each; 0 for none */
	struct view text; /* const */
	const struct map_place *place;
	enum map_part part_of; /* of the place */
	struct map_test *when;
	struct map_test *row; /* of a group, the row that is asked */
	/* Of rows: the columns whose cells hold several, cut at split. */
	unsigned *parts;
	size_t nparts;

	bool over_rows, either, negate, trim, lower, upper, has_words,
		has_otherwise, percent;
	bool usual; /* times of 2026-01-31 08:30:00 come first */
	struct map_words null, words;
	struct view otherwise; /* p NULL: missing */
	struct view with, split, pair, member, cut, part_at;
	int part;
	char point, thousands; /* either: what the text shows */
	struct map_unit *unit;
	size_t nunits;
	struct map_field *minor, *zone_of, *region_of;
	const struct zone *zone;
	const char *region;
	const char **format;
	size_t nformats;
	enum map_bad bad;
};

struct map_record {
	const char *type;
	struct view head; /* {"type":"order","source":"taobao" */
	struct map_field **field;
	size_t nfields;
	struct map_test *when;
	bool per_row, extra;
	size_t scope;
	/* places in field of what makes the key; MAP_NO where set has it */
	size_t key[5], nkeys;
	bool has_observed; /* a field of its own */
};

enum map_format { MAP_CSV, MAP_JSON, MAP_NDJSON, MAP_XML };

struct mapping {
	struct view about;
	enum map_format format;
	enum charset encoding[8];
	size_t nencodings;
	char delim; /* 0: auto */
	char quote, escape; /* 0: none */
	size_t skip_lines;
	bool ragged; /* rows may be shorter or longer than the header */
	struct view *column;
	size_t ncolumns;
	bool preamble, footer, pass, extra, may_all;
	bool places; /* asks for the lists of places */
	const char *root;
	const char *sheet; /* NULL: the first */
	struct map_path *rows, *unwrap; /* rows: the first that is there */
	size_t nrows;
	struct map_words null;
	unsigned char guards; /* of every column */
	VEC(struct map_slot) slot;
	VEC(struct map_scope) scope;
	struct view *must, *drop, *keep;
	size_t nmust, ndrop, nkeep;
	struct map_test *skip, *stop;
	struct map_refusal *refuse;
	size_t nrefuse;
	bool grouped, blank_continues;
	unsigned *by, *same, *carry;
	size_t nby, nsame, ncarry;
	size_t within; /* rows of others between two of a group */
	struct map_field *observed;
	struct map_record *record;
	size_t nrecords;
	struct arena text;
};

/* The text of a map by name, and the path to call it by. skip: how many of
 * that name to pass over on the search path. False with why. */
typedef bool map_loader(void *arg, const char *name, size_t skip,
	struct buf *text, struct buf *path, struct why *why);

/*
 * define: name, value pairs of -D, NULL-terminated; may be NULL. NULL with
 * why; path is then the file why->line and col belong to, empty where the
 * mistake is in no file.
 */
struct mapping *mapping_compile(const char *name, map_loader *load, void *arg,
	const char *const *define, struct buf *path, struct why *why);
/* The same for who only wants to know its columns: constants that it needs
 * need not be there. */
struct mapping *mapping_columns(const char *name, map_loader *load, void *arg,
	struct buf *path, struct why *why);
void mapping_free(struct mapping *m);

/* Appends the about of a map's text, one line; nothing if it has none. */
void mapping_about(struct view text, struct buf *out);

#endif
