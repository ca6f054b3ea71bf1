#include "edge/phonelib.h"

#include <phonenumbers/phonenumberutil.h>

#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static enum phonelib possible(const PhoneNumberUtil &util,
	const PhoneNumber &number)
{
	switch (util.IsPossibleNumberWithReason(number)) {
	case PhoneNumberUtil::IS_POSSIBLE:
		return PHONELIB_POSSIBLE;
	case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
		return PHONELIB_LOCAL;
	case PhoneNumberUtil::INVALID_COUNTRY_CODE:
		return PHONELIB_COUNTRY;
	case PhoneNumberUtil::TOO_LONG:
		return PHONELIB_LONG;
	default:
		return PHONELIB_SHORT;
	}
}

enum phonelib phonelib(const char *text, size_t n, const char *region,
	char *out, size_t size, int *country)
{
	const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
	PhoneNumber number;
	std::string e164;
	out[0] = '\0';
	switch (util.Parse(std::string(text, n), region, &number)) {
	case PhoneNumberUtil::NO_PARSING_ERROR:
		break;
	case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
		return PHONELIB_COUNTRY;
	case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
	case PhoneNumberUtil::TOO_SHORT_NSN:
		return PHONELIB_SHORT;
	case PhoneNumberUtil::TOO_LONG_NSN:
		return PHONELIB_LONG;
	default:
		return PHONELIB_NONE;
	}
	*country = number.country_code();
	util.Format(number, PhoneNumberUtil::E164, &e164);
	if (e164.size() >= size)
		return PHONELIB_LONG;
	e164.copy(out, e164.size());
	out[e164.size()] = '\0';
	if (number.has_extension())
		return PHONELIB_EXTENSION;
	return util.IsValidNumber(number) ? PHONELIB_VALID
					  : possible(util, number);
}
