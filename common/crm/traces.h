/*
 * traces: identifiers as they stand in files of any kind: exports, tables,
 * mails, databases.
 *
 * Searched in bytes, without understanding them: a mail address in any case,
 * and with %40; a telephone number by its national digits with blanks,
 * hyphens, dots or brackets between them (of +86 eleven digits, else the last
 * nine); any other value to the letter. Nothing counts that goes on before or
 * behind as a word or a number would. Values in ASCII are found in UTF-16 too;
 * others are looked for in UTF-8, GB18030, UTF-16 and the escapes of JSON.
 * A value of fewer than TRACES_SHORT bytes is in any table by chance: it is
 * not searched, and listed. Names and addresses of streets are not identifiers.
 */
#ifndef CRM_TRACES_H
#define CRM_TRACES_H

#include "crm/ids.h"

#define TRACES_SHORT 5
/* Where text is cut for the search, so much of it is to be searched again. */
#define TRACES_OVERLAP 1024

struct traces {
	VEC(struct trace) trace;
	bool starts[256]; /* a byte that some trace begins with */
	VEC(struct view) brief; /* those not searched */
	struct arena text;
};

/* What was found: of which kinds (a bit each, ID_KINDS: a customer_id), how
 * often, and where first, in bytes. */
struct traced {
	uint32_t kinds;
	uint64_t times;
	size_t first;
};

/* id: spelled whole, "phone:+8613800000001", "customer_id:c01". */
void traces_add(struct traces *t, struct view id);
/* Adds to *found; true if there is any in this text. */
bool traces_find(const struct traces *t, struct view text,
	struct traced *found);
void traces_release(struct traces *t);

#endif
