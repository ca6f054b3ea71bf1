/* text: blanks, cases and small slips of words that people typed. */
#ifndef VALUE_TEXT_H
#define VALUE_TEXT_H

#include "base/buf.h"

#include <stdint.h>

/* Without blanks at both ends: ASCII blanks and controls HT LF VT FF CR,
 * U+00A0, U+3000, U+200B, U+FEFF. */
struct view text_trim(struct view v);
/* What rest has up to at, and behind that rest goes on; all of it if at is not
 * there. Of nothing nothing. */
struct view text_part(struct view *rest, struct view at);
/* Whether nothing is left after text_trim. */
bool text_blank(struct view v);

/*
 * Simple lower case of one code point: Latin with Latin-1, Extended-A, B and
 * Additional, Greek, Cyrillic, Armenian and full-width letters (Unicode's
 * simple mapping; no locale: I is i).
 */
uint32_t text_lower(uint32_t cp);
/* Full-width ASCII (U+FF01..FF5E) and the ideographic blank to ASCII;
 * any other code point is itself. */
uint32_t text_narrow(uint32_t cp);
/* Appends the text lower-cased. */
void text_add_lower(struct buf *out, struct view v);
/* Appends the text folded for comparison: narrowed, lower-cased, trimmed,
 * each run of blanks one ' ', zero-width characters left out. */
void text_fold(struct buf *out, struct view v);

/* Whether at most one edit apart: a code point put in, left out, replaced, or
 * two neighbours swapped. Equal texts are. */
bool text_near(struct view a, struct view b);

#endif
