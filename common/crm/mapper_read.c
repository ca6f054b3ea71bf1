#include "crm/mapper_impl.h"

#include "edge/jsontext.h"

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
	if (is)
		*from.width = m->ncells;
	else
		mapper_note(m, "%s",
			why->text[0] ? why->text : "it has no header");
	return MAPPER_DONE;
}

static enum mapper_read read_rows(struct mapper *m, struct from from,
	struct why *why)
{
	struct csv_row row;
	enum csv_status status;
	while ((status = from.next(from.arg, &row, why)) == CSV_ROW ||
		status == CSV_REFUSED) {
		if (status == CSV_ROW)
			mapper_csv(m, &row);
		else
			mapper_refuse(m, row.line, row.raw, why->text);
		if (m->stopped)
			*from.width = 0; /* of another table */
	}
	return status == CSV_END ? MAPPER_DONE : MAPPER_BROKEN;
}

enum mapper_read mapper_begin(struct mapper *m, struct csv *c,
	struct source *in, size_t max_row, struct why *why)
{
	struct from from = { next_csv, c, &c->width };
	*why = (struct why){ 0 };
	csv_open(c, in, m->map->delim);
	if (max_row)
		c->max_row = max_row;
	return find_header(m, from, why);
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
			"%" PRIu64 " numbers have more digits than the 15 that "
			"a spreadsheet keeps; format such a column as text "
			"before it is filled",
			x->long_numbers);
	if (x->stale)
		mapper_note(m,
			"%" PRIu64 " cells are formulas that no spreadsheet "
			"has computed yet; open the file in one and save it",
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
	size_t line, refused = 0;
	bool lines = m->map->format == MAP_NDJSON;
	enum jsontext_status status;
	jsontext_open(&j, in, lines, max_row ? max_row : JSON_MAX_LINE);
	while ((status = jsontext_next(&j, &v, &raw, &line, why)) !=
		JSONTEXT_END) {
		refused = 0;
		if (status == JSONTEXT_VALUE) {
			mapper_document(m, v, line);
		} else {
			mapper_refuse(m, line, raw, why->text);
			refused = line;
		}
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
	xml_open(&x, in, m->map->root);
	if (max_row)
		x.max_doc = max_row;
	while ((status = xml_next(&x, &doc, &why)) != XML_END)
		if (status == XML_DOC)
			mapper_xml(m, &doc);
		else
			mapper_refuse(m, doc.line, doc.raw, why.text);
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
