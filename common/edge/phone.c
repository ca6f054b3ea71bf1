#include "edge/phone.h"

#include "edge/phonelib.h"

/*
 * Forms whose E.164 is what was written: a country's code, digits after it,
 * and those that may come first. No trunk prefix can stand among them.
 */
static const struct form {
	char code[4];
	unsigned digits;
	char first[10];
} forms[] = {
	{ "86", 11, "1" }, /* value/phone knows the mobiles of China */
	{ "1", 10, "23456789" },
	{ "852", 8, "5679" },
	{ "853", 8, "6" },
	{ "886", 9, "9" },
	{ "65", 8, "89" },
	{ "81", 10, "789" },
	{ "82", 10, "1" },
	{ "60", 9, "1" },
	{ "61", 9, "4" },
	{ "33", 9, "67" },
	{ "34", 9, "67" },
	{ "39", 10, "3" },
	{ "44", 10, "7" },
};

static bool fits(const char *e164, const struct form *f)
{
	size_t n = strlen(f->code);
	return strncmp(e164 + 1, f->code, n) == 0 &&
	       strlen(e164 + 1 + n) == f->digits &&
	       strchr(f->first, e164[1 + n]);
}

/* A mobile of China as it is mostly written. */
static bool usual(struct view text, const char *region, char out[PHONE_MAX])
{
	size_t from = text.n == 14 && memcmp(text.p, "+86", 3) == 0 ? 3 : 0;
	if (text.n != from + 11 ||
		(!from && (!region || strcmp(region, "CN") != 0)))
		return false;
	const char *d = text.p + from;
	if (d[0] != '1' || d[1] < '3')
		return false;
	for (size_t i = 1; i < 11; i++)
		if (d[i] < '0' || d[i] > '9')
			return false;
	memcpy(out, "+86", 3);
	memcpy(out + 3, d, 11);
	out[14] = '\0';
	return true;
}

bool phone_plain(struct view text, const char *region, char out[PHONE_MAX])
{
	struct why why;
	if (usual(text, region, out))
		return true;
	if (!phone_parse(text, region, out, &why))
		return false;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (fits(out, &forms[i]))
			return true;
	return false;
}

bool phone_number(struct view text, const char *region, char out[PHONE_MAX],
	uint64_t *asked, struct why *why)
{
	int country;
	if (phone_plain(text, region, out))
		return true;
	if (phone_masked(text))
		return why_not(why, "masked phone number");
	if (asked)
		++*asked;
	switch (phonelib(text.p, text.n, region ? region : "ZZ", out, PHONE_MAX,
		&country)) {
	case PHONELIB_VALID:
		return true;
	case PHONELIB_POSSIBLE:
		/* area codes are added there faster than plans are installed */
		return country == 1 ||
		       why_not(why, "no phone number of its country");
	case PHONELIB_LOCAL:
		return why_not(why, "a phone number without its area code");
	case PHONELIB_SHORT:
		return why_not(why, "too short for a phone number");
	case PHONELIB_LONG:
		return why_not(why, "too long for a phone number");
	case PHONELIB_COUNTRY:
		return why_not(why,
			"a phone number without a country's code, and the map "
			"gives no region");
	case PHONELIB_EXTENSION:
		return why_not(why, "a phone number with an extension");
	case PHONELIB_NONE:
		break;
	}
	return why_not(why, "no phone number");
}
