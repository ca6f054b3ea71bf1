#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdio.h>

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
