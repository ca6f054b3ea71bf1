/*
 * inside: the bytes of a file as they can be searched: those of a .gz
 * unpacked, the files in a zip (and so in an .xlsx) one after another, each
 * after a line with its name, any other file as it stands.
 *
 *	inside_open(&in, path);
 *	while (inside_next(&in, &text))		a block, with its line number
 *		search(text, in.line);
 *	if (in.why.text[0]) not all of it could be looked into
 *	inside_close(&in);
 *
 * A block ends at a line's end where there is one within INSIDE_BLOCK; where
 * there is none, the next block begins with the last INSIDE_OVERLAP bytes of
 * this one. What is known not to show its text (a PDF, a picture, an archive
 * that is damaged, encrypted, in another archive or of another kind) is given
 * as it stands, and why says what it is.
 */
#ifndef EDGE_INSIDE_H
#define EDGE_INSIDE_H

#include "edge/zip.h"

#define INSIDE_BLOCK ((size_t)1 << 20)
#define INSIDE_OVERLAP ((size_t)1024)

struct inside {
	struct why why;
	size_t line; /* of the block's first byte, from 1; 0 in a zip */

	int fd;
	void *gz; /* NULL in a zip */
	struct zip zip;
	size_t at; /* the next file of it */
	struct buf buf;
	size_t used; /* bytes of buf that were given and are not needed */
	size_t again; /* bytes of buf that were given and come again */
	size_t lines; /* line ends in the block at hand */
	bool end; /* of the file at hand: buf has the rest of it */
};

/* A file that cannot be opened has no block, and why says it. */
void inside_open(struct inside *in, const char *path);
bool inside_next(struct inside *in, struct view *text);
void inside_close(struct inside *in);

#endif
