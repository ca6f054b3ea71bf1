/* scrm-ingest: turn exports of channels into records by a map */
#include "base/die.h"
#include "crm/inspection.h"
#include "crm/mapnear.h"
#include "edge/stamp.h"

#include <stdio.h>

/* The words of the command, the map (intake_map), its lists, and the files. */
static bool unchanged(struct intake *in, char **argv, int *status)
{
	for (char **word = argv + 1; *word; word++)
		stamp_add(in->stamp, *word, strlen(*word));
	for (char **file = in->t->operand; *file; file++)
		stamp_file(in->stamp, *file);
	for (size_t i = 0; i < in->erased.entry.n; i++)
		stamp_add(in->stamp, &in->erased.entry.v[i].hmac,
			sizeof(struct digest));
	return stamp_same(in->stamp, status);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-m MAP] [-e ENCODING] [-D name=value] "
			 "[--delimiter C] [--erased FILE] [--escape C] "
			 "[--header NAMES] [--if-changed] [--inspect] [--list] "
			 "[--max-row SIZE] [--observed TIME] [--quote C] "
			 "[--ragged] [--salt FILE] [--sheet SHEET] "
			 "[--skip N] [file ...]",
		.about = "turn exports of channels into records by a "
			 "map",
		.raw = true,
	};
	struct stamp stamp;
	struct intake in = { .t = &t, .stamp = &stamp };
	const char *name = NULL, *encoding = NULL, *erased_file = NULL,
		   *salt = NULL;
	bool inspect = false, listed = false, if_changed = false;
	int status;
	const struct opt options[] = {
		OPT_STR('m', "map", "MAP", "how the export is read", &name),
		OPT_STR('e', "encoding", "ENCODING",
			"of files without a byte order mark", &encoding),
		OPT_STRS('D', "define", "name=value",
			"a constant of the map; source, house, account",
			&t.define),
		OPT_STR(0, "delimiter", "C", "between cells, or auto",
			&in.delimiter),
		OPT_STR(0, "erased", "FILE", "leave out who was erased",
			&erased_file),
		OPT_STR(0, "escape", "C", "before a quote inside quotes",
			&in.escape),
		OPT_STR(0, "header", "NAMES",
			"the columns of a file that has none", &in.header),
		OPT_FLAG(0, "if-changed",
			"leave -o as it is if all it was made from is the same",
			&if_changed),
		OPT_FLAG(0, "inspect",
			"say what the files are; draft a map where none fits",
			&inspect),
		OPT_FLAG(0, "list", "name the maps there are", &listed),
		OPT_SIZE(0, "max-row", "SIZE", "longest row taken",
			&in.max_row),
		OPT_STR(0, "observed", "TIME", "when the export was taken",
			&in.observed),
		OPT_STR(0, "quote", "C", "around cells; empty: there is none",
			&in.quote),
		OPT_FLAG(0, "ragged", "rows may be shorter and longer",
			&in.ragged),
		OPT_STR(0, "salt", "FILE", "by which they were", &salt),
		OPT_STR(0, "sheet", "SHEET",
			"of a workbook: a name, or a number from 1", &in.sheet),
		OPT_SIZE(0, "skip", "N", "lines before the header", &in.skip),
		OPT_END,
	};
	struct when when;
	tool_open(&t, argc, argv, options);
	if (listed) {
		mapnear_print();
		return fflush(stdout) == 0 ? 0 : 2;
	}
	if (encoding && !(in.charset = charset_find(view_of(encoding))))
		die("option '-e': no encoding '%s'", encoding);
	if (in.observed && !when_parse(in.observed, strlen(in.observed), &when))
		die("option '--observed' wants a date or a time with its "
		    "offset, not '%s'",
			in.observed);
	if (if_changed && (!name || !t.out_path || !*t.operand))
		die("option '--if-changed' wants -m, -o and files");
	if (inspect) {
		inspection_run(&in, name);
		return tool_close(&t);
	}
	stamp_init(&stamp, t.out_path ? t.out_path : "");
	if (name)
		intake_map(&in, name);
	erased_open(&in.erased, &t.keys, erased_file, salt);
	if (if_changed && unchanged(&in, argv, &status))
		exit(status); /* nothing was opened that must be closed */
	if (if_changed)
		stamp_drop(&stamp);
	intake_run(&in);
	intake_release(&in);
	status = tool_close(&t);
	if (if_changed)
		stamp_put(&stamp, status);
	stamp_release(&stamp);
	return status;
}
