/*
 * spool: the input a second time, for tools of two passes (latest, dedupe).
 *
 *	spool_init(&s, &t);
 *	while ((r = tool_next(&t))) {		pass 1
 *		look(r);
 *		spool_keep(&s, r);
 *	}
 *	spool_rewind(&s);
 *	while (spool_next(&s, &line))		pass 2: the same, unparsed
 *		if (survives[i++])
 *			spool_put(&s, line);	or spool_parse, change, tool_put
 *	spool_release(&s);
 *	return tool_close(&t);
 *
 * What was kept comes again, in the same order and with the same bytes; what
 * was not (blank, refused, seal, dropped by the tool) does not. Files are read
 * again where they lie, and it is an error if one changed meanwhile (device,
 * inode, size, mtime, bytes of its lines). Standard input, pipes and devices
 * are copied to an unlinked file in TMPDIR (or /tmp) once they are larger than
 * SPOOL_MEMORY. Memory: two buffers, and 16 bytes for each run of lines that
 * was not kept. Dies where it cannot read or write.
 */
#ifndef EDGE_SPOOL_H
#define EDGE_SPOOL_H

#include "edge/tool.h"

#define SPOOL_MEMORY (256 * 1024)

struct spool {
	struct tool *tool;
	VEC(struct spool_part) part; /* a file each, in order */
	VEC(struct spool_gap) gap; /* lines that do not come again */
	uint64_t kept; /* records */

	struct buf copy; /* of what cannot be read again; small: all of it */
	int temp; /* the rest of the copy, or -1 */

	/* Pass 2. */
	size_t at; /* the part, from 1 */
	bool open;
	int fd; /* of a part that is a file */
	struct buf buf;
	size_t pos;
	uint64_t off; /* of the byte after buf */
	uint64_t copied; /* bytes of the copy in the parts before */
	size_t gaps, lineno;
	uint64_t left, bytes; /* of the part: lines to come; of those given */
};

void spool_init(struct spool *s, struct tool *t);
/* This record, as it was read (changes are not kept), comes again. */
void spool_keep(struct spool *s, const struct rec *r);
/* From the first again; may be called any number of times. */
void spool_rewind(struct spool *s);
/* The next line that was kept, without line end; valid until the next one,
 * with BUF_PAD readable bytes after it. False after the last. */
bool spool_next(struct spool *s, struct view *line);
/* The line that spool_next gave as a record, with file and line number. */
void spool_parse(struct spool *s, struct rec *r, struct view line);
/* The line leaves as it came: counted as written. */
void spool_put(struct spool *s, struct view line);
void spool_release(struct spool *s);

#endif
