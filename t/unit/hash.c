#include "base/hash.h"
#include "tap.h"

/* Of the authors' own vectors: key 00 01 ... 0f, input 00 01 ... */
int main(void)
{
	static const struct {
		size_t n;
		uint64_t hash;
	} cases[] = {
		{ 0, 0x726fdb47dd0e0e31 },
		{ 1, 0x74f839c593dc67fd },
		{ 2, 0x0d6c8009d9a94f5a },
		{ 7, 0xab0200f58b01d137 },
		{ 8, 0x93f5f5799a932462 },
		{ 15, 0xa129ca6149be45e5 },
	};
	unsigned char key[SIPHASH_KEY], in[16];
	for (unsigned char i = 0; i < 16; i++)
		key[i] = in[i] = i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ok(siphash64(key, in, cases[i].n) == cases[i].hash,
			"SipHash of %zu bytes", cases[i].n);
	key[15] ^= 1;
	ok(siphash64(key, in, 15) != cases[5].hash, "another key, another");
	return done();
}
