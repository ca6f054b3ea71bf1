/* scrm-set: set, rename or drop fields */
#include "edge/asked.h"
#include "record/assign.h"

#include "base/die.h"

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
	struct why why = { 0 };
	struct assignments list;
	struct rec *r;

	tool_open(&t, argc, argv, options);
	struct view text = asked_text(&t, path, "assignments");
	unsigned type = keys_want(&t.keys, "type");
	if (!assignments_compile(&list, text, &t.keys, &t.env, &why))
		asked_die(path, "assignments", &why);
	while ((r = tool_next(&t))) {
		if ((t.type && !val_is(rec_get(r, type), view_of(t.type))) ||
			assignments_apply(&list, r, &why))
			tool_put(&t, r);
		else
			tool_refuse(&t, r, NULL, "%s", why.text);
	}
	assignments_notes(&list, tool_say, &t);
	assignments_release(&list);
	return tool_close(&t);
}
