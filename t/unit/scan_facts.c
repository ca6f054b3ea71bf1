/*
 * What JSON is and is not, in small texts: the facts of JSONTestSuite (Nicolas
 * Seriot, MIT) with our verdict where RFC 8259 leaves it open. Each is asked
 * alone and as a member, with different bytes behind its end, which must not
 * matter.
 */
#include "record/rec.h"
#include "tap.h"

#include <stdlib.h>

struct fact {
	char verdict;
	const char *text;
	size_t n;
};

#define F(verdict, text)                        \
	{                                       \
		verdict, text, sizeof(text) - 1 \
	}

static const struct fact facts[] = {
	/* clang-format off */
	/* what RFC 8259 takes */
	F('y', "[[]   ]"),
	F('y', "[\"\"]"),
	F('y', "[]"),
	F('y', "[\"a\"]"),
	F('y', "[false]"),
	F('y', "[null, 1, \"1\", {}]"),
	F('y', "[null]"),
	F('y', "[1\n]"),
	F('y', " [1]"),
	F('y', "[1,null,null,null,2]"),
	F('y', "[2] "),
	F('y', "[123e65]"),
	F('y', "[0e+1]"),
	F('y', "[0e1]"),
	F('y', "[ 4]"),
	F('y', "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]\n"),
	F('y', "[20e1]"),
	F('y', "[-0]"),
	F('y', "[-123]"),
	F('y', "[-1]"),
	F('y', "[1E22]"),
	F('y', "[1E-2]"),
	F('y', "[1E+2]"),
	F('y', "[123e45]"),
	F('y', "[123.456e78]"),
	F('y', "[1e-2]"),
	F('y', "[1e+2]"),
	F('y', "[123]"),
	F('y', "[123.456789]"),
	F('y', "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}"),
	F('y', "{\"asd\":\"sdf\"}"),
	F('y', "{\"a\":\"b\",\"a\":\"c\"}"),
	F('y', "{\"a\":\"b\",\"a\":\"b\"}"),
	F('y', "{}"),
	F('y', "{\"\":0}"),
	F('y', "{\"foo\\u0000bar\": 42}"),
	F('y', "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }"),
	F('y', "{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}], \"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}"),
	F('y', "{\"a\":[]}"),
	F('y', "{\"title\":\"\\u041f\\u043e\\u043b\\u0442\\u043e\\u0440\\u0430 \\u0417\\u0435\\u043c\\u043b\\u0435\\u043a\\u043e\\u043f\\u0430\" }"),
	F('y', "{\n\"a\": \"b\"\n}"),
	F('y', "[\"\\u0060\\u012a\\u12AB\"]"),
	F('y', "[\"\\uD801\\udc37\"]"),
	F('y', "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
	F('y', "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
	F('y', "[\"\\\\u0000\"]"),
	F('y', "[\"\\\"\"]"),
	F('y', "[\"a/*b*/c/*d//e\"]"),
	F('y', "[\"\\\\a\"]"),
	F('y', "[\"\\\\n\"]"),
	F('y', "[\"\\u0012\"]"),
	F('y', "[\"\\uFFFF\"]"),
	F('y', "[\"asd\"]"),
	F('y', "[ \"asd\"]"),
	F('y', "[\"\\uDBFF\\uDFFF\"]"),
	F('y', "[\"new\\u00A0line\"]"),
	F('y', "[\"\xf4\x8f\xbf\xbf\"]"),
	F('y', "[\"\xef\xbf\xbf\"]"),
	F('y', "[\"\\u0000\"]"),
	F('y', "[\"\\u002c\"]"),
	F('y', "[\"\xcf\x80\"]"),
	F('y', "[\"\xf0\x9b\xbf\xbf\"]"),
	F('y', "[\"asd \"]"),
	F('y', "\" \""),
	F('y', "[\"\\uD834\\uDd1e\"]"),
	F('y', "[\"\\u0821\"]"),
	F('y', "[\"\\u0123\"]"),
	F('y', "[\"\xe2\x80\xa8\"]"),
	F('y', "[\"\xe2\x80\xa9\"]"),
	F('y', "[\"\\u0061\\u30af\\u30EA\\u30b9\"]"),
	F('y', "[\"new\\u000Aline\"]"),
	F('y', "[\"\x7f\"]"),
	F('y', "[\"\\uA66D\"]"),
	F('y', "[\"\\u005C\"]"),
	F('y', "[\"\xe2\x8d\x82\xe3\x88\xb4\xe2\x8d\x82\"]"),
	F('y', "[\"\\uDBFF\\uDFFE\"]"),
	F('y', "[\"\\uD83F\\uDFFE\"]"),
	F('y', "[\"\\u200B\"]"),
	F('y', "[\"\\u2064\"]"),
	F('y', "[\"\\uFDD0\"]"),
	F('y', "[\"\\uFFFE\"]"),
	F('y', "[\"\\u0022\"]"),
	F('y', "[\"\xe2\x82\xac\xf0\x9d\x84\x9e\"]"),
	F('y', "[\"a\x7f""a\"]"),
	F('y', "false"),
	F('y', "42"),
	F('y', "-0.1"),
	F('y', "null"),
	F('y', "\"asd\""),
	F('y', "true"),
	F('y', "\"\""),
	F('y', "[\"a\"]\n"),
	F('y', "[true]"),
	F('y', " [] "),
	/* what it does not take */
	F('n', "[1 true]"),
	F('n', "[a\xe5]"),
	F('n', "[\"\": 1]"),
	F('n', "[\"\"],"),
	F('n', "[,1]"),
	F('n', "[1,,2]"),
	F('n', "[\"x\",,]"),
	F('n', "[\"x\"]]"),
	F('n', "[\"\",]"),
	F('n', "[\"x\""),
	F('n', "[x"),
	F('n', "[3[4]]"),
	F('n', "[\xff]"),
	F('n', "[1:2]"),
	F('n', "[,]"),
	F('n', "[-]"),
	F('n', "[   , \"\"]"),
	F('n', "[\"a\",\n4\n,1,"),
	F('n', "[1,]"),
	F('n', "[1,,]"),
	F('n', "[\"\x0b""a\"\\f]"),
	F('n', "[*]"),
	F('n', "[\"\""),
	F('n', "[1,"),
	F('n', "[1,\n1\n,1"),
	F('n', "[{}"),
	F('n', "[fals]"),
	F('n', "[nul]"),
	F('n', "[tru]"),
	F('n', "123\x00"),
	F('n', "[++1234]"),
	F('n', "[+1]"),
	F('n', "[+Inf]"),
	F('n', "[-01]"),
	F('n', "[-1.0.]"),
	F('n', "[-2.]"),
	F('n', "[-NaN]"),
	F('n', "[.-1]"),
	F('n', "[.2e-3]"),
	F('n', "[0.1.2]"),
	F('n', "[0.3e+]"),
	F('n', "[0.3e]"),
	F('n', "[0.e1]"),
	F('n', "[0E+]"),
	F('n', "[0E]"),
	F('n', "[0e+]"),
	F('n', "[0e]"),
	F('n', "[1.0e+]"),
	F('n', "[1.0e-]"),
	F('n', "[1.0e]"),
	F('n', "[1 000.0]"),
	F('n', "[1eE2]"),
	F('n', "[2.e+3]"),
	F('n', "[2.e-3]"),
	F('n', "[2.e3]"),
	F('n', "[9.e+]"),
	F('n', "[Inf]"),
	F('n', "[NaN]"),
	F('n', "[\xef\xbc\x91]"),
	F('n', "[1+2]"),
	F('n', "[0x1]"),
	F('n', "[0x42]"),
	F('n', "[Infinity]"),
	F('n', "[0e+-1]"),
	F('n', "[-123.123foo]"),
	F('n', "[123\xe5]"),
	F('n', "[1e1\xe5]"),
	F('n', "[0\xe5]\n"),
	F('n', "[-Infinity]"),
	F('n', "[-foo]"),
	F('n', "[- 1]"),
	F('n', "[-012]"),
	F('n', "[-.123]"),
	F('n', "[-1x]"),
	F('n', "[1ea]"),
	F('n', "[1e\xe5]"),
	F('n', "[1.]"),
	F('n', "[.123]"),
	F('n', "[1.2a-3]"),
	F('n', "[1.8011670033376514H-308]"),
	F('n', "[012]"),
	F('n', "[\"x\", truth]"),
	F('n', "{[: \"x\"}\n"),
	F('n', "{\"x\", null}"),
	F('n', "{\"x\"::\"b\"}"),
	F('n', "{\xf0\x9f\x87\xa8\xf0\x9f\x87\xad}"),
	F('n', "{\"a\":\"a\" 123}"),
	F('n', "{key: 'value'}"),
	F('n', "{\"\xb9\":\"0\",}"),
	F('n', "{\"a\" b}"),
	F('n', "{:\"b\"}"),
	F('n', "{\"a\" \"b\"}"),
	F('n', "{\"a\":"),
	F('n', "{\"a\""),
	F('n', "{1:1}"),
	F('n', "{9999E9999:1}"),
	F('n', "{null:null,null:null}"),
	F('n', "{\"id\":0,,,,,}"),
	F('n', "{'a':0}"),
	F('n', "{\"id\":0,}"),
	F('n', "{\"a\":\"b\"}/**/"),
	F('n', "{\"a\":\"b\"}/**//"),
	F('n', "{\"a\":\"b\"}//"),
	F('n', "{\"a\":\"b\"}/"),
	F('n', "{\"a\":\"b\",,\"c\":\"d\"}"),
	F('n', "{a: \"b\"}"),
	F('n', "{\"a\":\"a"),
	F('n', "{ \"foo\" : \"bar\", \"a\" }"),
	F('n', "{\"a\":\"b\"}#"),
	F('n', " "),
	F('n', "[\"\\uD800\\\"]"),
	F('n', "[\"\\uD800\\u\"]"),
	F('n', "[\"\\uD800\\u1\"]"),
	F('n', "[\"\\uD800\\u1x\"]"),
	F('n', "[\xc3\xa9]"),
	F('n', "[\"\\\x00\"]"),
	F('n', "[\"\\x00\"]"),
	F('n', "[\"\\\\\\\"]"),
	F('n', "[\"\\\t\"]"),
	F('n', "[\"\\\xf0\x9f\x8c\x80\"]"),
	F('n', "[\"\\\"]"),
	F('n', "[\"\\u00A\"]"),
	F('n', "[\"\\uD834\\uDd\"]"),
	F('n', "[\"\\uD800\\uD800\\x\"]"),
	F('n', "[\"\\u\xe5\"]"),
	F('n', "[\"\\a\"]"),
	F('n', "[\"\\uqqqq\"]"),
	F('n', "[\"\\\xe5\"]"),
	F('n', "[\\u0020\"asd\"]"),
	F('n', "[\\n]"),
	F('n', "\""),
	F('n', "['single quote']"),
	F('n', "abc"),
	F('n', "[\"\\"),
	F('n', "[\"a\x00""a\"]"),
	F('n', "[\"new\nline\"]"),
	F('n', "[\"\t\"]"),
	F('n', "\"\\UA66D\""),
	F('n', "\"\"x"),
	F('n', "[\xe2\x81\xa0]"),
	F('n', "\xef\xbb\xbf"),
	F('n', "<.>"),
	F('n', "[<null>]"),
	F('n', "[1]x"),
	F('n', "[1]]"),
	F('n', "[\"asd]"),
	F('n', "a\xc3\xa5"),
	F('n', "[True]"),
	F('n', "1]"),
	F('n', "{\"x\": true,"),
	F('n', "[][]"),
	F('n', "]"),
	F('n', "\xef\xbb{}"),
	F('n', "\xe5"),
	F('n', "["),
	F('n', ""),
	F('n', "[\x00]"),
	F('n', "2@"),
	F('n', "{}}"),
	F('n', "{\"\":"),
	F('n', "{\"a\":/*comment*/\"b\"}"),
	F('n', "{\"a\": true} \"x\""),
	F('n', "['"),
	F('n', "[,"),
	F('n', "[{"),
	F('n', "[\"a"),
	F('n', "[\"a\""),
	F('n', "{"),
	F('n', "{]"),
	F('n', "{,"),
	F('n', "{["),
	F('n', "{\"a"),
	F('n', "{'a'"),
	F('n', "[\"\\{[\"\\{[\"\\{[\"\\{"),
	F('n', "\xe9"),
	F('n', "*"),
	F('n', "{\"a\":\"b\"}#{}"),
	F('n', "[\\u000A\"\"]"),
	F('n', "[1"),
	F('n', "[ false, nul"),
	F('n', "[ true, fals"),
	F('n', "[ false, tru"),
	F('n', "{\"asd\":\"asd\""),
	F('n', "\xc3\xa5"),
	F('n', "[\x0c]"),
	/* left open by it: numbers of any size are taken, their digits stay */
	F('y', "[123.456e-789]"),
	F('y', "[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]"),
	F('y', "[-1e+9999]"),
	F('y', "[1.5e+9999]"),
	F('y', "[-123123e100000]"),
	F('y', "[123123e100000]"),
	F('y', "[123e-10000000]"),
	F('y', "[-123123123123123123123123123123]"),
	F('y', "[100000000000000000000]"),
	F('y', "[-237462374673276894279832749832423479823246327846]"),
	/* left open by it: refused, as the text could not be told on */
	F('n', "{\"\\uDFAA\":0}"),
	F('n', "[\"\\uDADA\"]"),
	F('n', "[\"\\uD888\\u1234\"]"),
	F('n', "\xff\xfe[\x00\"\x00\xe9\x00\"\x00]\x00"),
	F('n', "[\"\xe6\x97\xa5\xd1\x88\xfa\"]"),
	F('n', "[\"\xed\xa0\x80\"]"),
	F('n', "[\"\\uD800\\n\"]"),
	F('n', "[\"\\uDd1ea\"]"),
	F('n', "[\"\\uD800\\uD800\\n\"]"),
	F('n', "[\"\\ud800\"]"),
	F('n', "[\"\\ud800abc\"]"),
	F('n', "[\"\xff\"]"),
	F('n', "[\"\\uDd1e\\uD834\"]"),
	F('n', "[\"\xe9\"]"),
	F('n', "[\"\\uDFAA\"]"),
	F('n', "[\"\x81\"]"),
	F('n', "[\"\xf4\xbf\xbf\xbf\"]"),
	F('n', "[\"\xc0\xaf\"]"),
	F('n', "[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"),
	F('n', "[\"\xfc\x80\x80\x80\x80\x80\"]"),
	F('n', "[\"\xe0\xff\"]"),
	F('n', "\x00[\x00\"\x00\xe9\x00\"\x00]"),
	F('n', "[\x00\"\x00\xe9\x00\"\x00]\x00"),
	F('n', "\xef\xbb\xbf{}"),
	/* clang-format on */
};

static const char *blanks(const char *p, const char *end)
{
	while (p < end && memchr(" \t\r\n", *p, 4))
		p++;
	return p;
}

/* The whole text is one value. */
static bool taken(const char *text, size_t n, char behind)
{
	char *copy = malloc(n + SCAN_PAD);
	memcpy(copy, text, n);
	memset(copy + n, behind, SCAN_PAD);
	const char *end = copy + n, *p = blanks(copy, end);
	struct val v;
	struct why why;
	p = scan_value(p, end, copy, &v, &why);
	bool good = p && blanks(p, end) == end;
	free(copy);
	return good;
}

static bool taken_in_line(struct rec *r, struct view text, char behind)
{
	struct buf b = { 0 };
	struct why why;
	buf_adds(&b, "{\"before\":1,\"v\":");
	buf_addv(&b, text);
	buf_adds(&b, ",\"after\":[2]}");
	size_t n = b.n;
	for (int i = 0; i < SCAN_PAD; i++)
		buf_addc(&b, behind);
	bool good = rec_parse(r, b.p, n, &why);
	buf_release(&b);
	return good;
}

/* Short of its end by some bytes, a container or string is never whole. */
static void cut(struct view text)
{
	for (size_t n = 0; n < text.n; n++)
		if (taken(text.p, n, text.p[n])) {
			ok(false, "'%.*s' is not whole", (int)n, text.p);
			return;
		}
	ok(true, "no beginning of '%.20s...' is whole", text.p);
}

static void deep(void)
{
	struct buf b = { 0 };
	for (int depth = 120; depth <= 140; depth++) {
		for (int kind = 0; kind < 2; kind++) {
			buf_reset(&b);
			for (int i = 0; i < depth; i++)
				buf_adds(&b, kind ? "{\"a\":" : "[");
			buf_addc(&b, '1');
			for (int i = 0; i < depth; i++)
				buf_addc(&b, kind ? '}' : ']');
			struct keys keys = { 0 };
			struct rec r;
			struct why why;
			rec_init(&r, &keys);
			bool good = kind ? rec_parse(&r, b.p, b.n, &why)
					 : taken(b.p, b.n, ']');
			/* a value stands in an object at least */
			ok(good == (depth <= SCAN_DEPTH - !kind), "%s %d deep",
				kind ? "objects" : "arrays", depth);
			rec_release(&r);
			keys_release(&keys);
		}
	}
	buf_reset(&b);
	for (int i = 0; i < 100000; i++)
		buf_adds(&b, "[{\"\":");
	ok(!taken(b.p, b.n, '\0'), "200,000 deep is refused, not died of");
	buf_release(&b);
}

/* For t/laws.bats: those that fit on a line, as lines; or the good ones. */
static int lines(bool all)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		const struct fact *f = &facts[i];
		if ((!all && f->verdict != 'y') || memchr(f->text, '\n', f->n))
			continue;
		printf("{\"fact\":%zu,\"v\":", i);
		fwrite(f->text, 1, f->n, stdout);
		puts("}");
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2)
		return lines(strcmp(argv[1], "--lines") == 0);
	static const char behind[] = "\0\"]}09 ,e\\\xff";
	struct keys keys = { 0 };
	struct rec r;
	rec_init(&r, &keys);
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		const struct fact *f = &facts[i];
		bool want = f->verdict == 'y', alone = true, member = true;
		for (size_t k = 0; k < sizeof(behind) - 1; k++) {
			if (taken(f->text, f->n, behind[k]) != want)
				alone = false;
			if (taken_in_line(&r, (struct view){ f->text, f->n },
				    behind[k]) != want)
				member = false;
		}
		ok(alone && member, "%s: '%.*s'", want ? "taken" : "refused",
			(int)strcspn(f->text, "\n"), f->text);
	}
	rec_release(&r);
	keys_release(&keys);
	cut(VIEW("{\"a\":[1,true,null,\"\\u00e9\\ud83d\\ude00 \xe4\xb8\xad\","
		 "{\"b\":-1.5e+3}]}"));
	cut(VIEW("[\"\xf0\x9f\x98\x80\xc3\xa9\xe4\xb8\xad\xe5\x9b\xbd\"]"));
	cut(VIEW("\"0123456789abcdef0123456789abcdef\""));
	deep();
	return done();
}
