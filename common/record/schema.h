/*
 * schema: what scrm-record(5) says of types and their fields; the page and
 * this table are compared by a test.
 */
#ifndef RECORD_SCHEMA_H
#define RECORD_SCHEMA_H

#include "base/buf.h"

enum field_type {
	F_UNKNOWN, /* a name the page does not have */
	F_TEXT,
	F_ID, /* text that is compared to the byte, never a number */
	F_NUMBER,
	F_INTEGER,
	F_MONEY,
	F_TIME, /* RFC 3339 with offset, or a date */
	F_DATE,
	F_BOOL,
	F_TEXTS, /* array of texts */
	F_OBJECT,
	F_OBJECTS, /* array of objects */
};

struct schema_field {
	const char *name; /* "products.price" for what stands inside */
	enum field_type type;
	const char *values; /* "created paid shipped", or NULL */
};

struct schema_type {
	const char *name;
	const char *key[5]; /* NULL-terminated: what makes a record the same */
	/* NULL-terminated; may be missing. Records with equal keys that differ
	 * in one of these are two facts, not two versions of one. */
	const char *apart[8];
	const struct schema_field *field; /* ends with a NULL name */
	bool who; /* the identifiers belong to it too */
	/* NULL-terminated; these say what it is where the key does not. */
	const char *instead[2];
};

/* NULL for a type that the page does not have. */
const struct schema_type *schema_type(struct view name);
/* For messages: the type within one edit of a name that is none, or NULL. */
const char *schema_nearest_type(struct view name);
/* All of them, ended by a NULL name; for scrm-check and the test. */
const struct schema_type *schema_types(void);
/* The field of one record type, identifiers and common fields included, or
 * NULL. */
const struct schema_field *schema_field(const struct schema_type *t,
	struct view name);
/* The fields that a record of any type may have. */
const struct schema_field *schema_common(void);
/* What names a person: "phone", "wechat_openid"... */
const struct schema_field *schema_identifiers(void);
/*
 * The type a name has wherever it occurs, "products.price" included. Where
 * record types differ it is the wider one (a count's total is an integer, an
 * order's is money: number; date and time: time; id and text: text), and
 * F_UNKNOWN where there is none or the name is not known.
 */
enum field_type schema_any(struct view name);
/*
 * A known name within one edit (a letter more, less or other, or two swapped)
 * of this one, the first by bytes, or NULL; a known one is itself. Names of
 * one or two letters have no neighbours, and those of three letters ("new",
 * "tax") are nobody's, so that a user's own "net" is not taken for a slip.
 */
const char *schema_nearest(struct view name);

#endif
