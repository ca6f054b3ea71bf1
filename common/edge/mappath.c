#include "edge/mappath.h"

#include "base/die.h"
#include "base/map.h"
#include "base/vec.h"
#include "edge/file.h"
#include "edge/share.h"
#include "value/text.h"

#include <dirent.h>
#include <unistd.h>

typedef VEC(char *) names;

static const struct mappath maps = { "SCRM_MAPS", "maps", "map",
	"scrm-ingest --list" };
const struct mappath mappath_exports = { "SCRM_EXPORTS", "exports",
	"export file", "scrm-export --list" };

static void add(names *dirs, const char *p, size_t n)
{
	if (n)
		*vec_add(dirs) = xmemdup(p, n);
}

static void release(names *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->v[i]);
	vec_release(v);
}

static names folders(const struct mappath *where)
{
	names dirs = { 0 };
	const char *env = getenv(where->env);
	while (env && *env) {
		size_t n = strcspn(env, ":");
		add(&dirs, env, n);
		env += n + (env[n] == ':');
	}
	add(&dirs, where->folder, strlen(where->folder));
	struct buf share = { 0 };
	if (share_path(&share, where->folder))
		add(&dirs, share.p, share.n);
	buf_release(&share);
	return dirs;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void mappath_each(const struct mappath *where,
	void (*each)(void *arg, const char *name), void *arg)
{
	names dirs = folders(where ? where : &maps), found = { 0 };
	struct map seen = { 0 };
	for (size_t i = 0; i < dirs.n; i++) {
		DIR *d = opendir(dirs.v[i]);
		struct dirent *e;
		while (d && (e = readdir(d))) {
			size_t n = strlen(e->d_name);
			bool isnew;
			if (n <= 5 || e->d_name[0] == '.' ||
				strcmp(e->d_name + n - 5, ".json"))
				continue;
			map_add(&seen, e->d_name, n - 5, &isnew);
			if (isnew)
				add(&found, e->d_name, n - 5);
		}
		if (d)
			closedir(d);
	}
	if (found.n)
		qsort(found.v, found.n, sizeof(*found.v), by_bytes);
	for (size_t i = 0; i < found.n; i++)
		each(arg, found.v[i]);
	map_release(&seen);
	release(&found);
	release(&dirs);
}

struct near {
	const char *want;
	char *is;
};

static void look(void *arg, const char *name)
{
	struct near *n = arg;
	if (!n->is && (text_near(view_of(n->want), view_of(name)) ||
			      strstr(name, n->want)))
		n->is = xstrdup(name);
}

bool mappath_load(void *arg, const char *name, size_t skip, struct buf *text,
	struct buf *path, struct why *why)
{
	const struct mappath *where = arg ? arg : &maps;
	size_t n = strlen(name);
	bool file = strchr(name, '/') ||
		    (n > 5 && strcmp(name + n - 5, ".json") == 0);
	names dirs = { 0 };
	if (file)
		add(&dirs, "", 1);
	else
		dirs = folders(where);
	bool found = false;
	for (size_t i = 0; i < dirs.n && !found; i++) {
		buf_reset(path);
		if (file)
			buf_adds(path, name);
		else
			buf_addf(path, "%s/%s.json", dirs.v[i], name);
		if (access(path->p, F_OK) == 0 && skip-- == 0)
			found = true;
	}
	release(&dirs);
	if (found) {
		file_read(path->p, text);
		return true;
	}
	buf_reset(path);
	struct near near = { name, NULL };
	if (!file)
		mappath_each(where, look, &near);
	if (near.is)
		why_not(why, "no %s '%s'; is it '%s'?", where->what, name,
			near.is);
	else if (file)
		why_not(why, "no %s '%s'", where->what, name);
	else
		why_not(why,
			"no %s '%s' in %s, ./%s or those that came with scrm "
			"(%s)",
			where->what, name, where->env, where->folder,
			where->lister);
	free(near.is);
	return false;
}

void mappath_die(const struct mappath *where, const char *name,
	const struct buf *path, const struct why *why)
{
	if (why->line)
		die("%s:%zu:%zu: %s", path->p, why->line, why->col, why->text);
	if (path->n)
		die("%s '%s': %s", where ? where->what : maps.what, name,
			why->text);
	die("%s", why->text);
}
