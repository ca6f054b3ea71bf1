/* scrm-segment: put each customer in the first segment that fits */
#include "crm/labelling.h"
#include "edge/file.h"

#include "base/die.h"

/* "rules/value.csv" is "value:". */
static void prefix_of(const char *path, struct buf *prefix)
{
	const char *name = file_base(path);
	const char *dot = strrchr(name, '.');
	size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);

	if (scan_utf8(name, n) != n)
		die("the name of '%s' is no UTF-8", path);
	buf_add(prefix, name, n);
	buf_addc(prefix, ':');
}

static void add(struct labelling *g, const struct tool *t, size_t row)
{
	const struct rules *rules = g->rules;
	struct view type = view_of(t->type ? t->type : "profile");
	struct view name = rules_cell(rules, row, "segment");
	size_t had = g->l.label.n;
	struct why why;

	if (!labels_add_row(&g->l, rules, row, type, false, &why))
		rules_die(rules, row, "%s", why.text);
	if (g->l.label.n == had)
		rules_die(rules, row,
			"segment '%.*s' stands twice; join the two "
			"conditions with 'or'",
			(int)name.n, name.p);
}

int main(int argc, char **argv)
{
	static const char *const need[] = { "segment", "when", NULL };
	static const char *const may[] = { NULL };
	struct tool t = {
		.usage = "-f RULES [-D name=value] [-T TYPE] [--all] "
			 "[--explain] [file ...]",
		.about = "put each customer in the first segment that fits",
	};
	struct buf prefix = { 0 };
	bool all = false;
	struct rules rules;
	struct labelling g = { .l = { .member = "segments", .kind = "segment" },
		.rules = &rules,
		.add = add };
	const char *path = NULL;
	const struct opt options[] = {
		OPT_STR('f', "file", "RULES", "the rules: segment,when", &path),
		OPT_STRS('D', "define", "name=value", "the constant :name",
			&t.define),
		OPT_STR('T', "type", "TYPE", "of this type, else profile",
			&t.type),
		OPT_FLAG(0, "all", "every segment that fits, not the first",
			&all),
		OPT_FLAG(0, "explain", "add to reasons[] rule and values",
			&t.explain),
		OPT_END,
	};

	tool_open(&t, argc, argv, options);
	if (!path)
		tool_missing(&t, "rules");
	rules_load(&rules, path, need, may);
	g.l.first = !all;
	prefix_of(path, &prefix);
	g.l.prefix = buf_view(&prefix);
	labelling_all(&g, &t);
	rules_release(&rules);
	buf_release(&prefix);
	return tool_close(&t);
}
