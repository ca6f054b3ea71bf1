#include "crm/verdicts.h"

#include "model/cluster.h"
#include "value/text.h"

void verdicts_init(struct verdicts *d, struct map *ident)
{
	*d = (struct verdicts){ .ident = ident };
}

void verdicts_release(struct verdicts *d)
{
	vec_release(&d->v);
	buf_release(&d->text);
	*d = (struct verdicts){ 0 };
}

static bool number(struct verdicts *d, struct view name, uint32_t *n,
	struct why *why)
{
	name = text_trim(name);
	const char *colon = name.n ? memchr(name.p, ':', name.n) : NULL;
	size_t at = colon ? (size_t)(colon - name.p) : 0;
	if (!colon || at == 0 || at + 1 == name.n)
		return why_not(why, "'%.*s' is no profile: source:source_id",
			(int)name.n, name.p);
	buf_reset(&d->text);
	if (id_kind_of(name) == ID_SOURCE_ID && memchr(colon, '/', name.n - at))
		buf_addv(&d->text, name);
	else
		id_add_source_id(&d->text, (struct view){ name.p, at },
			(struct view){ colon + 1, name.n - at - 1 });
	*n = (uint32_t)map_add(d->ident, d->text.p, d->text.n, NULL);
	return true;
}

bool verdicts_add(struct verdicts *d, struct view left, struct view right,
	struct view word, size_t line, struct why *why)
{
	struct verdict_pair p = { .line = line };
	word = text_trim(word);
	p.same = view_is(word, "same");
	if (!p.same && !view_is(word, "different"))
		return why_not(why, "'%.*s' is neither same nor different",
			(int)word.n, word.p);
	if (!number(d, left, &p.left, why) || !number(d, right, &p.right, why))
		return false;
	if (p.left == p.right)
		return why_not(why, "'%.*s' against itself", (int)left.n,
			left.p);
	*vec_add(&d->v) = p;
	return true;
}

bool verdicts_check(const struct verdicts *d, struct why *why)
{
	struct cluster c;
	bool good = true;
	cluster_init(&c, (uint32_t)d->ident->n);
	for (size_t i = 0; i < d->v.n; i++)
		if (d->v.v[i].same)
			cluster_join(&c, d->v.v[i].left, d->v.v[i].right);
	for (size_t i = 0; good && i < d->v.n; i++) {
		const struct verdict_pair *p = &d->v.v[i];
		if (p->same || cluster_forbid(&c, p->left, p->right))
			continue;
		struct view a = id_value(map_key(d->ident, p->left));
		struct view b = id_value(map_key(d->ident, p->right));
		why->line = p->line;
		good = why_not(why,
			"'%.*s' and '%.*s' are different here, and the same by "
			"other rows",
			(int)a.n, a.p, (int)b.n, b.p);
	}
	cluster_release(&c);
	return good;
}
