/*
 * writer: lines out, in blocks of 64 KiB; never half a record.
 *
 * To a descriptor (a pipe is enlarged to 1 MiB) or to a file that is written
 * beside and renamed when it is whole. Dies when the disk is full.
 */
#ifndef RECORD_WRITER_H
#define RECORD_WRITER_H

#include "record/rec.h"

struct writer {
	int fd;
	char *path, *temp; /* of a file; NULL for a descriptor */
	const char *name; /* of a device or pipe; NULL: standard output */
	struct buf buf;
	uint64_t lines;
	bool gone; /* the reader of the pipe left; all else is dropped */
	bool held; /* lines stay in buf, whoever holds it takes them */
};

void writer_open_fd(struct writer *w, int fd);
/* path.XXXXXX beside path, mode 0600; not yet in its place. */
void writer_open_file(struct writer *w, const char *path);
/* One line; the newline is added. */
void writer_rec(struct writer *w, const struct rec *r);
void writer_line(struct writer *w, struct view line);
/* Lines that are ended already, n of them. */
void writer_lines(struct writer *w, struct view text, uint64_t n);
void writer_flush(struct writer *w);
/* Flushes; a file is synced and renamed into its place. */
void writer_commit(struct writer *w);
/* A file is removed; a descriptor is left as it is. Never dies. */
void writer_discard(struct writer *w);

#endif
