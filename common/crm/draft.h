/*
 * draft: a map for a file that none is for, to be looked at by somebody who
 * knows the file.
 *
 * Which field a column is, its name says (a list of words, English and
 * Chinese), or else that its texts are addresses or mobiles. How the text is
 * read (the format of a date, the sign before a fraction) is what all texts of
 * the rows at hand fit; where two ways fit, the first, and the field's about
 * says so. Nothing of this is done when a file is read by the map.
 */
#ifndef CRM_DRAFT_H
#define CRM_DRAFT_H

#include "crm/sample.h"

/* Appends the map as JSON, on lines. name: of the file. False: there is no
 * header to draft it of, or it is no table. */
bool draft_map(struct sample *s, const char *name, struct buf *out);

#endif
