/* file: small files whole: models, templates. Dies with the name. */
#ifndef EDGE_FILE_H
#define EDGE_FILE_H

#include "base/buf.h"

/* Appends the bytes of a file to out. */
void file_read(const char *path, struct buf *out);

#endif
