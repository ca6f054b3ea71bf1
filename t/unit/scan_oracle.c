/*
 * The scanner against jansson on generated and mutated text, and what both
 * read out of it. SEED and ROUNDS in the environment change the run; the
 * same seed is the same run.
 *
 * Where the two differ, and why a text is then left out:
 *  - nesting: we stop at 128, jansson at 2048
 *  - a number beyond a double: jansson refuses, we keep its digits
 *  - an escaped NUL in a key: jansson refuses, to us it is a name
 *  - a NUL byte behind a number: jansson overlooks it, we refuse it anywhere
 */
#include "record/rec.h"
#include "tap.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static uint64_t state = 20261121;

/* xorshift64* (Vigna 2016) */
static uint32_t rnd(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 33) % below;
}

static const char *pick(const char *const *of, uint32_t n)
{
	return of[rnd(n)];
}

static void blank(struct buf *b)
{
	static const char *const some[] = { "", "", "", "", " ", "\t", "  ",
		"\r\n", "\n" };
	buf_adds(b, pick(some, 9));
}

static void text(struct buf *b)
{
	static const char *const parts[] = { "a", "key", "0123456789abcdef",
		"\xe4\xb8\xad\xe5\x9b\xbd\xe4\xba\xba", "\xc3\xa9",
		"\xf0\x9f\x98\x80", "\xe0\xa4\xb9", "\xed\x9f\xbf",
		"\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\x7f", "\\n", "\\\"",
		"\\\\", "\\/", "\\u0041", "\\u4e2d", "\\ud83d\\ude00",
		"\\u0000", "\\uD834\\uDd1e", " ", "'", "type", "{", "]", "" };
	buf_addc(b, '"');
	for (uint32_t n = rnd(5); n; n--)
		buf_adds(b, pick(parts, sizeof(parts) / sizeof(*parts)));
	buf_addc(b, '"');
}

static void number(struct buf *b)
{
	static const char *const some[] = { "0", "-0", "1", "1.10", "1e3",
		"-12.50", "9007199254740993", "19.99", "1E-2", "0.0e+0",
		"123456789012345678901234567890", "1e308", "1e400", "-1e-999" };
	buf_adds(b, pick(some, sizeof(some) / sizeof(*some)));
}

static void value(struct buf *b, int depth)
{
	static const char *const words[] = { "true", "false", "null" };
	uint32_t what = rnd(depth > 5 ? 6 : 10);
	blank(b);
	if (what < 2) {
		text(b);
	} else if (what < 4) {
		number(b);
	} else if (what < 6) {
		buf_adds(b, pick(words, 3));
	} else {
		bool object = what < 8;
		buf_addc(b, object ? '{' : '[');
		blank(b);
		for (uint32_t i = 0, n = rnd(5); i < n; i++) {
			if (i)
				buf_addc(b, ',');
			if (object) {
				blank(b);
				text(b);
				blank(b);
				buf_addc(b, ':');
			}
			value(b, depth + 1);
		}
		buf_addc(b, object ? '}' : ']');
	}
	blank(b);
}

/* Some bytes are changed, taken out, put in, doubled or cut off. */
static void mutate(struct buf *b)
{
	static const char odd[] =
		"\"\\{}[],:0123456789.eE+-utfnals \t\n\x00\x1f"
		"\x7f\x80\xbf\xc0\xc2\xe0\xe4\xed\xf0\xf4"
		"\xf5\xff";
	for (uint32_t n = 1 + rnd(3); n && b->n; n--) {
		size_t at = rnd((uint32_t)b->n);
		char c = odd[rnd(sizeof(odd) - 1)];
		switch (rnd(5)) {
		case 0:
			b->p[at] = c;
			break;
		case 1:
			memmove(b->p + at, b->p + at + 1, b->n - at);
			b->n--;
			break;
		case 2:
			buf_addc(b, c);
			memmove(b->p + at + 1, b->p + at, b->n - at - 1);
			b->p[at] = c;
			break;
		case 3:
			b->n = at;
			break;
		default:
			b->p[at] = (char)rnd(256);
		}
	}
}

static const char *skip(const char *p, const char *end)
{
	while (p < end && memchr(" \t\r\n", *p, 4))
		p++;
	return p;
}

static bool same(struct val v, const json_t *j, struct buf *scratch);

static bool same_object(struct val v, const json_t *j)
{
	struct buf key = { 0 }, other = { 0 };
	size_t distinct = 0;
	bool good = true;
	struct val_iter it = val_iter(v);
	while (good && val_next(&it)) {
		struct view k = val_text(it.key, &key);
		bool last = true;
		for (struct val_iter rest = it; val_next(&rest);)
			last = last && !view_eq(val_text(rest.key, &other), k);
		if (!last)
			continue;
		distinct++;
		const json_t *want = json_object_getn(j, k.p, k.n);
		good = want && same(it.val, want, &other);
	}
	buf_release(&key);
	buf_release(&other);
	return good && distinct == json_object_size(j);
}

static bool same(struct val v, const json_t *j, struct buf *scratch)
{
	switch (json_typeof(j)) {
	case JSON_NULL:
		return v.kind == K_NULL;
	case JSON_TRUE:
		return v.kind == K_TRUE;
	case JSON_FALSE:
		return v.kind == K_FALSE;
	case JSON_INTEGER:
	case JSON_REAL:
		buf_reset(scratch);
		buf_add(scratch, v.p, v.n);
		return v.kind == K_NUMBER && fabs(strtod(scratch->p, NULL) -
						     json_number_value(j)) == 0;
	case JSON_STRING: {
		struct view t = val_text(v, scratch);
		return v.kind == K_STRING &&
		       val_has_nul(v) == (memchr(t.p, 0, t.n) != NULL) &&
		       view_eq(t, (struct view){ json_string_value(j),
					  json_string_length(j) });
	}
	case JSON_ARRAY: {
		struct val_iter it = val_iter(v);
		size_t i = 0;
		bool good = v.kind == K_ARRAY;
		while (good && val_next(&it))
			good = i < json_array_size(j) &&
			       same(it.val, json_array_get(j, i++), scratch);
		return good && i == json_array_size(j);
	}
	case JSON_OBJECT:
		return v.kind == K_OBJECT && same_object(v, j);
	}
	return false;
}

static int depth_of(struct view t)
{
	int depth = 0, most = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '[' || t.p[i] == '{')
			most = ++depth > most ? depth : most;
		else if (t.p[i] == ']' || t.p[i] == '}')
			depth--;
	}
	return most;
}

static struct {
	unsigned taken, refused, left_out;
} count;

/* Whether both say the same of a text. */
static bool agree(struct buf *b)
{
	json_error_t err;
	struct why why = { 0 };
	struct val v;
	struct buf scratch = { 0 };
	buf_grow(b, 1);
	json_t *j = json_loadb(b->p, b->n,
		JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
		&err);
	const char *end = b->p + b->n, *p = skip(b->p, end);
	p = scan_value(p, end, b->p, &v, &why);
	bool ours = p && skip(p, end) == end, good;
	enum json_error_code code = j ? 0 : json_error_code(&err);
	if (code == json_error_numeric_overflow ||
		code == json_error_null_byte_in_key ||
		depth_of(buf_view(b)) >= SCAN_DEPTH) {
		count.left_out++;
		good = true;
	} else if (b->n && memchr(b->p, '\0', b->n)) {
		count.refused++;
		good = !ours;
	} else if (j) {
		count.taken++;
		good = ours && same(v, j, &scratch);
	} else {
		count.refused++;
		good = !ours && (p || (why.col >= 1 && why.col <= b->n + 1));
	}
	json_decref(j);
	buf_release(&scratch);
	return good;
}

static bool show(const struct buf *b, unsigned round)
{
	fprintf(stderr, "# round %u: ", round);
	for (size_t i = 0; i < b->n; i++) {
		unsigned char c = (unsigned char)b->p[i];
		if (c >= 0x20 && c < 0x7f)
			putc(c, stderr);
		else
			fprintf(stderr, "\\x%02x", c);
	}
	putc('\n', stderr);
	return false;
}

/* A line of a few members: a key twice is refused, and only that. */
static bool agree_on_line(struct rec *r, struct buf *b)
{
	json_error_t err;
	struct why why;
	bool good;
	json_t *j = json_loadb(b->p, b->n,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL |
			JSON_DECODE_INT_AS_REAL,
		&err);
	bool ours = rec_parse(r, b->p, b->n, &why);
	if (!j && json_error_code(&err) == json_error_null_byte_in_key)
		return true;
	good = ours == (j != NULL);
	struct buf scratch = { 0 };
	for (size_t i = 0; good && j && i < r->nmembers; i++) {
		struct view name = keys_name(r->keys, r->member[i].id);
		const json_t *want = json_object_getn(j, name.p, name.n);
		good = want &&
		       same(rec_get(r, r->member[i].id), want, &scratch);
	}
	if (good && j)
		good = r->nmembers == json_object_size(j);
	buf_release(&scratch);
	json_decref(j);
	return good;
}

static void line(struct buf *b)
{
	static const char *const keys[] = { "a", "b", "\\u0061", "c",
		"\xc3\xa9", "\\u00e9", "type", "\\u0074ype", "",
		"a long name of a member", "a long name of a membet", "a\\/b",
		"a/b" };
	buf_addc(b, '{');
	for (uint32_t i = 0, n = rnd(6); i < n; i++) {
		if (i)
			buf_addc(b, ',');
		blank(b);
		buf_addc(b, '"');
		buf_adds(b, pick(keys, sizeof(keys) / sizeof(*keys)));
		buf_addc(b, '"');
		blank(b);
		buf_addc(b, ':');
		if (rnd(3))
			number(b);
		else
			text(b);
	}
	buf_addc(b, '}');
	for (char *p; (p = strstr(b->p, "1e400"));)
		memcpy(p, "1e100", 5);
}

int main(void)
{
	const char *seed = getenv("SEED"), *rounds = getenv("ROUNDS");
	if (seed)
		state = strtoull(seed, NULL, 10) * 2 + 1;
	unsigned n = rounds ? (unsigned)strtoul(rounds, NULL, 10) : 60000;
	struct buf b = { 0 };
	bool good = true;
	for (unsigned i = 0; good && i < n; i++) {
		buf_reset(&b);
		value(&b, 0);
		if (i % 4)
			mutate(&b);
		good = agree(&b) || show(&b, i);
	}
	ok(good, "%u texts are taken or refused, and read, as jansson does", n);
	ok(count.taken > n / 5 && count.refused > n / 5 &&
			count.left_out < n / 10,
		"%u were taken, %u refused, %u left out", count.taken,
		count.refused, count.left_out);

	struct keys keys = { 0 };
	struct rec r;
	rec_init(&r, &keys);
	for (unsigned i = 0; good && i < n; i++) {
		buf_reset(&b);
		line(&b);
		good = agree_on_line(&r, &b) || show(&b, i);
	}
	ok(good, "%u lines too, and a key twice in any spelling is refused", n);
	rec_release(&r);
	keys_release(&keys);
	buf_release(&b);
	return done();
}
