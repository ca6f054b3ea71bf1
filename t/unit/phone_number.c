/* Telephone numbers by libphonenumber, and its word on the plain forms. */
#include "edge/phone.h"
#include "edge/phonelib.h"

#include "tap.h"

#include <stdio.h>

static void is(const char *text, const char *region, const char *want)
{
	char out[PHONE_MAX] = "";
	struct why why = { 0 };
	bool good = phone_number(view_of(text), region, out, NULL, &why);
	is_str(view_of(good ? out : why.text), want, "'%s' in %s", text,
		region ? region : "no region");
}

/* splitmix64 */
static uint64_t next(uint64_t *s)
{
	uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Numbers of the code with n digits after it that phone_plain takes: the
 * library has the same E.164 for each. */
static void plain_is_equal(const char *code, unsigned n, uint64_t seed)
{
	size_t taken = 0, other = 0;
	for (unsigned i = 0; i < 20000; i++) {
		char text[32], fast[PHONE_MAX], slow[PHONE_MAX];
		int country, at = snprintf(text, sizeof(text), "+%s", code);
		for (unsigned k = 0; k < n; k++)
			text[at++] = (char)('0' + next(&seed) % 10);
		text[at] = '\0';
		if (!phone_plain(view_of(text), NULL, fast))
			continue;
		taken++;
		phonelib(text, (size_t)at, "ZZ", slow, sizeof(slow), &country);
		if (strcmp(fast, slow) != 0 && other++ == 0)
			printf("# %s: plain %s, library %s\n", text, fast,
				slow);
	}
	ok(taken > 500 && other == 0, "+%s and %u digits: %zu taken", code, n,
		taken);
}

int main(void)
{
	is("13812345678", "CN", "+8613812345678");
	is("021-6279 1234", "CN", "+862162791234");
	is("(021)62791234", "CN", "+862162791234");
	is("+44 (0)20 7946 0018", NULL, "+442079460018");
	is("020 7946 0018", "GB", "+442079460018");
	is("06 12 34 56 78", "FR", "+33612345678");
	is("+39 06 1234 5678", NULL, "+390612345678");
	is("8 (912) 345-67-89", "RU", "+79123456789");
	is("090-1234-5678", "JP", "+819012345678");
	is("0900 555 5555", NULL,
		"a phone number without a country's code, and the map gives "
		"no region");
	is("138****8000", "CN", "masked phone number");
	is("+861381234567", NULL, "no phone number of its country");
	is("555-2671", "US", "a phone number without its area code");
	is("021-62791234 ext. 801", "CN", "a phone number with an extension");
	is("12", "CN", "too short for a phone number");
	is("+86138123456789012", NULL, "too long for a phone number");
	is("none", "CN", "no phone number");
	is("", "CN", "no phone number");

	plain_is_equal("86", 11, 1);
	plain_is_equal("1", 10, 2);
	plain_is_equal("852", 8, 3);
	plain_is_equal("853", 8, 4);
	plain_is_equal("886", 9, 5);
	plain_is_equal("65", 8, 6);
	plain_is_equal("81", 10, 7);
	plain_is_equal("82", 10, 8);
	plain_is_equal("60", 9, 9);
	plain_is_equal("61", 9, 10);
	plain_is_equal("33", 9, 11);
	plain_is_equal("34", 9, 12);
	plain_is_equal("39", 10, 13);
	plain_is_equal("44", 10, 14);
	return done();
}
