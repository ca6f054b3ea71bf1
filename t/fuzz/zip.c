/*
 * Any bytes as an archive: its list, and each file of it. The first byte says
 * how much is read at a time; the parts must be the same.
 */
#include "base/mem.h"
#include "edge/zip.h"
#include "value/utf8.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static void read_all(struct zip *z, const struct zip_entry *e, size_t block,
	struct buf *out)
{
	struct why why = { 0 };
	char part[4096];
	ssize_t n;
	out->n = 0;
	if (!zip_begin(z, e, &why)) {
		must(why.text[0]);
		return;
	}
	while ((n = zip_read(z, part, block, &why)) > 0 && out->n < 1 << 20) {
		must((size_t)n <= block);
		buf_add(out, part, (size_t)n);
	}
	must(n >= 0 || why.text[0]);
	zip_end(z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zip z;
	struct why why = { 0 };
	struct buf whole = { 0 }, parts = { 0 };
	if (size < 1)
		return 0;
	size_t block = 1 + data[0];
	/* a copy of its own, so that a byte behind it is seen */
	char *p = xmalloc(size);
	memcpy(p, data + 1, size - 1);
	p = xrealloc(p, size - 1 ? size - 1 : 1);
	if (!zip_memory(&z, (struct view){ p, size - 1 }, &why)) {
		must(why.text[0]);
		free(p);
		return 0;
	}
	must(z.entry.n <= ZIP_ENTRIES);
	for (size_t i = 0; i < z.entry.n && i < 8; i++) {
		const struct zip_entry *e = &z.entry.v[i];
		must(utf8_valid(view_of(e->name)) && zip_find(&z, e->name));
		read_all(&z, e, 4096, &whole);
		read_all(&z, e, block, &parts);
		if (whole.n < 1 << 20)
			must(view_eq(buf_view(&whole), buf_view(&parts)));
	}
	zip_close(&z);
	buf_release(&whole);
	buf_release(&parts);
	free(p);
	return 0;
}
