/*
 * erased: who was erased, as nobody can read it; the file state/erased.ndjson
 * in memory, and the test whether a record is about one of them.
 *
 *	erased_open(&e, &keys, path, salt);
 *	while ((r = ...))
 *		if (erased_rec(&e, r)) leave it out;
 *
 * A line is an identifier as crm/ids spells it, or customer_id:ID:
 *	{"type":"erased","kind":"email","hmac":"..","tag":"..","salt":"..",
 *	"time":".."}
 * hmac is HMAC-SHA-256 by the folder's salt. It is what decides, but it costs
 * a quarter of a microsecond, and a stream has some millions of identifiers.
 * So tag, 64 bits of SipHash-2-4 by a key of its own (made of the salt), is
 * compared first, and the HMAC is computed for what it lets through. SipHash is
 * a keyed pseudorandom function too: to one without the salt the tag tells no
 * more than the hmac does, which is nothing; to one who has it both tell
 * whether a given number was erased. salt names the salt, so that with another
 * one nobody is taken back in silence.
 *
 * About 60 bytes an identifier.
 */
#ifndef CRM_ERASED_H
#define CRM_ERASED_H

#include "base/hash.h"
#include "crm/ids.h"
#include "edge/digest.h"
#include "edge/salt.h"
#include "record/reader.h"

struct erased_entry {
	uint64_t tag;
	struct digest hmac;
};

struct erased {
	VEC(struct erased_entry) entry; /* in the order of the file */
	uint32_t *slot; /* by tag: number in entry from 1; 0: free */
	bool borrowed; /* these two: erased_again */
	size_t mask;
	uint32_t kinds; /* a bit each: of these kinds there are some */
	unsigned char salt[SALT_BYTES], key[SIPHASH_KEY];
	char salt_name[9];
	struct keys *keys; /* borrowed */
	struct ids ids;
	unsigned type, kind, hmac, tag, salt_of, customer_id;
	struct buf text;
};

/*
 * Reads the file: path, or if it is NULL $SCRM_ERASED, or if that is not set
 * nothing. The salt: its path, or $SCRM_SALT, or `salt` beside the file; not
 * looked for where the file has no line. Dies with file and line where
 * anything is not as it should be: to go on would be to bring them back.
 */
void erased_open(struct erased *e, struct keys *keys, const char *path,
	const char *salt);
/* The same people for another thread's keys; from outlives it. */
void erased_again(struct erased *e, const struct erased *from,
	struct keys *keys);
void erased_release(struct erased *e);

/* The parts of erased_open, for who writes the file. */
const char *erased_path(const char *path);
void erased_init(struct erased *e, struct keys *keys);
void erased_salt(struct erased *e, const char *path, const char *salt);
/* The lines that a reader has, all of them. False with why, and the reader
 * at the line. */
bool erased_take(struct erased *e, struct reader *in, struct why *why);
/* id: spelled whole, "email:a@b.c", "customer_id:c01". */
bool erased_has(const struct erased *e, struct view id);
void erased_add(struct erased *e, struct view id);
/* Appends the line of id, which began to be erased at this time. */
void erased_print(const struct erased *e, struct view id, struct view time,
	struct buf *out);

/* Whether the identifiers of a record, or its customer_id, are erased. */
bool erased_look(struct erased *e, struct rec *r);
static inline bool erased_rec(struct erased *e, struct rec *r)
{
	return e->entry.n && erased_look(e, r);
}

#define ERASED_ALIAS "erased:"
/*
 * Appends what stands for something of an erased person where figures need to
 * count on: ERASED_ALIAS and hexadecimal digits of the keyed digest of what (a
 * word: customer, decision, to) and text.
 */
void erased_alias(const struct erased *e, const char *what, struct view text,
	struct buf *out);
/* Such a one is nobody, and no customer. */
static inline bool erased_is_alias(struct view id)
{
	size_t n = strlen(ERASED_ALIAS);
	return id.n > n && memcmp(id.p, ERASED_ALIAS, n) == 0;
}

#endif
