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
	const struct schema_field *field; /* ends with a NULL name */
};

/* NULL for a type that the page does not have. */
const struct schema_type *schema_type(struct view name);
/* All of them, ended by a NULL name; for scrm-check and the test. */
const struct schema_type *schema_types(void);
/* The type of a field of one record type, common fields included. */
const struct schema_field *schema_field(const struct schema_type *t,
	struct view name);
/* The type a name has wherever it occurs; F_UNKNOWN where types differ. */
enum field_type schema_any(struct view name);
/* A known name within one edit of this one, or NULL; a known one is itself. */
const char *schema_nearest(struct view name);

#endif
