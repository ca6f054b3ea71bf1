#include "crm/labelling.h"

static void compile(struct labelling *g, struct tool *t)
{
	g->l.explain = t->explain;
	labels_init(&g->l, &t->keys, &t->env);
	for (size_t i = 0; i < g->rules->row.n; i++)
		g->add(g, t, i);
}

static void each(void *mine, struct tool *t, struct rec *r)
{
	struct labelling *g = mine;
	struct why why;
	if (labels_apply(&g->l, r, &why))
		tool_put(t, r);
	else
		tool_refuse(t, r, NULL, "%s", why.text);
}

static void *again(const void *mine, struct tool *t)
{
	const struct labelling *g = mine;
	struct labelling *q = xmalloc(sizeof(*q));
	*q = (struct labelling){ .l = { .member = g->l.member,
					 .kind = g->l.kind,
					 .first = g->l.first,
					 .prefix = g->l.prefix },
		.rules = g->rules,
		.add = g->add };
	compile(q, t);
	return q;
}

static void join(void *mine, void *other)
{
	struct labelling *g = mine, *q = other;
	labels_join(&g->l, &q->l);
	labels_release(&q->l);
	free(q);
}

void labelling_all(struct labelling *g, struct tool *t)
{
	const struct tool_map map = { .each = each,
		.again = again,
		.join = join };
	compile(g, t);
	tool_each(t, &map, g);
	labels_notes(&g->l, tool_say, t);
	labels_release(&g->l);
}
