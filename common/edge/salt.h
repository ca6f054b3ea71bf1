/*
 * salt: the secret of a folder, 32 random bytes in one file (state/salt, made
 * by `scrm init`), written as 64 hexadecimal digits. What is digested by it
 * means nothing elsewhere, and cannot be made again without it: back it up.
 */
#ifndef EDGE_SALT_H
#define EDGE_SALT_H

#define SALT_BYTES 32

/* Dies where the file is not there or is no salt, with the remedy. */
void salt_read(const char *path, unsigned char salt[SALT_BYTES]);

#endif
