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

struct segments {
	struct labels l;
	struct rules rules;
	struct view prefix;
	bool all;
};

static void compile(struct segments *g, struct tool *t)
{
	struct view type = view_of(t->type ? t->type : "profile");
	struct why why;

	g->l = (struct labels){ .member = "segments",
		.kind = "segment",
		.explain = t->explain,
		.first = !g->all,
		.prefix = g->prefix };
	labels_init(&g->l, &t->keys, &t->env);
	for (size_t i = 0; i < g->rules.row.n; i++) {
		struct view name = rules_cell(&g->rules, i, "segment");
		size_t had = g->l.label.n;

		if (!labels_add_row(&g->l, &g->rules, i, type, false, &why))
			rules_die(&g->rules, i, "%s", why.text);
		if (g->l.label.n == had)
			rules_die(&g->rules, i,
				"segment '%.*s' stands twice; join the two "
				"conditions with 'or'",
				(int)name.n, name.p);
	}
}

static void each(void *mine, struct tool *t, struct rec *r)
{
	struct segments *g = mine;
	struct why why;

	if (labels_apply(&g->l, r, &why))
		tool_put(t, r);
	else
		tool_refuse(t, r, NULL, "%s", why.text);
}

static void *again(const void *mine, struct tool *t)
{
	struct segments *g = xmalloc(sizeof(*g));

	*g = *(const struct segments *)mine;
	compile(g, t);
	return g;
}

static void join(void *mine, void *other)
{
	struct segments *g = mine, *o = other;

	labels_join(&g->l, &o->l);
	labels_release(&o->l);
	free(o);
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
	struct segments g = { 0 };
	const char *path = NULL;
	const struct opt options[] = {
		OPT_STR('f', "file", "RULES", "the rules: segment,when", &path),
		OPT_STRS('D', "define", "name=value", "the constant :name",
			&t.define),
		OPT_STR('T', "type", "TYPE", "of this type, else profile",
			&t.type),
		OPT_FLAG(0, "all", "every segment that fits, not the first",
			&g.all),
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
	g.prefix = prefix_of(path);
	rules_load(&g.rules, path, need, may);
	compile(&g, &t);
	tool_each(&t, &map, &g);
	labels_notes(&g.l, tool_say, &t);
	free((char *)(uintptr_t)g.prefix.p);
	labels_release(&g.l);
	rules_release(&g.rules);
	return tool_close(&t);
}
