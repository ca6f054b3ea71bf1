/* Cells as JSON: quoting to the byte, numbers and times read whole. */
#include "crm/mapcell.h"
#include "record/scan.h"

#include "tap.h"

static struct mapcell_days days;

static struct view put(struct map_field f, struct mapcell_env env,
	const char *text)
{
	static struct buf out;
	struct buf in = { 0 };
	struct why why = { 0 };
	if (!f.point)
		f.point = '.';
	f.split = f.split.p ? f.split : VIEW(",");
	f.pair = VIEW(":");
	buf_adds(&in, text);
	buf_grow(&in, 64);
	memset(in.p + in.n, '"', 64);
	buf_reset(&out);
	bool good = mapcell_put(&f, &env, &days, buf_view(&in), &out, &why);
	buf_release(&in);
	if (!good)
		return why.text[0] ? VIEW("refused") : VIEW("no reason");
	return buf_view(&out);
}

/* Every byte at every place of texts up to two blocks long. */
static void quoting(void)
{
	bool same = true;
	for (size_t n = 0; n < 36; n++)
		for (size_t at = 0; at < n; at++)
			for (int c = 0; c < 256; c++) {
				char text[64];
				struct buf a = { 0 }, b = { 0 };
				memset(text, '"', sizeof(text));
				memset(text, 'x', n);
				text[at] = (char)c;
				buf_grow(&a, n * 6 + 32);
				mapcell_quote(&a, (struct view){ text, n });
				json_text(&b, (struct view){ text, n });
				same &= view_eq(buf_view(&a), buf_view(&b));
				buf_release(&a);
				buf_release(&b);
			}
	ok(same, "quotes as json_text does, byte by byte");
}

static void numbers(void)
{
	const struct mapcell_env env = { .minor = -1 };
	const struct map_field money = { .type = MT_MONEY };
	const struct map_field whole = { .type = MT_INTEGER };
	static const char *const table[][2] = {
		{ "1.10", "1.10" },
		{ "0", "0" },
		{ "-0.00", "-0.00" },
		{ "007.50", "7.50" },
		{ " 5 ", "5" },
		{ "(5.00)", "-5.00" },
		{ "¥12.30", "12.30" },
		{ "9007199254740993.01", "9007199254740993.01" },
		{ "1e3", "refused" },
		{ "1.", "refused" },
		{ ".5", "refused" },
		{ "1,5", "refused" },
		{ "--1", "refused" },
		{ "12O", "refused" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		is_str(put(money, env, table[i][0]), table[i][1], "%s",
			table[i][0]);
	is_str(put(whole, env, "12"), "12", "a whole number");
	is_str(put(whole, env, "12.0"), "refused", "12.0 is not written whole");
	struct map_field f = { .type = MT_MONEY,
		.point = ',',
		.thousands = '.',
		.negate = true };
	is_str(put(f, env, "1.234,50"), "-1234.50", "signs, and turned");
	const struct mapcell_env yen = { .minor = 0 }, cent = { .minor = 2 };
	is_str(put(money, cent, "1999"), "19.99", "cents");
	is_str(put(money, cent, "-5"), "-0.05", "less than one");
	is_str(put(money, yen, "1999"), "1999", "yen");
	is_str(put(money, cent, "19.99"), "refused", "cents are whole");
}

static void times(void)
{
	static const char *usual[] = { "%Y-%m-%d %H:%M:%S" };
	static const char *german[] = { "%d.%m.%Y" };
	static const char *epoch[] = { "epoch", "epoch ms" };
	struct why why;
	struct map_field f = { .type = MT_TIME,
		.format = usual,
		.nformats = 1,
		.usual = true };
	struct mapcell_env env = { .zone = zone_find("Europe/Berlin", &why),
		.minor = -1 };
	static const char *const table[][2] = {
		{ "2026-07-01 10:00:00", "\"2026-07-01T10:00:00+02:00\"" },
		{ "2026-03-29 01:59:59", "\"2026-03-29T01:59:59+01:00\"" },
		{ "2026-03-29 02:30:00", "\"2026-03-29T03:30:00+02:00\"" },
		{ "2026-10-25 02:30:00", "\"2026-10-25T02:30:00+02:00\"" },
		{ "2026-10-25 23:30:00", "\"2026-10-25T23:30:00+01:00\"" },
		{ "2024-02-29 00:00:00", "\"2024-02-29T00:00:00+01:00\"" },
		{ "2026-02-29 00:00:00", "refused" },
		{ "2026-01-01 24:00:00", "refused" },
		{ "2026-01-01T10:00:00", "refused" },
		{ "2026-01-01 10:00", "refused" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		is_str(put(f, env, table[i][0]), table[i][1], "%s",
			table[i][0]);
	/* Every hour of a year, the short way and the long. */
	struct map_field slow = f;
	slow.usual = false;
	bool same = true;
	for (int month = 1; month <= 12; month++)
		for (int day = 1; day <= 28 + 3 * (month != 2); day++)
			for (int hour = 0; hour < 24; hour++) {
				char text[64];
				snprintf(text, sizeof(text),
					"2026-%02d-%02d %02d:30:00", month, day,
					hour);
				struct view v = put(f, env, text);
				char fast[64];
				memcpy(fast, v.p, v.n);
				v.p = fast;
				same &= view_eq(v, put(slow, env, text));
			}
	ok(same, "the short way is the long one");
	env.zone = NULL;
	is_str(put(f, env, "2026-07-01 10:00:00"), "refused", "no zone");
	f.format = german;
	f.usual = false;
	is_str(put(f, env, "31.12.2026"), "\"2026-12-31\"", "a date");
	f.format = epoch;
	is_str(put(f, env, "1767225600"), "\"2026-01-01T00:00:00Z\"", "epoch");
	is_str(put(f, env, "-1"), "\"1969-12-31T23:59:59Z\"", "before 1970");
	is_str(put(f, env, "99999999999999999999"), "refused", "no era");
	f.type = MT_DATE;
	is_str(put(f, env, "1767225600"), "\"2026-01-01\"", "its day");
}

static void texts(void)
{
	const struct mapcell_env env = { .region = "CN", .minor = -1 };
	is_str(put((struct map_field){ .type = MT_ID }, env, " 0050\t"),
		"\"0050\"", "an id is trimmed, its zeros stay");
	is_str(put((struct map_field){ .type = MT_ID }, env, "2.1001E+18"),
		"refused", "what Excel left");
	is_str(put((struct map_field){ .type = MT_ID }, env, "1E+10"),
		"refused", "and without a point");
	is_str(put((struct map_field){ .type = MT_ID }, env, "2E9"), "\"2E9\"",
		"a code is a code");
	is_str(put((struct map_field){ .type = MT_PHONE }, env, "138****0001"),
		"refused", "a masked number");
	is_str(put((struct map_field){ .type = MT_LIST }, env,
		       "a, \"b, \"\"c\"\"\",,d\\, e"),
		"[\"a\",\"b, \\\"c\\\"\",\"d, e\"]", "a list with quotes");
	struct map_field pairs = { .type = MT_PAIRS, .split = VIEW(";") };
	is_str(put(pairs, env, "a:1;b;:2;c:3:4;a:5"),
		"{\"a\":\"1\",\"c\":\"3:4\"}", "pairs, the first of a name");
	is_str(put((struct map_field){ .type = MT_JSON }, env,
		       " {\"a\": 1e3} "),
		"{\"a\": 1e3}", "JSON as it is");
	is_str(put((struct map_field){ .type = MT_JSON }, env, "{\"a\":1} x"),
		"refused", "JSON and more");
	is_str(put((struct map_field){ .type = MT_JSON }, env, "'a'"),
		"refused", "no JSON");
	is_str(put((struct map_field){ .type = MT_BOOL }, env, "yes"),
		"refused", "no truth");
}

int main(void)
{
	for (size_t i = 0; i < 256; i++)
		days.day[i].day = INT64_MIN;
	quoting();
	numbers();
	times();
	texts();
	return done();
}
