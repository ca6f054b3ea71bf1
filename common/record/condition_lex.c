#include "record/condition_impl.h"

#include "value/utf8.h"

void lex_place(struct why *why, struct view text, size_t at)
{
	size_t start = 0;
	why->line = 1;
	for (size_t i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			why->line++;
			start = i + 1;
		}
	}
	why->col = utf8_count((struct view){ text.p + start, at - start }) + 1;
}

static struct token bad(struct lexer *l, size_t at)
{
	lex_place(l->why, l->text, at);
	return (struct token){ .kind = TK_BAD, .at = at, .end = at };
}

/* Signs that keyboards and word processors put for ASCII's. */
static const struct sign {
	uint32_t cp;
	const char *what, *type;
} signs[] = {
	{ 0x2018, "typographic quote", "'" },
	{ 0x2019, "typographic quote", "'" },
	{ 0x201A, "typographic quote", "'" },
	{ 0x201B, "typographic quote", "'" },
	{ 0x201C, "typographic quote", "' around a text, \" around a name" },
	{ 0x201D, "typographic quote", "' around a text, \" around a name" },
	{ 0x201E, "typographic quote", "' around a text, \" around a name" },
	{ 0x201F, "typographic quote", "' around a text, \" around a name" },
	{ 0x00AB, "typographic quote", "'" },
	{ 0x00BB, "typographic quote", "'" },
	{ 0x300C, "typographic quote", "'" },
	{ 0x300D, "typographic quote", "'" },
	{ 0x300E, "typographic quote", "'" },
	{ 0x300F, "typographic quote", "'" },
	{ 0x00B4, "accent", "'" },
	{ '`', "accent", "' around a text, \" around a name" },
	{ 0x2264, "sign", "<=" },
	{ 0x2265, "sign", ">=" },
	{ 0x2266, "sign", "<=" },
	{ 0x2267, "sign", ">=" },
	{ 0x2260, "sign", "<>" },
	{ 0x00D7, "sign", "*" },
	{ 0x00F7, "sign", "/" },
	{ 0x2212, "sign", "-" },
	{ 0x2013, "dash", "-" },
	{ 0x2014, "dash", "-" },
	{ 0x3001, "sign", "," },
	{ 0x3002, "sign", "." },
	{ 0x3010, "full-width", "(" },
	{ 0x3011, "full-width", ")" },
	{ 0x3000, "wide", "a blank" },
	{ 0x00A0, "no-break", "a blank" },
	{ 0x202F, "no-break", "a blank" },
	{ 0x200B, "zero-width", "nothing" },
	{ 0x200C, "zero-width", "nothing" },
	{ 0x200D, "zero-width", "nothing" },
	{ 0xFEFF, "zero-width", "nothing" },
};

/* Whether the code point is one of these signs, with its reason. */
static bool is_sign(uint32_t cp, bool in_name, struct why *why)
{
	char c[5] = "", ascii[2] = "";
	const char *what = NULL, *type = NULL;
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (signs[i].cp == cp) {
			what = signs[i].what;
			type = signs[i].type;
		}
	}
	if (cp >= 0xFF01 && cp <= 0xFF5E) {
		what = "full-width";
		ascii[0] = (char)(cp - 0xFF01 + '!');
		type = ascii;
	}
	if (!what)
		return false;
	c[utf8_put(c, cp)] = '\0';
	if (type[0] == 'a' || type[0] == 'n')
		why_not(why, "%s character U+%04X: type %s", what, (unsigned)cp,
			type);
	else
		why_not(why, "%s '%s': type %s%s", what, c, type,
			in_name ? ", or put the name in \"quotes\"" : "");
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

/* The end of the bare name at i; i itself where there is none. *sign is set
 * where it ends at a sign that a keyboard put. */
static size_t name_end(const struct lexer *l, size_t i, bool *sign)
{
	const char *p = l->text.p;
	size_t start = i, n = l->text.n;
	struct why none;
	while (i < n) {
		if (is_word(p[i])) {
			i++;
			continue;
		}
		if (!((unsigned char)p[i] & 0x80))
			break;
		uint32_t cp;
		size_t len = utf8_get(p + i, n - i, &cp);
		if (cp == UTF8_BAD || is_sign(cp, false, &none)) {
			*sign = i > start;
			break;
		}
		i += len;
	}
	return i;
}

static struct token lex_field(struct lexer *l, size_t at)
{
	const char *p = l->text.p;
	size_t i = at, n = l->text.n;
	for (;;) {
		if (i < n && p[i] == '"') {
			const char *q = memchr(p + i + 1, '"', n - i - 1);
			if (!q) {
				why_not(l->why, "no '\"' ends this name");
				return bad(l, i);
			}
			if (q == p + i + 1) {
				why_not(l->why, "an empty name; text stands "
						"in 'single quotes'");
				return bad(l, i);
			}
			size_t name = (size_t)(q - p) - i - 1;
			size_t good = scan_utf8(p + i + 1, name);
			if (good != name) {
				why_not(l->why, "bytes that are no UTF-8");
				return bad(l, i + 1 + good);
			}
			i = (size_t)(q - p) + 1;
		} else {
			bool sign = false;
			size_t end = name_end(l, i, &sign);
			if (sign) {
				uint32_t cp;
				utf8_get(p + end, n - end, &cp);
				bool ascii = true;
				for (size_t k = i; k < end; k++)
					ascii = ascii && is_word(p[k]);
				if (!is_sign(cp, !ascii, l->why))
					why_not(l->why, "bytes that are no "
							"UTF-8");
				return bad(l, end);
			}
			if (end == i) {
				why_not(l->why, "expected a name after '.'");
				return bad(l, i);
			}
			i = end;
		}
		if (i >= n || p[i] != '.')
			break;
		i++;
	}
	return (struct token){ TK_FIELD, at, i, { p + at, i - at } };
}

/* The length of what looks like 2026-11-01 or 2026/11/1 at the start, or 0. */
static size_t like_date(const char *p, size_t n)
{
	size_t i = 0, digits = 0;
	for (int part = 0; part < 3; part++) {
		for (digits = 0; i < n && is_digit(p[i]); digits++)
			i++;
		if (part == 0 ? digits != 4 : digits < 1 || digits > 2)
			return 0;
		if (part < 2 && (i >= n || (p[i] != '-' && p[i] != '/') ||
					(part && p[i] != p[4])))
			return 0;
		i += part < 2;
	}
	return i;
}

static struct token lex_number(struct lexer *l, size_t at)
{
	const char *p = l->text.p;
	size_t i = at, n = l->text.n;
	size_t date = like_date(p + at, n - at);
	if (date) {
		why_not(l->why, "a date is text: write '%.*s'", (int)date,
			p + at);
		return bad(l, at);
	}
	while (i < n && is_digit(p[i]))
		i++;
	if (i - at > 1 && p[at] == '0') {
		why_not(l->why,
			"a number does not begin with 0; a code is "
			"text: '%.*s'",
			(int)(i - at), p + at);
		return bad(l, at);
	}
	if (i < n && p[i] == '.') {
		size_t point = i++;
		while (i < n && is_digit(p[i]))
			i++;
		if (i == point + 1) {
			why_not(l->why, "expected digits after the point");
			return bad(l, i);
		}
	}
	if (i < n && (p[i] == 'e' || p[i] == 'E')) {
		size_t e = i + 1;
		if (e < n && (p[e] == '+' || p[e] == '-'))
			e++;
		size_t digits = e;
		while (e < n && is_digit(p[e]))
			e++;
		if (e > digits)
			i = e;
	}
	uint32_t cp;
	if (i < n && (unsigned char)p[i] & 0x80 &&
		utf8_get(p + i, n - i, &cp) && is_sign(cp, false, l->why))
		return bad(l, i);
	if (i < n &&
		(is_word(p[i]) || p[i] == '.' || (unsigned char)p[i] & 0x80)) {
		size_t end = i;
		while (end < n && (is_word(p[end]) || p[end] == '.' ||
					  (unsigned char)p[end] & 0x80))
			end++;
		why_not(l->why,
			"'%.*s' is no number; a name like this stands "
			"in \"double quotes\", text in 'single'",
			(int)(end - at > 40 ? 40 : end - at), p + at);
		return bad(l, at);
	}
	return (struct token){ TK_NUM, at, i, { p + at, i - at } };
}

static struct token lex_text(struct lexer *l, size_t at)
{
	const char *p = l->text.p;
	size_t n = l->text.n, doubled = 0, i = at + 1;
	for (; i < n; i++) {
		if (p[i] != '\'')
			continue;
		if (i + 1 >= n || p[i + 1] != '\'')
			break;
		doubled++;
		i++;
	}
	if (i >= n) {
		why_not(l->why, "no ' ends the text that begins here");
		return bad(l, at);
	}
	struct view v = { p + at + 1, i - at - 1 };
	if (scan_utf8(v.p, v.n) != v.n) {
		why_not(l->why, "bytes that are no UTF-8");
		return bad(l, at + 1 + scan_utf8(v.p, v.n));
	}
	if (doubled) {
		char *to = arena_bytes(l->mem, v.p, v.n);
		size_t k = 0;
		for (size_t j = 0; j < v.n; j++) {
			to[k++] = v.p[j];
			if (v.p[j] == '\'')
				j++;
		}
		v = (struct view){ to, k };
	}
	return (struct token){ TK_TEXT, at, i + 1, v };
}

/* The signs of ASCII; length 0 where there is none. */
static struct token lex_sign(const struct lexer *l, size_t at)
{
	static const struct {
		const char *sign;
		enum token_kind kind;
	} sign[] = {
		{ "<=", TK_LE },
		{ ">=", TK_GE },
		{ "<>", TK_NE },
		{ "!=", TK_NE },
		{ "!~", TK_NOMATCH },
		{ "=", TK_EQ },
		{ "<", TK_LT },
		{ ">", TK_GT },
		{ "~", TK_MATCH },
		{ "+", TK_PLUS },
		{ "-", TK_MINUS },
		{ "*", TK_STAR },
		{ "/", TK_SLASH },
		{ "(", TK_OPEN },
		{ ")", TK_SHUT },
		{ ",", TK_COMMA },
	};
	const char *p = l->text.p + at;
	size_t n = l->text.n - at;
	for (size_t i = 0; i < sizeof(sign) / sizeof(*sign); i++) {
		size_t len = strlen(sign[i].sign);
		if (len <= n && memcmp(p, sign[i].sign, len) == 0)
			return (struct token){ sign[i].kind, at, at + len,
				{ p, len } };
	}
	return (struct token){ .kind = TK_BAD, .at = at, .end = at };
}

/* What people know from other languages. */
static struct token foreign(struct lexer *l, size_t at)
{
	static const struct {
		const char *sign, *type;
	} known[] = {
		{ "==", "=" },
		{ "=<", "<=" },
		{ "=>", ">=" },
		{ "=~", "~" },
		{ "&&", "and" },
		{ "||", "or" },
		{ "!", "not" },
	};
	const char *p = l->text.p + at;
	size_t n = l->text.n - at;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t len = strlen(known[i].sign);
		if (len <= n && memcmp(p, known[i].sign, len) == 0) {
			why_not(l->why, "'%s': type %s", known[i].sign,
				known[i].type);
			return bad(l, at);
		}
	}
	if (*p == '.' && n > 1 && is_digit(p[1]))
		why_not(l->why, "a number begins with a digit: type 0.");
	else if (*p == '$')
		why_not(l->why, "'$': give a constant with -D name=... and "
				"type :name");
	else if ((unsigned char)*p < ' ' || *p == 127)
		why_not(l->why, "a control character");
	else
		why_not(l->why, "'%c' has no meaning here", *p);
	return bad(l, at);
}

struct token lex_next(struct lexer *l)
{
	const char *p = l->text.p;
	size_t n = l->text.n, i = l->pos;
	for (;;) {
		while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' ||
					p[i] == '\r'))
			i++;
		if (i + 1 >= n || p[i] != '-' || p[i + 1] != '-')
			break;
		while (i < n && p[i] != '\n')
			i++;
	}
	struct token t = { .kind = TK_END, .at = i, .end = i };
	if (i >= n)
		return t;
	if (is_digit(p[i])) {
		t = lex_number(l, i);
	} else if (p[i] == '\'') {
		t = lex_text(l, i);
	} else if (is_word(p[i]) || p[i] == '"') {
		t = lex_field(l, i);
	} else if (p[i] == ':') {
		bool sign = false;
		size_t end = name_end(l, i + 1, &sign);
		if (end == i + 1) {
			why_not(l->why, "expected a name after ':'");
			return bad(l, i + 1);
		}
		t = (struct token){ TK_CONST, i, end,
			{ p + i + 1, end - i - 1 } };
	} else if ((unsigned char)p[i] & 0x80 || p[i] == '`') {
		uint32_t cp;
		utf8_get(p + i, n - i, &cp);
		if (is_sign(cp, false, l->why))
			return bad(l, i);
		if (scan_utf8(p + i, n - i) == 0) {
			why_not(l->why, "bytes that are no UTF-8");
			return bad(l, i);
		}
		t = lex_field(l, i);
	} else {
		if (n - i > 1 && p[i] == '=' && strchr("=<>~", p[i + 1]))
			return foreign(l, i);
		t = lex_sign(l, i);
		if (t.kind == TK_BAD)
			return foreign(l, i);
	}
	l->pos = t.end;
	return t;
}
