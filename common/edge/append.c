#include "edge/append.h"

#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that is new is in its folder for good only when that is synced. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf folder = { 0 };
	if (slash)
		buf_add(&folder, path, (size_t)(slash + 1 - path));
	else
		buf_addc(&folder, '.');
	int fd = open(folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		die("cannot sync the folder of '%s':", path);
	close(fd);
	buf_release(&folder);
}

void append_open(struct append *a, const char *path)
{
	a->path = path;
	a->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (a->fd < 0)
		die("cannot open '%s':", path);
	while (flock(a->fd, LOCK_EX) < 0)
		if (errno != EINTR)
			die("cannot lock '%s':", path);
}

void append_lines(const struct append *a, struct view lines)
{
	struct buf all = { 0 };
	struct stat st;
	char last = '\n';

	if (fstat(a->fd, &st) < 0 ||
		(st.st_size && pread(a->fd, &last, 1, st.st_size - 1) < 0))
		die("cannot read '%s':", a->path);
	if (last != '\n')
		buf_addc(&all, '\n');
	buf_addv(&all, lines);
	ssize_t n = write(a->fd, all.p, all.n);
	if (n != (ssize_t)all.n || fsync(a->fd) < 0) {
		int error = n >= 0 && n != (ssize_t)all.n ? ENOSPC : errno;
		if (ftruncate(a->fd, st.st_size) < 0)
			warn("cannot take half a line off '%s':", a->path);
		errno = error;
		die("cannot write '%s':", a->path);
	}
	if (!st.st_size)
		sync_folder(a->path);
	buf_release(&all);
}

void append_close(struct append *a)
{
	close(a->fd);
	a->fd = -1;
}
