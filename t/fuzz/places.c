/*
 * Lines: "+code;level;name;long;pinyin;english;province;iso;tier;also" is a
 * row of cities.csv, "=code;alpha3;name;english;also" one of countries.csv,
 * any other "country;province;city;district" is looked up. What was found
 * must be found again by its own names, so that a record that is read twice
 * is the same.
 */
#include "edge/places.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static struct view next(struct view *rest, char end)
{
	const char *q = rest->n ? memchr(rest->p, end, rest->n) : NULL;
	struct view one = { rest->p, q ? (size_t)(q - rest->p) : rest->n };
	size_t used = one.n + (q != NULL);
	*rest = (struct view){ rest->p + used, rest->n - used };
	return one;
}

static void look(const struct places *p, struct view line)
{
	const struct view none = { NULL, 0 };
	struct places_found f, again;
	struct places_text t;
	t.country = next(&line, ';');
	t.province = line.n ? next(&line, ';') : none;
	t.city = line.n ? next(&line, ';') : none;
	t.district = line.n ? next(&line, ';') : none;
	places_find(p, &t, &f);
	must(!f.by_city || (f.city && f.province));
	must(!f.city || f.city->level != PLACE_DISTRICT);
	must(!f.district || f.district->level == PLACE_DISTRICT);
	if (f.city)
		must(&p->place.v[f.city->province] == f.province);
	/* By codes, which no two places share. */
	t.country = f.country;
	t.province = f.province ? f.province->code : none;
	t.city = f.city ? f.city->code : none;
	t.district = f.district ? f.district->code : none;
	places_find(p, &t, &again);
	must(view_eq(again.country, f.country));
	must(!f.province || again.province == f.province);
	must(!f.city || again.city == f.city);
	must(!f.district || again.district == f.district);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct places p = { 0 };
	struct why why = { 0 };
	struct view rest = { (const char *)data, size };
	while (rest.n) {
		struct view line = next(&rest, '\n'), cell[10];
		char kind = line.n ? line.p[0] : 0;
		if (kind != '+' && kind != '=') {
			look(&p, line);
			continue;
		}
		next(&line, kind);
		for (size_t i = 0; i < 10; i++)
			cell[i] = next(&line, ';');
		const struct places_city row = { cell[0], cell[1], cell[2],
			cell[3], cell[4], cell[5], cell[6], cell[7], cell[8],
			cell[9] };
		bool good = kind == '+'
				    ? places_add(&p, &row, &why)
				    : places_add_country(&p, cell[0], cell[1],
					      cell[2], cell[3], cell[4], &why);
		must(good || why.text[0]);
	}
	places_release(&p);
	return 0;
}
