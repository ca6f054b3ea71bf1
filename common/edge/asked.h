/*
 * asked: a condition or a list of assignments as a user gives it: an operand,
 * or a file with -f; and its mistakes with the place they are at.
 */
#ifndef EDGE_ASKED_H
#define EDGE_ASKED_H

#include "edge/tool.h"

/* The text of the file, or where path is NULL the next operand, which is
 * called name. Lives as long as the program. */
struct view asked_text(struct tool *t, const char *path, const char *name);
/* "condition:1:14: expected ...", the file in place of the name. */
void asked_die(const char *path, const char *name, const struct why *why)
	__attribute__((noreturn));

#endif
