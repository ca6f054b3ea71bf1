#include "edge/share.h"

#include "base/die.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool share_bin(struct buf *out)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	if (n <= 0 || (size_t)n >= sizeof(self))
		return false;
	const char *slash = memrchr(self, '/', (size_t)n);
	if (!slash)
		return false;
	buf_add(out, self, (size_t)(slash - self));
	return true;
}

/* Appends base/name if that is a file. */
static bool found(struct buf *out, struct view base, const char *name)
{
	size_t was = out->n;
	buf_addv(out, base);
	buf_addf(out, "%s%s", *name ? "/" : "", name);
	char *real =
		access(out->p, R_OK) == 0 ? realpath(out->p + was, NULL) : NULL;
	out->n = was;
	buf_adds(out, real ? real : "");
	free(real);
	return real != NULL;
}

static bool beside(struct buf *out, const char *const *where, const char *name)
{
	struct buf base = { 0 };
	bool good = false;
	size_t bin = 0;
	if (share_bin(&base))
		bin = base.n;
	for (; bin && *where && !good; where++) {
		base.n = bin;
		buf_adds(&base, *where);
		good = found(out, buf_view(&base), name);
	}
	buf_release(&base);
	return good;
}

bool share_path(struct buf *out, const char *name)
{
	const char *said = getenv("SCRM_SHARE");
	if (said && *said)
		return found(out, view_of(said), name);
	return beside(out,
		(const char *const[]){ "/../share/scrm", "/../../share", NULL },
		name);
}

void share_list(struct buf *out, const char *name)
{
	struct buf of = { 0 };
	buf_addf(&of, "lists/%s", name);
	if (access(of.p, F_OK) == 0)
		buf_adds(out, of.p);
	else if (!share_path(out, of.p))
		die("no list '%s' in ./lists or among those that came with "
		    "scrm",
			name);
	buf_release(&of);
}

bool share_page(struct buf *out, const char *name, char section)
{
	char installed[] = "/../share/man/man0";
	installed[sizeof(installed) - 2] = section;
	struct buf file = { 0 };
	buf_addf(&file, "%s.%c", name, section);
	bool good = beside(out,
		(const char *const[]){ installed, "/../../man", NULL }, file.p);
	buf_release(&file);
	return good;
}

/* Appends the sentence of a page: what stands after .Nd. */
static void sentence(struct buf *out, const char *tool)
{
	struct buf path = { 0 };
	FILE *f = share_page(&path, tool, '1') ? fopen(path.p, "r") : NULL;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	while (f && (n = getline(&line, &cap, f)) > 0) {
		if (strncmp(line, ".Nd ", 4) == 0) {
			buf_add(out, line + 4, (size_t)n - 5);
			break;
		}
	}
	free(line);
	if (f)
		fclose(f);
	buf_release(&path);
}

static int is_tool(const struct dirent *d)
{
	return strncmp(d->d_name, "scrm-", 5) == 0 && !strchr(d->d_name, '.');
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void share_tools(struct buf *out)
{
	struct buf bin = { 0 };
	struct dirent **d;
	if (!share_bin(&bin))
		die("cannot find the folder of the tools");
	int n = scandir(bin.p, &d, is_tool, by_bytes);
	if (n < 0)
		die("cannot read '%s':", bin.p);
	for (int i = 0; i < n; i++) {
		buf_addf(out, "%-16s", d[i]->d_name);
		sentence(out, d[i]->d_name);
		buf_addc(out, '\n');
		free(d[i]);
	}
	free(d);
	buf_release(&bin);
}
