#include "edge/digest.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>

_Static_assert(sizeof(struct digest) == SHA256_DIGEST_SIZE, "a whole digest");

struct digest digest_sha256(struct view bytes)
{
	struct sha256_ctx c;
	struct digest d;
	sha256_init(&c);
	sha256_update(&c, bytes.n, (const uint8_t *)bytes.p);
	sha256_digest(&c, sizeof(d.byte), d.byte);
	return d;
}

struct digest digest_hmac(struct view key, struct view bytes)
{
	struct hmac_sha256_ctx c;
	struct digest d;
	hmac_sha256_set_key(&c, key.n, (const uint8_t *)key.p);
	hmac_sha256_update(&c, bytes.n, (const uint8_t *)bytes.p);
	hmac_sha256_digest(&c, sizeof(d.byte), d.byte);
	return d;
}

void digest_hex(struct buf *out, const struct digest *d)
{
	for (size_t i = 0; i < sizeof(d->byte); i++) {
		buf_addc(out, "0123456789abcdef"[d->byte[i] >> 4]);
		buf_addc(out, "0123456789abcdef"[d->byte[i] & 15]);
	}
}
