/*
 * phone: telephone numbers as people write them, by the numbering plans of
 * libphonenumber. The common plain forms are read without it; t/unit/phone
 * holds that both say the same.
 */
#ifndef EDGE_PHONE_H
#define EDGE_PHONE_H

#include "value/phone.h"

#include <stdint.h>

/*
 * E.164 with a NUL: "+862162791234" of "021-6279 1234" in region "CN". region
 * is that of numbers without their country's code, ISO 3166; NULL: they are
 * refused. Refused are masked numbers, those with an extension (no E.164 has
 * one), and what no plan has; *asked, if not NULL, counts the texts that the
 * library was asked about. Safe to call from threads.
 */
bool phone_number(struct view text, const char *region, char out[PHONE_MAX],
	uint64_t *asked, struct why *why);
/* Only the plain forms; false says nothing of the number. */
bool phone_plain(struct view text, const char *region, char out[PHONE_MAX]);

#endif
