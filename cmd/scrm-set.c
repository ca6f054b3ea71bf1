/* scrm-set: set, rename or drop fields */
#include "edge/asked.h"
#include "record/assign.h"

#include "base/die.h"

struct set {
	struct assignments list;
	struct view text;
	unsigned type;
};

static bool compile(struct set *s, struct tool *t, struct why *why)
{
	s->type = keys_want(&t->keys, "type");
	return assignments_compile(&s->list, s->text, &t->keys, &t->env, why);
}

static void each(void *mine, struct tool *t, struct rec *r)
{
	struct set *s = mine;
	struct why why;

	if (!tool_asks(t, r, s->type) || assignments_apply(&s->list, r, &why))
		tool_put(t, r);
	else
		tool_refuse(t, r, NULL, "%s", why.text);
}

static void *again(const void *mine, struct tool *t)
{
	struct set *s = xcalloc(1, sizeof(*s));
	struct why why;

	s->text = ((const struct set *)mine)->text;
	compile(s, t, &why);
	return s;
}

static void join(void *mine, void *other)
{
	struct set *s = mine, *o = other;

	assignments_join(&s->list, &o->list);
	assignments_release(&o->list);
	free(o);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-D name=value] [-T TYPE] "
			 "-f FILE | assignments [file ...]",
		.about = "set, rename or drop fields",
	};
	const char *path = NULL;
	const struct opt options[] = {
		OPT_STRS('D', "define", "name=value", "the constant :name",
			&t.define),
		OPT_STR('T', "type", "TYPE", "change these only, pass the rest",
			&t.type),
		OPT_STR('f', "file", "FILE", "the assignments stand in a file",
			&path),
		OPT_END,
	};
	const struct tool_map map = { .each = each,
		.again = again,
		.join = join };
	struct set set = { 0 };
	struct why why = { 0 };

	tool_open(&t, argc, argv, options);
	set.text = asked_text(&t, path, "assignments");
	if (!compile(&set, &t, &why))
		asked_die(path, "assignments", &why);
	tool_each(&t, &map, &set);
	assignments_notes(&set.list, tool_say, &t);
	assignments_release(&set.list);
	return tool_close(&t);
}
