/*
 * rec: one line, its top-level members, and the changes made to it.
 *
 * A record borrows its line from whoever read it and is valid until the next
 * one is read into it. What is set is copied. A record that is not changed is
 * written byte for byte as it came; in a changed one every other byte stays.
 *
 *	unsigned total = keys_want(&keys, "total");
 *	struct val v = rec_get(r, total);
 *	if (v.kind == K_NUMBER) ...
 */
#ifndef RECORD_REC_H
#define RECORD_REC_H

#include "base/map.h"
#include "record/scan.h"

/*
 * The names of members met so far, each with a small number that stays. The
 * shape of the last line is kept, so that a key that stands where it stood
 * before costs one comparison.
 */
struct keys {
	struct map names;
	struct shape *shape;
	size_t nshape;
	/* which line (stamp) last had the key, and as which member */
	struct keys_seen *seen;
	size_t nseen;
	uint32_t stamp;
};

/* The number of a name; asked for before or between lines. */
unsigned keys_want(struct keys *k, const char *name);
unsigned keys_want_view(struct keys *k, struct view name);
struct view keys_name(const struct keys *k, unsigned key);
void keys_release(struct keys *k);

#define KEY_OTHER UINT32_MAX /* a name beyond the table's bounds */

struct member {
	struct val key; /* as written; K_MISSING: by the name of its id */
	struct val val;
	uint32_t id;
	/* places in the line: the key's quote, the value, behind it */
	uint32_t open, from, to;
	bool changed, dropped;
};

struct rec {
	const char *line;
	size_t n;
	const char *file; /* where it came from, for messages */
	size_t lineno;
	struct keys *keys;
	struct member *member;
	size_t nmembers, cap;
	size_t nread; /* members of the line; those after it were added */
	size_t close; /* place of the closing brace */
	uint32_t stamp;
	bool changed;
	struct arena text; /* what was set */
	struct buf scratch;
};

void rec_init(struct rec *r, struct keys *keys);
void rec_release(struct rec *r);

/*
 * Reads a line: one JSON object, blanks around it allowed. p[0..n) must have
 * SCAN_PAD readable bytes after it and live as long as the record is used.
 * Refused: bad grammar, bad UTF-8, lone surrogates, raw control bytes, a key
 * twice at top level (compared unescaped), nesting beyond SCAN_DEPTH, text
 * after the object. why->col is the byte, from 1.
 */
bool rec_parse(struct rec *r, const char *p, size_t n, struct why *why);

/* The value of a member, with the changes made; K_MISSING if there is none. */
struct val rec_get(const struct rec *r, unsigned key);
/* A string's text unescaped (valid until the record is read again); any other
 * value's JSON text; of a missing or null value p is NULL. */
struct view rec_text(struct rec *r, unsigned key);

/* Sets a member to a JSON text that the caller answers for; a new member goes
 * to the end. */
void rec_set(struct rec *r, unsigned key, struct view json);
void rec_set_text(struct rec *r, unsigned key, struct view text);
void rec_drop(struct rec *r, unsigned key);
/* Keeps place and value; does nothing where there is no such member. A member
 * that already has the new name is dropped. */
void rec_rename(struct rec *r, unsigned key, unsigned to);

/* Appends the line as it leaves, without a line end. */
void rec_print(const struct rec *r, struct buf *out);

#endif
