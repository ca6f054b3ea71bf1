/*
 * hash: XXH3 of bytes; the same on every machine and in every version. And
 * SipHash, which is slower and tells nothing of the bytes without its key.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash128 {
	uint64_t high, low;
};

uint64_t hash64(const void *p, size_t n);
struct hash128 hash128(const void *p, size_t n);
/* 128 bits as 32 lower-case hex digits and a NUL; for ids that are kept. */
void hash128_hex(const void *p, size_t n, char hex[33]);

#define SIPHASH_KEY 16
/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed function of 64 bits. */
uint64_t siphash64(const unsigned char key[SIPHASH_KEY], const void *p,
	size_t n);

#endif
