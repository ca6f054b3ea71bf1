/*
 * source: the bytes of a file that is no NDJSON (CSV, XML, JSON), with its
 * encoding settled and its byte order mark taken off.
 *
 * A byte order mark beats everything, then what was asked for, then the first
 * of a list that the start of the file fits (charset_guess); with neither it
 * is UTF-8. UTF-16 is turned into UTF-8 on the way in; the others are given as
 * they stand, so that whoever cuts them into rows keeps the raw bytes, unless
 * source_utf8 is called.
 *
 *	source_open(&s, "orders.csv", CHARSET_NONE, tries, 2);
 *	while (source_more(&s))			reads on, at least a byte
 *		use(s.buf.p + s.pos, s.buf.n - s.pos);	then advance s.pos
 *	source_close(&s);
 */
#ifndef EDGE_SOURCE_H
#define EDGE_SOURCE_H

#include "edge/charset.h"

#include <stdint.h>

/* Puts at most n bytes at p: how many, 0 at the end. It dies where it cannot. */
typedef size_t source_read(void *arg, char *p, size_t n);

struct source {
	const char *name; /* for messages; "-" is standard input */
	int fd;
	enum charset charset; /* settled by source_open */
	bool bom; /* by a byte order mark */
	bool guessed; /* from the list: neither said nor marked */
	/* What was read and is not yet used: buf.p[pos .. buf.n), followed by
	 * BUF_PAD readable bytes. Callers move pos. */
	struct buf buf;
	size_t pos;
	bool eof;
	uint64_t bytes; /* read from the file so far, for progress */
	size_t block; /* bytes asked for at a time, 128 KiB; tests ask less */
	struct view memory; /* in place of fd, what is left of it */
	source_read *read; /* in place of fd */
	void *read_arg;
	bool decode; /* bytes pass through dec on their way in */
	struct charset_decoder dec;
	struct buf raw;
	/* Called before a read that may wait; may be NULL. */
	void (*before_wait)(void *);
	void *wait_arg;
};

/* Reads the start: four bytes, or as much as a choice among several needs
 * (64 KiB). Dies where the file cannot be read, and on UTF-32. asked:
 * CHARSET_NONE if not said. tries: may be NULL. */
void source_open(struct source *s, const char *path, enum charset asked,
	const enum charset *tries, size_t ntries);
/* The same for bytes in memory, which are borrowed. */
void source_memory(struct source *s, const char *name, struct view text,
	enum charset asked, const enum charset *tries, size_t ntries);
/* The same for bytes that somebody else brings (unpacks). */
void source_stream(struct source *s, const char *name, source_read *read,
	void *arg, enum charset asked, const enum charset *tries,
	size_t ntries);
/* From here on all bytes are UTF-8, what was wrong is a byte 0xFF. Called
 * after source_open, before anything was used. */
void source_utf8(struct source *s);
/* Appends what can be read now; what stands before pos may be dropped, so
 * pointers into buf end here. False at the end of the file. */
bool source_more(struct source *s);
void source_close(struct source *s);

#endif
