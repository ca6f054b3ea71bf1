/*
 * phone: the plain forms of telephone numbers. Everything else needs the
 * numbering plans of libphonenumber (edge/phone, to come) and is refused.
 */
#ifndef VALUE_PHONE_H
#define VALUE_PHONE_H

#include "base/buf.h"
#include "base/why.h"

#define PHONE_MAX 24

/*
 * E.164 with a NUL: "+8613812345678". Taken are
 *   + and 8..15 digits, or 00 in the place of +;
 *   region "CN": a mobile of 11 digits (1[3-9]...), alone or after 86.
 * Blanks, hyphens, dots and brackets between digits are left out; full-width
 * digits are read as ASCII. After +86 a number that begins with 1 and has 11
 * digits must be a mobile. region may be NULL. Otherwise false with "not a
 * plain phone number" or, for a masked one, "masked".
 */
bool phone_parse(struct view text, const char *region, char out[PHONE_MAX],
	struct why *why);

/* Digits are hidden: '*', a run of X, "##" or "$$" of an encrypted field. */
bool phone_masked(struct view text);

/* Typed to get past a form: six equal digits in a row at the end, seven in a
 * row that ascend or descend, 13800138000. Takes any spelling. */
bool phone_generic(struct view text);

#endif
