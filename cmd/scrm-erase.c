/* scrm-erase: erase a person, show what is held, find what is left */
#include "crm/erasure.h"
#include "crm/held.h"
#include "crm/leftover.h"
#include "edge/file.h"

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

/* Said and counted, but kept nowhere: the rejects are no place for it. */
static void refuse(struct erase *e, struct view id, const char *why)
{
	e->t.read++;
	e->t.refused++;
	warn("'%.*s' %s", (int)id.n, id.p, why);
	if (e->t.strict)
		die("stopped at the first refused identifier (--strict)");
}

/* To look for somebody who is in no link is no mistake, to erase may be. */
static void add_nobody(struct erase *e, struct view id)
{
	struct view whole = whom_spell(&e->whom, id);

	if (erasing(e) && !e->force && !erased_has(&e->erased, whole)) {
		refuse(e, id,
			"is in no link: nobody, or a value that too many "
			"share; if it is right say --force");
		return;
	}
	whom_add_alone(&e->whom, id);
	e->t.read += erasing(e);
	e->t.written += erasing(e);
}

static void add_id(struct erase *e, struct view id)
{
	struct why why = { 0 };
	struct buf b = { 0 };

	switch (whom_add(&e->whom, id, &why)) {
	case WHOM_TOOK:
		e->t.read += erasing(e);
		e->t.written += erasing(e);
		break;
	case WHOM_NONE:
		buf_addf(&b, "is %s", why.text);
		refuse(e, id, b.p);
		break;
	case WHOM_NOBODY:
		add_nobody(e, id);
		break;
	case WHOM_MANY:
		if (e->force) {
			add_nobody(e, id);
			break;
		}
		buf_addf(&b,
			"is not one person: %s; name the one by another "
			"identifier, or say --force",
			why.text);
		refuse(e, id, b.p);
		break;
	}
	buf_release(&b);
}

/* -f: an identifier a line, so that it stands in no list of processes. */
static void add_file(struct erase *e)
{
	struct buf text = { 0 };

	if (!e->file)
		return;
	file_read(strcmp(e->file, "-") == 0 ? "/dev/stdin" : e->file, &text);
	for (char *p = text.n ? text.p : NULL, *line;
		(line = strsep(&p, "\r\n"));)
		if (*line)
			add_id(e, view_of(line));
	buf_release(&text);
}

static void add_ids(struct erase *e)
{
	struct tool *t = &e->t;

	for (size_t i = 0; i < e->show.n; i++)
		add_id(e, view_of(e->show.v[i]));
	while (!e->show.n && *t->operand)
		add_id(e, view_of(*t->operand++));
	add_file(e);
	for (size_t i = 0; i < e->whom.shared.n; i++) {
		struct view v = map_key(&e->whom.shared, i);
		tool_note(t, "'%.*s' is left out: other customers have it too",
			(int)v.n, v.p);
	}
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
