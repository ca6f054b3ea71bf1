/* typed: a cell of a table that people write, as JSON. */
#ifndef EDGE_TYPED_H
#define EDGE_TYPED_H

#include "base/why.h"
#include "record/schema.h"

/*
 * Appends the cell, blanks at its ends cut, as scrm-record(5) has the type: a
 * number with its digits as written (1,299.00 is 1299.00), a date (2026/11/1
 * and 1.11.2026 are 2026-11-01) or time, true or false; text for all that is none of these.
 * comma: the file's delimiter is no comma, so one may stand before a fraction.
 * False with why for what is none, or could be two: 1.299 beside ';', and an
 * id that a spreadsheet cut (3.9E+16).
 */
bool typed_put(struct buf *out, struct view cell, enum field_type type,
	bool comma, struct why *why);
/* Whether a cell can hold the type: no list and no object. */
bool typed_fits(enum field_type type);

#endif
