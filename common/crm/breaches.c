#include "crm/breaches.h"

#include "base/die.h"
#include "crm/check.h"

#define NAMED 10 /* of one field and reason, as tool_refuse does */
#define KINDS 200 /* of field and reason that are told apart */

/* How often each field was broken, for the end. */
struct tally {
	struct map text; /* "order total: number wanted, not text" */
	VEC(uint64_t) count;
};

static uint64_t tally_add(struct tally *y, struct view type,
	const struct breach *b)
{
	struct buf text = { 0 };
	bool isnew;
	buf_addf(&text, "%.*s %.*s: %s", (int)type.n, type.n ? type.p : "",
		(int)b->field.n, b->field.p, b->reason);
	/* The words of a bad value are left out. */
	char *quote = strchr(text.p, '\'');
	char *end = quote ? strchr(quote + 1, '\'') : NULL;
	if (end) {
		memmove(quote, "it", 2);
		memmove(quote + 2, end + 1, strlen(end + 1) + 1);
		text.n = strlen(text.p);
	}
	if (y->text.n == KINDS &&
		map_find(&y->text, text.p, text.n) == MAP_NONE) {
		buf_reset(&text);
		buf_adds(&text, "other fields and reasons");
	}
	size_t i = map_add(&y->text, text.p, text.n, &isnew);
	if (isnew)
		*vec_add(&y->count) = 0;
	buf_release(&text);
	return ++y->count.v[i];
}

/* The record is refused for its first breach; the others are named, too. */
static void refuse(struct tool *t, struct tally *y, struct check *c,
	struct rec *r)
{
	struct view type = rec_text(r, c->k_type);
	for (size_t i = 0; i < c->breach.n; i++) {
		const struct breach *b = &c->breach.v[i];
		uint64_t n = tally_add(y, type, b);
		if (i && n <= NAMED)
			warn("%s:%zu: field '%.*s': %s", r->file, r->lineno,
				(int)b->field.n, b->field.p, b->reason);
		if (i == 0) {
			char *field = xmemdup(b->field.p, b->field.n);
			tool_refuse(t, r, field, "%s", b->reason);
			free(field);
		}
	}
}

void breaches_all(struct tool *t)
{
	struct tally y = { 0 };
	struct check c;
	struct rec *r;
	check_init(&c, &t->keys);
	c.slip = tool_say;
	c.arg = t;
	while ((r = tool_next(t))) {
		if ((t->type && !view_is(rec_text(r, c.k_type), t->type)) ||
			check_rec(&c, r))
			tool_put(t, r);
		else
			refuse(t, &y, &c, r);
	}
	for (size_t i = 0; i < y.text.n; i++)
		if (y.count.v[i] > NAMED)
			tool_note(t, "%llu x %.*s",
				(unsigned long long)y.count.v[i],
				(int)map_key(&y.text, i).n,
				map_key(&y.text, i).p);
	check_release(&c);
	map_release(&y.text);
	vec_release(&y.count);
}
