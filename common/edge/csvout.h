/*
 * csvout: cells of CSV as RFC 4180 has them, and for spreadsheets guarded.
 *
 * Excel, LibreOffice and WPS run a cell that begins with = + - @, a TAB or a
 * CR (and their full-width forms) as a formula, and nicknames are written by
 * strangers. They also eat digits of long numbers and zeros in front. A guard
 * is an apostrophe before the text, which they do not show and scrm-ingest
 * takes off by its guard "export"; a text that begins with an apostrophe
 * gets another, so that the way there and back changes nothing.
 */
#ifndef EDGE_CSVOUT_H
#define EDGE_CSVOUT_H

#include "base/buf.h"

/* Appends a cell, in quotes where it needs them; a present but empty text is
 * "", a missing value is csvout_missing: nothing at all. */
void csvout_cell(struct buf *out, struct view text);

/*
 * Whether a spreadsheet would run this text: it begins as a formula does and
 * is no plain number, date or phone in E.164.
 */
bool csvout_formula(struct view text);
/* Whether a spreadsheet would change its digits: only digits, and more than
 * 15 of them or a zero in front. */
bool csvout_mangled(struct view text);
/* Appends the text with an apostrophe before it where one is needed. */
void csvout_guard(struct buf *out, struct view text);
/* The text that csvout_guard made this of; what it never makes stays. */
struct view csvout_unguard(struct view text);

#endif
