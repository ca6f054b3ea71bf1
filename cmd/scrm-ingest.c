/* scrm-ingest: turn exports of channels into records by a map */
#include "base/die.h"
#include "crm/intake.h"
#include "edge/mappath.h"
#include "edge/stamp.h"

#include <stdio.h>

struct ingest {
	struct intake in;
	struct stamp stamp;
};

/* As mappath_load; what is read is one of the things a base depends on. */
static bool load(void *arg, const char *name, size_t skip, struct buf *text,
	struct buf *path, struct why *why)
{
	struct ingest *g = arg;
	size_t was = text->n;
	if (!mappath_load(NULL, name, skip, text, path, why))
		return false;
	stamp_add(&g->stamp, text->p + was, text->n - was);
	return true;
}

static void list_read(void *arg, const char *path)
{
	stamp_file(arg, path);
}

/* The words of the command, the map (load), its lists, and the files. */
static bool unchanged(struct ingest *g, char **argv, int *status)
{
	for (char **word = argv + 1; *word; word++)
		stamp_add(&g->stamp, *word, strlen(*word));
	for (char **file = g->in.t->operand; *file; file++)
		stamp_file(&g->stamp, *file);
	for (size_t i = 0; i < g->in.erased.entry.n; i++)
		stamp_add(&g->stamp, &g->in.erased.entry.v[i].hmac,
			sizeof(struct digest));
	return stamp_same(&g->stamp, status);
}

static void list(void *arg, const char *name)
{
	struct buf text = { 0 }, path = { 0 };
	struct why why;
	(void)arg;
	if (mappath_load(NULL, name, 0, &text, &path, &why)) {
		buf_reset(&path);
		mapping_about(buf_view(&text), &path);
		printf("%-20s %s\n", name, path.p);
	}
	buf_release(&text);
	buf_release(&path);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "-m MAP [-e ENCODING] [-D name=value] "
			 "[--erased FILE] [--if-changed] [--list] "
			 "[--max-row SIZE] [--observed TIME] "
			 "[--salt FILE] [--sheet SHEET] [file ...]",
		.about = "turn exports of channels into records by a "
			 "map",
		.raw = true,
	};
	struct ingest g = { .in.t = &t };
	struct intake *in = &g.in;
	struct places places = { 0 };
	const char *encoding = NULL, *erased_file = NULL, *salt = NULL;
	bool listed = false, if_changed = false;
	int status;
	const struct opt options[] = {
		OPT_STR('m', "map", "MAP", "how the export is read", &in->name),
		OPT_STR('e', "encoding", "ENCODING",
			"of files without a byte order mark", &encoding),
		OPT_STRS('D', "define", "name=value",
			"a constant of the map; source, house, account",
			&t.define),
		OPT_STR(0, "erased", "FILE", "leave out who was erased",
			&erased_file),
		OPT_FLAG(0, "if-changed",
			"leave -o as it is if all it was made from is the same",
			&if_changed),
		OPT_FLAG(0, "list", "name the maps there are", &listed),
		OPT_SIZE(0, "max-row", "SIZE", "longest row taken",
			&in->max_row),
		OPT_STR(0, "observed", "TIME", "when the export was taken",
			&in->observed),
		OPT_STR(0, "salt", "FILE", "by which they were", &salt),
		OPT_STR(0, "sheet", "SHEET",
			"of a workbook: a name, or a number from 1",
			&in->sheet),
		OPT_END,
	};
	struct buf path = { 0 };
	struct why why = { 0 };
	struct when when;
	tool_open(&t, argc, argv, options);
	if (listed) {
		mappath_each(NULL, list, NULL);
		return fflush(stdout) == 0 ? 0 : 2;
	}
	if (!in->name)
		tool_missing(&t, "map");
	if (encoding && !(in->charset = charset_find(view_of(encoding))))
		die("option '-e': no encoding '%s'", encoding);
	if (in->observed &&
		!when_parse(in->observed, strlen(in->observed), &when))
		die("option '--observed' wants a date or a time with its "
		    "offset, not '%s'",
			in->observed);
	if (if_changed && (!t.out_path || !*t.operand))
		die("option '--if-changed' wants -o and files");
	stamp_init(&g.stamp, t.out_path ? t.out_path : "");
	in->map = mapping_compile(in->name, load, &g, t.env.constant, &path,
		&why);
	if (!in->map)
		mappath_die(NULL, in->name, &path, &why);
	buf_release(&path);
	if (in->map->places) {
		places_load(&places, list_read, &g.stamp);
		in->places = &places;
	}
	erased_open(&in->erased, &t.keys, erased_file, salt);
	if (if_changed && unchanged(&g, argv, &status))
		exit(status); /* nothing was opened that must be closed */
	if (if_changed)
		stamp_drop(&g.stamp);
	if (in->map->pass)
		intake_records(in);
	else
		intake_files(in);
	mapping_free(in->map);
	places_release(&places);
	erased_release(&in->erased);
	status = tool_close(&t);
	if (if_changed)
		stamp_put(&g.stamp, status);
	stamp_release(&g.stamp);
	return status;
}
