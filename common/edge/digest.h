/*
 * digest: SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104, FIPS 198-1).
 *
 * Pure functions, by nettle; in this layer and not among the values, so that
 * a tool which digests nothing links nothing. A digest by key tells nobody
 * without the key whose address it was made of; one without a key can be found
 * again by trying all phone numbers, and is for platforms that ask for it.
 */
#ifndef EDGE_DIGEST_H
#define EDGE_DIGEST_H

#include "base/buf.h"

struct digest {
	unsigned char byte[32];
};

struct digest digest_sha256(struct view bytes);
/* Keyed: any length of key, the same bytes with another key are another. */
struct digest digest_hmac(struct view key, struct view bytes);
/* Appends 64 digits, a to f in lower case. */
void digest_hex(struct buf *out, const struct digest *d);

#endif
