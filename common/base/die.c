#include "base/die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *prog = "scrm";

static void (*hook_fn)(const char *);

__attribute__((format(printf, 3, 0))) static void format(char *out, size_t size,
	const char *fmt, va_list ap)
{
	int saved = errno;
	size_t n = strlen(fmt);
	vsnprintf(out, size, fmt, ap);
	if (n && fmt[n - 1] == ':') {
		size_t used = strlen(out);
		snprintf(out + used, size - used, " %s", strerror(saved));
	}
}

void warn(const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s\n", prog, text);
}

void die(const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s\n", prog, text);
	void (*hook)(const char *) = hook_fn;
	hook_fn = NULL;
	if (hook)
		hook(text);
	exit(2);
}

void die_hook(void (*hook)(const char *reason))
{
	hook_fn = hook;
}
