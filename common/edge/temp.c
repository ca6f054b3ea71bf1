#include "edge/temp.h"

#include "base/buf.h"
#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char *tmpdir(void)
{
	const char *dir = getenv("TMPDIR");
	return dir && *dir ? dir : "/tmp";
}

int temp_open(void)
{
	int fd = open(tmpdir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct buf path = { 0 };

	/* Not every file system has O_TMPFILE (overlay, NFS). */
	if (fd < 0) {
		buf_addf(&path, "%s/scrm-XXXXXX", tmpdir());
		fd = mkostemp(path.p, O_CLOEXEC);
		if (fd < 0)
			die("cannot make a temporary file in '%s':", tmpdir());
		unlink(path.p);
		buf_release(&path);
	}
	return fd;
}

void temp_write(int fd, const void *p, size_t n)
{
	const char *from = p;

	while (n) {
		ssize_t done = write(fd, from, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			die("cannot write a temporary file in '%s':", tmpdir());
		from += done;
		n -= (size_t)done;
	}
}

size_t temp_read(int fd, void *p, size_t n, uint64_t from)
{
	ssize_t done;

	do
		done = pread(fd, p, n, (off_t)from);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		die("cannot read a temporary file in '%s':", tmpdir());
	return (size_t)done;
}

void temp_forget(int fd, uint64_t from, uint64_t n)
{
	/* where it cannot, the room is given back at the end */
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
		(off_t)n);
}
