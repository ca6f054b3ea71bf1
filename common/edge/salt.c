#include "edge/salt.h"

#include "base/die.h"
#include "edge/file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void salt_read(const char *path, unsigned char salt[SALT_BYTES])
{
	struct buf text = { 0 };
	size_t i = 0;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		die("no salt '%s'; 'scrm init' makes it once: take it from the "
		    "backup, a new one knows nobody who was erased",
			path);
	file_read(path, &text);
	for (; i < SALT_BYTES && text.n >= 2 * SALT_BYTES; i++) {
		int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);
		if (high < 0 || low < 0)
			break;
		salt[i] = (unsigned char)(high << 4 | low);
	}
	for (size_t k = 2 * i; i == SALT_BYTES && k < text.n; k++)
		if (text.p[k] != '\n' && text.p[k] != '\r')
			i = 0;
	if (i < SALT_BYTES)
		die("'%s' is no salt: it wants %d hexadecimal digits and no "
		    "more",
			path, 2 * SALT_BYTES);
	explicit_bzero(text.p, text.n);
	buf_release(&text);
}
