/* scrm-link: stamp records with the customer that their identifiers name */
#include "crm/links.h"
#include "edge/tool.h"

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "-l FILE [--explain] [file ...]",
		.about = "stamp records with the customer that their "
			 "identifiers name",
	};
	const char *path = NULL;
	const struct opt options[] = {
		OPT_STR('l', "link", "FILE", "the links that scrm-dedupe wrote",
			&path),
		OPT_FLAG(0, "explain", "add reasons[]: which identifier it was",
			&t.explain),
		OPT_END,
	};
	struct links l;
	struct links_count n = { 0 };
	struct ids ids;
	struct rec *r;

	tool_open(&t, argc, argv, options);
	if (!path)
		tool_missing(&t, "links");
	links_init(&l, &t.keys);
	links_load(&l, path);
	ids_init(&ids, &t.keys);
	while ((r = tool_next(&t))) {
		links_stamp(&l, &ids, r, t.explain, &n);
		tool_put(&t, r);
	}
	links_notes(&n, tool_say, &t);
	ids_release(&ids);
	links_release(&l);
	return tool_close(&t);
}
