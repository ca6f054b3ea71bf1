#include "crm/sample.h"

#include "edge/jsontext.h"
#include "edge/looks.h"
#include "edge/xml.h"
#include "value/text.h"

#define DEPTH 16
#define ELEMENTS 50 /* of an array, that are looked at */
#define LINE_MAX ((size_t)64 << 20)

static void keep_row(struct sample *s, const struct csv_row *row)
{
	struct sample_row *r = vec_add(&s->row);
	r->n = row->n;
	r->line = row->line;
	r->cell = arena_alloc(&s->text, row->n * sizeof(*r->cell));
	for (size_t i = 0; i < row->n; i++) {
		struct view v = row->cell[i];
		char *p = arena_alloc(&s->text, v.n + SAMPLE_PAD);
		if (v.n)
			memcpy(p, v.p, v.n);
		memset(p + v.n, 0, SAMPLE_PAD);
		r->cell[i] = (struct view){ p, v.n };
	}
}

static void keep_bad(struct sample *s, size_t line, const char *reason)
{
	*vec_add(&s->bad) = (struct sample_bad){ line,
		arena_bytes(&s->text, reason, strlen(reason) + 1) };
}

static void count_ends(struct sample *s, struct view v)
{
	for (size_t i = 0; i < v.n; i++) {
		bool crlf = v.p[i] == '\r' && i + 1 < v.n && v.p[i + 1] == '\n';
		if (crlf)
			s->crlf++;
		else if (v.p[i] == '\n')
			s->lf++;
		else if (v.p[i] == '\r' && i + 1 < v.n)
			s->cr++;
		i += crlf;
	}
}

static void look_csv(struct sample *s, struct source *in, bool whole,
	const struct sample_how *how)
{
	struct csv c;
	struct csv_row row;
	struct why why;
	enum csv_status st;
	csv_open(&c, in, how->delim);
	c.quote = how->quote;
	c.escape = how->escape;
	c.skip = how->skip;
	while (s->row.n < how->rows &&
		(st = csv_next(&c, &row, &why)) != CSV_END &&
		st != CSV_BROKEN) {
		bool last = row.raw.p + row.raw.n >= in->buf.p + in->buf.n &&
			    in->eof;
		if (last && !whole)
			break;
		if (st == CSV_ROW)
			keep_row(s, &row);
		else
			keep_bad(s, row.line, why.text);
	}
	s->delim = c.delim;
	csv_close(&c);
}

/* A path and all above it; from: where it stands, as far as it is there. */
static void add_path(struct sample *s, struct view path, bool leaf)
{
	bool isnew;
	size_t i = map_add(&s->path, path.p, path.n, &isnew);
	if (isnew)
		*vec_add(&s->leaf) = leaf;
	s->leaf.v[i] |= leaf;
}

static void look_value(struct sample *s, struct buf *path, struct val v,
	int depth);

/* A document in a text, as events that were passed on have it. */
static void look_inner(struct sample *s, struct buf *path, struct view text,
	int depth)
{
	struct buf b = { 0 };
	struct val v;
	struct why why;
	buf_addv(&b, text);
	buf_grow(&b, SCAN_PAD);
	memset(b.p + b.n, 0, SCAN_PAD);
	const char *end = scan_value(b.p, b.p + b.n, b.p, &v, &why);
	if (end == b.p + b.n)
		look_value(s, path, v, depth);
	buf_release(&b);
}

static void look_value(struct sample *s, struct buf *path, struct val v,
	int depth)
{
	struct buf scratch = { 0 };
	struct val_iter it = val_iter(v);
	size_t was = path->n;
	if (v.kind == K_STRING && v.n > 2 && v.p[0] == '{' && depth < DEPTH) {
		struct view text = val_text(v, &scratch);
		look_inner(s, path, text, depth + 1);
	}
	for (size_t i = 0; v.kind == K_ARRAY && depth < DEPTH && i < ELEMENTS &&
			   val_next(&it);
		i++)
		look_value(s, path, it.val, depth + 1);
	while (v.kind == K_OBJECT && depth < DEPTH && val_next(&it)) {
		if (path->n)
			buf_addc(path, '.');
		buf_reset(&scratch);
		buf_addv(path, val_text(it.key, &scratch));
		bool leaf = it.val.kind != K_OBJECT && it.val.kind != K_ARRAY;
		add_path(s, buf_view(path), leaf);
		look_value(s, path, it.val, depth + 1);
		path->n = was;
	}
	buf_release(&scratch);
}

static void look_json(struct sample *s, struct source *in, bool whole,
	const struct sample_how *how)
{
	struct jsontext j;
	struct val v;
	struct view raw;
	struct why why;
	size_t line;
	struct buf path = { 0 };
	enum jsontext_status st;
	jsontext_open(&j, in, false, LINE_MAX);
	while (s->documents < how->rows &&
		(st = jsontext_next(&j, &v, &raw, &line, &why)) !=
			JSONTEXT_END) {
		if (st == JSONTEXT_VALUE) {
			look_value(s, &path, v, 0);
			s->documents++;
		} else if (whole) {
			keep_bad(s, line, why.text);
		}
	}
	buf_release(&path);
}

static void look_xml(struct sample *s, struct source *in, bool whole,
	const struct sample_how *how)
{
	struct xml x;
	struct xml_doc doc;
	struct why why = { 0 };
	enum xml_status st;
	xml_open(&x, in, NULL);
	while (s->documents < how->rows &&
		(st = xml_next(&x, &doc, &why)) != XML_END) {
		for (size_t i = 0; st == XML_DOC && i < doc.n; i++)
			add_path(s, doc.field[i].path, true);
		s->documents += st == XML_DOC;
		if (st != XML_DOC && whole)
			keep_bad(s, doc.line, why.text);
	}
	xml_close(&x);
}

void sample_text(struct sample *s, struct view start, bool whole,
	const struct sample_how *how)
{
	static const enum charset tries[] = { CHARSET_UTF8, CHARSET_GB18030 };
	struct source in;
	*s = (struct sample){ 0 };
	source_memory(&in, "start", start, how->charset, tries, 2);
	s->charset = in.charset;
	s->bom = in.bom;
	count_ends(s, start);
	struct view text = { in.buf.p + in.pos, in.buf.n - in.pos };
	enum looks looks = looks_like(text);
	bool xml = looks == LOOKS_XML ||
		   (looks == LOOKS_TEXT && start.n &&
			   memmem(start.p, start.n, "<xml>", 5));
	s->format = looks == LOOKS_JSON ? MAP_JSON : xml ? MAP_XML : MAP_CSV;
	if (s->format == MAP_JSON)
		look_json(s, &in, whole, how);
	else if (s->format == MAP_XML)
		look_xml(s, &in, whole, how);
	else
		look_csv(s, &in, whole, how);
	source_close(&in);
}

void sample_sheet(struct sample *s, struct xlsx *x,
	const struct sample_how *how)
{
	struct csv_row row;
	struct why why;
	enum csv_status st;
	*s = (struct sample){ .format = MAP_CSV, .sheet = true };
	while (s->row.n < how->rows &&
		(st = xlsx_next(x, &row, &why)) != CSV_END &&
		st != CSV_BROKEN) {
		if (row.line <= how->skip)
			continue;
		if (st == CSV_ROW)
			keep_row(s, &row);
		else
			keep_bad(s, row.line, why.text);
	}
}

void sample_release(struct sample *s)
{
	vec_release(&s->row);
	vec_release(&s->leaf);
	vec_release(&s->bad);
	map_release(&s->path);
	arena_release(&s->text);
}
