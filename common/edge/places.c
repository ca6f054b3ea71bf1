#include "edge/places.h"

#include "edge/rules.h"
#include "edge/share.h"
#include "value/plain.h"
#include "value/text.h"
#include "value/utf8.h"

#include <stdlib.h>

/* No place's name is longer; and words of it that may be taken off. */
#define KEY_MAX 120
#define WORDS 12

static const char *const levels[] = { "province", "municipality", "region",
	"city", "county", "district", NULL };

/* A spelling as it is compared, and where its words begin. */
struct key {
	char p[KEY_MAX + 8];
	size_t n;
	size_t word[WORDS], words;
};

static bool counts(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
	return cp >= 0xC0 && !(cp >= 0x300 && cp <= 0x36F) &&
	       !(cp >= 0x2000 && cp <= 0x2BFF) &&
	       !(cp >= 0x3000 && cp <= 0x303F) && cp != 0xFEFF;
}

/* False where the text is too long for a place, or has nothing that counts. */
static bool fold(struct key *k, struct view v)
{
	bool inside = false;
	k->n = k->words = 0;
	for (size_t i = 0; i < v.n;) {
		uint32_t cp, out[2];
		i += utf8_get(v.p + i, v.n - i, &cp);
		cp = plain_han(text_lower(text_narrow(cp)));
		if (!counts(cp)) {
			/* Xi'an is one word, and so is Garze with a mark */
			inside &= cp == '\'' || cp == 0x2019 ||
				  (cp >= 0x300 && cp <= 0x36F);
			continue;
		}
#ifndef PLANT_PLACES
		if (k->n >= KEY_MAX)
			return false;
#endif
		if (!inside && k->words < WORDS)
			k->word[k->words++] = k->n;
		inside = true;
		size_t n = plain_latin(cp, out);
		for (size_t j = 0; j < n; j++)
			k->n += utf8_put(k->p + k->n, out[j]);
	}
	return k->n > 0;
}

static bool ends(struct view v, const char *with)
{
	size_t n = strlen(with);
	return v.n > n && memcmp(v.p + v.n - n, with, n) == 0;
}

/*
 * Takes a word off the end that says what kind of place it is. Not 区 and 县:
 * 海南区 is in 乌海, 兴安县 in 桂林.
 */
static bool shorten(struct key *k, bool district)
{
	static const char *const han[] = { "特别行政区", "自治区", "自治州",
		"地区", "省", "市", "州", "盟", NULL };
	static const char *const parts[] = { "新区", "区", "县", NULL };
	static const char *const latin[] = { "sheng", "shi", "qu", "xian",
		"meng", "zhou", "diqu", "zizhiqu", "zizhizhou", "province",
		"city", "municipality", "district", "county", "prefecture",
		"league", "region", "area", "new", "autonomous", "special",
		"administrative", "sar", "and", "hui", "zhuang", "uygur",
		"uyghur", "korean", "mongol", "mongolian", "tibetan", "qiang",
		"yi", "bai", "dai", "jingpo", "lisu", "hani", "miao", "dong",
		"buyei", "tujia", "kazakh", "kirgiz", NULL };
	struct view v = { k->p, k->n };
	for (const char *const *s = district ? parts : han; *s; s++)
		if (ends(v, *s)) {
			k->n -= strlen(*s);
			return true;
		}
	if (k->words < 2)
		return false;
	size_t from = k->word[k->words - 1];
	struct view last = { k->p + from, k->n - from };
	for (const char *const *s = latin; *s; s++)
		if (view_is(last, *s)) {
			k->n = from;
			k->words--;
			return true;
		}
	return false;
}

/* The lists. */

static struct view keep(struct places *p, struct view v)
{
	return (struct view){ arena_bytes(&p->text, v.p, v.n), v.n };
}

static size_t find_level(struct view v)
{
	size_t i = 0;
	while (levels[i] && !view_is(v, levels[i]))
		i++;
	return levels[i] ? i : MAP_NONE;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* No place but its own has a code as a name. */
static void spell(struct places *p, size_t place, struct view v)
{
	struct key k;
	bool isnew;
	if (!fold(&k, v) ||
		(is_digit(k.p[0]) && !view_eq(v, p->place.v[place].code)))
		return;
	size_t s = map_add(&p->spelling, k.p, k.n, &isnew);
	if (isnew)
		*vec_add(&p->first) = MAP_NONE;
	for (size_t i = p->first.v[s]; i != MAP_NONE; i = p->name.v[i].next)
		if (p->name.v[i].place == place)
			return;
	*vec_add(&p->name) =
		(struct places_name){ .place = place, .next = p->first.v[s] };
	p->first.v[s] = p->name.n - 1;
}

/* The next of the texts that '|' parts. */
static bool next_of(struct view *rest, struct view *one)
{
	if (rest->n == 0)
		return false;
	const char *bar = memchr(rest->p, '|', rest->n);
	*one = (struct view){ rest->p,
		bar ? (size_t)(bar - rest->p) : rest->n };
	size_t used = one->n + (bar != NULL);
	*rest = (struct view){ rest->p + used, rest->n - used };
	return true;
}

/* Provinces stand before what is in them. */
static size_t find_province(const struct places *p, struct view name)
{
	for (size_t i = 0; i < p->place.n; i++)
		if (p->place.v[i].level <= PLACE_REGION &&
			view_eq(p->place.v[i].name, name))
			return i;
	return MAP_NONE;
}

bool places_add(struct places *p, const struct places_city *row,
	struct why *why)
{
	struct locality place = { 0 };
	struct view one, also = row->also;
	size_t level = find_level(row->level), digits = 0;
	while (digits < row->code.n && is_digit(row->code.p[digits]))
		digits++;
	if (digits != 6 || row->code.n != 6)
		return why_not(why, "'%.*s' is no code of GB/T 2260, as 440300",
			(int)row->code.n, row->code.p);
	if (level == MAP_NONE)
		return why_not(why,
			"'%.*s' is no level (province, municipality, region, "
			"city, county, district)",
			(int)row->level.n, row->level.p);
	if (row->name.n == 0)
		return why_not(why, "the place has no name");
	if (map_find(&p->spelling, row->code.p, 6) != MAP_NONE)
		return why_not(why, "the code '%.*s' stands twice", 6,
			row->code.p);
	place.level = (enum place_level)level;
	place.province = place.level <= PLACE_REGION
				 ? p->place.n
				 : find_province(p, row->province);
	if (place.province == MAP_NONE)
		return why_not(why, "no province '%.*s' stands before '%.*s'",
			(int)row->province.n, row->province.p, (int)row->name.n,
			row->name.p);
	place.code = keep(p, row->code);
	place.name = keep(p, row->name);
	place.tier = keep(p, row->tier);
	size_t self = p->place.n;
	*vec_add(&p->place) = place;
	const struct view names[] = { row->code, row->name, row->full,
		row->pinyin, row->english };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		spell(p, self, names[i]);
	while (next_of(&also, &one))
		spell(p, self, one);
	if (row->iso.n && row->iso.n < 8) {
		char iso[16] = "cn-";
		memcpy(iso + 3, row->iso.p, row->iso.n);
		spell(p, self, (struct view){ iso, row->iso.n + 3 });
	}
	return true;
}

static bool spell_country(struct places *p, struct view alpha2, struct view v,
	struct why *why)
{
	struct key k;
	bool isnew;
	if (!fold(&k, v))
		return true;
	size_t i = map_add(&p->country, k.p, k.n, &isnew);
	if (isnew)
		*vec_add(&p->alpha2) = alpha2;
	else if (!view_eq(p->alpha2.v[i], alpha2))
		return why_not(why, "'%.*s' is %.*s already", (int)v.n, v.p,
			(int)p->alpha2.v[i].n, p->alpha2.v[i].p);
	return true;
}

bool places_add_country(struct places *p, struct view code, struct view alpha3,
	struct view name, struct view english, struct view also,
	struct why *why)
{
	struct view one;
	if (code.n != 2 || code.p[0] < 'A' || code.p[0] > 'Z' ||
		code.p[1] < 'A' || code.p[1] > 'Z')
		return why_not(why, "'%.*s' is no code of ISO 3166, as CN",
			(int)code.n, code.p);
	code = keep(p, code);
	bool good = spell_country(p, code, code, why) &&
		    spell_country(p, code, alpha3, why) &&
		    spell_country(p, code, name, why) &&
		    spell_country(p, code, english, why);
	while (good && next_of(&also, &one))
		good = spell_country(p, code, one, why);
	return good;
}

static void open_list(struct rules *table, struct buf *path, const char *name,
	const char *const *need, const char *const *may,
	void (*files)(void *arg, const char *path), void *arg)
{
	share_list(path, name);
	if (files)
		files(arg, path->p);
	rules_load(table, path->p, need, may);
}

void places_load(struct places *p, void (*files)(void *arg, const char *path),
	void *arg)
{
	static const char *const need[] = { "code", "level", "name", "long",
		"pinyin", "province", NULL };
	static const char *const may[] = { "english", "iso", "tier", "also",
		NULL };
	static const char *const of[] = { "code", "alpha3", "name", "english",
		NULL };
	struct rules t;
	struct buf path = { 0 };
	struct why why = { 0 };
	*p = (struct places){ 0 };
	open_list(&t, &path, "cities.csv", need, may, files, arg);
	for (size_t i = 0; i < t.row.n; i++) {
		const struct places_city row = {
			.code = rules_cell(&t, i, "code"),
			.level = rules_cell(&t, i, "level"),
			.name = rules_cell(&t, i, "name"),
			.full = rules_cell(&t, i, "long"),
			.pinyin = rules_cell(&t, i, "pinyin"),
			.english = rules_cell(&t, i, "english"),
			.province = rules_cell(&t, i, "province"),
			.iso = rules_cell(&t, i, "iso"),
			.tier = rules_cell(&t, i, "tier"),
			.also = rules_cell(&t, i, "also"),
		};
		if (!places_add(p, &row, &why))
			rules_die(&t, i, "%s", why.text);
	}
	rules_release(&t);
	buf_reset(&path);
	open_list(&t, &path, "countries.csv", of, may + 3, files, arg);
	for (size_t i = 0; i < t.row.n; i++)
		if (!places_add_country(p, rules_cell(&t, i, "code"),
			    rules_cell(&t, i, "alpha3"),
			    rules_cell(&t, i, "name"),
			    rules_cell(&t, i, "english"),
			    rules_cell(&t, i, "also"), &why))
			rules_die(&t, i, "%s", why.text);
	rules_release(&t);
	buf_release(&path);
}

void places_release(struct places *p)
{
	vec_release(&p->place);
	map_release(&p->spelling);
	vec_release(&p->first);
	vec_release(&p->name);
	map_release(&p->country);
	vec_release(&p->alpha2);
	arena_release(&p->text);
	*p = (struct places){ 0 };
}

/* Questions. */

static size_t named(const struct places *p, const struct key *k)
{
	size_t s = map_find(&p->spelling, k->p, k->n);
	return s == MAP_NONE ? MAP_NONE : p->first.v[s];
}

static struct view find_country(const struct places *p, struct view text)
{
	struct key k;
	if (!text.p || !fold(&k, text))
		return (struct view){ NULL, 0 };
	size_t i = map_find(&p->country, k.p, k.n);
	return i == MAP_NONE ? (struct view){ NULL, 0 } : p->alpha2.v[i];
}

/* The country that a province of the list is in, as ISO 3166 has it. */
static bool within(const struct locality *province, struct view country)
{
	static const char *const apart[][2] = { { "71", "TW" }, { "81", "HK" },
		{ "82", "MO" } };
	if (!country.p || view_is(country, "CN"))
		return true;
	for (size_t i = 0; i < 3; i++)
		if (memcmp(province->code.p, apart[i][0], 2) == 0)
			return view_is(country, apart[i][1]);
	return false;
}

static const struct locality *find_in_provinces(const struct places *p,
	const struct key *k, struct view country)
{
	for (size_t i = named(p, k); i != MAP_NONE; i = p->name.v[i].next) {
		const struct locality *is = &p->place.v[p->name.v[i].place];
		if (is->level <= PLACE_REGION && within(is, country))
			return is;
	}
	return NULL;
}

static const struct locality *province_of(const struct places *p,
	struct view text, struct view country)
{
	struct key k;
	const struct locality *is = NULL;
	if (!text.p || !fold(&k, text))
		return NULL;
	/* GD, where it is sure that this is China */
	if (country.p && k.n == 2) {
		struct key iso = { .p = { 'c', 'n', k.p[0], k.p[1] }, .n = 4 };
		is = find_in_provinces(p, &iso, country);
	}
	while (!is && !(is = find_in_provinces(p, &k, country)) &&
		shorten(&k, false))
		;
	return is;
}

/*
 * The only place of the province (any: NULL) that the spelling can mean.
 * *several: it can mean more than one. Without a province 吉林 may be that,
 * too, and 朝阳 a district; districts of other cities are not in the list, so
 * none is taken for one of a municipality.
 */
static const struct locality *only(const struct places *p, const struct key *k,
	const struct locality *province, bool *several)
{
	const struct locality *is = NULL;
	*several = false;
	for (size_t i = named(p, k); i != MAP_NONE; i = p->name.v[i].next) {
		const struct locality *one = &p->place.v[p->name.v[i].place];
		if (province && (&p->place.v[one->province] != province ||
					one->level == PLACE_PROVINCE))
			continue;
#ifndef MUTANT_namesakes
		*several = is != NULL;
#endif
		is = one;
		if (*several)
			return NULL;
	}
	if (is && (is->level == PLACE_PROVINCE ||
			  (!province && is->level == PLACE_DISTRICT)))
		return NULL;
	return is;
}

static bool is_han(const struct key *k)
{
	uint32_t cp;
	utf8_get(k->p, k->n, &cp);
	return cp >= 0x3400;
}

static const struct locality *city_of(const struct places *p, struct view text,
	const struct locality *province, bool han)
{
	bool districts = province && province->level == PLACE_MUNICIPALITY;
	bool several;
	struct key k;
	const struct locality *is;
	if (!text.p || !fold(&k, text) || (han && !is_han(&k)))
		return NULL;
	while (!(is = only(p, &k, province, &several)) && !several &&
		(shorten(&k, false) || (districts && shorten(&k, true))))
		;
	return is;
}

void places_find(const struct places *p, const struct places_text *text,
	struct places_found *found)
{
	const struct locality *province, *city;
	*found = (struct places_found){ 0 };
	found->country = find_country(p, text->country);
	found->abroad = found->country.p && !view_is(found->country, "CN");
	if (found->abroad && !view_is(found->country, "HK") &&
		!view_is(found->country, "MO") &&
		!view_is(found->country, "TW"))
		return;
	province = province_of(p, text->province, found->country);
	/* Aba of a province that is not ours is not 阿坝. */
	city = city_of(p, text->city, province, text->province.p && !province);
	if (city && !within(&p->place.v[city->province], found->country))
		city = NULL;
	if (city && city->level == PLACE_DISTRICT) {
		found->district = city;
		city = province;
	}
	found->by_city = !province && city;
	if (found->by_city)
		province = &p->place.v[city->province];
	if (!city && province && !text->city.p &&
		province->level != PLACE_PROVINCE)
		city = province;
	if (text->district.p && province &&
		province->level == PLACE_MUNICIPALITY) {
		const struct locality *d =
			city_of(p, text->district, province, false);
		found->district =
			d && d->level == PLACE_DISTRICT ? d : found->district;
	}
	found->province = province;
	found->city = city;
}
