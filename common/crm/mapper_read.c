#include "crm/mapper_impl.h"

#include "edge/jsontext.h"

#define JSON_MAX_LINE (64 << 20)

/* The rows before the header, and the header. */
static enum mapper_read find_header(struct mapper *m, struct csv *c,
	struct why *why)
{
	struct csv_row row;
	enum csv_status status;
	if (m->map->ncolumns) {
		int is = mapper_header(m, NULL, 0, why);
		return is < 0 ? MAPPER_OTHER : MAPPER_DONE;
	}
	while ((status = csv_next(c, &row, why)) != CSV_END) {
		if (status != CSV_ROW) {
			struct why unread = *why;
			why_not(why, "the header cannot be read: %s",
				unread.text);
			why->line = row.line;
			return MAPPER_BROKEN;
		}
		int is = mapper_header(m, row.cell, row.n, why);
		why->line = row.line;
		if (is)
			return is < 0 ? MAPPER_OTHER : MAPPER_DONE;
	}
	mapper_note(m, "%s", why->text[0] ? why->text : "it has no header");
	return MAPPER_DONE;
}

enum mapper_read mapper_begin(struct mapper *m, struct csv *c,
	struct source *in, size_t max_row, struct why *why)
{
	*why = (struct why){ 0 };
	csv_open(c, in, m->map->delim);
	if (max_row)
		c->max_row = max_row;
	return find_header(m, c, why);
}

static enum mapper_read read_csv(struct mapper *m, struct source *in,
	size_t max_row, struct why *why)
{
	struct csv c;
	struct csv_row row;
	enum csv_status status;
	enum mapper_read found = mapper_begin(m, &c, in, max_row, why);
	while (found == MAPPER_DONE &&
		(status = csv_next(&c, &row, why)) != CSV_END)
		if (status == CSV_ROW)
			mapper_csv(m, &row);
		else
			mapper_refuse(m, row.line, row.raw, why->text);
	csv_close(&c);
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
