/*
 * sample: the start of a file as one looks at it who does not know yet what it
 * is: its encoding, what stands between rows and cells, and the first rows; or
 * of JSON and XML, the paths there are.
 *
 *	sample_text(&s, start, whole, &how);	or sample_sheet
 *	use(s.row.v[i].cell, s.row.v[i].n);
 *	sample_release(&s);
 *
 * Everything belongs to the sample. Text that cannot be read is in bad, never a
 * reason to stop. It reads no files itself.
 */
#ifndef CRM_SAMPLE_H
#define CRM_SAMPLE_H

#include "base/map.h"
#include "crm/mapping.h"
#include "edge/xlsx.h"

/* What was said of the file beforehand; zero: nothing. */
struct sample_how {
	enum charset charset;
	char delim; /* 0: by the first row */
	char quote, escape; /* as struct csv has them, quote 0: there is none */
	size_t skip;
	size_t rows; /* at most so many */
};

#define SAMPLE_PAD 16 /* bytes that can be read behind a cell */

struct sample_row {
	struct view *cell;
	size_t n;
	size_t line;
};

struct sample_bad {
	size_t line;
	const char *reason;
};

struct sample {
	enum map_format format; /* MAP_JSON for NDJSON, too */
	bool sheet;
	enum charset charset;
	bool bom;
	char delim;
	size_t lf, crlf, cr; /* line ends in the text looked at */
	VEC(struct sample_row) row; /* of CSV and sheets */
	struct map path; /* of JSON and XML: all there are, parents too */
	VEC(bool) leaf; /* whether something stands at it */
	size_t documents;
	VEC(struct sample_bad) bad;
	struct arena text;
};

/* start: the file's first bytes; whole: all it has, else the last row is cut
 * and not looked at. */
void sample_text(struct sample *s, struct view start, bool whole,
	const struct sample_how *how);
void sample_sheet(struct sample *s, struct xlsx *x,
	const struct sample_how *how);
void sample_release(struct sample *s);

#endif
