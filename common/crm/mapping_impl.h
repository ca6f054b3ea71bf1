/*
 * mapping_impl: what the files of mapping share, and the first three of them
 * with exportfile, whose files are read in the same way. Nobody else includes
 * it.
 *
 *	mapping.c	the map as a whole, and its records
 *	mapping_read.c	the map's file, those it extends, its constants
 *	mapping_node.c	places of mistakes; texts, flags, lists
 *	mapping_column.c	columns, paths and tests
 *	mapping_field.c	fields
 *
 * The first mistake is kept, the rest of the map is read on; what is returned
 * then is empty but can be used.
 */
#ifndef CRM_MAPPING_IMPL_H
#define CRM_MAPPING_IMPL_H

#include "crm/mapping.h"
#include "record/scan.h"
#include "record/schema.h"
#include "value/text.h"

#include <jansson.h>

#define MAPPING_DEPTH 12 /* fields within fields, maps that extend maps */

/* Where the nodes of a file stand, for messages. */
struct place {
	const json_t *node;
	size_t file, at;
};

struct file {
	char *path;
	struct buf text;
};

struct compile {
	struct mapping *m; /* of a map only */
	struct arena *text; /* what is kept lives here */
	const char *const *members; /* that the file may have */
	map_loader *load;
	void *arg;
	const char *const *define;
	bool anyhow; /* without the constants it needs */
	json_t *constants, *set, *aliases;
	VEC(struct place) place;
	VEC(struct file) file;
	bool failed;
	struct why *why;
	struct buf *path;
	/* while fields are compiled */
	size_t scope;
	const struct schema_type *type;
	bool grouped;
	int depth;
};

/* The texts that were read, and where things stand in them. */
void compile_release(struct compile *c);
/* A mistake at a place, or in the map as a whole (at is NULL). */
void compile_fail(struct compile *c, const struct place *at, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));
/* Where the node stands, or NULL. */
const struct place *compile_place(struct compile *c, const json_t *node);
#define fail(c, node, ...) compile_fail(c, compile_place(c, node), __VA_ARGS__)
/* Pairs each node of the tree with its place in the text. */
void compile_places(struct compile *c, const json_t *node, struct val v,
	const char *text, int depth);

/* Copies that the mapping owns, with a NUL after them: names go into
 * messages. */
struct view compile_keep(struct compile *c, struct view v);
const char *compile_keep_str(struct compile *c, struct view v);
/* n of this size, all zero; one at least. */
void *compile_room(struct compile *c, size_t n, size_t size);

static inline struct view str(const json_t *j)
{
	return (struct view){ json_string_value(j), json_string_length(j) };
}

/* For messages: "" for what is no text. */
static inline const char *word(const json_t *j)
{
	return json_is_string(j) ? json_string_value(j) : "";
}

/* The name of the list that is nearest, or NULL. */
const char *compile_nearest(const char *name, const char *const *names);
/* The mistake that what has no such name. */
void compile_unknown(struct compile *c, const json_t *at, const char *what,
	const char *name, const char *const *names);
/* Every member of the object is one of these. */
bool compile_only(struct compile *c, json_t *object, const char *const *names);
/* A text with its ${constants} put in; and one as it is. */
struct view compile_expand(struct compile *c, const json_t *j);
struct view compile_text(struct compile *c, const json_t *j);
/* A member that is true or false; without it false. */
bool compile_flag(struct compile *c, json_t *object, const char *name);
/* A member that is one character; NUL where it is empty. */
char compile_sign(struct compile *c, json_t *object, const char *name,
	char dflt);
/* One text or a list of them. */
size_t compile_texts(struct compile *c, const json_t *j, struct view **out);

/* The steps of a path; in CSV a column's name. */
struct map_path compile_path(struct compile *c, const json_t *at,
	struct view text);
/* The number of a column's slot; the same for the same name. */
unsigned compile_slot(struct compile *c, const json_t *j);
size_t compile_slots(struct compile *c, const json_t *j, unsigned **out);
/* The number of an array's scope, from 1; 0 without each. */
size_t compile_scope(struct compile *c, json_t *each);
/* NULL without a test. */
struct map_test *compile_test(struct compile *c, json_t *j);

/* Words that mean nothing. */
struct map_words compile_null(struct compile *c, json_t *j);
/* outer: whose type and ways of reading a part or a choice takes over. */
struct map_field *compile_field(struct compile *c, const char *name, json_t *j,
	const struct map_field *outer);
/* The fields of an object; prefix: of their names in messages. */
struct map_field **compile_members(struct compile *c, const char *prefix,
	json_t *j, size_t *n);

/* The map with all that it extends; the caller gives it back. depth: 0. */
json_t *compile_read(struct compile *c, const char *name, size_t skip,
	int depth);
/* Sets constants, set and aliases, and puts -D in. */
void compile_constants(struct compile *c, json_t *map);

#endif
