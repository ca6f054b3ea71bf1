#include "edge/file.h"

#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP 65536

void file_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open '%s':", path);
	for (;;) {
		buf_grow(out, STEP);
		ssize_t n = read(fd, out->p + out->n, STEP);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("cannot read '%s':", path);
		if (n == 0)
			break;
		out->n += (size_t)n;
	}
	out->p[out->n] = '\0';
	close(fd);
}

bool files_bytes(char *const *path, uint64_t *bytes)
{
	struct stat st;
	uint64_t n = 0;
	*bytes = 0;
	if (!*path)
		return false;
	for (; *path; path++) {
		if (stat(*path, &st) < 0 || !S_ISREG(st.st_mode))
			return false;
		n += (uint64_t)st.st_size;
	}
	*bytes = n;
	return true;
}
