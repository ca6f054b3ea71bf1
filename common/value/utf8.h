/*
 * utf8: code points, and how many columns of a terminal text takes.
 *
 * Bytes that are no UTF-8 are never refused here: each counts as one U+FFFD
 * of one column, so every loop ends. Whole lines are checked by record/scan.
 */
#ifndef VALUE_UTF8_H
#define VALUE_UTF8_H

#include "base/buf.h"

#include <stdint.h>

#define UTF8_BAD 0xFFFDu

/* The code point at p and its length in bytes (0 only where n is 0). A byte
 * that begins no valid sequence gives UTF8_BAD and 1. */
size_t utf8_get(const char *p, size_t n, uint32_t *cp);
/* The code point that ends at p[n - 1], the same way. */
size_t utf8_last(const char *p, size_t n, uint32_t *cp);
/* Writes 1 to 4 bytes; what is no scalar value is written as U+FFFD. */
size_t utf8_put(char out[4], uint32_t cp);
void utf8_add(struct buf *b, uint32_t cp);
/* Whether all of it is valid UTF-8. */
bool utf8_valid(struct view v);
/* Code points. */
size_t utf8_count(struct view v);

/* Columns of one code point: 0 combining, control, zero-width; 2 East Asian
 * wide and full-width, emoji; else 1. Ambiguous width is 1. */
int utf8_width(uint32_t cp);
/* Columns of a text. A joined emoji (U+200D), a flag, an emoji with a skin
 * tone are one of 2. */
size_t utf8_columns(struct view v);
/* The longest beginning of at most that many columns; never splits a
 * character from what combines with it. */
struct view utf8_cut(struct view v, size_t columns);

#endif
