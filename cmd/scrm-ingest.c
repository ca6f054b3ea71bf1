/* scrm-ingest: turn exports of channels into records by a map */
#include "base/die.h"
#include "crm/check.h"
#include "crm/mapper.h"
#include "edge/jsontext.h"
#include "edge/mappath.h"
#include "edge/tool.h"

#include <stdio.h>

struct ingest {
	struct tool t;
	struct mapping *map;
	struct mapper *mapper;
	struct source source;
	const char *name, *path;
	size_t max_row;
	enum charset charset;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void emit(void *arg, struct view line, bool first)
{
	struct ingest *g = arg;
	g->t.in.bytes = g->source.bytes;
	if (first)
		tool_write(&g->t, line);
	else
		tool_make(&g->t, line);
}

static void refuse(void *arg, size_t line, size_t row, const char *field,
	struct view raw, const char *reason)
{
	struct ingest *g = arg;
	struct place at = { g->path, line, row, field };
	tool_refuse_input(&g->t, at, raw, "%s", reason);
}

static void withheld(void *arg, size_t n)
{
	((struct ingest *)arg)->t.withheld += n;
}

static void folded(void *arg, size_t n)
{
	((struct ingest *)arg)->t.folded += n;
}

static void note(void *arg, const char *text)
{
	struct ingest *g = arg;
	tool_note(&g->t, "%s: %s", g->path, text);
}

static void flush(void *arg)
{
	writer_flush(&((struct ingest *)arg)->t.out);
}

static void read_csv(struct ingest *g)
{
	struct csv c;
	struct csv_row row;
	struct why why = { 0 };
	enum csv_status status;
	bool head = g->map->ncolumns > 0;
	csv_open(&c, &g->source, g->map->delim);
	if (g->max_row)
		c.max_row = g->max_row;
	if (head && mapper_header(g->mapper, NULL, 0, &why) < 0)
		die("%s: %s", g->path, why.text);
	while ((status = csv_next(&c, &row, &why)) != CSV_END) {
		if (head && status == CSV_ROW) {
			mapper_csv(g->mapper, &row);
		} else if (head) {
			mapper_refuse(g->mapper, row.line, row.raw, why.text);
		} else if (status != CSV_ROW) {
			die("%s:%zu: the header cannot be read: %s", g->path,
				row.line, why.text);
		} else {
			int is =
				mapper_header(g->mapper, row.cell, row.n, &why);
			if (is < 0)
				die("%s:%zu: %s (map '%s')", g->path, row.line,
					why.text, g->name);
			head = is > 0;
		}
	}
	if (!head)
		note(g, why.text[0] ? why.text : "it has no header");
	csv_close(&c);
}

static void read_json(struct ingest *g)
{
	struct jsontext j;
	struct val v;
	struct view raw;
	struct why why = { 0 };
	size_t line;
	enum jsontext_status status;
	jsontext_open(&j, &g->source, g->map->format == MAP_NDJSON,
		g->max_row ? g->max_row : 64 << 20);
	while ((status = jsontext_next(&j, &v, &raw, &line, &why)) !=
		JSONTEXT_END)
		if (status == JSONTEXT_VALUE)
			mapper_document(g->mapper, v, line);
		else
			mapper_refuse(g->mapper, line, raw, why.text);
}

static void read_xml(struct ingest *g)
{
	struct xml x;
	struct xml_doc doc;
	struct why why = { 0 };
	enum xml_status status;
	xml_open(&x, &g->source, g->map->root);
	if (g->max_row)
		x.max_doc = g->max_row;
	while ((status = xml_next(&x, &doc, &why)) != XML_END) {
		if (status == XML_DOC)
			mapper_xml(g->mapper, &doc);
		else
			mapper_refuse(g->mapper, doc.line, doc.raw, why.text);
	}
	xml_close(&x);
}

static void read_file(struct ingest *g, const char *path, const char *observed)
{
	const char *base = base_name(path);
	g->path = path;
	source_open(&g->source, path, g->charset, g->map->encoding,
		g->map->nencodings);
	g->source.before_wait = flush;
	g->source.wait_arg = g;
	mapper_file(g->mapper, base,
		observed ? view_of(observed) : mapper_date(base),
		observed != NULL);
	switch (g->map->format) {
	case MAP_CSV:
		read_csv(g);
		break;
	case MAP_JSON:
	case MAP_NDJSON:
		read_json(g);
		break;
	case MAP_XML:
		read_xml(g);
		break;
	}
	mapper_end(g->mapper);
	source_close(&g->source);
}

/* Records already: what the page knows is checked, the rest passes. */
static void read_records(struct ingest *g, const char *observed)
{
	struct tool *t = &g->t;
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
	const struct mapper_calls calls = { g, emit, refuse, withheld, folded,
		note };
	struct tool *t = &g->t;
	g->mapper = mapper_new(g->map, &calls);
	if (!*t->operand)
		read_file(g, "-", observed);
	for (char **file = t->operand; *file; file++)
		read_file(g, *file, observed);
	t->read = t->written + t->withheld + t->folded + t->refused;
	mapper_free(g->mapper);
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

/* A mistake in the map, with its place. */
static void check_map(const struct ingest *g, const struct buf *path,
	const struct why *why)
{
	if (g->map)
		return;
	if (why->line)
		die("%s:%zu:%zu: %s", path->p, why->line, why->col, why->text);
	if (path->n)
		die("map '%s': %s", g->name, why->text);
	die("%s", why->text);
}

int main(int argc, char **argv)
{
	struct ingest g = {
		.t = { .usage = "-m MAP [-e ENCODING] [-D name=value] "
				"[--list] [--max-row SIZE] "
				"[--observed TIME] [file ...]",
			.about = "turn exports of channels into records by a "
				 "map",
			.raw = true },
	};
	const char *encoding = NULL, *observed = NULL;
	bool listed = false;
	const struct opt options[] = {
		OPT_STR('m', "map", "MAP", "how the export is read", &g.name),
		OPT_STR('e', "encoding", "ENCODING",
			"of files without a byte order mark", &encoding),
		OPT_STRS('D', "define", "name=value",
			"a constant of the map; source, house, account",
			&g.t.define),
		OPT_FLAG(0, "list", "name the maps there are", &listed),
		OPT_SIZE(0, "max-row", "SIZE", "longest row taken", &g.max_row),
		OPT_STR(0, "observed", "TIME", "when the export was taken",
			&observed),
		OPT_END,
	};
	struct buf path = { 0 };
	struct why why = { 0 };
	struct when when;
	tool_open(&g.t, argc, argv, options);
	if (listed) {
		mappath_each(list, NULL);
		return fflush(stdout) == 0 ? 0 : 2;
	}
	if (!g.name)
		tool_missing(&g.t, "map");
	if (encoding && !(g.charset = charset_find(view_of(encoding))))
		die("option '-e': no encoding '%s'", encoding);
	if (observed && !when_parse(observed, strlen(observed), &when))
		die("option '--observed' wants a date or a time with its "
		    "offset, not '%s'",
			observed);
	g.map = mapping_compile(g.name, mappath_load, NULL, g.t.env.constant,
		&path, &why);
	check_map(&g, &path, &why);
	buf_release(&path);
	if (g.map->pass)
		read_records(&g, observed);
	else
		read_files(&g, observed);
	mapping_free(g.map);
	return tool_close(&g.t);
}
