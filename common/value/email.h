/* email: addresses as people type them, tidied; RFC 5321's shape. */
#ifndef VALUE_EMAIL_H
#define VALUE_EMAIL_H

#include "base/buf.h"
#include "base/why.h"

/*
 * Appends the address trimmed and with ASCII lower-cased (the local part too:
 * no provider tells Li@ from li@), full-width @ and dots narrowed. Refused:
 * no dot-atom before the one '@' (at most 64 bytes; quoted local parts are
 * not taken), a domain without a dot, a label that is empty, longer than 63,
 * begins or ends with '-', a last label of digits only, more than 254 bytes,
 * a masked address. UTF-8 beyond ASCII is allowed in both parts (RFC 6531),
 * its blanks and controls are not. Nothing is appended where it is refused.
 */
bool email_parse(struct view text, struct buf *out, struct why *why);

/* Whether the address stands already as email_parse would have it, in the
 * letters that most have: a-z 0-9 _ + - and dots. False says nothing. */
bool email_plain(struct view text);

/* Hidden characters: "b***@example.com", "##...", "$$...". */
bool email_masked(struct view text);

#endif
