#include "crm/mapper_impl.h"

#include "base/hash.h"
#include "value/utf8.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* The texts of a place, trimmed; blanks alone are none. False where one is no
 * text, or none of the words that the map knows. */
static bool said(struct mapper *m, const struct map_place *place,
	const struct cell *cells, struct view v[PART_DISTRICT + 1])
{
	for (size_t i = 0; i <= PART_DISTRICT; i++) {
		struct cell c = { 0 };
		v[i] = (struct view){ NULL, 0 };
		if (!place->by[i])
			continue;
		if (!mapper_fetch(m, place->by[i], cells, &c))
			return false;
		if (!c.p)
			continue;
		if (c.kind == K_ARRAY || c.kind == K_OBJECT) {
			why_not(&m->why,
				"an array or object, where a place is wanted");
			return mapper_bad(m, place->by[i]);
		}
		v[i] = text_trim(view_cell(c));
		if (v[i].n == 0)
			v[i].p = NULL;
	}
	return true;
}

/* Texts with a byte after each that stands in none of them by itself: a row
 * that has no city is not one whose city is "". */
static void key_of(const struct view v[PART_DISTRICT + 1], struct buf *key)
{
	buf_reset(key);
	for (size_t i = 0; i <= PART_DISTRICT; i++) {
		if (v[i].p)
			buf_addv(key, v[i]);
		buf_addc(key, v[i].p ? '\xff' : '\xfe');
	}
}

/* People live in few places: most were looked up before. */
static const struct places_found *find(struct mapper *m,
	const struct view v[PART_DISTRICT + 1])
{
	key_of(v, &m->place_key);
	struct view key = buf_view(&m->place_key);
	if (!m->placed)
		m->placed = xcalloc(PLACED + 1, sizeof(*m->placed));
	/* What is longer is no place, and not kept: the last one has no key. */
	size_t slot =
		key.n > PLACED_KEY ? PLACED : hash64(key.p, key.n) % PLACED;
	struct placed *p = &m->placed[slot];
	if (p->key.n && view_eq(buf_view(&p->key), key))
		return &p->found;
	buf_reset(&p->key);
	if (slot < PLACED)
		buf_addv(&p->key, key);
	p->found = (struct places_found){ 0 };
	const struct places_text t = { v[PART_COUNTRY], v[PART_PROVINCE],
		v[PART_CITY], v[PART_DISTRICT] };
	if (m->calls.places)
		places_find(m->calls.places, &t, &p->found);
	return &p->found;
}

static struct view answer(const struct places_found *is, enum map_part part)
{
	static const struct view none = { NULL, 0 };
	switch (part) {
	case PART_COUNTRY:
		return is->country;
	case PART_PROVINCE:
		return is->province ? is->province->name : none;
	case PART_CITY:
		return is->city ? is->city->name : none;
	case PART_DISTRICT:
		return is->district ? is->district->name : none;
	case PART_PROVINCE_CODE:
		return is->province ? is->province->code : none;
	case PART_CITY_CODE:
		return is->city ? is->city->code : none;
	case PART_CITY_TIER:
		return is->city && is->city->tier.n ? is->city->tier : none;
	}
	return none;
}

static void name_strange(struct mapper_strange *s, struct view text)
{
	text = utf8_cut(text, 40);
	for (size_t i = 0; i < s->nnames; i++)
		if (view_eq(buf_view(&s->name[i]), text))
			return;
	if (s->nnames == LENGTH(s->name))
		return;
	buf_reset(&s->name[s->nnames]);
	buf_addv(&s->name[s->nnames++], text);
}

static void forget_strange(struct mapper_strange *s)
{
	s->n = s->nnames = 0;
}

bool mapper_place(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct view *out)
{
	static const char *const what[] = { "country", "province", "city",
		"district" };
	if (m->place != f->place) {
		if (!said(m, f->place, cells, m->place_own))
			return false;
		m->place_found = find(m, m->place_own);
		m->place = f->place;
	}
	const struct view *own = m->place_own;
	const struct places_found *is = m->place_found;
	bool typed = f->from != MF_PLACE && own[f->part_of].p;
	*out = answer(is, f->part_of);
	/* What its city says is not what it says itself. */
	if (typed && f->part_of == PART_PROVINCE && is->by_city)
		out->p = NULL;
	if (out->p || !typed)
		return true;
	*out = own[f->part_of];
	/* There is no list of other countries' places, nor of districts. */
	if (f->part_of == PART_DISTRICT ||
		(f->part_of != PART_COUNTRY && is->abroad))
		return true;
	if (f->bad == BAD_KEEP) {
		m->strange[f->part_of].n++;
		name_strange(&m->strange[f->part_of], *out);
		return true;
	}
	struct view shown = utf8_cut(*out, 40);
	why_not(&m->why, "'%.*s' is no %s that the list has, or may be several",
		(int)shown.n, shown.p, what[f->part_of]);
	if (f->bad == BAD_REFUSE)
		return mapper_bad(m, f);
	if (f->bad == BAD_EXTRA && m->map->extra)
		mapper_keep_extra(m, f, *out);
	out->p = NULL;
	return true;
}

void mapper_say_strange(struct mapper *m)
{
	static const char *const what[] = { "countries", "provinces",
		"cities" };
	for (size_t i = 0; i < MAPPER_STRANGE; i++) {
		struct mapper_strange *s = &m->strange[i];
		struct buf b = { 0 };
		for (size_t k = 0; k < s->nnames; k++)
			buf_addf(&b, "%s'%s'", k ? ", " : "", s->name[k].p);
		if (s->n)
			mapper_note(m,
				"%s that no list has, or has twice, stay as "
				"they are: %zu (%s)",
				what[i], s->n, b.p);
		buf_release(&b);
		forget_strange(s);
	}
}

void mapper_move_strange(struct mapper_strange *to, struct mapper_strange *from)
{
	for (size_t i = 0; i < MAPPER_STRANGE; i++) {
		to[i].n += from[i].n;
		for (size_t k = 0; k < from[i].nnames; k++)
			name_strange(&to[i], buf_view(&from[i].name[k]));
		forget_strange(&from[i]);
	}
}

void mapper_free_strange(struct mapper_strange *s)
{
	for (size_t i = 0; i < MAPPER_STRANGE; i++)
		for (size_t k = 0; k < LENGTH(s[i].name); k++)
			buf_release(&s[i].name[k]);
}
