#include "edge/digest.h"
#include "tap.h"

/* FIPS 180-4's examples (NIST, SHA256.pdf), and the million of a's. */
static void plain(void)
{
	static const struct {
		const char *bytes, *hex;
	} cases[] = {
		{ "abc", "ba7816bf8f01cfea414140de5dae2223"
			 "b00361a396177a9cb410ff61f20015ad" },
		{ "", "e3b0c44298fc1c149afbf4c8996fb924"
		      "27ae41e4649b934ca495991b7852b855" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039"
			"a33ce45964ff2167f6ecedd419db06c1" },
	};
	struct buf hex = { 0 };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct digest d = digest_sha256(view_of(cases[i].bytes));
		buf_reset(&hex);
		digest_hex(&hex, &d);
		is_str(buf_view(&hex), cases[i].hex, "'%s'", cases[i].bytes);
	}
	struct buf many = { 0 };
	for (size_t i = 0; i < 1000000; i++)
		buf_addc(&many, 'a');
	struct digest d = digest_sha256(buf_view(&many));
	buf_reset(&hex);
	digest_hex(&hex, &d);
	is_str(buf_view(&hex),
		"cdc76e5c9914fb9281a1c7e284d73e67"
		"f1809a48a497200e046d39ccc7112cd0",
		"a million times a");
	buf_release(&many);
	buf_release(&hex);
}

static void fill(struct buf *b, int c, size_t n)
{
	while (n--)
		buf_addc(b, (char)c);
}

/* RFC 4231, cases 1, 2, 3 and 6 (a key longer than a block). */
static void keyed(void)
{
	static const struct {
		int fill;
		size_t n;
		const char *key, *bytes, *hex;
	} cases[] = {
		{ 0x0b, 20, NULL, "Hi There",
			"b0344c61d8db38535ca8afceaf0bf12b"
			"881dc200c9833da726e9376c2e32cff7" },
		{ 0, 0, "Jefe", "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c7"
			"5a003f089d2739839dec58b964ec3843" },
		{ 0xaa, 20, NULL, NULL,
			"773ea91e36800e46854db8ebd09181a7"
			"2959098b3ef8c122d9635514ced565fe" },
		{ 0xaa, 131, NULL,
			"Test Using Larger Than Block-Size Key - Hash Key "
			"First",
			"60e431591ee0b67f0d8a26aacbf5b77f"
			"8e0bc6213728c5140546040f0ee37f54" },
	};
	struct buf key = { 0 }, bytes = { 0 }, hex = { 0 };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&key);
		buf_reset(&bytes);
		buf_reset(&hex);
		if (cases[i].key)
			buf_adds(&key, cases[i].key);
		fill(&key, cases[i].fill, cases[i].n);
		if (cases[i].bytes)
			buf_adds(&bytes, cases[i].bytes);
		else
			fill(&bytes, 0xdd, 50);
		struct digest d = digest_hmac(buf_view(&key), buf_view(&bytes));
		digest_hex(&hex, &d);
		is_str(buf_view(&hex), cases[i].hex, "RFC 4231, a key of %zu",
			key.n);
	}
	buf_release(&key);
	buf_release(&bytes);
	buf_release(&hex);
}

int main(void)
{
	plain();
	keyed();
	return done();
}
