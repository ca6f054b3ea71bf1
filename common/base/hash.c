#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdio.h>
#include <string.h>

uint64_t hash64(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

struct hash128 hash128(const void *p, size_t n)
{
	XXH128_hash_t h = XXH3_128bits(p, n);
	return (struct hash128){ h.high64, h.low64 };
}

void hash128_hex(const void *p, size_t n, char hex[33])
{
	XXH128_hash_t h = XXH3_128bits(p, n);
	snprintf(hex, 33, "%016llx%016llx", (unsigned long long)h.high64,
		(unsigned long long)h.low64);
}

/* Eight bytes, the first the lowest, whatever the machine. */
static uint64_t little(const unsigned char *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? v
							 : __builtin_bswap64(v);
}

static inline uint64_t left(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_rounds(uint64_t v[4], int n)
{
	while (n--) {
		v[0] += v[1];
		v[1] = left(v[1], 13) ^ v[0];
		v[0] = left(v[0], 32);
		v[2] += v[3];
		v[3] = left(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = left(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = left(v[1], 17) ^ v[2];
		v[2] = left(v[2], 32);
	}
}

uint64_t siphash64(const unsigned char key[SIPHASH_KEY], const void *p,
	size_t n)
{
	const unsigned char *in = p, *end = in + n / 8 * 8;
	uint64_t k0 = little(key), k1 = little(key + 8);
	uint64_t v[4] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
		k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573 };
	unsigned char last[8] = { 0 };

	for (; in < end; in += 8) {
		uint64_t m = little(in);
		v[3] ^= m;
		sip_rounds(v, 2);
		v[0] ^= m;
	}
	if (n % 8)
		memcpy(last, in, n % 8);
	last[7] = (unsigned char)n;
	v[3] ^= little(last);
	sip_rounds(v, 2);
	v[0] ^= little(last);
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
