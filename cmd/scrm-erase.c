/* scrm-erase: erase a person, show what is held, find what is left */
#include "crm/asking.h"
#include "crm/erasure.h"
#include "crm/held.h"
#include "crm/leftover.h"

#include "base/die.h"

#include <unistd.h>

struct erase {
	struct tool t;
	struct links links;
	struct whom whom;
	struct erased erased;
	strings in, show;
	const char *check, *file, *format, *hashes, *list, *salt;
	bool force, text;
};

static bool erasing(const struct erase *e)
{
	return !e->check && !e->show.n;
}

static void add_ids(struct erase *e)
{
	struct tool *t = &e->t;
	struct asking a = { t, &e->whom, erasing(e) ? &e->erased : NULL,
		e->force };

	for (size_t i = 0; i < e->show.n; i++)
		asking_add(&a, view_of(e->show.v[i]));
	while (!e->show.n && *t->operand)
		asking_add(&a, view_of(*t->operand++));
	if (e->file)
		asking_file(&a, e->file);
	asking_notes(&a);
}

int main(int argc, char **argv)
{
	struct erase e = {
		.t = { .usage = "[-n] [-f FILE] [-l FILE] [--erased FILE] "
				"[--force] [--in PATH] [--salt FILE] [ID ...]\n"
				"       scrm-erase --check DIR [-f FILE] "
				"[-l FILE] [--force] [--format FORMAT] "
				"[ID ...]\n"
				"       scrm-erase --show ID [-l FILE] "
				"[--force] [--format FORMAT] [file ...]",
			.about = "erase a person, show what is held, find "
				 "what is left" },
	};
	struct erasure deed = { &e.t, &e.whom, &e.erased, .in = &e.in };
	const struct opt options[] = {
		OPT_FLAG('n', "dry-run", "write nothing, say what would be",
			&deed.dry),
		OPT_STR('f', "file", "FILE", "identifiers, one a line",
			&e.file),
		OPT_STR('l', "link", "FILE", "the links that scrm-dedupe wrote",
			&e.list),
		OPT_STR(0, "check", "DIR", "name the files that hold them",
			&e.check),
		OPT_STR(0, "erased", "FILE", "where the hashes are kept",
			&e.hashes),
		OPT_FLAG(0, "force", "also what is nobody's, or many people's",
			&e.force),
		OPT_STR(0, "format", "FORMAT", "ndjson or text", &e.format),
		OPT_STRS(0, "in", "PATH", "take them out of these files, too",
			&e.in),
		OPT_STR(0, "salt", "FILE", "the secret of the hashes", &e.salt),
		OPT_STRS(0, "show", "ID", "give all records about them",
			&e.show),
		OPT_END,
	};

	tool_open(&e.t, argc, argv, options);
	if (e.show.n && e.check)
		die("either --check or --show");
	if (!e.show.n && !e.file && !*e.t.operand)
		tool_missing(&e.t, "identifier");
	e.text = e.format ? strcmp(e.format, "text") == 0
			  : isatty(STDOUT_FILENO);
	if (e.format && !e.text && strcmp(e.format, "ndjson") != 0)
		die("option '--format': no format '%s'; there are ndjson and "
		    "text",
			e.format);
	e.t.plain = erasing(&e) || e.text;
	e.t.raw = !e.show.n;
	erased_init(&e.erased, &e.t.keys);
	links_init(&e.links, &e.t.keys);
	if (e.list)
		links_load(&e.links, e.list);
	deed.links = e.list;
	whom_init(&e.whom, &e.t.keys, e.list ? &e.links : NULL);
	if (erasing(&e))
		erasure_open(&deed, e.hashes, e.salt);
	add_ids(&e);
	if (erasing(&e))
		erasure_run(&deed);
	else if (e.show.n)
		held_show(&e.t, &e.whom, e.text);
	else if (e.whom.id.n)
		leftover_check(&e.t, &e.whom, e.check, e.text);
	int status = tool_close(&e.t);
	if (erasing(&e))
		erasure_close(&deed);
	whom_release(&e.whom);
	erased_release(&e.erased);
	links_release(&e.links);
	vec_release(&e.in);
	vec_release(&e.show);
	return status;
}
