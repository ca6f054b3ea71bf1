/* scrm-tag: tag the records for which rules hold */
#include "crm/labels.h"
#include "edge/rules.h"
#include "edge/tool.h"

#include "base/die.h"

/* Whether the day after which a rule does not hold has passed. */
static bool is_over(const struct rules *rules, size_t row, struct when as_of)
{
	struct view v = rules_cell(rules, row, "until");
	struct when until;

	if (!v.n)
		return false;
	if (!when_parse(v.p, v.n, &until) && !day_typed(v, &until))
		rules_die(rules, row, "until '%.*s' is no date like 2026-11-30",
			(int)v.n, v.p);
	return when_cmp(as_of, until) > 0;
}

struct tags {
	struct labels l;
	struct rules rules;
};

static void compile(struct tags *g, struct tool *t)
{
	const struct rules *rules = &g->rules;
	struct why why;

	g->l = (struct labels){ .member = "tags",
		.kind = "tag",
		.explain = t->explain };
	labels_init(&g->l, &t->keys, &t->env);
	for (size_t i = 0; i < rules->row.n; i++) {
		struct view type = rules_cell(rules, i, "type");

		if (!type.n)
			type = view_of(t->type ? t->type : "profile");
		if (!labels_add_row(&g->l, rules, i, type,
			    is_over(rules, i, t->as_of), &why))
			rules_die(rules, i, "%s", why.text);
	}
}

static void each(void *mine, struct tool *t, struct rec *r)
{
	struct tags *g = mine;
	struct why why;

	if (labels_apply(&g->l, r, &why))
		tool_put(t, r);
	else
		tool_refuse(t, r, NULL, "%s", why.text);
}

static void *again(const void *mine, struct tool *t)
{
	struct tags *g = xmalloc(sizeof(*g));

	*g = *(const struct tags *)mine;
	compile(g, t);
	return g;
}

static void join(void *mine, void *other)
{
	struct tags *g = mine, *o = other;

	labels_join(&g->l, &o->l);
	labels_release(&o->l);
	free(o);
}

int main(int argc, char **argv)
{
	static const char *const need[] = { "tag", "when", NULL };
	static const char *const may[] = { "type", "until", NULL };
	struct tool t = {
		.usage = "-f RULES [-D name=value] [-T TYPE] [--explain] "
			 "[file ...]",
		.about = "tag the records for which rules hold",
	};
	struct tags g;
	const char *path = NULL;
	const struct opt options[] = {
		OPT_STR('f', "file", "RULES", "the rules: tag,when", &path),
		OPT_STRS('D', "define", "name=value", "the constant :name",
			&t.define),
		OPT_STR('T', "type", "TYPE",
			"what rules without a type are for, else profile",
			&t.type),
		OPT_FLAG(0, "explain", "add to reasons[] rule and values",
			&t.explain),
		OPT_END,
	};
	const struct tool_map map = { .each = each,
		.again = again,
		.join = join };

	tool_open(&t, argc, argv, options);
	if (!path)
		tool_missing(&t, "rules");
	rules_load(&g.rules, path, need, may);
	compile(&g, &t);
	tool_each(&t, &map, &g);
	labels_notes(&g.l, tool_say, &t);
	labels_release(&g.l);
	rules_release(&g.rules);
	return tool_close(&t);
}
