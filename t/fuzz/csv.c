/*
 * A file of any bytes as CSV. The first bytes say how it is read: delimiter,
 * encoding, quote, escape, lines to skip, max_row and the block that is read
 * at a time; with another block
 * all must come out the same.
 */
#include "base/mem.h"
#include "edge/csv.h"
#include "value/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct how {
	char delim, quote, escape;
	size_t skip;
	enum charset charset;
	size_t max_row;
};

static void must(bool good)
{
	if (!good)
		abort();
}

static void read_all(struct view text, struct how how, size_t block,
	struct buf *out)
{
	struct source s;
	struct csv c;
	struct csv_row row;
	struct why why;
	enum csv_status st;
	size_t line = 0, raw = 0;
	source_memory(&s, "fuzz", text, how.charset, NULL, 0);
	s.block = block;
	csv_open(&c, &s, how.delim);
	c.max_row = how.max_row;
	c.quote = how.quote;
	c.escape = how.escape;
	c.skip = how.skip;
	while ((st = csv_next(&c, &row, &why)) != CSV_END) {
		must(row.line > line && c.line > row.line);
		must(row.raw.n <= how.max_row);
		line = row.line;
		raw += row.raw.n;
		buf_addf(out, "%zu %d ", row.line, st);
		buf_addv(out, row.raw);
		if (st == CSV_REFUSED) {
			must(why.text[0] && why.line >= row.line);
			buf_addf(out, " %zu %zu %s\n", why.line, why.col,
				why.text);
			continue;
		}
		must(row.n > 0);
		for (size_t i = 0; i < row.n; i++) {
			must(utf8_valid(row.cell[i]));
			must(!memchr(row.cell[i].p, 0, row.cell[i].n));
			buf_addc(out, '|');
			buf_addv(out, row.cell[i]);
		}
		buf_addc(out, '\n');
	}
	must(row.line == c.line && c.blank < c.line);
	/* UTF-16 may grow by half, a bad byte is one byte */
	must(raw <= text.n * 3);
	csv_close(&c);
	source_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delims[] = { 0, ',', ';', '\t', '|' };
	/* GB18030 is rare: its table takes a millisecond each time */
	static const enum charset charsets[16] = { CHARSET_UTF8,
		CHARSET_GB18030, CHARSET_UTF16LE, CHARSET_CP1252 };
	if (size < 4)
		return 0;
	static const char quotes[] = { '"', '"', '\'', 0 };
	static const char escapes[] = { 0, '\\', '!', '\'' };
	struct how how = { delims[data[0] % 5], quotes[data[1] / 16 % 4],
		escapes[data[0] / 8 % 4], data[0] / 64, charsets[data[1] % 16],
		data[2] < 128 ? CSV_MAX_ROW : (size_t)data[2] - 120 };
	size_t block = 1 + data[3] % 64;
	size_t n = size - 4;
	char *p = xmemdup(data + 4, n);
	/* UTF-32 ends the program */
	bool utf32 = n > 3 && (memcmp(p, "\xFF\xFE\0\0", 4) == 0 ||
				      memcmp(p, "\0\0\xFE\xFF", 4) == 0);
	struct buf whole = { 0 }, parts = { 0 };
	if (!utf32) {
		read_all((struct view){ p, n }, how, 1 << 16, &whole);
		read_all((struct view){ p, n }, how, block, &parts);
	}
	must(view_eq(buf_view(&whole), buf_view(&parts)));
	buf_release(&whole);
	buf_release(&parts);
	free(p);
	return 0;
}
