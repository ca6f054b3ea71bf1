/*
 * A log of any bytes. The first two bytes say max_doc and the block that is
 * read at a time; with another block all must come out the same.
 */
#include "base/mem.h"
#include "edge/xml.h"
#include "value/utf8.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static void read_all(struct view text, size_t block, size_t max_doc,
	struct buf *out)
{
	struct source s;
	struct xml x;
	struct xml_doc doc;
	struct why why;
	enum xml_status st;
	size_t raw = 0;
	source_memory(&s, "fuzz", text, CHARSET_NONE, NULL, 0);
	s.block = block;
	xml_open(&x, &s, NULL);
	x.max_doc = max_doc;
	while ((st = xml_next(&x, &doc, &why)) != XML_END) {
		must(doc.raw.n > 0 && doc.raw.n <= max_doc);
		must(st == XML_DOC || why.text[0]);
		raw += doc.raw.n;
		buf_addf(out, "%zu %d %zu:%zu %s ", doc.line, st, why.line,
			why.col, why.text);
		buf_addv(out, doc.raw);
		for (size_t i = 0; i < doc.n; i++) {
			must(doc.field[i].path.n > 0);
			must(utf8_valid(doc.field[i].path));
			must(utf8_valid(doc.field[i].text));
			buf_addc(out, ' ');
			buf_addv(out, doc.field[i].path);
			buf_addc(out, '=');
			buf_addv(out, doc.field[i].text);
		}
		buf_addc(out, '\n');
	}
	/* UTF-8 may be longer than what it came from */
	must(raw <= text.n * 3);
	buf_addf(out, "line %zu", x.line);
	xml_close(&x);
	source_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	size_t n = size - 2, block = 1 + data[1] % 40;
	size_t max = data[0] < 128 ? XML_MAX_DOC : (size_t)data[0] - 100;
	char *p = xmemdup(data + 2, n);
	struct buf whole = { 0 }, parts = { 0 };
	/* UTF-32 ends the program */
	bool utf32 = n > 3 && (memcmp(p, "\xFF\xFE\0\0", 4) == 0 ||
				      memcmp(p, "\0\0\xFE\xFF", 4) == 0);
	if (!utf32) {
		read_all((struct view){ p, n }, 1 << 16, max, &whole);
		read_all((struct view){ p, n }, block, max, &parts);
	}
	must(view_eq(buf_view(&whole), buf_view(&parts)));
	buf_release(&whole);
	buf_release(&parts);
	free(p);
	return 0;
}
