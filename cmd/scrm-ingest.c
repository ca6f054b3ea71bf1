/* scrm-ingest: turn exports of channels into records by a map */
#include "base/die.h"
#include "crm/check.h"
#include "crm/mapper.h"
#include "edge/mappath.h"
#include "edge/stamp.h"
#include "edge/tool.h"

#include <stdio.h>
#include <sys/stat.h>

struct ingest {
	struct tool *t; /* a thread's own */
	struct mapping *map;
	struct mapper *mapper;
	struct source source;
	const char *name, *path;
	size_t max_row;
	enum charset charset;
	struct stamp stamp;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void emit(void *arg, struct view line, bool first)
{
	struct ingest *g = arg;
	g->t->in.bytes = g->source.bytes;
	if (first)
		tool_write(g->t, line);
	else
		tool_make(g->t, line);
}

static void refuse(void *arg, size_t line, size_t row, const char *field,
	struct view raw, const char *reason)
{
	struct ingest *g = arg;
	struct place at = { g->path, line, row, field };
	tool_refuse_input(g->t, at, raw, "%s", reason);
}

static void note(void *arg, const char *text)
{
	struct ingest *g = arg;
	tool_note(g->t, "%s: %s", g->path, text);
}

static void flush(void *arg)
{
	writer_flush(&((struct ingest *)arg)->t->out);
}

static struct mapper_calls calls(struct ingest *g)
{
	return (struct mapper_calls){ g, emit, refuse, note, &g->t->withheld,
		&g->t->folded };
}

/* The rows of a file by several threads. */
struct crew {
	struct ingest *g;
	struct csv csv;
};

static void *crew_open(void *arg, struct tool *t)
{
	struct crew *crew = arg;
	struct ingest *g = xmalloc(sizeof(*g));
	*g = *crew->g;
	g->t = t;
	const struct mapper_calls own = calls(g);
	g->mapper = mapper_again(g->mapper, &own);
	return g;
}

static bool crew_next(void *arg, void *piece)
{
	struct crew *crew = arg;
	return mapper_rows_read(crew->g->mapper, piece, &crew->csv);
}

static void crew_work(void *mine, struct tool *t, void *piece)
{
	struct ingest *g = mine;
	(void)t;
	mapper_rows_put(g->mapper, piece);
}

static size_t crew_turn(void *arg, void *piece)
{
	struct crew *crew = arg;
	(void)piece;
	crew->g->t->in.bytes = crew->g->source.bytes;
	return 0;
}

static void crew_release(void *piece)
{
	mapper_rows_release(piece);
}

static void crew_close(void *arg, void *mine)
{
	struct ingest *g = mine;
	(void)arg;
	mapper_free(g->mapper);
	free(g);
}

static enum mapper_read read_apart(struct ingest *g, struct why *why)
{
	struct crew crew = { .g = g };
	const struct tool_lanes lanes = { .arg = &crew,
		.size = sizeof(struct mapper_rows),
		.open = crew_open,
		.next = crew_next,
		.work = crew_work,
		.turn = crew_turn,
		.release = crew_release,
		.close = crew_close };
	enum mapper_read found =
		mapper_begin(g->mapper, &crew.csv, &g->source, g->max_row, why);
	if (found == MAPPER_DONE)
		tool_lanes(g->t, &lanes);
	csv_close(&crew.csv);
	return found;
}

/* Threads read on where others still write: not from a pipe that waits. */
static bool is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void read_file(struct ingest *g, const char *path, const char *observed)
{
	const char *base = base_name(path);
	bool apart = g->t->jobs > 1 && mapper_apart(g->map) && is_file(path);
	struct why why;
	g->path = path;
	source_open(&g->source, path, g->charset, g->map->encoding,
		g->map->nencodings);
	g->source.before_wait = apart ? NULL : flush;
	g->source.wait_arg = g;
	mapper_file(g->mapper, base,
		observed ? view_of(observed) : mapper_date(base),
		observed != NULL);
	switch (apart ? read_apart(g, &why)
		      : mapper_read(g->mapper, &g->source, g->max_row, &why)) {
	case MAPPER_DONE:
		break;
	case MAPPER_BROKEN:
		die("%s:%zu: %s", path, why.line, why.text);
	case MAPPER_OTHER:
		if (!why.line)
			die("%s: %s", path, why.text);
		die("%s:%zu: %s (map '%s')", path, why.line, why.text, g->name);
	}
	source_close(&g->source);
}

/* Records already: what the page knows is checked, the rest passes. */
static void read_records(struct ingest *g, const char *observed)
{
	struct tool *t = g->t;
	struct check check;
	struct rec *r;
	unsigned type = keys_want(&t->keys, "type");
	unsigned seen = keys_want(&t->keys, "observed_at");
	t->raw = false;
	check_init(&check, &t->keys);
	while ((r = tool_next(t))) {
		struct view when = observed ? view_of(observed)
					    : mapper_date(base_name(r->file));
		if (!schema_type(rec_text(r, type))) {
			tool_put(t, r);
		} else if (check_rec(&check, r)) {
			if (when.n && rec_get(r, seen).kind == K_MISSING)
				rec_set_text(r, seen, when);
			tool_put(t, r);
		} else {
			const struct breach *b = &check.breach.v[0];
			char *field = xmemdup(b->field.p, b->field.n);
			tool_refuse(t, r, field, "%s", b->reason);
			free(field);
		}
	}
	check_release(&check);
}

static void read_files(struct ingest *g, const char *observed)
{
	struct tool *t = g->t;
	const struct mapper_calls own = calls(g);
	g->mapper = mapper_new(g->map, &own);
	if (!*t->operand)
		read_file(g, "-", observed);
	for (char **file = t->operand; *file; file++)
		read_file(g, *file, observed);
	t->read = t->written + t->withheld + t->folded + t->refused;
	mapper_free(g->mapper);
}

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

/* The words of the command, the map (load), and the files. */
static bool unchanged(struct ingest *g, char **argv, int *status)
{
	for (char **word = argv + 1; *word; word++)
		stamp_add(&g->stamp, *word, strlen(*word));
	for (char **file = g->t->operand; *file; file++)
		stamp_file(&g->stamp, *file);
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
			 "[--if-changed] [--list] "
			 "[--max-row SIZE] [--observed TIME] "
			 "[file ...]",
		.about = "turn exports of channels into records by a "
			 "map",
		.raw = true,
	};
	struct ingest g = { .t = &t };
	const char *encoding = NULL, *observed = NULL;
	bool listed = false, if_changed = false;
	int status;
	const struct opt options[] = {
		OPT_STR('m', "map", "MAP", "how the export is read", &g.name),
		OPT_STR('e', "encoding", "ENCODING",
			"of files without a byte order mark", &encoding),
		OPT_STRS('D', "define", "name=value",
			"a constant of the map; source, house, account",
			&t.define),
		OPT_FLAG(0, "if-changed",
			"leave -o as it is if all it was made from is the same",
			&if_changed),
		OPT_FLAG(0, "list", "name the maps there are", &listed),
		OPT_SIZE(0, "max-row", "SIZE", "longest row taken", &g.max_row),
		OPT_STR(0, "observed", "TIME", "when the export was taken",
			&observed),
		OPT_END,
	};
	struct buf path = { 0 };
	struct why why = { 0 };
	struct when when;
	tool_open(&t, argc, argv, options);
	if (listed) {
		mappath_each(list, NULL);
		return fflush(stdout) == 0 ? 0 : 2;
	}
	if (!g.name)
		tool_missing(&t, "map");
	if (encoding && !(g.charset = charset_find(view_of(encoding))))
		die("option '-e': no encoding '%s'", encoding);
	if (observed && !when_parse(observed, strlen(observed), &when))
		die("option '--observed' wants a date or a time with its "
		    "offset, not '%s'",
			observed);
	if (if_changed && (!t.out_path || !*t.operand))
		die("option '--if-changed' wants -o and files");
	stamp_init(&g.stamp, t.out_path ? t.out_path : "");
	g.map = mapping_compile(g.name, load, &g, t.env.constant, &path, &why);
	if (!g.map)
		mappath_die(g.name, &path, &why);
	buf_release(&path);
	if (if_changed && unchanged(&g, argv, &status))
		return status;
	if (if_changed)
		stamp_drop(&g.stamp);
	if (g.map->pass)
		read_records(&g, observed);
	else
		read_files(&g, observed);
	mapping_free(g.map);
	status = tool_close(&t);
	if (if_changed)
		stamp_put(&g.stamp, status);
	stamp_release(&g.stamp);
	return status;
}
