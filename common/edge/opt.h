/*
 * opt: options from a table, and --help from the same table.
 *
 * To add a tool: cmd/scrm-x.c from the nearest one; man/scrm-x.1; its line in
 * man/scrm.7; t/x.bats; a line in NEWS.md. The Makefile finds it by itself and
 * t/laws.bats holds it to what every tool does.
 */
#ifndef EDGE_OPT_H
#define EDGE_OPT_H

#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>

typedef VEC(const char *) strings;

enum opt_kind { OPT_K_END, OPT_K_FLAG, OPT_K_STR, OPT_K_STRS, OPT_K_SIZE };

struct opt {
	enum opt_kind kind;
	char letter; /* 0: long only */
	const char *name; /* long name */
	const char *arg; /* as the page shows it; NULL for a flag */
	const char *help; /* a line */
	void *out; /* bool, const char *, strings, size_t */
};

#define OPT_FLAG(l, name, help, out)                 \
	{                                            \
		OPT_K_FLAG, l, name, NULL, help, out \
	}
#define OPT_STR(l, name, arg, help, out)           \
	{                                          \
		OPT_K_STR, l, name, arg, help, out \
	}
#define OPT_STRS(l, name, arg, help, out)           \
	{                                           \
		OPT_K_STRS, l, name, arg, help, out \
	}
#define OPT_SIZE(l, name, arg, help, out)           \
	{                                           \
		OPT_K_SIZE, l, name, arg, help, out \
	}
#define OPT_END                                      \
	{                                            \
		OPT_K_END, 0, NULL, NULL, NULL, NULL \
	}

/*
 * Reads options (getopt_long's ways: bundled letters, --name=value, "--"),
 * wherever they stand among the operands, and returns the operands as a
 * NULL-terminated array. Two tables: the tool's and the common one. A wrong
 * option dies with the usage line. OPT_SIZE takes 64K, 2M, 1G; not 0.
 */
char **opt_parse(int argc, char **argv, const char *usage,
	const struct opt *own, const struct opt *common);
/* What --help prints: the usage, the tool's options, then the common ones. */
void opt_help(const char *usage, const char *about, const struct opt *own,
	const struct opt *common);
/* The same for programs: lines of letter ("--" for none), long name, argument
 * ("-" for none) and help, with a tab between them. */
void opt_complete(const struct opt *own, const struct opt *common);

#endif
