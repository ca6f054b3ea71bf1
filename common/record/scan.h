/*
 * scan: the strict JSON reader of one line, in place.
 *
 * RFC 8259 and UTF-8 are checked to the last byte, nesting to SCAN_DEPTH. A
 * value is a span of the source; nothing is copied, nothing is decoded until
 * somebody asks. Text must have SCAN_PAD readable bytes after its end.
 */
#ifndef RECORD_SCAN_H
#define RECORD_SCAN_H

#include "base/buf.h"
#include "base/why.h"
#include "value/num.h"

#include <stdint.h>

#define SCAN_DEPTH 128
#define SCAN_PAD BUF_PAD

enum kind {
	K_MISSING,
	K_NULL,
	K_FALSE,
	K_TRUE,
	K_NUMBER,
	K_STRING,
	K_ARRAY,
	K_OBJECT,
};

/*
 * A value: a string's p and n are what stands between the quotes, every other
 * kind's the whole text. escaped: the string holds a backslash.
 */
struct val {
	const char *p;
	size_t n;
	uint8_t kind;
	bool escaped;
};

/* Behind the white space of JSON. */
static inline const char *scan_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

/*
 * Checks one value that begins at p (no blanks before it) and fills *v.
 * Returns the byte after it, or NULL with the reason and why->col counted
 * from base.
 */
const char *scan_value(const char *p, const char *end, const char *base,
	struct val *v, struct why *why);

/* The same for the key of a member and its colon; key is as written, between
 * its quotes. Returns the byte after the colon. */
const char *scan_key(const char *p, const char *end, const char *base,
	struct val *key, struct why *why);

/*
 * Walks the elements of an array or the members of an object that were
 * checked before. The key is as written, between its quotes.
 *
 *	struct val_iter it = val_iter(v);
 *	while (val_next(&it)) use(it.key, it.val);
 */
struct val_iter {
	const char *p, *end;
	bool object;
	struct val key, val;
};
struct val_iter val_iter(struct val v);
bool val_next(struct val_iter *it);
/* Of an array: the next element's member by that name in one pass; K_MISSING
 * where it has none or is no object, which is in it->val then. False behind
 * the last element. */
bool val_next_member(struct val_iter *it, struct view name, struct val *out);
/* The member of an object by name (unescaped comparison), or K_MISSING. */
struct val val_member(struct val object, struct view name);

/* The text of a string unescaped, in scratch if it had escapes; of any other
 * kind its JSON text. */
struct view val_text(struct val v, struct buf *scratch);
/* The same, appended. */
void val_append_text(struct val v, struct buf *out);
/* Whether the string, unescaped, holds U+0000. */
bool val_has_nul(struct val v);
bool val_is(struct val v, struct view text);
/* A number, or a text that is one; false for what is neither, or beyond 38
 * digits. */
static inline bool val_dec(struct val v, struct dec *out)
{
	return (v.kind == K_NUMBER || (v.kind == K_STRING && !v.escaped)) &&
	       dec_parse(v.p, v.n, out);
}
/* Missing, or null, which is the same (design 6). */
static inline bool val_none(struct val v)
{
	return v.kind == K_MISSING || v.kind == K_NULL;
}

/* Appends text as a JSON string with its quotes. Text is valid UTF-8. */
void json_text(struct buf *out, struct view text);
/* Appends the whole value as JSON, as it was written. */
void json_val(struct buf *out, struct val v);

/* Offset of the first byte that is not valid UTF-8, or n. */
size_t scan_utf8(const char *p, size_t n);

#endif
