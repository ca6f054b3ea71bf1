/*
 * looks: what a file seems to be by its first bytes, for messages about one
 * that cannot be read. Nothing is ever read by it.
 */
#ifndef EDGE_LOOKS_H
#define EDGE_LOOKS_H

#include "base/buf.h"

enum looks {
	LOOKS_TEXT, /* rows of text, or anything else */
	LOOKS_JSON,
	LOOKS_XML,
	LOOKS_HTML,
	LOOKS_WORKBOOK, /* the XML of Excel 2003, which is called .xls too */
	LOOKS_UTF16LE, /* without its mark */
	LOOKS_UTF16BE,
};

enum looks looks_like(struct view start);
/* "it looks like JSON", with the remedy where there is one; NULL: of text there
 * is nothing to say. */
const char *looks_say(enum looks l);

#endif
