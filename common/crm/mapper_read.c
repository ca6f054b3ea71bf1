#include "crm/mapper_impl.h"

#include "edge/jsontext.h"
#include "edge/looks.h"

#include <inttypes.h>

#define JSON_MAX_LINE (64 << 20)

/* Where rows come from: csv_next or xlsx_next, and its width. */
struct from {
	enum csv_status (
		*next)(void *arg, struct csv_row *row, struct why *why);
	void *arg;
	size_t *width;
};

static enum csv_status next_csv(void *arg, struct csv_row *row, struct why *why)
{
	return csv_next(arg, row, why);
}

static enum csv_status next_xlsx(void *arg, struct csv_row *row,
	struct why *why)
{
	return xlsx_next(arg, row, why);
}

/* The rows before the header, and the header. */
static enum mapper_read find_header(struct mapper *m, struct from from,
	struct why *why)
{
	struct csv_row row;
	enum csv_status status;
	int is = 0;
	if (m->map->ncolumns)
		is = mapper_header(m, NULL, 0, why);
	while (!is && (status = from.next(from.arg, &row, why)) != CSV_END) {
		if (status == CSV_BROKEN)
			return MAPPER_BROKEN;
		if (row.line <= m->map->skip_lines)
			continue; /* of a sheet; csv has passed over its */
		if (status != CSV_ROW) {
			struct why unread = *why;
			why_not(why, "the header cannot be read: %s",
				unread.text);
			why->line = row.line;
			return MAPPER_BROKEN;
		}
		is = mapper_header(m, row.cell, row.n, why);
		why->line = row.line;
	}
	if (is < 0)
		return MAPPER_OTHER;
	/* Comments and footers of a text have a width of their own. */
	bool other = !m->sheet && (m->map->preamble || m->map->footer);
	if (is)
		*from.width = m->map->ragged || other ? 1 : m->ncells;
	else
		mapper_note(m, "%s",
			why->text[0] ? why->text : "it has no header");
	return MAPPER_DONE;
}

/* A comment behind the header begins another table, which has a header of its
 * own. It has fewer cells than a row, whose first may be "#double11". */
static bool next_table(struct mapper *m, const struct csv_row *row)
{
	if (!m->map->preamble || row->n == 0 || row->cell[0].n == 0 ||
		row->cell[0].p[0] != '#')
		return false;
	bool fewer = row->n < m->ncells || m->ncells == 1;
	if (!(m->sheet ? mapper_lone(row) : fewer))
		return false;
	mapper_comments(m);
	return true;
}

static enum mapper_read read_rows(struct mapper *m, struct from from,
	struct why *why)
{
	struct csv_row row;
	enum csv_status status;
	bool header = true;
	while ((status = from.next(from.arg, &row, why)) == CSV_ROW ||
		status == CSV_REFUSED) {
		if (status == CSV_ROW && header && next_table(m, &row))
			header = false;
		if (status == CSV_ROW && !header)
			header = mapper_header(m, row.cell, row.n, why) > 0;
		else if (status == CSV_ROW)
			mapper_csv(m, &row);
		else
			mapper_refuse(m, row.line, row.raw, why->text);
		if (m->stopped)
			*from.width = 0; /* of another table */
	}
	if (!header && status == CSV_END)
		mapper_note(m, "its last table is another: %s", why->text);
	return status == CSV_END ? MAPPER_DONE : MAPPER_BROKEN;
}

/* Says what the file is rather than what is amiss in its first row; false:
 * there is nothing to say. */
static bool other_kind(enum looks looks, const char *reads, struct why *why)
{
	const char *say = looks_say(looks);
	if (!say)
		return false;
	bool kind = looks == LOOKS_JSON || looks == LOOKS_XML;
	why_not(why, "%s%s%s", say, kind ? ", and the map reads " : "",
		kind ? reads : "");
	why->line = 1;
	return true;
}

enum mapper_read mapper_begin(struct mapper *m, struct csv *c,
	struct source *in, size_t max_row, struct why *why)
{
	struct from from = { next_csv, c, &c->width };
	static const enum charset tries[] = { CHARSET_UTF8, CHARSET_GB18030 };
	struct view start = { in->buf.p + in->pos, in->buf.n - in->pos };
	enum looks looks = in->bom ? LOOKS_TEXT : looks_like(start);
	enum charset charset = in->charset;
	bool gbk = (charset == CHARSET_UTF8 || in->guessed) &&
		   charset != CHARSET_GB18030 &&
		   charset_guess(start, in->eof, tries, 2) == CHARSET_GB18030;
	*why = (struct why){ 0 };
	csv_open(c, in, m->map->delim);
	c->quote = m->map->quote;
	c->escape = m->map->escape;
	c->skip = m->map->skip_lines;
	if (max_row)
		c->max_row = max_row;
	enum mapper_read found = find_header(m, from, why);
	if (found == MAPPER_DONE)
		return found;
	if (other_kind(looks, "CSV", why))
		return MAPPER_OTHER;
	if (gbk)
		why_not(why, "it is no UTF-8; it looks like GB18030 (GBK): "
			     "-e gb18030");
	return gbk ? MAPPER_OTHER : found;
}

enum mapper_read mapper_rest(struct mapper *m, struct csv *c, struct why *why)
{
	return read_rows(m, (struct from){ next_csv, c, &c->width }, why);
}

static enum mapper_read read_csv(struct mapper *m, struct source *in,
	size_t max_row, struct why *why)
{
	struct csv c;
	enum mapper_read found = mapper_begin(m, &c, in, max_row, why);
	if (found == MAPPER_DONE)
		found = mapper_rest(m, &c, why);
	csv_close(&c);
	return found;
}

enum mapper_read mapper_sheet(struct mapper *m, struct xlsx *x, struct why *why)
{
	struct from from = { next_xlsx, x, &x->width };
	*why = (struct why){ 0 };
	if (m->map->format != MAP_CSV) {
		why_not(why, "it is a workbook, and the map reads %s",
			m->map->format == MAP_XML ? "XML" : "JSON");
		return MAPPER_OTHER;
	}
	m->sheet = true;
	enum mapper_read found = find_header(m, from, why);
	if (found == MAPPER_DONE)
		found = read_rows(m, from, why);
	mapper_end(m);
	if (x->long_numbers)
		mapper_note(m,
			"numbers with more digits than the 15 that a "
			"spreadsheet keeps: %" PRIu64 "; format such a column "
			"as text before it is filled",
			x->long_numbers);
	if (x->stale)
		mapper_note(m,
			"formulas that no spreadsheet has computed yet: "
			"%" PRIu64 "; open the file in one and save it",
			x->stale);
	return found;
}

/* A document that does not parse and that nothing follows is half a file. */
static enum mapper_read read_json(struct mapper *m, struct source *in,
	size_t max_row, struct why *why)
{
	struct jsontext j;
	struct val v;
	struct view raw;
	size_t line, refused = 0, values = 0;
	struct view start = text_trim(
		(struct view){ in->buf.p + in->pos, in->buf.n - in->pos });
	bool bracket = start.n && strchr("{[\x1E", start.p[0]);
	enum looks looks = looks_like(start);
	bool lines = m->map->format == MAP_NDJSON;
	enum jsontext_status status;
	jsontext_open(&j, in, lines, max_row ? max_row : JSON_MAX_LINE);
	while ((status = jsontext_next(&j, &v, &raw, &line, why)) !=
		JSONTEXT_END) {
		refused = 0;
		if (status == JSONTEXT_VALUE) {
			values++;
			mapper_document(m, v, line);
		} else {
			mapper_refuse(m, line, raw, why->text);
			refused = line;
		}
	}
	if (refused && !values && !bracket) {
		if (!other_kind(looks, "JSON", why))
			why_not(why, "it is no JSON, which the map reads");
		why->line = 1;
		return MAPPER_OTHER;
	}
	if (lines || !refused)
		return MAPPER_DONE;
	why_not(why, "the file ends in what cannot be read: is it only half "
		     "of the download?");
	why->line = refused;
	return MAPPER_BROKEN;
}

static void read_xml(struct mapper *m, struct source *in, size_t max_row)
{
	struct xml x;
	struct xml_doc doc;
	struct why why = { 0 };
	enum xml_status status;
	size_t documents = 0;
	xml_open(&x, in, m->map->root);
	if (max_row)
		x.max_doc = max_row;
	while ((status = xml_next(&x, &doc, &why)) != XML_END) {
		documents++;
		if (status == XML_DOC)
			mapper_xml(m, &doc);
		else
			mapper_refuse(m, doc.line, doc.raw, why.text);
	}
	if (!documents && x.other)
		mapper_note(m, "there is no '<%s>' in it, only other text",
			x.root);
	xml_close(&x);
}

enum mapper_read mapper_read(struct mapper *m, struct source *in,
	size_t max_row, struct why *why)
{
	enum mapper_read found = MAPPER_DONE;
	*why = (struct why){ 0 };
	switch (m->map->format) {
	case MAP_CSV:
		found = read_csv(m, in, max_row, why);
		break;
	case MAP_JSON:
	case MAP_NDJSON:
		found = read_json(m, in, max_row, why);
		break;
	case MAP_XML:
		read_xml(m, in, max_row);
		break;
	}
	mapper_end(m);
	return found;
}
