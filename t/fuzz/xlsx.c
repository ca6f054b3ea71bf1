/*
 * Any bytes as the parts of a workbook, with "==" lines between them: the sheet,
 * the shared texts, the styles, the list of sheets. They are put into an archive
 * without packing, so that what the fuzzer changes is XML.
 */
#include "base/mem.h"
#include "edge/xlsx.h"
#include "value/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REL \
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static void must(bool good)
{
	if (!good)
		abort();
}

static void put(struct buf *b, unsigned long v, size_t bytes)
{
	for (; bytes--; v >>= 8)
		buf_addc(b, (char)(v & 255));
}

/* What the list and the file's own head have in common. */
static void put_head(struct buf *b, const char *name, struct view text)
{
	put(b, 20, 2);
	put(b, 0, 8); /* flags, stored, time */
	put(b, crc32(0, (const Bytef *)text.p, (uInt)text.n), 4);
	put(b, text.n, 4);
	put(b, text.n, 4);
	put(b, strlen(name), 2);
	put(b, 0, 2);
}

struct archive {
	struct buf files, list;
	unsigned n;
};

static void add(struct archive *a, const char *name, struct view text)
{
	size_t at = a->files.n;
	put(&a->files, 0x04034b50, 4);
	put_head(&a->files, name, text);
	buf_adds(&a->files, name);
	buf_addv(&a->files, text);
	put(&a->list, 0x02014b50, 4);
	put(&a->list, 20, 2);
	put_head(&a->list, name, text);
	put(&a->list, 0, 10); /* comment, disk, attributes */
	put(&a->list, at, 4);
	buf_adds(&a->list, name);
	a->n++;
}

static void finish(struct archive *a)
{
	size_t at = a->files.n;
	buf_addv(&a->files, buf_view(&a->list));
	put(&a->files, 0x06054b50, 4);
	put(&a->files, 0, 4);
	put(&a->files, a->n, 2);
	put(&a->files, a->n, 2);
	put(&a->files, a->list.n, 4);
	put(&a->files, at, 4);
	put(&a->files, 0, 2);
}

/* Up to the next "==" line, which is taken. */
static struct view next_part(struct view *rest)
{
	const char *p = rest->n ? memmem(rest->p, rest->n, "\n==\n", 4) : NULL;
	struct view part = { rest->p, p ? (size_t)(p - rest->p) : rest->n };
	size_t used = p ? part.n + 4 : part.n;
	rest->p += used;
	rest->n -= used;
	return part;
}

static void read_all(struct zip *z, size_t width)
{
	struct xlsx x;
	struct csv_row row;
	struct why why = { 0 };
	enum csv_status st;
	size_t line = 0;
	if (!xlsx_open(&x, z, NULL, &why)) {
		must(why.text[0]);
		return;
	}
	x.width = width;
	x.max_row = 2000;
	while ((st = xlsx_next(&x, &row, &why)) == CSV_ROW ||
		st == CSV_REFUSED) {
		must(row.line > line);
		must(row.raw.n <= x.max_row && utf8_valid(row.raw));
		line = row.line;
		if (st == CSV_REFUSED) {
			must(why.text[0] && why.line == line);
			continue;
		}
		must(row.n >= width && row.n > 0);
		must(row.n <= XLSX_COLUMNS);
		for (size_t i = 0; i < row.n; i++) {
			must(utf8_valid(row.cell[i]));
			must(!memchr(row.cell[i].p, 0, row.cell[i].n));
		}
	}
	must(st == CSV_END || why.text[0]);
	xlsx_close(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char root[] =
		"<R><Relationship Id='a' Type='" REL "officeDocument' "
		"Target='b.xml'/></R>";
	static const char rels[] =
		"<R><Relationship Id='s' Type='" REL "worksheet' "
		"Target='s.xml'/><Relationship Id='t' Type='" REL
		"sharedStrings' Target='t.xml'/><Relationship Id='y' Type='" REL
		"styles' Target='y.xml'/></R>";
	struct archive a = { 0 };
	struct view rest = { (const char *)data, size };
	struct why why;
	struct zip z;
	if (size < 1)
		return 0;
	size_t width = data[0] % 8;
	rest.p++;
	rest.n--;
	add(&a, "_rels/.rels", view_of(root));
	add(&a, "_rels/b.xml.rels", view_of(rels));
	add(&a, "s.xml", next_part(&rest));
	add(&a, "t.xml", next_part(&rest));
	add(&a, "y.xml", next_part(&rest));
	add(&a, "b.xml",
		rest.n ? rest : VIEW("<b><sheet name='S' r:id='s'/></b>"));
	finish(&a);
	must(zip_memory(&z, buf_view(&a.files), &why));
	read_all(&z, width);
	zip_close(&z);
	buf_release(&a.files);
	buf_release(&a.list);
	return 0;
}
