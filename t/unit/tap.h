/*
 * tap: what a unit test says, in the Test Anything Protocol, for prove.
 *
 *	ok(x == 1, "one is one after %d rounds", rounds);
 *	is_str(buf_view(&b), "1.10", "zeros at the end stay");
 *	return done();
 */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

static int tap_n, tap_failed;

#define ok(cond, ...) tap_ok(!!(cond), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) \
	tap_is(got, want, __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 4, 5), unused)) static bool tap_ok(bool good,
	const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	printf("%sok %d - ", good ? "" : "not ", ++tap_n);
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	if (!good) {
		tap_failed++;
		fprintf(stderr, "# failed at %s:%d\n", file, line);
	}
	return good;
}

__attribute__((format(printf, 5, 6), unused)) static bool tap_is(
	struct view got, const char *want, const char *file, int line,
	const char *fmt, ...)
{
	char say[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(say, sizeof(say), fmt, ap);
	va_end(ap);
	if (tap_ok(view_is(got, want), file, line, "%s", say))
		return true;
	fprintf(stderr, "#  got '%.*s'\n# want '%s'\n", (int)got.n, got.p,
		want);
	return false;
}

/* Prints the plan; what main returns. */
__attribute__((unused)) static int done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed != 0;
}

#endif
