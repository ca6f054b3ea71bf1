/*
 * append: lines added to a file that several may add to at once, all or none.
 *
 * The file is locked from append_open on, until it is closed or the program
 * ends, so that what was read of it stays true until the lines are there. They
 * are written in one piece and synced; where the disk is full the file is as
 * it was. Dies.
 */
#ifndef EDGE_APPEND_H
#define EDGE_APPEND_H

#include "base/buf.h"

struct append {
	const char *path; /* borrowed */
	int fd;
};

/* Makes the file (0600) if it is not there; waits while another has it. */
void append_open(struct append *a, const char *path);
/* lines: each with its newline. */
void append_lines(const struct append *a, struct view lines);
void append_close(struct append *a);

#endif
