/* file: small files whole: models, templates; and what files hold. */
#ifndef EDGE_FILE_H
#define EDGE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Appends the bytes of a file to out. Dies with the name. */
void file_read(const char *path, struct buf *out);
/* A path without its folders. */
static inline const char *file_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}
/* The bytes of all of them, NULL-terminated. False, and 0, where there is none
 * or one is no regular file. */
bool files_bytes(char *const *path, uint64_t *bytes);

#endif
