/*
 * places: countries, and the provinces and cities of China, each by all its
 * spellings: 广东省, 广東, Guangdong and guangdong sheng are one.
 *
 * The lists are share/lists/cities.csv and countries.csv, whose heads say
 * where their facts are from; a file of that name in ./lists takes their
 * place. Spellings are compared without widths, cases, marks, blanks and
 * punctuation, traditional characters as simplified, and words like 'sheng'
 * or 'Province' at the end do not count.
 *
 * A text is a place only if it can be no other: Suzhou needs its province
 * (苏州 of 江苏, 宿州 of 安徽), 朝阳 too, and 吉林 alone may be the province or
 * the city. Zero is a valid empty list, which knows no place.
 */
#ifndef EDGE_PLACES_H
#define EDGE_PLACES_H

#include "base/map.h"
#include "base/vec.h"
#include "base/why.h"

enum place_level {
	PLACE_PROVINCE,
	PLACE_MUNICIPALITY, /* province and city in one, with districts */
	PLACE_REGION, /* Hong Kong, Macao: the same, without */
	PLACE_CITY,
	PLACE_COUNTY, /* of no city: stands for one */
	PLACE_DISTRICT, /* of a municipality */
};

struct locality {
	enum place_level level;
	struct view code; /* GB/T 2260, six digits */
	struct view name; /* the short one: 深圳 */
	struct view tier; /* of a city; empty where the list has none */
	size_t province; /* number of its own, or itself */
};

/* What one spelling names: a place, and the next with the same spelling. */
struct places_name {
	size_t place, next;
};

struct places {
	VEC(struct locality) place;
	struct map spelling;
	VEC(size_t) first; /* by spelling, into name */
	VEC(struct places_name) name;
	struct map country; /* spellings, and by them: */
	VEC(struct view) alpha2;
	struct arena text;
};

/* What a record says, each as it was written; p NULL where it says nothing. */
struct places_text {
	struct view country, province, city, district;
};

/* What it means. NULL (of country: p NULL) where that is not known. A city
 * brings its province with it (by_city: that is where it is from), and a
 * municipality its city. */
struct places_found {
	struct view country; /* ISO 3166-1 alpha-2 */
	const struct locality *province, *city, *district;
	bool by_city;
	bool abroad; /* another country: the list is not meant to have it */
};

void places_find(const struct places *p, const struct places_text *text,
	struct places_found *found);

/* Both lists. Dies where they cannot be found or taken, with line. files:
 * called with the path of each that is read; may be NULL. */
void places_load(struct places *p, void (*files)(void *arg, const char *path),
	void *arg);

/* What a list is made of: a row of cities.csv or of countries.csv. False with
 * why; then nothing was added. */
struct places_city {
	struct view code, level, name, full, pinyin, english, province, iso;
	struct view tier, also;
};
bool places_add(struct places *p, const struct places_city *row,
	struct why *why);
bool places_add_country(struct places *p, struct view code, struct view alpha3,
	struct view name, struct view english, struct view also,
	struct why *why);
void places_release(struct places *p);

#endif
