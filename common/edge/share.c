#include "edge/share.h"

#include "base/die.h"

#include <limits.h>
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
