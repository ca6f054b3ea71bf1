/*
 * Any bytes in each encoding: charset_row against iconv, and charset_block in
 * pieces against the whole.
 */
#include "base/mem.h"
#include "edge/charset.h"
#include "value/utf8.h"

#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	enum charset c;
	const char *iconv;
} all[] = {
	{ CHARSET_GB18030, "GB18030" },
	{ CHARSET_UTF16LE, "UTF-16LE" },
	{ CHARSET_UTF16BE, "UTF-16BE" },
	{ CHARSET_CP1252, "CP1252" },
	/* glibc's iconv takes UTF-8 of five bytes, we do not: see below */
	{ CHARSET_UTF8, "UTF-8" },
};
#define NALL (sizeof(all) / sizeof(all[0]))

/* Opened once: the table of GB18030 takes a millisecond. */
static struct charset_decoder decoder[NALL];
static iconv_t iconvs[NALL];

static void must(bool good)
{
	if (!good)
		abort();
}

static void against_iconv(size_t k, struct view in)
{
	struct buf want = { 0 }, got = { 0 };
	struct why why = { 0 };
	char *from = (char *)(uintptr_t)in.p;
	buf_grow(&want, in.n * 4 + 16);
	char *to = want.p;
	size_t left = in.n, room = want.cap;
	iconv(iconvs[k], NULL, NULL, NULL, NULL);
	bool good = iconv(iconvs[k], &from, &left, &to, &room) != (size_t)-1;
	want.n = want.cap - room;
	if (all[k].c == CHARSET_UTF8 && good)
		good = utf8_valid(in);
	must(charset_row(&decoder[k], in, &got, &why) == good);
	if (good)
		must(view_eq(buf_view(&got), buf_view(&want)));
	else
		must(got.n == 0 && (why.col == in.n - left + 1 ||
					   all[k].c == CHARSET_UTF8));
	buf_release(&want);
	buf_release(&got);
}

static void in_pieces(size_t k, struct view in, size_t step)
{
	struct buf whole = { 0 }, parts = { 0 };
	charset_block(&decoder[k], in, true, &whole);
	for (size_t at = 0; at < in.n; at += step) {
		size_t n = in.n - at < step ? in.n - at : step;
		char *p = xmemdup(in.p + at, n);
		charset_block(&decoder[k], (struct view){ p, n },
			at + n == in.n, &parts);
		free(p);
	}
	must(view_eq(buf_view(&whole), buf_view(&parts)));
	buf_release(&whole);
	buf_release(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	for (size_t k = 0; !started && k < NALL; k++) {
		charset_open(&decoder[k], all[k].c);
		iconvs[k] = iconv_open("UTF-8", all[k].iconv);
	}
	started = true;
	if (size < 2)
		return 0;
	size_t k = data[0] % NALL, n = size - 2;
	/* exact, so that a sanitizer sees a byte too much */
	char *p = malloc(n ? n : 1);
	memcpy(p, data + 2, n);
	against_iconv(k, (struct view){ p, n });
	in_pieces(k, (struct view){ p, n }, 1 + data[1] % 17);
	free(p);
	return 0;
}
