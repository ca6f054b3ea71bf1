/*
 * why: the reason a value, a rule or a line is refused, handed up to the
 * caller who knows the file and says it. Layers that must not die return
 * false and fill one of these.
 */
#ifndef BASE_WHY_H
#define BASE_WHY_H

#include <stdbool.h>
#include <stddef.h>

struct why {
	char text[240];
	/* 1-based place inside what was read; 0 where it has none. */
	size_t line, col;
};

/* Fills text (cut, never overrun), leaves line and col, returns false. */
bool why_not(struct why *why, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
