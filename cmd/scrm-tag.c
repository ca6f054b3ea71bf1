/* scrm-tag: tag the records for which rules hold */
#include "crm/labelling.h"

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

static void add(struct labelling *g, const struct tool *t, size_t row)
{
	const struct rules *rules = g->rules;
	struct view type = rules_cell(rules, row, "type");
	struct why why;

	if (!type.n)
		type = view_of(t->type ? t->type : "profile");
	if (!labels_add_row(&g->l, rules, row, type,
		    is_over(rules, row, t->as_of), &why))
		rules_die(rules, row, "%s", why.text);
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
	struct rules rules;
	struct labelling g = { .l = { .member = "tags", .kind = "tag" },
		.rules = &rules,
		.add = add };
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

	tool_open(&t, argc, argv, options);
	if (!path)
		tool_missing(&t, "rules");
	rules_load(&rules, path, need, may);
	labelling_all(&g, &t);
	rules_release(&rules);
	return tool_close(&t);
}
