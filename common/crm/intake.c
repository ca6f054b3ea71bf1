#include "crm/intake.h"

#include "base/die.h"
#include "crm/check.h"
#include "crm/mapnear.h"
#include "edge/file.h"
#include "edge/mappath.h"

#include <inttypes.h>
#include <sys/stat.h>

/* What is looked at to tell which map a file is for. */
#define LOOK_BYTES ((size_t)64 << 10)
#define LOOK_ROWS 100
#define LOOK_MOST ((size_t)64 << 20) /* of one document */

/* Whether the line of a record is about somebody who was erased. */
static bool gone(struct intake *g, struct view line)
{
	struct why why;
	return g->erased.entry.n && rec_parse(&g->made, line.p, line.n, &why) &&
	       erased_rec(&g->erased, &g->made);
}

static void emit(void *arg, struct view line, bool first)
{
	struct intake *g = arg;
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
	struct intake *g = arg;
	struct place at = { g->path.p, line, row, field };
	tool_refuse_input(g->t, at, raw, "%s", reason);
}

static void note(void *arg, const char *text)
{
	struct intake *g = arg;
	tool_note(g->t, "%s: %s", g->path.p, text);
}

/* Before a read that may wait; with threads others write meanwhile. */
static void flush(void *arg)
{
	struct intake *g = arg;
	if (!g->apart)
		writer_flush(&g->t->out);
}

static struct mapper_calls calls(struct intake *g)
{
	return (struct mapper_calls){ g, emit, refuse, note, &g->t->withheld,
		&g->t->folded, g->map->places ? &g->places : NULL };
}

/* The rows of a file by several threads. */
struct crew {
	struct intake *g;
	struct csv csv;
};

static void *crew_open(void *arg, struct tool *t)
{
	struct crew *crew = arg;
	struct intake *g = xmalloc(sizeof(*g));
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
	struct intake *g = mine;
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
	struct intake *g = mine;
	(void)arg;
	mapper_free(g->mapper);
	erased_release(&g->erased);
	rec_release(&g->made);
	free(g);
}

static enum mapper_read read_apart(struct intake *g, struct why *why)
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

static enum mapper_read read_source(struct intake *g, struct why *why)
{
	pack_source(&g->pack, &g->source, g->charset, g->map->encoding,
		g->map->nencodings);
	enum mapper_read found =
		g->apart ? read_apart(g, why)
			 : mapper_read(g->mapper, &g->source, g->max_row, why);
	source_close(&g->source);
	return found;
}

static enum mapper_read read_sheet(struct intake *g, struct why *why)
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
static void die_other(struct intake *g, const struct why *why)
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

/* One character, as people can type it: a TAB is hard to. */
static char sign(const char *option, const char *text)
{
	if (strcmp(text, "\\t") == 0 || strcmp(text, "tab") == 0)
		return '\t';
	if (strlen(text) > 1 || (*text & 0x80) || *text == '\n' ||
		*text == '\r')
		die("option '--%s' wants one ASCII character, not '%s'", option,
			text);
	return *text;
}

/* What the options say of the file, for who looks at its start. */
struct sample_how intake_how(const struct intake *in, size_t rows)
{
	struct sample_how how = { .charset = in->charset,
		.quote = '"',
		.skip = in->skip,
		.rows = rows };
	if (in->delimiter && strcmp(in->delimiter, "auto") != 0)
		how.delim = sign("delimiter", in->delimiter);
	if (in->quote)
		how.quote = sign("quote", in->quote);
	if (in->escape)
		how.escape = sign("escape", in->escape);
	return how;
}

void intake_look(struct pack *p, const char *sheet,
	const struct sample_how *how, size_t bytes, struct sample *s)
{
	struct xlsx x;
	struct why why;
	if (p->book) {
		if (!xlsx_open(&x, &p->zip, sheet, &why))
			die("'%s': %s", p->name, why.text);
		sample_sheet(s, &x, how);
		xlsx_close(&x);
		return;
	}
	for (size_t n = bytes;; n *= 16) {
		struct view start = pack_peek(p, n);
		bool whole = start.n < n;
		sample_text(s, start, whole, how);
		/* a document may be all of a file */
		if (whole || s->format == MAP_CSV || s->documents ||
			n >= LOOK_MOST)
			return;
		sample_release(s);
	}
}

/* The map whose columns the file has, if it is one without doubt. */
static const char *recognise(struct intake *g, char *delim)
{
	struct sample s;
	struct sample_how how = intake_how(g, LOOK_ROWS);
	struct mapnear_list list;
	struct buf others = { 0 };
	intake_look(&g->pack, g->sheet, &how, LOOK_BYTES, &s);
	if (s.format == MAP_CSV && !s.row.n && !s.bad.n) {
		tool_note(g->t, "%s: it has no header", g->path.p);
		sample_release(&s);
		return NULL;
	}
	mapnear_rank(&list, &s);
	*delim = s.sheet ? 0 : s.delim;
	sample_release(&s);
	const struct mapnear *best = mapnear_sure(&list);
	for (size_t i = best ? 1 : 0; i < list.v.n && i < (best ? 2 : 3); i++)
		buf_addf(&others, "%s%s %.2f", others.n ? ", " : "",
			list.v.v[i].name, list.v.v[i].fit.score);
	if (!best && !list.v.n)
		die("%s: no map has any of its columns; --inspect drafts one",
			g->path.p);
	if (!best)
		die("%s: no map fits clearly; by their columns: %s; say it "
		    "with -m, or look with --inspect",
			g->path.p, others.p);
	if (!g->t->quiet)
		warn("%s: read by the map '%s', which fits %.2f%s%s", g->path.p,
			best->name, best->fit.score, others.n ? "; then " : "",
			others.n ? others.p : "");
	const char *name =
		arena_bytes(&g->names, best->name, strlen(best->name) + 1);
	buf_release(&others);
	mapnear_release(&list);
	return name;
}

static void end_map(struct intake *g)
{
	if (g->mapper)
		g->asked += mapper_asked(g->mapper);
	mapper_free(g->mapper);
	g->mapper = NULL;
}

/* Another map than that of the file before. */
static void change_map(struct intake *g, const char *name, char delim)
{
	if (!g->map || strcmp(g->name, name) != 0) {
		end_map(g);
		mapping_free(g->map);
		places_release(&g->places);
		intake_map(g, name);
	}
	if (g->map->pass)
		die("%s: it is records already; say -m %s", g->path.p, name);
	if (delim && !g->delimiter)
		g->map->delim = delim; /* with which its columns were found */
}

/* A file, or one of those in an archive. */
static void read_part(struct intake *g, const char *operand)
{
	const char *base = file_base(operand), *shown;
	const char *inside = g->pack.name + strlen(g->pack.path), *name = NULL;
	char delim = 0;
	struct why why = { 0 };
	buf_reset(&g->path);
	buf_addf(&g->path, "%s%s", operand, inside);
	shown = g->path.p;
	if (!g->fixed && !(name = recognise(g, &delim)))
		return;
	if (name)
		change_map(g, name, delim);
	g->apart = g->t->jobs > 1 && mapper_apart(g->map) && is_file(operand);
	const struct mapper_calls own = calls(g);
	if (!g->mapper)
		g->mapper = mapper_new(g->map, &own);
	struct view date = mapper_date(base);
	if (!date.n)
		date = mapper_date(file_base(shown));
	mapper_file(g->mapper, shown + (base - operand),
		g->observed ? view_of(g->observed) : date, g->observed != NULL);
	switch (g->pack.book ? read_sheet(g, &why) : read_source(g, &why)) {
	case MAPPER_DONE:
		break;
	case MAPPER_BROKEN:
		die("%s:%zu: %s", shown, why.line, why.text);
	case MAPPER_OTHER:
		die_other(g, &why);
	}
}

static void read_file(struct intake *g, const char *path)
{
	pack_open(&g->pack, path, flush, g);
	while (pack_next(&g->pack))
		read_part(g, path);
	pack_close(&g->pack);
}

/* Records are read as they are, by the reader of every tool: what is packed
 * would be so many lines that are no JSON. */
static void refuse_packed(struct intake *g, const char *path)
{
	struct pack *p = &g->pack;
	if (!is_file(path))
		return;
	pack_open(p, path, flush, g);
	bool packed = p->zipped || p->gzipped || p->zstd;
	pack_close(p);
	if (packed)
		die("%s: it is packed, and map '%s' takes records as they are: "
		    "unpack it first",
			path, g->name);
}

/* Records already: what the page knows is checked, the rest passes. */
static void read_records(struct intake *g)
{
	struct tool *t = g->t;
	struct check check;
	struct rec *r;
	unsigned type = keys_want(&t->keys, "type");
	unsigned seen = keys_want(&t->keys, "observed_at");
	t->raw = false;
	for (char **file = t->operand; *file; file++)
		refuse_packed(g, *file);
	check_init(&check, &t->keys);
	while ((r = tool_next(t))) {
		struct view when = g->observed
					   ? view_of(g->observed)
					   : mapper_date(file_base(r->file));
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

static void read_files(struct intake *g)
{
	struct tool *t = g->t;
	rec_init(&g->made, &t->keys);
	if (!*t->operand)
		read_file(g, "-");
	for (char **file = t->operand; *file; file++)
		read_file(g, *file);
	t->read = t->written + t->withheld + t->folded + t->refused;
	end_map(g);
	if (g->asked)
		tool_info(t,
			"%" PRIu64 " phone numbers were not plain: "
			"libphonenumber was asked",
			g->asked);
	rec_release(&g->made);
	buf_release(&g->path);
}

/* As mappath_load; what is read is one of the things a base depends on. */
static bool load(void *arg, const char *name, size_t skip, struct buf *text,
	struct buf *path, struct why *why)
{
	struct intake *in = arg;
	size_t was = text->n;
	if (!mappath_load(NULL, name, skip, text, path, why))
		return false;
	if (in->stamp)
		stamp_add(in->stamp, text->p + was, text->n - was);
	return true;
}

static void list_read(void *arg, const char *path)
{
	struct intake *in = arg;
	if (in->stamp)
		stamp_file(in->stamp, path);
}

/* --header: the names, as a row of CSV. */
static void name_columns(struct mapping *map, const char *header)
{
	struct source s;
	struct csv c;
	struct csv_row row;
	struct why why;
	source_memory(&s, "--header", view_of(header), CHARSET_UTF8, NULL, 0);
	csv_open(&c, &s, ',');
	if (csv_next(&c, &row, &why) != CSV_ROW)
		die("option '--header' wants names with commas between them");
	map->column = arena_alloc(&map->text, row.n * sizeof(*map->column));
	map->ncolumns = row.n;
	for (size_t i = 0; i < row.n; i++) {
		struct view v = row.cell[i];
		map->column[i] =
			(struct view){ arena_bytes(&map->text, v.p, v.n), v.n };
	}
	csv_close(&c);
	source_close(&s);
}

static void override(struct intake *in)
{
	struct mapping *map = in->map;
	bool any = in->delimiter || in->quote || in->escape || in->header ||
		   in->skip || in->ragged;
	if (any && (map->format != MAP_CSV || map->pass))
		die("the map '%s' reads no CSV, and the options say how to "
		    "read some",
			in->name);
	if (in->delimiter && strcmp(in->delimiter, "auto") == 0)
		map->delim = 0;
	else if (in->delimiter)
		map->delim = sign("delimiter", in->delimiter);
	if (in->quote)
		map->quote = sign("quote", in->quote);
	if (in->escape)
		map->escape = sign("escape", in->escape);
	if (in->skip)
		map->skip_lines = in->skip;
	map->ragged |= in->ragged;
	if (in->header)
		name_columns(map, in->header);
	if (map->quote && map->quote == map->delim)
		die("'%c' cannot be both the delimiter and the quote",
			map->quote);
	if (map->escape == map->quote)
		map->escape = 0;
}

void intake_map(struct intake *in, const char *name)
{
	struct buf path = { 0 };
	struct why why = { 0 };
	in->name = name;
	in->map = mapping_compile(name, load, in, in->t->env.constant, &path,
		&why);
	if (!in->map)
		mappath_die(NULL, name, &path, &why);
	buf_release(&path);
	override(in);
	if (in->map->places)
		places_load(&in->places, list_read, in);
}

void intake_run(struct intake *in)
{
	in->fixed = in->map != NULL;
	if (in->fixed && in->map->pass)
		read_records(in);
	else
		read_files(in);
}

void intake_release(struct intake *in)
{
	mapping_free(in->map);
	places_release(&in->places);
	erased_release(&in->erased);
	arena_release(&in->names);
}
