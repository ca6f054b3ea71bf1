/*
 * zip: the files inside a .zip (and so in an .xlsx), one after another.
 *
 * minizip reads the archive; nothing is ever written to disk. Names are UTF-8
 * with "/" between folders; those that an old Chinese Windows wrote are GB18030.
 * Folders, and what macOS puts beside files ("__MACOSX/", names that begin with
 * a dot), are left out.
 *
 * Refused, with the reason: an archive whose end is missing (half a download),
 * more than ZIP_ENTRIES files, an encrypted file, a method other than stored
 * and deflated, a wrong checksum, and a bomb: a file, or all of them together,
 * that become more than ZIP_RATIO times as large (and more than ZIP_FREE).
 *
 *	zip_open(&z, fd, &why);
 *	zip_begin(&z, &z.entry.v[i], &why);
 *	while ((n = zip_read(&z, p, size, &why)) > 0) use(p, n);
 *	zip_end(&z);
 *	zip_close(&z);
 */
#ifndef EDGE_ZIP_H
#define EDGE_ZIP_H

#include "base/vec.h"
#include "base/why.h"
#include "base/buf.h"

#include <stdint.h>
#include <sys/types.h>

#define ZIP_ENTRIES 65535
#define ZIP_RATIO 200
#define ZIP_FREE (1 << 20)

struct zip_entry {
	const char *name;
	uint64_t packed; /* bytes in the archive */
	uint64_t at, number; /* its place in the archive */
	bool encrypted, other; /* other: a method that is not read */
};

struct zip {
	VEC(struct zip_entry) entry; /* in order of their names' bytes */
	uint64_t size; /* of the archive */
	uint64_t bytes; /* read from the archive, for progress */
	uint64_t given; /* unpacked, of all files */
	uint64_t one, packed; /* of the file at hand */
	void *unz;
	int fd;
	struct view memory; /* in place of fd */
	struct arena text;
	bool begun;
};

/* fd can be read anywhere (a file), is borrowed, and stays open. False with
 * why: there is nothing to close. */
bool zip_open(struct zip *z, int fd, struct why *why);
/* The same for bytes in memory, which are borrowed. */
bool zip_memory(struct zip *z, struct view bytes, struct why *why);
/* By name, ASCII case aside, as Office compares them; NULL: there is none. */
const struct zip_entry *zip_find(const struct zip *z, const char *name);
/* One file at a time. */
bool zip_begin(struct zip *z, const struct zip_entry *e, struct why *why);
/* Bytes at p, 0 at the end, -1 with why. */
ssize_t zip_read(struct zip *z, char *p, size_t n, struct why *why);
/* Whether so much unpacked from so much packed is a bomb; with why. */
bool zip_bomb(uint64_t given, uint64_t packed, struct why *why);
void zip_end(struct zip *z);
void zip_close(struct zip *z);

#endif
