/* scrm-join: give records the columns of a table by a key */
#include "crm/join.h"
#include "edge/file.h"
#include "edge/spool.h"

#include "base/die.h"

/* Whether the stream is of files, and these are smaller than the table. */
static bool is_smaller(const struct tool *t, const char *table)
{
	char *const tables[] = { (char *)table, NULL };
	uint64_t stream, n;

	return files_bytes(t->operand, &stream) && files_bytes(tables, &n) &&
	       stream < n;
}

static void put(struct tool *t, struct join *j, struct rec *r, unsigned type)
{
	struct why why = { 0 };

	if (!tool_asks(t, r, type) || join_put(j, r, &why))
		tool_put(t, r);
	else
		tool_refuse(t, r, NULL, "'%.*s': %s", (int)j->field.n,
			j->field.p, why.text);
}

/* The stream twice: its keys, then, with their rows in memory, itself. */
static void join_files(struct tool *t, struct join *j, unsigned type)
{
	struct spool s;
	struct rec *r;
	struct view line;

	j->table.some = true;
	spool_init(&s, t);
	while ((r = tool_next(t))) {
		if (tool_asks(t, r, type))
			join_want(j, r);
		spool_keep(&s, r);
	}
	lookup_load(&j->table);
	join_ready(j);
	spool_rewind(&s);
	while (spool_next(&s, &line)) {
		spool_parse(&s, &t->rec, line);
		put(t, j, &t->rec, type);
	}
	spool_release(&s);
}

static void join_stream(struct tool *t, struct join *j, unsigned type)
{
	struct rec *r;

	lookup_load(&j->table);
	join_ready(j);
	while ((r = tool_next(t)))
		put(t, j, r, type);
}

static void filter(struct tool *t, struct join *j, unsigned type, bool wanted)
{
	struct rec *r;

	lookup_load(&j->table);
	while ((r = tool_next(t)))
		if (!tool_asks(t, r, type) || join_has(j, r) == wanted)
			tool_put(t, r);
		else
			t->withheld++;
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "-f TABLE -k FIELD[=COLUMN] [-c columns] [-T TYPE] "
			 "[--as NAME] [--replace] [--only | --not] "
			 "[file ...]",
		.about = "give records the columns of a table by a key",
	};
	const char *path = NULL, *key = NULL, *columns = NULL, *as = NULL;
	bool only = false, except = false, replace = false;
	const struct opt options[] = {
		OPT_STR('f', "file", "TABLE", "the table: CSV or NDJSON",
			&path),
		OPT_STR('k', "key", "FIELD[=COLUMN]",
			"the record's field and the table's column", &key),
		OPT_STR('c', "columns", "columns", "name, member=name, ...",
			&columns),
		OPT_STR('T', "type", "TYPE", "join these only, pass the rest",
			&t.type),
		OPT_STR(0, "as", "NAME", "the columns as one object", &as),
		OPT_FLAG(0, "replace", "columns win over what is there",
			&replace),
		OPT_FLAG(0, "only", "pass those whose key is in the table",
			&only),
		OPT_FLAG(0, "not", "pass those whose key is not", &except),
		OPT_END,
	};
	struct why why = { 0 };
	struct join j;

	tool_open(&t, argc, argv, options);
	if (!path)
		tool_missing(&t, "table");
	if (!key)
		tool_missing(&t, "key");
	if (strcmp(path, "-") == 0 && !*t.operand)
		die("the table and the stream cannot both be standard input");
	if (as && !*as)
		die("option '--as' wants a name");
	if (only && except)
		die("options '--only' and '--not' exclude each other");
	if ((only || except) && (columns || as || replace))
		die("option '--%s' passes lines as they are: join in a stage "
		    "of its own",
			only ? "only" : "not");
	if (!join_init(&j, &t.keys, key, &why))
		die("option '-k': '%s': %s", key, why.text);
	unsigned type = keys_want(&t.keys, "type");
	j.replace = replace;
	j.table.path = path;
	j.table.columns = columns;
	j.table.as = as;
	j.table.list = only || except;
	lookup_open(&j.table);
	if (only || except)
		filter(&t, &j, type, only);
	else if (is_smaller(&t, path))
		join_files(&t, &j, type);
	else
		join_stream(&t, &j, type);
	if (t.read)
		join_notes(&j, tool_say, &t);
	join_release(&j);
	return tool_close(&t);
}
