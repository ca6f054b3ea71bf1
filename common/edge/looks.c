#include "edge/looks.h"

#include "value/text.h"

#include <strings.h>

static bool has(struct view v, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= v.n; i++)
		if (strncasecmp(v.p + i, word, n) == 0)
			return true;
	return false;
}

/* NULs at every other byte, from at: ASCII, if only a comma, in two bytes. */
static size_t zeros(struct view v, size_t at)
{
	size_t n = 0;
	for (size_t i = at; i < v.n && i < 256; i += 2)
		n += !v.p[i];
	return n;
}

static enum looks like_tags(struct view v)
{
	v.n = v.n < 1024 ? v.n : 1024;
	if (has(v, "<Workbook") && has(v, "schemas-microsoft-com"))
		return LOOKS_WORKBOOK;
	if (has(v, "<html") || has(v, "<!doctype html") || has(v, "<table") ||
		has(v, "<head"))
		return LOOKS_HTML;
	return LOOKS_XML;
}

enum looks looks_like(struct view start)
{
	size_t even = zeros(start, 0), odd = zeros(start, 1);
	if (odd > 1 && !even)
		return LOOKS_UTF16LE;
	if (even > 1 && !odd)
		return LOOKS_UTF16BE;
	struct view v = text_trim(start);
	if (v.n < 2)
		return LOOKS_TEXT;
	struct view after = text_trim((struct view){ v.p + 1, v.n - 1 });
	char next = after.n ? after.p[0] : 0;
	if (v.p[0] == '{' && (next == '"' || next == '}'))
		return LOOKS_JSON;
	if (v.p[0] == '[' && next && strchr("{[\"]", next))
		return LOOKS_JSON;
	if (v.p[0] == '<' &&
		(next == '?' || next == '!' ||
			((next | 32) >= 'a' && (next | 32) <= 'z')))
		return like_tags(v);
	return LOOKS_TEXT;
}

const char *looks_say(enum looks l)
{
	switch (l) {
	case LOOKS_TEXT:
		break;
	case LOOKS_JSON:
		return "it looks like JSON";
	case LOOKS_XML:
		return "it looks like XML";
	case LOOKS_HTML:
		return "it is a page of HTML (a table that is called .xls, or "
		       "one that asks to log in): save it as .xlsx or as CSV "
		       "UTF-8";
	case LOOKS_WORKBOOK:
		return "it is a workbook of Excel 2003 in XML: save it as "
		       ".xlsx or as CSV UTF-8";
	case LOOKS_UTF16LE:
		return "it looks like UTF-16 without its mark: -e utf-16le";
	case LOOKS_UTF16BE:
		return "it looks like UTF-16 without its mark: -e utf-16be";
	}
	return NULL;
}
