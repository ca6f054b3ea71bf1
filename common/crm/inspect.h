/*
 * inspect: how well a map fits what a file looks like, by the names of its
 * columns (or of JSON and XML, by the paths there are), never by what stands
 * in them.
 *
 * The score is van Rijsbergen's F (Information Retrieval, 1979, ch. 7) of two
 * shares: of the columns that the map needs, how many the file has (R), and of
 * the columns the file has, how many the map knows (P):
 *
 *	F = (1 + b * b) * P * R / (b * b * P + R)
 *
 * b is 2 for tables: a column that is needed is worth more than one that is
 * new, since platforms add columns, and the map passes over them. In JSON and
 * XML nothing is needed and much is absent, so there b is 0.5.
 */
#ifndef CRM_INSPECT_H
#define CRM_INSPECT_H

#include "crm/sample.h"

#define INSPECT_FITS 0.5 /* at least, of a map that is taken */
#define INSPECT_AHEAD 0.1 /* and so much before the next one */

struct inspect_fit {
	double score;
	size_t needed, found; /* columns of the map, and in the file */
	size_t columns, known; /* columns of the file, and to the map */
	size_t header; /* the row that has them */
};

struct inspect_fit inspect_fit(const struct mapping *map,
	const struct sample *s);

/* The same of one header. */
struct inspect_fit inspect_columns(const struct mapping *map,
	const struct view *column, size_t n);

/* Whether a field, a test or a group of the map uses this column. */
bool inspect_used(const struct mapping *map, struct view column);

bool inspect_dropped(const struct mapping *map, struct view column);
bool inspect_slot(const struct map_slot *slot, struct view column);

#endif
