/* The record: members found, refusals named, changes spliced. */
#include "record/path.h"
#include "tap.h"

static struct keys keys;
static struct rec r;
static struct buf line, out;

static bool parse(const char *text)
{
	struct why why = { 0 };
	buf_reset(&line);
	buf_adds(&line, text);
	return rec_parse(&r, line.p, line.n, &why);
}

static const char *refusal(const char *text, size_t n, size_t *col)
{
	static struct why why;
	why = (struct why){ 0 };
	buf_reset(&line);
	buf_add(&line, text, n);
	bool good = rec_parse(&r, line.p, line.n, &why);
	*col = why.col;
	return good ? "" : why.text;
}

static const char *printed(void)
{
	buf_reset(&out);
	rec_print(&r, &out);
	return out.p;
}

static void refuses(const char *text, size_t col, const char *reason)
{
	size_t at;
	is_str(view_of(refusal(text, strlen(text), &at)), reason, "%s", text);
	ok(at == col, "and says column %zu (got %zu)", col, at);
}

static void test_refusals(void)
{
	size_t at;
	refuses("{\"a\":1,\"a\":2}", 8, "a key stands twice");
	refuses("{\"a\":1,\"\\u0061\":2}", 8, "a key stands twice");
	refuses("{\"a\":1} {\"a\":1}", 9, "two objects on a line");
	refuses("{\"a\":1} x", 9, "text after the object");
	refuses("[1]", 1, "not a JSON object");
	refuses("{\"a\":01}", 6, "number begins with 0");
	refuses("{\"a\":1.}", 8, "number wants a digit");
	refuses("{\"a\":+1}", 6, "no JSON value");
	refuses("{\"a\":\"\\ud800\"}", 7, "lone surrogate in a string");
	refuses("{\"a\":\"\\udc00\"}", 7, "lone surrogate in a string");
	refuses("{\"a\":\"\x80\"}", 7, "not UTF-8");
	refuses("{\"a\":\"\xed\xa0\x80\"}", 7, "not UTF-8");
	refuses("{\"a\":\"\xc0\xaf\"}", 7, "not UTF-8");
	refuses("{\"a\":\"\t\"}", 7, "control character in a string");
	refuses("{\"a\":\"\\x\"}", 7, "no such escape in a string");
	refuses("{\"a\":\"x}", 9, "string is not closed");
	refuses("{\"a\":1,}", 8, "a key in quotes is wanted here");
	refuses("{\"a\" 1}", 6, "':' is wanted here");
	refuses("{\"a\":[1,2}", 10, "',' or ']' is wanted here");
	refuses("{\"a\":tru}", 6, "no JSON value");
	is_str(view_of(refusal("{\"a\":\"x\0y\"}", 11, &at)),
		"NUL byte in a string", "a raw NUL byte is refused");
	ok(parse("{\"a\":\"\\u0000\"}"), "an escaped NUL passes");
}

static void test_depth(void)
{
	struct buf b = { 0 };
	for (int deep = 127; deep <= 128; deep++) {
		buf_reset(&b);
		buf_adds(&b, "{\"a\":");
		for (int i = 0; i < deep; i++)
			buf_addc(&b, '[');
		for (int i = 0; i < deep; i++)
			buf_addc(&b, ']');
		buf_addc(&b, '}');
		ok(parse(b.p) == (deep == 127), "%d levels", deep + 1);
	}
	buf_release(&b);
}

static void test_get(void)
{
	unsigned a = keys_want(&keys, "a"), b = keys_want(&keys, "b");
	unsigned c = keys_want(&keys, "c");
	ok(parse(" { \"b\" : 12345678901234567890 , \"a\":\"x\\ny\" }\r"),
		"blanks and a CR are tolerated");
	struct val v = rec_get(&r, b);
	ok(v.kind == K_NUMBER && v.n == 20, "a long number keeps its digits");
	struct view t = rec_text(&r, a);
	ok(t.n == 3 && memcmp(t.p, "x\ny", 3) == 0, "escapes are undone");
	ok(rec_get(&r, c).kind == K_MISSING, "what is not there is missing");
	is_str(view_of(printed()), line.p, "unchanged, it leaves as it came");
	ok(parse("{\"c\":1}"), "the next line");
	ok(rec_get(&r, a).kind == K_MISSING, "nothing of the last line stays");
	ok(parse("{}") && parse("{ }"), "an empty object is one");
}

static void test_splice(void)
{
	unsigned a = keys_want(&keys, "a"), b = keys_want(&keys, "b");
	unsigned c = keys_want(&keys, "c"), d = keys_want(&keys, "d");
	parse("{\"a\":1.10, \"b\":2,\"c\" : 1e3 }");
	rec_set(&r, b, VIEW("[true]"));
	is_str(view_of(printed()), "{\"a\":1.10, \"b\":[true],\"c\" : 1e3 }",
		"a value");
	rec_set(&r, b, VIEW("7"));
	is_str(view_of(printed()), "{\"a\":1.10, \"b\":7,\"c\" : 1e3 }",
		"and again");
	rec_set_text(&r, d, VIEW("q\"\n\x01"));
	is_str(view_of(printed()),
		"{\"a\":1.10, \"b\":7,\"c\" : 1e3,\"d\":\"q\\\"\\n\\u0001\" }",
		"a new member goes to the end");
	ok(rec_get(&r, d).kind == K_STRING, "and can be got");
	rec_drop(&r, a);
	is_str(view_of(printed()),
		"{\"b\":7,\"c\" : 1e3,\"d\":\"q\\\"\\n\\u0001\" }",
		"the first goes");
	rec_drop(&r, c);
	rec_drop(&r, d);
	is_str(view_of(printed()), "{\"b\":7 }", "the last and the added go");
	rec_drop(&r, b);
	is_str(view_of(printed()), "{ }", "all are gone");
	rec_set(&r, a, VIEW("null"));
	is_str(view_of(printed()), "{\"a\":null }", "and one comes back");
	parse("{\"a\":1,\"b\":2}");
	rec_rename(&r, a, d);
	is_str(view_of(printed()), "{\"d\":1,\"b\":2}",
		"a name changes in its place");
	ok(rec_get(&r, a).kind == K_MISSING, "the old name is gone");
	ok(rec_get(&r, d).kind == K_NUMBER, "the new one is there");
	rec_rename(&r, d, b);
	is_str(view_of(printed()), "{\"b\":1}",
		"a name that is taken is taken over");
	parse("{}");
	rec_set(&r, a, VIEW("1"));
	is_str(view_of(printed()), "{\"a\":1}", "into an empty object");
}

static void test_many_keys(void)
{
	struct buf b = { 0 };
	buf_addc(&b, '{');
	for (int i = 0; i < 6000; i++)
		buf_addf(&b, "%s\"key%d\":%d", i ? "," : "", i, i);
	buf_addc(&b, '}');
	ok(parse(b.p), "6,000 members are read");
	ok(keys.names.n <= 4200, "the table of names stays bounded");
	b.n--;
	buf_adds(&b, ",\"key5999\":0}");
	ok(!parse(b.p), "a key twice is found beyond the table too");
	buf_release(&b);
}

static const char *all(const char *name)
{
	struct why why = { 0 };
	struct path p;
	vals v = { 0 };
	buf_reset(&out);
	if (!path_init(&p, &keys, view_of(name), &why))
		return why.text[0] ? "bad" : "?";
	path_all(&p, &r, &v);
	for (size_t i = 0; i < v.n; i++)
		buf_addf(&out, "%s%.*s", i ? "," : "", (int)v.v[i].n, v.v[i].p);
	vec_release(&v);
	path_release(&p);
	return out.p ? out.p : "";
}

static void test_paths(void)
{
	parse("{\"p\":[{\"s\":\"A\",\"t\":[1,2]},{\"s\":\"B\"},{\"s\":null}],"
	      "\"e\":{\"a.b\":7,\"姓 名\":\"x\"}}");
	is_str(view_of(all("p.s")), "A,B", "a path goes into each element");
	is_str(view_of(all("p.t")), "1,2",
		"and arrays at the end are their elements");
	is_str(view_of(all("e.\"a.b\"")), "7",
		"a name with a dot stands in quotes");
	is_str(view_of(all("e.姓 名")), "x", "a name may have blanks");
	is_str(view_of(all("e.no.way")), "", "what is not there has no values");
	is_str(view_of(all("e.")), "bad", "a dot at the end is a mistake");
	is_str(view_of(all("\"e")), "bad", "an open quote is a mistake");
}

int main(void)
{
	rec_init(&r, &keys);
	test_refusals();
	test_depth();
	test_get();
	test_splice();
	test_paths();
	test_many_keys();
	rec_release(&r);
	keys_release(&keys);
	buf_release(&line);
	buf_release(&out);
	return done();
}
