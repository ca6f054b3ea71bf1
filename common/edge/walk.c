#include "edge/walk.h"

#include "base/buf.h"
#include "base/die.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static void add_other(struct walk *w, const char *path, const char *why)
{
	*vec_add(&w->other) = (struct walk_other){ xstrdup(path), why };
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_path(struct walk *w, const char *path, const char *root);

static void add_folder(struct walk *w, const char *path, const char *root)
{
	VEC(char *) name = { 0 };
	DIR *dir = opendir(path);
	struct dirent *d;
	struct buf full = { 0 };
	size_t n = strlen(path);

	if (!dir) {
		add_other(w, path, "a folder that cannot be opened");
		return;
	}
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			*vec_add(&name) = xstrdup(d->d_name);
	closedir(dir);
	if (name.n)
		qsort(name.v, name.n, sizeof(*name.v), by_name);
	for (size_t i = 0; i < name.n; i++) {
		buf_reset(&full);
		buf_add(&full, path, n);
		if (n && path[n - 1] != '/')
			buf_addc(&full, '/');
		buf_adds(&full, name.v[i]);
		add_path(w, full.p, root);
		free(name.v[i]);
	}
	buf_release(&full);
	vec_release(&name);
}

/* Whether a link leads to what is met anyway, or to nothing. */
static bool idle_link(const char *path, const char *root)
{
	char *to = realpath(path, NULL);
	size_t n = root ? strlen(root) : 0;
	bool idle = !to || (n && strncmp(to, root, n) == 0 &&
				   (to[n] == '/' || to[n] == '\0'));
	free(to);
	return idle;
}

static void add_path(struct walk *w, const char *path, const char *root)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		add_other(w, path, "not to be seen");
	else if (S_ISDIR(st.st_mode))
		add_folder(w, path, root);
	else if (S_ISREG(st.st_mode))
		*vec_add(&w->file) = xstrdup(path);
	else if (!S_ISLNK(st.st_mode))
		add_other(w, path, "no regular file");
	else if (!idle_link(path, root))
		add_other(w, path, "a link that leads elsewhere");
}

bool walk_add(struct walk *w, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return false;
	char *root = realpath(path, NULL);
	if (S_ISDIR(st.st_mode))
		add_folder(w, path, root);
	else
		*vec_add(&w->file) = xstrdup(path);
	free(root);
	return true;
}

void walk_release(struct walk *w)
{
	for (size_t i = 0; i < w->file.n; i++)
		free(w->file.v[i]);
	for (size_t i = 0; i < w->other.n; i++)
		free(w->other.v[i].path);
	vec_release(&w->file);
	vec_release(&w->other);
}
