/*
 * num: decimal numbers as people and JSON write them, exact.
 *
 * A dec is v / 10^scale in 128-bit integers: 38 digits. Money, prices and
 * every comparison of numbers go through it; no double is involved.
 */
#ifndef VALUE_NUM_H
#define VALUE_NUM_H

#include "base/buf.h"

#include <stdint.h>

__extension__ typedef __int128 int128;

struct dec {
	int128 v;
	int scale; /* digits after the point, 0..DEC_SCALE_MAX */
};

#define DEC_SCALE_MAX 30

/*
 * The JSON grammar of a number, all of p[0..n), nothing else ("-0", "1e3",
 * "1.10" are numbers; "+1", "01", ".5", "1." are not). False: no number, or
 * more than a dec can hold exactly. The scale is kept as written; only zeros
 * at the end that do not fit are dropped.
 */
bool dec_parse(const char *p, size_t n, struct dec *d);

/* Appends the digits, as many after the point as the scale says. */
void dec_print(struct buf *out, struct dec d);

/* <0, 0, >0; exact whatever the scales. */
int dec_cmp(struct dec a, struct dec b);

/* False where the result does not fit; the scale is the larger one's. */
bool dec_add(struct dec *a, struct dec b);
bool dec_sub(struct dec *a, struct dec b);
/* The scale is the sum of both, zeros at the end cut down to the larger. */
bool dec_mul(struct dec *a, struct dec b);
/* Half-even at the given scale; false for 0 below the line. */
bool dec_div(struct dec a, struct dec b, int scale, struct dec *q);
/* Half-even; a smaller or an equal scale. */
struct dec dec_round(struct dec d, int scale);
/* Without zeros at the end of the fraction: 1.10 is 1.1, 5.00 is 5. */
struct dec dec_trim(struct dec d);
struct dec dec_of(int64_t n);
/* The nearest double; for models and charts, never for sums. */
double dec_double(struct dec d);

/*
 * Orders two JSON numbers of any length and exponent exactly by their text.
 * Both must satisfy the JSON grammar.
 */
int num_cmp(struct view a, struct view b);
/*
 * Appends bytes that memcmp orders as num_cmp orders the numbers, the same for
 * the same value and none the beginning of another. The first is 1 to 3.
 * False where the text is no JSON number. Exponents beyond 10^18 are taken as
 * that.
 */
bool num_key(struct view a, struct buf *out);
/* Whether the JSON number is beyond the range of a double (1e400). */
bool num_huge(struct view a);
/* Whether this is what Excel leaves of a long number: 2.1001E+18, 1.38E+10. */
bool num_cut(struct view v);

/* Whole decimal integer, no sign but '-', all of the text. */
bool int_parse(const char *p, size_t n, int64_t *out);

#endif
