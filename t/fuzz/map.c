/*
 * A map, a line "---", and a file: what the map says of the file is either a
 * mistake with its place, or records, each of which is JSON. Every row is
 * written, withheld, folded or refused.
 */
#include "crm/mapper.h"
#include "edge/jsontext.h"
#include "record/rec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct keys keys;
	struct rec rec;
	struct view map;
	uint64_t rows, written, withheld, folded, refused;
};

static void must(bool good)
{
	if (!good)
		abort();
}

static bool load(void *arg, const char *name, size_t skip, struct buf *text,
	struct buf *path, struct why *why)
{
	const struct run *r = arg;
	if (skip > 1 || strcmp(name, "m") != 0)
		return why_not(why, "no map");
	buf_addv(text, skip ? VIEW("{\"records\":[{\"type\":\"order\","
				   "\"fields\":{\"order_id\":\"id\"}}]}")
			    : r->map);
	buf_adds(path, "m");
	return true;
}

static void emit(void *arg, struct view line, bool first)
{
	struct run *r = arg;
	struct why why = { 0 };
	struct buf copy = { 0 };
	r->written += first;
	buf_addv(&copy, line);
	size_t n = copy.n;
	buf_grow(&copy, SCAN_PAD);
	memset(copy.p + n, 0, SCAN_PAD);
	must(rec_parse(&r->rec, copy.p, n, &why));
	must(memchr(copy.p, '\n', n) == NULL);
	buf_release(&copy);
}

static void refuse(void *arg, size_t line, size_t row, const char *field,
	struct view raw, const char *reason)
{
	(void)line, (void)row, (void)field;
	must(reason && *reason && (raw.n == 0 || raw.p));
	((struct run *)arg)->refused++;
}

static void note(void *arg, const char *text)
{
	(void)arg, (void)text;
}

static void read_csv(struct run *r, const struct mapping *map, struct mapper *m,
	struct source *s)
{
	struct csv c;
	struct csv_row row;
	struct why why = { 0 };
	enum csv_status status;
	bool head = map->ncolumns > 0;
	csv_open(&c, s, map->delim);
	if (head && mapper_header(m, NULL, 0, &why) < 0)
		goto out;
	while ((status = csv_next(&c, &row, &why)) != CSV_END) {
		if (head) {
			r->rows++;
			if (status == CSV_ROW)
				mapper_csv(m, &row);
			else
				mapper_refuse(m, row.line, row.raw, why.text);
			continue;
		}
		if (status != CSV_ROW)
			goto out;
		int is = mapper_header(m, row.cell, row.n, &why);
		if (is < 0) {
			must(why.text[0]);
			goto out;
		}
		head = is > 0;
		r->rows += !head;
	}
out:
	csv_close(&c);
}

static void read_json(const struct mapping *map, struct mapper *m,
	struct source *s)
{
	struct jsontext j;
	struct val v;
	struct view raw;
	struct why why = { 0 };
	size_t line;
	enum jsontext_status status;
	jsontext_open(&j, s, map->format == MAP_NDJSON, 1 << 16);
	while ((status = jsontext_next(&j, &v, &raw, &line, &why)) !=
		JSONTEXT_END)
		if (status == JSONTEXT_VALUE)
			mapper_document(m, v, line);
		else
			mapper_refuse(m, line, raw, why.text);
}

/* Suzhou is a city of two provinces, and Xuhui a district. */
static void add_places(struct places *p)
{
	static const char *const rows[][5] = {
		{ "340000", "province", "安徽", "Anhui", "安徽" },
		{ "341300", "city", "宿州", "Suzhou", "安徽" },
		{ "310000", "municipality", "上海", "Shanghai", "上海" },
		{ "310104", "district", "徐汇", "Xuhui", "上海" },
		{ "320000", "province", "江苏", "Jiangsu", "江苏" },
		{ "320500", "city", "苏州", "Suzhou", "江苏" },
	};
	struct why why;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct places_city row = { .code = view_of(rows[i][0]),
			.level = view_of(rows[i][1]),
			.name = view_of(rows[i][2]),
			.pinyin = view_of(rows[i][3]),
			.province = view_of(rows[i][4]) };
		must(places_add(p, &row, &why));
	}
	must(places_add_country(p, VIEW("CN"), VIEW("CHN"), VIEW("中国"),
		VIEW("China"), VIEW(""), &why));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r = { 0 };
	struct buf path = { 0 };
	struct why why = { 0 };
	const char *p = (const char *)data;
	const char *cut = size ? memmem(p, size, "\n---\n", 5) : NULL;
	struct view file = { cut ? cut + 5 : "",
		cut ? size - (size_t)(cut - p) - 5 : 0 };
	r.map = (struct view){ p, cut ? (size_t)(cut - p) : size };
	struct mapping *map = mapping_compile("m", load, &r, NULL, &path, &why);
	must(map || why.text[0]);
	/* UTF-32 ends the tool, by its mark. */
	bool utf32 = file.n >= 4 && (!memcmp(file.p, "\377\376\0\0", 4) ||
					    !memcmp(file.p, "\0\0\376\377", 4));
	if (map && !utf32 && !map->pass && map->format != MAP_XML) {
		struct places places = { 0 };
		const struct mapper_calls calls = { &r, emit, refuse, note,
			&r.withheld, &r.folded, &places };
		if (map->places)
			add_places(&places);
		struct mapper *m = mapper_new(map, &calls);
		struct source s = { 0 };
		rec_init(&r.rec, &r.keys);
		source_memory(&s, "f", file, CHARSET_NONE, map->encoding,
			map->nencodings);
		mapper_file(m, "2026-11-20-f.csv", mapper_date("2026-11-20"),
			false);
		if (map->format == MAP_CSV)
			read_csv(&r, map, m, &s);
		else
			read_json(map, m, &s);
		mapper_end(m);
		must(map->format != MAP_CSV ||
			r.rows ==
				r.written + r.withheld + r.folded + r.refused);
		source_close(&s);
		mapper_free(m);
		places_release(&places);
		rec_release(&r.rec);
		keys_release(&r.keys);
	}
	mapping_free(map);
	buf_release(&path);
	return 0;
}
