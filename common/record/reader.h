/*
 * reader: records from files and pipes, one line at a time.
 *
 * A UTF-8 BOM at the start of a file and CRLF are tolerated, blank lines are
 * skipped and not counted, the last line may lack its newline. The line is
 * valid until the next reader_next. Dies where a file cannot be read, with
 * its name.
 */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include "record/rec.h"

enum reader_status {
	READ_REC, /* r is a record */
	READ_REFUSED, /* r->line is not; why says it */
	READ_SEAL, /* {"type":"end"}: r is it */
	READ_ABORT, /* {"type":"abort"}: r is it */
	READ_FILE, /* a file ended; name and pipe still tell of it */
	READ_CUT, /* the last line has no newline and does not parse */
	READ_END,
};

struct reader {
	char **file; /* NULL-terminated operands; "-" is standard input */
	char *one[2]; /* of reader_open_file */
	const char *name; /* of the file being read */
	int fd;
	bool pipe; /* whether that file is a pipe */
	size_t lineno;
	size_t max_line; /* longest line taken, default 64 MiB */
	uint64_t bytes; /* read so far, for progress */
	struct buf buf;
	size_t pos;
	bool eof, started, skip;
	unsigned type; /* key of "type" */
	/* Called before a read that may wait; may be NULL. */
	void (*before_wait)(void *);
	void *wait_arg;
};

/* files: NULL-terminated; none at all is standard input. */
void reader_open(struct reader *in, struct keys *keys, char **files);
/* One file, for reader_whole. */
void reader_open_file(struct reader *in, struct keys *keys, const char *path);
/* Whole lines of a file called name that are in memory, with SCAN_PAD bytes
 * after them; first: the file begins with them. The next block may follow;
 * reader_close is not called. */
void reader_open_block(struct reader *in, struct keys *keys, const char *name,
	struct view text, bool first);
enum reader_status reader_next(struct reader *in, struct rec *r,
	struct why *why);
/* The next record of a file that must be whole (links, customers of another
 * day); false at its end. Dies where a line is refused, the last one is cut, or
 * what made the file died. */
bool reader_whole(struct reader *in, struct rec *r);
void reader_close(struct reader *in);

#endif
