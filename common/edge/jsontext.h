/*
 * jsontext: JSON that is no stream of records: documents one after another in
 * a file, over as many lines as they like, or a document (or several) a line.
 * Each is by itself: a broken one is refused, and reading goes on with the
 * next line that begins with a bracket.
 *
 * Documents are read whole, with all of the file in memory; lines are not. The
 * record separator of RFC 7464 is a blank.
 */
#ifndef EDGE_JSONTEXT_H
#define EDGE_JSONTEXT_H

#include "edge/source.h"
#include "record/scan.h"

enum jsontext_status { JSONTEXT_VALUE, JSONTEXT_REFUSED, JSONTEXT_END };

struct jsontext {
	struct source *in;
	bool lines; /* a value does not go over the end of its line */
	size_t max; /* bytes of a line; not of a document */
	size_t line; /* of what comes next, from 1 */
	struct view rest; /* of a line, after a value of it */
	bool whole;
};

void jsontext_open(struct jsontext *j, struct source *in, bool lines,
	size_t max);
/*
 * The next value, checked, with SCAN_PAD readable bytes after it. raw is its
 * text, or what is refused; line where that begins. All are valid until the
 * next call. why->line is absolute.
 */
enum jsontext_status jsontext_next(struct jsontext *j, struct val *v,
	struct view *raw, size_t *line, struct why *why);
/* The next line as it is, without its end; for those who parse it. */
enum jsontext_status jsontext_line(struct jsontext *j, struct view *raw,
	size_t *line, struct why *why);

#endif
