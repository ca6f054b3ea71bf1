#include "value/money.h"

#include "value/text.h"
#include "value/utf8.h"

/* ISO 4217 (the Maintenance Agency's list one, with those that lately left
 * it: ANG, BGN, CUC, HRK, SLL, ZWL); metals, funds of account and test codes
 * are no money. */
struct currency {
	char name[4];
	int digits;
};

/* clang-format off */
static const struct currency currencies[] = {
	{ "AED", 2 }, { "AFN", 2 }, { "ALL", 2 }, { "AMD", 2 }, { "ANG", 2 },
	{ "AOA", 2 }, { "ARS", 2 }, { "AUD", 2 }, { "AWG", 2 }, { "AZN", 2 },
	{ "BAM", 2 }, { "BBD", 2 }, { "BDT", 2 }, { "BGN", 2 }, { "BHD", 3 },
	{ "BIF", 0 }, { "BMD", 2 }, { "BND", 2 }, { "BOB", 2 }, { "BOV", 2 },
	{ "BRL", 2 }, { "BSD", 2 }, { "BTN", 2 }, { "BWP", 2 }, { "BYN", 2 },
	{ "BZD", 2 }, { "CAD", 2 }, { "CDF", 2 }, { "CHE", 2 }, { "CHF", 2 },
	{ "CHW", 2 }, { "CLF", 4 }, { "CLP", 0 }, { "CNY", 2 }, { "COP", 2 },
	{ "COU", 2 }, { "CRC", 2 }, { "CUC", 2 }, { "CUP", 2 }, { "CVE", 2 },
	{ "CZK", 2 }, { "DJF", 0 }, { "DKK", 2 }, { "DOP", 2 }, { "DZD", 2 },
	{ "EGP", 2 }, { "ERN", 2 }, { "ETB", 2 }, { "EUR", 2 }, { "FJD", 2 },
	{ "FKP", 2 }, { "GBP", 2 }, { "GEL", 2 }, { "GHS", 2 }, { "GIP", 2 },
	{ "GMD", 2 }, { "GNF", 0 }, { "GTQ", 2 }, { "GYD", 2 }, { "HKD", 2 },
	{ "HNL", 2 }, { "HRK", 2 }, { "HTG", 2 }, { "HUF", 2 }, { "IDR", 2 },
	{ "ILS", 2 }, { "INR", 2 }, { "IQD", 3 }, { "IRR", 2 }, { "ISK", 0 },
	{ "JMD", 2 }, { "JOD", 3 }, { "JPY", 0 }, { "KES", 2 }, { "KGS", 2 },
	{ "KHR", 2 }, { "KMF", 0 }, { "KPW", 2 }, { "KRW", 0 }, { "KWD", 3 },
	{ "KYD", 2 }, { "KZT", 2 }, { "LAK", 2 }, { "LBP", 2 }, { "LKR", 2 },
	{ "LRD", 2 }, { "LSL", 2 }, { "LYD", 3 }, { "MAD", 2 }, { "MDL", 2 },
	{ "MGA", 2 }, { "MKD", 2 }, { "MMK", 2 }, { "MNT", 2 }, { "MOP", 2 },
	{ "MRU", 2 }, { "MUR", 2 }, { "MVR", 2 }, { "MWK", 2 }, { "MXN", 2 },
	{ "MXV", 2 }, { "MYR", 2 }, { "MZN", 2 }, { "NAD", 2 }, { "NGN", 2 },
	{ "NIO", 2 }, { "NOK", 2 }, { "NPR", 2 }, { "NZD", 2 }, { "OMR", 3 },
	{ "PAB", 2 }, { "PEN", 2 }, { "PGK", 2 }, { "PHP", 2 }, { "PKR", 2 },
	{ "PLN", 2 }, { "PYG", 0 }, { "QAR", 2 }, { "RON", 2 }, { "RSD", 2 },
	{ "RUB", 2 }, { "RWF", 0 }, { "SAR", 2 }, { "SBD", 2 }, { "SCR", 2 },
	{ "SDG", 2 }, { "SEK", 2 }, { "SGD", 2 }, { "SHP", 2 }, { "SLE", 2 },
	{ "SLL", 2 }, { "SOS", 2 }, { "SRD", 2 }, { "SSP", 2 }, { "STN", 2 },
	{ "SVC", 2 }, { "SYP", 2 }, { "SZL", 2 }, { "THB", 2 }, { "TJS", 2 },
	{ "TMT", 2 }, { "TND", 3 }, { "TOP", 2 }, { "TRY", 2 }, { "TTD", 2 },
	{ "TWD", 2 }, { "TZS", 2 }, { "UAH", 2 }, { "UGX", 0 }, { "USD", 2 },
	{ "USN", 2 }, { "UYI", 0 }, { "UYU", 2 }, { "UYW", 4 }, { "UZS", 2 },
	{ "VED", 2 }, { "VES", 2 }, { "VND", 0 }, { "VUV", 0 }, { "WST", 2 },
	{ "XAF", 0 }, { "XCD", 2 }, { "XCG", 2 }, { "XOF", 0 }, { "XPF", 0 },
	{ "YER", 2 }, { "ZAR", 2 }, { "ZMW", 2 }, { "ZWG", 2 }, { "ZWL", 2 },
};
/* clang-format on */

/* Signs that stand beside amounts; the longer before those they begin with. */
static const char *const marks[] = { "人民币", "US$", "HK$", "NT$", "NZ$",
	"AU$", "CA$", "MX$", "A$", "C$", "S$", "R$", "$", "¥", "￥", "€", "£",
	"₩", "₽", "₹", "฿", "₫", "₺", "₴", "₦", "₱", "₪", "元", "円", "원",
	"RMB", "zł", "kr", "Kč", "Ft", "Rp", "RM" };

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* More cannot be a dec. */
#define TEXT_MAX 80

int money_digits(struct view currency)
{
	if (currency.n != 3)
		return -1;
	size_t lo = 0, hi = LENGTH(currencies);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(currencies[mid].name, currency.p, 3);
		if (c == 0)
			return currencies[mid].digits;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

const char *money_nearest(struct view currency)
{
	struct view v = text_trim(currency);
	char upper[4] = "";
	for (size_t i = 0; i < v.n && v.n == 3; i++)
		upper[i] = v.p[i] >= 'a' && v.p[i] <= 'z' ? (char)(v.p[i] - 32)
							  : v.p[i];
	if (strcmp(upper, "RMB") == 0 || strcmp(upper, "CNH") == 0)
		return "CNY";
	const char *near = NULL;
	size_t count = 0;
	for (size_t i = 0; i < LENGTH(currencies); i++) {
		const char *name = currencies[i].name;
		if (strcmp(name, upper) == 0)
			return name;
		if (text_near(view_of(name), v)) {
			near = name;
			count++;
		}
	}
	return count == 1 ? near : NULL;
}

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

struct amount {
	const char *p, *end;
	bool minus, sign, open, closed, mark;
	struct why *why;
};

static bool take(struct amount *a, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(a->end - a->p) < n || memcmp(a->p, word, n) != 0)
		return false;
	a->p += n;
	return true;
}

static bool take_blank(struct amount *a)
{
	return take(a, " ") || take(a, "\t") || take(a, "\u00A0") ||
	       take(a, "\u202F") || take(a, "\u3000");
}

static bool take_mark(struct amount *a)
{
	for (size_t i = 0; i < LENGTH(marks); i++) {
		if (take(a, marks[i]))
			return true;
	}
	if (a->end - a->p < 3 || money_digits((struct view){ a->p, 3 }) < 0)
		return false;
	a->p += 3;
	return true;
}

/* One thing that is not the number; *moved is false where there is none. */
static bool around(struct amount *a, bool before, bool *moved)
{
	*moved = a->p < a->end && !is_digit(*a->p);
	if (!*moved || take_blank(a))
		return true;
	if (take(a, "-") || take(a, "\u2212") || (before && take(a, "+"))) {
		a->minus = a->p[-1] != '+';
		if (a->sign || a->open)
			return why_not(a->why, "two signs on an amount");
		a->sign = true;
		return true;
	}
	if (before ? take(a, "(") : take(a, ")")) {
		if (a->sign || (before ? a->open : !a->open || a->closed))
			return why_not(a->why, "brackets of an amount");
		a->open = true;
		a->closed = !before;
		a->minus = true;
		return true;
	}
	if (take_mark(a)) {
		if (a->mark)
			return why_not(a->why, "two currencies on an amount");
		a->mark = true;
		return true;
	}
	*moved = false;
	return true;
}

/* The separator of thousands at p: its bytes, or 0. */
static size_t group_len(const struct amount *a, char group)
{
	size_t n = (size_t)(a->end - a->p);
	uint32_t cp;
	size_t len = utf8_get(a->p, n, &cp);
	if (len == 0 || group == 0)
		return 0;
	bool is = cp == (unsigned char)group ||
		  (group == ' ' && (cp == 0xA0 || cp == 0x202F)) ||
		  (group == '\'' && cp == 0x2019);
	/* a blank may also stand between the number and its currency */
	return is && len < n && is_digit(a->p[len]) ? len : 0;
}

/* The digits into text, groups checked, the point as '.'. */
static bool number(struct amount *a, char point, char group, char *text,
	size_t *length)
{
	size_t n = 0, digits = 0, groups = 0, len;
	for (;;) {
		if (n >= TEXT_MAX - 2)
			return why_not(a->why, "an amount too long");
		if (a->p < a->end && is_digit(*a->p)) {
			text[n++] = *a->p++;
			digits++;
		} else if ((len = group_len(a, group)) > 0) {
			if (groups ? digits != 3 : digits < 1 || digits > 3)
				break;
			groups++;
			digits = 0;
			a->p += len;
		} else {
			break;
		}
	}
	if (n == 0)
		return true;
	if (groups && digits != 3)
		return why_not(a->why,
			"thousands of an amount not in groups of three");
	if (a->p < a->end && *a->p == point) {
		text[n++] = '.';
		a->p++;
		digits = 0;
		while (a->p < a->end && is_digit(*a->p) && n < TEXT_MAX) {
			text[n++] = *a->p++;
			digits++;
		}
		if (digits == 0)
			return why_not(a->why,
				"no digit after the point of an amount");
	}
	*length = n;
	return true;
}

static bool rest(const struct amount *a, char point)
{
	uint32_t cp = 0;
	size_t len = utf8_get(a->p, (size_t)(a->end - a->p), &cp);
	if (cp == '.' || cp == ',')
		return why_not(a->why,
			"'%c' inside an amount whose decimal separator is '%c'",
			(int)cp, point);
	return why_not(a->why, "'%.*s' in an amount", (int)len,
		cp < 0x20 || cp == 0x7F || cp == UTF8_BAD ? "?" : a->p);
}

static bool parse_any(struct view v, char point, char group, struct dec *out,
	struct why *why)
{
	struct amount a = { .p = v.p, .end = v.p + v.n, .why = why };
	char text[TEXT_MAX + 1] = "-";
	size_t n = 0;
	bool moved;
	do {
		if (!around(&a, true, &moved))
			return false;
	} while (moved);
	if (a.p == a.end)
		return why_not(why, "no digits in an amount");
	if (!number(&a, point, group, text + 1, &n))
		return false;
	if (n == 0)
		return rest(&a, point);
	do {
		if (!around(&a, false, &moved))
			return false;
	} while (moved);
	if (a.p != a.end)
		return rest(&a, point);
	if (a.open != a.closed)
		return why_not(why, "brackets of an amount");
	if (n > 1 && text[1] == '0' && text[2] != '.')
		return why_not(why, "an amount that begins with 0");
	bool good = a.minus ? dec_parse(text, n + 1, out)
			    : dec_parse(text + 1, n, out);
	return good || why_not(why, "an amount of too many digits");
}

bool money_parse(struct view text, char point, char group, struct dec *out,
	struct why *why)
{
	/* "123.45", as most are */
	if (point == '.' && text.n > 0 && text.n < 20) {
		size_t i = *text.p == '-';
		while (i < text.n && (is_digit(text.p[i]) || text.p[i] == '.'))
			i++;
		if (i == text.n && dec_parse(text.p, text.n, out))
			return true;
	}
	struct view v = text_trim(text);
	if (v.n == 0)
		return why_not(why, "no amount");
	return parse_any(v, point, group, out, why);
}

bool money_of_minor(int64_t minor, struct view currency, struct dec *out)
{
	int digits = money_digits(currency);
	if (digits < 0)
		return false;
	*out = (struct dec){ minor, digits };
	return true;
}
