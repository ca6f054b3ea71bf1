/* scrm-segment: put each customer in the first segment that fits */
#include "crm/labels.h"
#include "edge/rules.h"
#include "edge/tool.h"

#include "base/die.h"

/* "rules/value.csv" is "value:". */
static struct view prefix_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	char *prefix = xmalloc(n + 2);

	memcpy(prefix, name, n);
	memcpy(prefix + n, ":", 2);
	if (scan_utf8(prefix, n) != n)
		die("the name of '%s' is no UTF-8", path);
	return (struct view){ prefix, n + 1 };
}

static void read_rules(struct labels *l, struct rules *rules, const char *path,
	struct view type)
{
	static const char *const need[] = { "segment", "when", NULL };
	static const char *const may[] = { NULL };
	struct why why;

	rules_load(rules, path, need, may);
	for (size_t i = 0; i < rules->row.n; i++) {
		struct view name = rules_cell(rules, i, "segment");
		size_t had = l->label.n;

		if (!labels_add_row(l, rules, i, type, false, &why))
			rules_die(rules, i, "%s", why.text);
		if (l->label.n == had)
			rules_die(rules, i,
				"segment '%.*s' stands twice; join the two "
				"conditions with 'or'",
				(int)name.n, name.p);
	}
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "-f RULES [-D name=value] [-T TYPE] [--all] "
			 "[--explain] [file ...]",
		.about = "put each customer in the first segment that fits",
	};
	struct labels l = { .member = "segments", .kind = "segment" };
	struct rules rules;
	const char *path = NULL;
	bool all = false;
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
	struct why why = { 0 };
	struct rec *r;

	tool_open(&t, argc, argv, options);
	if (!path)
		tool_missing(&t, "rules");
	l.explain = t.explain;
	l.first = !all;
	l.prefix = prefix_of(path);
	labels_init(&l, &t.keys, &t.env);
	read_rules(&l, &rules, path, view_of(t.type ? t.type : "profile"));
	while ((r = tool_next(&t))) {
		if (labels_apply(&l, r, &why))
			tool_put(&t, r);
		else
			tool_refuse(&t, r, NULL, "%s", why.text);
	}
	labels_notes(&l, tool_say, &t);
	free((char *)(uintptr_t)l.prefix.p);
	labels_release(&l);
	rules_release(&rules);
	return tool_close(&t);
}
