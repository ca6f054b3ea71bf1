/*
 * inside: the bytes of a file as they can be searched: those of a .gz
 * unpacked, of any other file as they stand.
 *
 *	inside_open(&in, path);
 *	while (inside_next(&in, &text))		a block, with its line number
 *		search(text, in.line);
 *	if (in.why) its name could be searched, but not all of it: why
 *	inside_close(&in);
 *
 * A block ends at a line's end where there is one within INSIDE_BLOCK; where
 * there is none, the next block begins with the last INSIDE_OVERLAP bytes of
 * this one. What is known not to show its text (an archive, a PDF, a picture,
 * an encrypted or damaged file) is given as it stands, and why says what it is.
 */
#ifndef EDGE_INSIDE_H
#define EDGE_INSIDE_H

#include "base/buf.h"

#define INSIDE_BLOCK ((size_t)1 << 20)
#define INSIDE_OVERLAP ((size_t)1024)

struct inside {
	void *gz;
	struct buf buf;
	size_t used; /* bytes of buf that were given and are not needed */
	size_t again; /* bytes of buf that were given and come again */
	size_t line; /* of the block's first byte, from 1; in whole blocks */
	size_t lines; /* line ends in the block at hand */
	const char *why;
	bool eof, looked;
};

/* A file that cannot be opened has no block, and why says it. */
void inside_open(struct inside *in, const char *path);
bool inside_next(struct inside *in, struct view *text);
void inside_close(struct inside *in);

#endif
