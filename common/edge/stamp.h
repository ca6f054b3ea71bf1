/*
 * stamp: whether a file is still what the same work would make of the same
 * things: a line beside it, FILE.stamp, with the fingerprint of what it was
 * made from. The program itself is always one of them.
 *
 *	stamp_init(&s, "base/orders.ndjson");
 *	stamp_add(&s, word, n) ... stamp_file(&s, path) ...
 *	if (stamp_same(&s, &status)) return status;
 *	stamp_drop(&s);			then the file is made
 *	stamp_put(&s, status);		when it stands in its place
 *
 * It is dropped before and put after, so a run that dies in between leaves a
 * file without a stamp, which is made again. Everything here may die.
 */
#ifndef EDGE_STAMP_H
#define EDGE_STAMP_H

#include "base/buf.h"

struct stamp {
	const char *out; /* borrowed */
	struct buf path, seen;
};

void stamp_init(struct stamp *s, const char *out);
/* Bytes the file depends on: a word of the command, a rule. */
void stamp_add(struct stamp *s, const void *p, size_t n);
/* A file it depends on: name, size, time, and 64 KiB at both ends; for those
 * too large to be read twice. */
void stamp_file(struct stamp *s, const char *path);
/* The file is there, as long as it was, and was made from all of these; then
 * status is what was put. */
bool stamp_same(const struct stamp *s, int *status);
void stamp_drop(const struct stamp *s);
/* status: 0 or 1. */
void stamp_put(const struct stamp *s, int status);
void stamp_release(struct stamp *s);

#endif
