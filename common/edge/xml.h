/*
 * xml: documents in a log, such as WeChat's pushes: one a line, over several
 * lines, several on a line, or with other text between them (the web
 * framework's timestamps).
 *
 * A document begins at "<xml>" (or another root by name) and ends at its own
 * end tag; "<xml" inside CDATA is text. What stands between documents is
 * skipped and counted by lines. expat reads each by itself, so that a broken
 * one costs itself: it is taken to end at "</xml>", or before a "<xml" in a
 * later line, whichever comes first outside CDATA (what a follower wrote must
 * never become a document), and reading goes on there.
 *
 * A document is a flat list of paths and texts, in their order:
 *
 *	<xml><A>1</A><L><T>x</T></L><L><T>y</T><T>z</T></L></xml>
 *	A = 1, L.T = x, L.1.T = y, L.1.T.1 = z
 *
 * The root is left out. The second of two elements of one name under one
 * parent has ".1" after its name, the third ".2"; the first has nothing, so
 * its path is the same whether others follow or not. An attribute is
 * path.@name. An element that holds only elements and blanks has no text of
 * its own; an empty one has "". Text is kept to the byte (CDATA split in two
 * is one text; CRLF is LF, as XML wants it), and is UTF-8.
 *
 * Refused, with the reason: bad syntax, any entity but the five of XML and
 * character references (a DOCTYPE stands before its root, so it is other text
 * and nothing is ever read from it), the end of the file inside a document,
 * more than max_doc bytes, XML_DEPTH levels, XML_FIELDS elements and
 * attributes.
 */
#ifndef EDGE_XML_H
#define EDGE_XML_H

#include "edge/source.h"

#define XML_MAX_DOC (1 << 20)
#define XML_DEPTH 32
#define XML_FIELDS 1024

enum xml_status { XML_DOC, XML_REFUSED, XML_END };

struct xml_field {
	struct view path, text;
};

struct xml_doc {
	struct xml_field *field; /* of XML_DOC only */
	size_t n;
	size_t line; /* of the file, where the document begins, from 1 */
	/* Its bytes; of a refused one at most max_doc of them. */
	struct view raw;
};

struct xml {
	struct source *in;
	const char *root;
	size_t max_doc;
	size_t line; /* of what comes next */
	uint64_t other; /* lines that held text outside documents */
	struct xml_state *state;
};

/* root: "xml" where NULL. All of the source becomes UTF-8. */
void xml_open(struct xml *x, struct source *in, const char *root);
/* The next document. Everything in doc is valid until the next call. why->line
 * is the line of the file, why->col the byte in it. */
enum xml_status xml_next(struct xml *x, struct xml_doc *doc, struct why *why);
/* The text at a path, p is NULL where there is none. ".0" may be written. */
struct view xml_get(const struct xml_doc *doc, const char *path);
void xml_close(struct xml *x);

#endif
