/* scrm-ingest: turn exports of channels into records by a map */
#include "base/die.h"
#include "crm/check.h"
#include "crm/erased.h"
#include "crm/mapnear.h"
#include "crm/mapper.h"
#include "edge/mappath.h"
#include "edge/pack.h"
#include "edge/stamp.h"
#include "edge/tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

struct ingest {
	struct tool *t; /* a thread's own */
	struct mapping *map;
	struct mapper *mapper;
	struct pack pack;
	struct source source;
	struct buf path; /* of the file at hand, as people name it */
	const char *name, *sheet, *observed;
	size_t max_row;
	enum charset charset;
	struct stamp stamp;
	struct places *places; /* NULL: the map asks for none */
	struct erased erased;
	struct rec made; /* what a map made, looked at for the erased */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Whether the line of a record is about somebody who was erased. */
static bool gone(struct ingest *g, struct view line)
{
	struct why why;
	return g->erased.entry.n && rec_parse(&g->made, line.p, line.n, &why) &&
	       erased_rec(&g->erased, &g->made);
}

static void emit(void *arg, struct view line, bool first)
{
	struct ingest *g = arg;
	g->t->in.bytes = g->pack.bytes;
	if (gone(g, line)) {
		g->t->withheld += first;
		g->t->erased += first;
		return;
	}
	if (first)
		tool_write(g->t, line);
	else
		tool_make(g->t, line);
}

static void refuse(void *arg, size_t line, size_t row, const char *field,
	struct view raw, const char *reason)
{
	struct ingest *g = arg;
	struct place at = { g->path.p, line, row, field };
	tool_refuse_input(g->t, at, raw, "%s", reason);
}

static void note(void *arg, const char *text)
{
	struct ingest *g = arg;
	tool_note(g->t, "%s: %s", g->path.p, text);
}

static void flush(void *arg)
{
	writer_flush(&((struct ingest *)arg)->t->out);
}

static struct mapper_calls calls(struct ingest *g)
{
	return (struct mapper_calls){ g, emit, refuse, note, &g->t->withheld,
		&g->t->folded, g->places };
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
	erased_again(&g->erased, &crew->g->erased, &t->keys);
	rec_init(&g->made, &t->keys);
	return g;
}

static bool crew_next(void *arg, void *piece)
{
	struct crew *crew = arg;
	struct mapper_rows *rows = piece;
	bool more = mapper_rows_read(crew->g->mapper, rows, &crew->csv);
	rows->bytes = crew->g->pack.bytes;
	return more;
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
	crew->g->t->in.bytes = ((struct mapper_rows *)piece)->bytes;
	mapper_rows_turn(crew->g->mapper, piece);
	return 0;
}

static void crew_release(void *arg, void *piece)
{
	(void)arg;
	mapper_rows_release(piece);
}

static void crew_close(void *arg, void *mine)
{
	struct ingest *g = mine;
	(void)arg;
	mapper_free(g->mapper);
	erased_release(&g->erased);
	rec_release(&g->made);
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
	if (found == MAPPER_DONE) {
		tool_lanes(g->t, &lanes);
		found = mapper_rest(g->mapper, &crew.csv, why);
		mapper_end(g->mapper);
	}
	csv_close(&crew.csv);
	return found;
}

/* Threads read on where others still write: not from a pipe that waits. */
static bool is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static enum mapper_read read_source(struct ingest *g, bool apart,
	struct why *why)
{
	pack_source(&g->pack, &g->source, g->charset, g->map->encoding,
		g->map->nencodings);
	enum mapper_read found =
		apart ? read_apart(g, why)
		      : mapper_read(g->mapper, &g->source, g->max_row, why);
	source_close(&g->source);
	return found;
}

static enum mapper_read read_sheet(struct ingest *g, struct why *why)
{
	struct xlsx x;
	const char *sheet = g->sheet ? g->sheet : g->map->sheet;
	if (!xlsx_open(&x, &g->pack.zip, sheet, why))
		die("'%s': %s", g->path.p, why->text);
	if (g->max_row)
		x.max_row = g->max_row;
	if (!sheet && x.sheet.n > 1)
		tool_note(g->t,
			"%s: of its %zu sheets '%.*s' is read; --sheet says "
			"another",
			g->path.p, x.sheet.n, (int)x.sheet.v[x.at].name.n,
			x.sheet.v[x.at].name.p);
	enum mapper_read found = mapper_sheet(g->mapper, &x, why);
	xlsx_close(&x);
	return found;
}

/* The file of another map. */
static void die_other(struct ingest *g, const struct why *why)
{
	struct buf near = { 0 };
	size_t n;
	const struct view *name = mapper_names(g->mapper, &n);
	if (n && mapnear(name, n, &near))
		die("%s:%zu: %s (map '%s'); its columns are those of map '%s'",
			g->path.p, why->line, why->text, g->name, near.p);
	if (why->line)
		die("%s:%zu: %s (map '%s')", g->path.p, why->line, why->text,
			g->name);
	die("%s: %s", g->path.p, why->text);
}

/* A file, or one of those in an archive. */
static void read_part(struct ingest *g, const char *operand, bool apart)
{
	const char *base = base_name(operand), *shown;
	const char *inside = g->pack.name + strlen(g->pack.path);
	struct why why = { 0 };
	buf_reset(&g->path);
	buf_addf(&g->path, "%s%s", operand, inside);
	shown = g->path.p;
	struct view date = mapper_date(base);
	if (!date.n)
		date = mapper_date(base_name(shown));
	mapper_file(g->mapper, shown + (base - operand),
		g->observed ? view_of(g->observed) : date, g->observed != NULL);
	switch (g->pack.book ? read_sheet(g, &why)
			     : read_source(g, apart, &why)) {
	case MAPPER_DONE:
		break;
	case MAPPER_BROKEN:
		die("%s:%zu: %s", shown, why.line, why.text);
	case MAPPER_OTHER:
		die_other(g, &why);
	}
}

static void read_file(struct ingest *g, const char *path)
{
	bool apart = g->t->jobs > 1 && mapper_apart(g->map) && is_file(path);
	pack_open(&g->pack, path, apart ? NULL : flush, g);
	while (pack_next(&g->pack))
		read_part(g, path, apart);
	pack_close(&g->pack);
}

/* Records already: what the page knows is checked, the rest passes. */
static void read_records(struct ingest *g)
{
	struct tool *t = g->t;
	struct check check;
	struct rec *r;
	unsigned type = keys_want(&t->keys, "type");
	unsigned seen = keys_want(&t->keys, "observed_at");
	t->raw = false;
	check_init(&check, &t->keys);
	while ((r = tool_next(t))) {
		struct view when = g->observed
					   ? view_of(g->observed)
					   : mapper_date(base_name(r->file));
		if (erased_rec(&g->erased, r)) {
			t->withheld++;
			t->erased++;
		} else if (!schema_type(rec_text(r, type))) {
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

static void read_files(struct ingest *g)
{
	struct tool *t = g->t;
	const struct mapper_calls own = calls(g);
	g->mapper = mapper_new(g->map, &own);
	if (!*t->operand)
		read_file(g, "-");
	for (char **file = t->operand; *file; file++)
		read_file(g, *file);
	t->read = t->written + t->withheld + t->folded + t->refused;
	if (mapper_asked(g->mapper))
		tool_info(t,
			"%" PRIu64 " phone numbers were not plain: "
			"libphonenumber was asked",
			mapper_asked(g->mapper));
	mapper_free(g->mapper);
	buf_release(&g->path);
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

static void list_read(void *arg, const char *path)
{
	stamp_file(arg, path);
}

/* The words of the command, the map (load), its lists, and the files. */
static bool unchanged(struct ingest *g, char **argv, int *status)
{
	for (char **word = argv + 1; *word; word++)
		stamp_add(&g->stamp, *word, strlen(*word));
	for (char **file = g->t->operand; *file; file++)
		stamp_file(&g->stamp, *file);
	for (size_t i = 0; i < g->erased.entry.n; i++)
		stamp_add(&g->stamp, &g->erased.entry.v[i].hmac,
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
	struct ingest g = { .t = &t };
	struct places places = { 0 };
	const char *encoding = NULL, *erased_file = NULL, *salt = NULL;
	bool listed = false, if_changed = false;
	int status;
	const struct opt options[] = {
		OPT_STR('m', "map", "MAP", "how the export is read", &g.name),
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
		OPT_SIZE(0, "max-row", "SIZE", "longest row taken", &g.max_row),
		OPT_STR(0, "observed", "TIME", "when the export was taken",
			&g.observed),
		OPT_STR(0, "salt", "FILE", "by which they were", &salt),
		OPT_STR(0, "sheet", "SHEET",
			"of a workbook: a name, or a number from 1", &g.sheet),
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
	if (!g.name)
		tool_missing(&t, "map");
	if (encoding && !(g.charset = charset_find(view_of(encoding))))
		die("option '-e': no encoding '%s'", encoding);
	if (g.observed && !when_parse(g.observed, strlen(g.observed), &when))
		die("option '--observed' wants a date or a time with its "
		    "offset, not '%s'",
			g.observed);
	if (if_changed && (!t.out_path || !*t.operand))
		die("option '--if-changed' wants -o and files");
	stamp_init(&g.stamp, t.out_path ? t.out_path : "");
	g.map = mapping_compile(g.name, load, &g, t.env.constant, &path, &why);
	if (!g.map)
		mappath_die(NULL, g.name, &path, &why);
	buf_release(&path);
	if (g.map->places) {
		places_load(&places, list_read, &g.stamp);
		g.places = &places;
	}
	erased_open(&g.erased, &t.keys, erased_file, salt);
	rec_init(&g.made, &t.keys);
	if (if_changed && unchanged(&g, argv, &status))
		return status;
	if (if_changed)
		stamp_drop(&g.stamp);
	if (g.map->pass)
		read_records(&g);
	else
		read_files(&g);
	mapping_free(g.map);
	places_release(&places);
	rec_release(&g.made);
	erased_release(&g.erased);
	status = tool_close(&t);
	if (if_changed)
		stamp_put(&g.stamp, status);
	stamp_release(&g.stamp);
	return status;
}
