#include "edge/csvout.h"

#include "value/num.h"
#include "value/time.h"

void csvout_cell(struct buf *out, struct view text)
{
	bool quote = text.n == 0;
	for (size_t i = 0; i < text.n && !quote; i++)
		quote = text.p[i] == '"' || text.p[i] == ',' ||
			text.p[i] == '\n' || text.p[i] == '\r' ||
			text.p[i] == ';' || text.p[i] == '\t';
	/* blanks at an end are kept by all readers only within quotes */
	if (text.n && (text.p[0] == ' ' || text.p[text.n - 1] == ' '))
		quote = true;
	if (!quote) {
		buf_addv(out, text);
		return;
	}
	buf_addc(out, '"');
	const char *p = text.p, *end = p + text.n;
	while (p < end) {
		const char *q = memchr(p, '"', (size_t)(end - p));
		if (!q) {
			buf_add(out, p, (size_t)(end - p));
			break;
		}
		buf_add(out, p, (size_t)(q - p));
		buf_add(out, "\"\"", 2);
		p = q + 1;
	}
	buf_addc(out, '"');
}

static bool all_digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return n > 0;
}

static bool begins(struct view text, const char *with)
{
	size_t n = strlen(with);
	return text.n >= n && memcmp(text.p, with, n) == 0;
}

bool csvout_formula(struct view text)
{
	if (!text.n)
		return false;
	if (!strchr("=+-@\t\r", text.p[0]) && !begins(text, "\xef\xbc\x9d") &&
		!begins(text, "\xef\xbc\x8b") &&
		!begins(text, "\xef\xbc\x8d") && !begins(text, "\xef\xbc\xa0"))
		return text.p[0] == '\0';
	struct dec d;
	if (text.p[0] == '+' && text.n <= 16 &&
		all_digits(text.p + 1, text.n - 1))
		return false;
	return !dec_parse(text.p, text.n, &d);
}

bool csvout_mangled(struct view text)
{
	return all_digits(text.p, text.n) &&
	       (text.n > 15 || (text.n > 1 && text.p[0] == '0'));
}

static bool guarded(struct view text)
{
	return csvout_formula(text) || csvout_mangled(text) ||
	       begins(text, "'");
}

void csvout_guard(struct buf *out, struct view text)
{
	if (guarded(text))
		buf_addc(out, '\'');
	buf_addv(out, text);
}

struct view csvout_unguard(struct view text)
{
	if (!begins(text, "'"))
		return text;
	struct view rest = { text.p + 1, text.n - 1 };
	return guarded(rest) ? rest : text;
}
