/*
 * temp: what does not fit into memory, in a file that has no name.
 *
 * It lies in TMPDIR (or /tmp) and is unlinked as soon as it is made, so that
 * nothing is left however the tool ends. All of it dies where it cannot.
 */
#ifndef EDGE_TEMP_H
#define EDGE_TEMP_H

#include <stddef.h>
#include <stdint.h>

int temp_open(void);
/* Behind what is there. */
void temp_write(int fd, const void *p, size_t n);
/* From a place; as many of n bytes as there are, 0 at the end. */
size_t temp_read(int fd, void *p, size_t n, uint64_t from);
/* These bytes will not be read again; their room on the disk is given back
 * where the file system can. */
void temp_forget(int fd, uint64_t from, uint64_t n);

#endif
