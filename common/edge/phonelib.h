/* phonelib: libphonenumber, which is C++, as one C function; edge/phone is what
 * others call. */
#ifndef EDGE_PHONELIB_H
#define EDGE_PHONELIB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum phonelib {
	PHONELIB_VALID,
	PHONELIB_POSSIBLE, /* the right length, but no plan has it */
	PHONELIB_LOCAL, /* lacks its area code */
	PHONELIB_SHORT,
	PHONELIB_LONG,
	PHONELIB_COUNTRY, /* no country's code, and no region */
	PHONELIB_EXTENSION,
	PHONELIB_NONE, /* no number at all */
};
/* out is E.164 unless PHONELIB_COUNTRY or PHONELIB_NONE; country is its
 * code. */
enum phonelib phonelib(const char *text, size_t n, const char *region,
	char *out, size_t size, int *country);

#ifdef __cplusplus
}
#endif

#endif
