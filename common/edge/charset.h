/*
 * charset: the encodings exports come in, turned into UTF-8, strictly.
 *
 * Nothing is ever replaced by U+FFFD: text that does not fit its encoding is
 * refused, with the offset of the first bad byte, and it costs a row, not the
 * file. GB18030's two-byte forms go by a table of 96 KB that iconv fills at
 * the first use (about a millisecond), its four-byte forms by iconv itself.
 */
#ifndef EDGE_CHARSET_H
#define EDGE_CHARSET_H

#include "base/buf.h"
#include "base/why.h"

enum charset {
	CHARSET_NONE, /* not said */
	CHARSET_UTF8,
	CHARSET_GB18030, /* also what is called GBK, GB2312, cp936 */
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	CHARSET_CP1252, /* Windows-1252, and what is called Latin-1 */
};

/* By a name as people write it ("utf8", "GBK", "cp936", "UTF-16", "latin1";
 * case, '-' and '_' do not matter; UTF-16 alone is little-endian).
 * CHARSET_NONE for a name that is not read. */
enum charset charset_find(struct view name);
const char *charset_name(enum charset c);

/* The encoding whose byte order mark stands at the start, and its length;
 * CHARSET_NONE and 0 where there is none. */
enum charset charset_bom(struct view text, size_t *bytes);

/*
 * The first of tries that the start of a file fits: no line of it is wrong.
 * Where none fits (a broken row, two encodings in one file) the one with the
 * fewest wrong lines, the earlier at a tie, so that a broken row is what is
 * refused, not the file; but UTF-8 is kept where it was tried before GB18030
 * and some line is UTF-8 beyond doubt. whole: text is all of the file, else
 * its last line may be cut and does not count.
 */
enum charset charset_guess(struct view text, bool whole,
	const enum charset *tries, size_t n);

/*
 * Which of GB18030 and Windows-1252 a text is in that is neither UTF-8 nor
 * marked, as Excel saves "CSV" in China and in Europe. Chinese characters stand
 * side by side; an umlaut stands alone among ASCII letters, and what then would
 * be a Chinese one takes the letter with it. CHARSET_NONE: it could be either,
 * and *at is the byte that is in doubt.
 */
enum charset charset_eastern(struct view text, size_t *at);

/* Tables and what is half done; zero is valid for UTF-8 only. */
struct charset_decoder {
	enum charset from;
	const struct charset_gb *gb;
	void *iconv;
	unsigned char rest[4]; /* an unfinished character of a block */
	size_t nrest;
};

/* Dies where iconv does not know GB18030 (a system without its files). */
void charset_open(struct charset_decoder *d, enum charset from);
void charset_close(struct charset_decoder *d);

/*
 * Appends the UTF-8 of a whole text (a row, a line). False: why says what is
 * wrong, why->col is the byte of in, from 1, and out is as it was. UTF-8 is
 * checked and copied. A byte order mark is a character like any other here.
 */
bool charset_row(struct charset_decoder *d, struct view in, struct buf *out,
	struct why *why);

/* The other way: appends UTF-8 in this encoding. False where it has no form
 * there; out is as it was. */
bool charset_encode(enum charset to, struct view utf8, struct buf *out);

/*
 * Appends the UTF-8 of a block of a stream; characters cut in two are kept for
 * the next one. What is wrong becomes one byte 0xFF each, which is never valid
 * UTF-8: whoever checks the row refuses it. last: nothing comes after it.
 */
void charset_block(struct charset_decoder *d, struct view in, bool last,
	struct buf *out);

#endif
