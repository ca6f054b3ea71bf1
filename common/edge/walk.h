/*
 * walk: the files below a folder, in the order of the bytes of their paths.
 *
 * Links are not followed: those that lead to something below the folder are
 * met there, others are among what was not looked into.
 */
#ifndef EDGE_WALK_H
#define EDGE_WALK_H

#include "base/vec.h"

#include <stdbool.h>

struct walk {
	VEC(char *) file; /* regular files */
	/* What is neither file nor folder, or could not be looked into: a
	 * path, and why. */
	VEC(struct walk_other) other;
};

struct walk_other {
	char *path;
	const char *why;
};

/* Adds what is below path, or path itself where it is a file. False with
 * errno where there is no such thing. */
bool walk_add(struct walk *w, const char *path);
void walk_release(struct walk *w);

#endif
