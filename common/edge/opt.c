#include "edge/opt.h"

#include "base/buf.h"
#include "base/die.h"

#include <stdint.h>
#include <stdio.h>

static const struct opt *by_letter(const struct opt *const tables[2], char c)
{
	for (int t = 0; t < 2; t++)
		for (const struct opt *o = tables[t]; o->kind; o++)
			if (o->letter == c)
				return o;
	return NULL;
}

/* By its name, or by a beginning that only one has. */
static const struct opt *by_name(const struct opt *const tables[2],
	const char *name, size_t n, const char *usage)
{
	const struct opt *found = NULL;
	size_t many = 0;
	for (int t = 0; t < 2; t++) {
		for (const struct opt *o = tables[t]; o->kind; o++) {
			if (strncmp(o->name, name, n) != 0)
				continue;
			if (strlen(o->name) == n)
				return o;
			found = o;
			many++;
		}
	}
	if (many > 1)
		die("option '--%.*s' could be several\nusage: %s %s", (int)n,
			name, prog, usage);
	return found;
}

static size_t size_value(const struct opt *o, const char *text)
{
	static const char units[] = "KMGT";
	size_t v = 0, unit = 1;
	const char *p = text;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, *p - '0', &v))
			die("option '--%s': '%s' is too large", o->name, text);
	const char *u = *p ? strchr(units, *p) : NULL;
	if (u) {
		unit = (size_t)1 << (10 * (u - units + 1));
		p++;
	}
	if (p == text || *p)
		die("option '--%s' wants a whole number like 500 or 64M, "
		    "not '%s'",
			o->name, text);
	if (__builtin_mul_overflow(v, unit, &v))
		die("option '--%s': '%s' is too large", o->name, text);
	if (v == 0)
		die("option '--%s' wants at least 1, not '%s'", o->name, text);
	return v;
}

static void set(const struct opt *o, const char *value)
{
	switch (o->kind) {
	case OPT_K_FLAG:
		*(bool *)o->out = true;
		break;
	case OPT_K_STR:
		*(const char **)o->out = value;
		break;
	case OPT_K_STRS:
		*vec_add((strings *)o->out) = value;
		break;
	case OPT_K_SIZE:
		*(size_t *)o->out = size_value(o, value);
		break;
	case OPT_K_END:
		break;
	}
}

static void no_such(const char *what, int n, const char *name,
	const char *usage)
{
	die("no option '%s%.*s'\nusage: %s%s%s", what, n, name, prog,
		*usage ? " " : "", usage);
}

static void wants(const struct opt *o, const char *usage)
{
	die("option '--%s' wants %s\nusage: %s%s%s", o->name, o->arg, prog,
		*usage ? " " : "", usage);
}

char **opt_parse(int argc, char **argv, const char *usage,
	const struct opt *own, const struct opt *common)
{
	static const struct opt none[] = { OPT_END };
	const struct opt *const tables[2] = { own ? own : none,
		common ? common : none };
	char **operand = xcalloc((size_t)argc + 1, sizeof(*operand));
	size_t n = 0;
	for (int i = 1; i < argc; i++) {
		char *a = argv[i];
		if (strcmp(a, "--") == 0) {
			while (++i < argc)
				operand[n++] = argv[i];
			break;
		}
		if (a[0] != '-' || a[1] == '\0') {
			operand[n++] = a;
			continue;
		}
		if (a[1] == '-') {
			const char *name = a + 2, *eq = strchr(name, '=');
			size_t len = eq ? (size_t)(eq - name) : strlen(name);
			const struct opt *o =
				len ? by_name(tables, name, len, usage) : NULL;
			if (!o)
				no_such("--", (int)len, name, usage);
			else if (o->kind == OPT_K_FLAG && eq)
				die("option '--%s' takes no value", o->name);
			else if (o->kind == OPT_K_FLAG)
				set(o, NULL);
			else if (eq)
				set(o, eq + 1);
			else if (i + 1 < argc)
				set(o, argv[++i]);
			else
				wants(o, usage);
			continue;
		}
		for (const char *c = a + 1; *c; c++) {
			const struct opt *o = by_letter(tables, *c);
			if (!o)
				no_such("-", 1, c, usage);
			else if (o->kind == OPT_K_FLAG) {
				set(o, NULL);
				continue;
			} else if (c[1])
				set(o, c + 1);
			else if (i + 1 < argc)
				set(o, argv[++i]);
			else
				wants(o, usage);
			break;
		}
	}
	return operand;
}

static void help_line(const struct opt *o)
{
	struct buf b = { 0 };
	if (o->letter)
		buf_addf(&b, "-%c, ", o->letter);
	else
		buf_adds(&b, "    ");
	buf_addf(&b, "--%s", o->name);
	if (o->arg)
		buf_addf(&b, " %s", o->arg);
	printf("  %-28s %s\n", b.p, o->help);
	buf_release(&b);
}

/* The common ones are told in a block: each is a word here, the page has the
 * sentence. */
static void help_common(const struct opt *common)
{
	struct buf line = { 0 };
	buf_adds(&line, "common:");
	for (const struct opt *o = common; o->kind; o++) {
		struct buf one = { 0 };
		if (o->letter)
			buf_addf(&one, " -%c", o->letter);
		else
			buf_addf(&one, " --%s", o->name);
		if (o->arg)
			buf_addf(&one, " %s", o->arg);
		if (line.n + one.n > 78) {
			puts(line.p);
			buf_reset(&line);
			buf_adds(&line, "       ");
		}
		buf_addv(&line, buf_view(&one));
		buf_release(&one);
	}
	puts(line.p);
	buf_release(&line);
}

void opt_help(const char *usage, const char *about, const struct opt *own,
	const struct opt *common)
{
	printf("usage: %s%s%s\n%s\n", prog, *usage ? " " : "", usage, about);
	if (own && own->kind)
		putchar('\n');
	for (const struct opt *o = own; o && o->kind; o++)
		help_line(o);
	if (common) {
		putchar('\n');
		help_common(common);
	}
}

static void complete_table(const struct opt *o)
{
	for (; o && o->kind; o++)
		printf("%c%c\t--%s\t%s\t%s\n", '-', o->letter ? o->letter : '-',
			o->name, o->arg ? o->arg : "-", o->help);
}

void opt_complete(const struct opt *own, const struct opt *common)
{
	complete_table(own);
	complete_table(common);
}
