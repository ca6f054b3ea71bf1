/*
 * fields: which fields records have, how many have them, how many values.
 *
 *	fields_init(&f, &keys);
 *	fields_add(&f, r);		each record
 *	fields_table(&f, &table);
 *
 * A row is a field of a type: a member, a member of an object ("extra.note"),
 * or of the objects of an array ("products.sku"). It is filled where it is not
 * missing, null, "", [] or {}. Values of an array of texts are counted one by
 * one.
 *
 * Different values are counted exactly up to FIELDS_EXACT and then estimated
 * (HyperLogLog with 4096 registers, Flajolet et al. 2007; standard error 1.04
 * / sqrt(4096) = 1.6 %), so that a row never takes more than 20 kB. Rows beyond
 * FIELDS_ROWS are left out and counted.
 */
#ifndef CRM_FIELDS_H
#define CRM_FIELDS_H

#include "base/map.h"
#include "base/vec.h"
#include "edge/table.h"
#include "record/rec.h"
#include "value/time.h"

#define FIELDS_EXACT 1000
#define FIELDS_ROWS 4096
#define FIELDS_EXAMPLE 200 /* bytes of an example that are kept */

struct distinct {
	uint64_t n; /* exact while registers is NULL */
	uint64_t *slot;
	size_t mask;
	uint8_t *registers;
};

void distinct_add(struct distinct *d, uint64_t hash);
uint64_t distinct_count(const struct distinct *d);

struct fields_row {
	struct view type; /* p is NULL: records without a type */
	struct view name;
	uint64_t records; /* that have it filled */
	uint64_t of; /* records of the type; set by fields_order */
	struct distinct distinct;
	bool nested; /* an object: its values are not counted */
	struct view example;
	/* A field of times: its earliest and latest; any other: those of the
	 * records that have it. has_time: there were some. */
	bool has_time, own_time;
	struct when first, last;
	uint64_t seen; /* the record that was counted last */
	uint32_t type_id;
};

struct fields {
	VEC(struct fields_row) row;
	uint64_t records, left_out;
	struct keys *keys;
	unsigned k_type, k_time[5];
	struct map names; /* type NUL name */
	struct map types;
	VEC(struct fields_type) type;
	struct buf path, scratch;
	struct arena text;
	VEC(size_t) order;
};

void fields_init(struct fields *f, struct keys *keys);
void fields_add(struct fields *f, struct rec *r);
/* The numbers of the rows: types in order of bytes, fields as they came. */
const size_t *fields_order(struct fields *f);
/* Columns and rows of it all. */
void fields_table(struct fields *f, struct table *t);
/* What scrm-record(5) has in place of what was read: the fields of all types
 * first, and again with each type whose key they are part of. only: of this
 * type, or NULL. */
void fields_known(struct table *t, const char *only);
void fields_release(struct fields *f);

#endif
