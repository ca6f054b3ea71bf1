/*
 * tool: what all tools do alike (scrm(7), THE SAME EVERYWHERE), so that a
 * main is four calls:
 *
 *	struct tool t = { .usage = "[-v] condition [file ...]" };
 *	tool_open(&t, argc, argv, options);
 *	condition = tool_operand(&t, "condition");	then rules are read
 *	while ((r = tool_next(&t)))
 *		if (wanted(r)) tool_put(&t, r); else t.withheld++;
 *	return tool_close(&t);
 *
 * -o, rejects, seal and abort, exit codes, flush before waiting, as-of and
 * zone, summary, SCRM_LOG, progress are all here. Everything here may die.
 */
#ifndef EDGE_TOOL_H
#define EDGE_TOOL_H

#include "edge/opt.h"
#include "edge/zone.h"
#include "record/condition.h"
#include "record/reader.h"
#include "record/writer.h"

struct tool {
	/* Set before tool_open. */
	const char *usage; /* what follows the name in SYNOPSIS */
	const char *about; /* the .Nd sentence */
	bool plain; /* writes no NDJSON: neither seal nor abort line */
	bool raw; /* reads no records (ingest): tool_next is not called */

	/* What the common options said. */
	bool quiet, progress, strict, explain;
	const char *out_path, *type;
	size_t jobs; /* 0: not said */
	const char *max_refused;
	struct when as_of; /* --as-of, SCRM_AS_OF or the clock, read once */
	bool as_of_given;
	char as_of_text[48]; /* for people: the date or time as it was given */
	const struct zone *zone; /* --tz, SCRM_TZ; NULL: as written */
	strings define; /* -D name=value, where the tool takes it */
	struct condition_env env; /* as_of, zone and -D, ready for compile */

	char **operand; /* those not yet taken; then the files */
	struct keys keys;
	struct rec rec;
	struct reader in;
	struct writer out;

	/* What became of the lines read; the tool adds to the first three,
	 * read is their sum with refused and written. */
	uint64_t withheld, folded, superseded;
	uint64_t erased; /* of withheld: about people who were erased */
	uint64_t read, written, refused;
	uint64_t made; /* lines that left and were not read */
	bool amiss; /* what the tool looks for is wrong: the status is 1 */

	struct tool_state *state; /* its own */
};

/* Whether -T asks for this record; type is the key of its type. */
static inline bool tool_asks(const struct tool *t, const struct rec *r,
	unsigned type)
{
	return !t->type || val_is(rec_get(r, type), view_of(t->type));
}

void tool_open(struct tool *t, int argc, char **argv,
	const struct opt *options);
/* The next operand that is no file; dies as tool_missing where there is none. */
const char *tool_operand(struct tool *t, const char *name);
/* Dies: "no rules given" and the usage. */
void tool_missing(const struct tool *t, const char *name)
	__attribute__((noreturn));
/* The next record, or NULL at a good end. Refused lines are dealt with. */
struct rec *tool_next(struct tool *t);
/*
 * For a tool that looks at each record by itself: calls each with every
 * record, which ends as tool_put, tool_refuse or withheld++. With -j and files
 * to read it does so on several threads: each has a tool of its own, t, and
 * what the main needs besides, made again for it. The output, what is said
 * and what is counted are those of one thread.
 *
 *	tool_each(&t, &map, &pick);
 */
struct tool_map {
	void (*each)(void *mine, struct tool *t, struct rec *r);
	/* Another of mine for t: its keys are not those of the main's. */
	void *(*again)(const void *mine, struct tool *t);
	/* Adds what other met (for notes), and frees it. */
	void (*join)(void *mine, void *other);
	/*
	 * May be NULL: for a tool that gathers. Threads put what they make of
	 * a block's records between begin and end into size bytes that are
	 * zero at first; take gets them with the main's mine, in order.
	 */
	size_t size;
	void (*begin)(void *mine, void *block);
	void (*end)(void *mine, void *block);
	void (*take)(void *mine, void *block);
	void (*release)(void *block);
};
void tool_each(struct tool *t, const struct tool_map *map, void *mine);
/*
 * The same where the input is not lines of records: pieces that next makes,
 * one after the other, work does on several threads at once, by the calls
 * below with the thread's own t; turn is called from here before what it did
 * leaves, and says how many lines are before those that it counted from 1.
 */
#define TOOL_LANES 64 /* threads at most */
struct tool_lanes {
	void *arg;
	size_t size; /* of a piece, which is zero at first */
	/* What a thread needs of its own. */
	void *(*open)(void *arg, struct tool *t);
	/* False: there is no more. It may be called on any thread. */
	bool (*next)(void *arg, void *piece);
	void (*work)(void *mine, struct tool *t, void *piece);
	size_t (*turn)(void *arg, void *piece);
	void (*after)(void *arg, void *piece); /* or NULL */
	void (*release)(void *arg, void *piece);
	void (*close)(void *arg, void *mine);
};
void tool_lanes(struct tool *t, const struct tool_lanes *calls);
/* For each: returns when all records before this one's block were seen, so
 * that what is done then is done in their order. */
void tool_turn(struct tool *t);
/* Dies at a record; of a thread, when it is its turn. */
void tool_die(struct tool *t, const struct rec *r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The line leaves: counted as written. */
void tool_put(struct tool *t, const struct rec *r);
/* A line that was not read leaves (a profile, a link): counted as made. */
void tool_make(struct tool *t, struct view line);
/* The same for text of several lines (a table). */
void tool_make_lines(struct tool *t, struct view text);
/* A line made of input that is no record (a CSV row), or one that waited for
 * its turn, leaves: counted as written. A raw tool keeps t->in.bytes for the
 * progress. */
void tool_write(struct tool *t, struct view line);
/* This record cannot be used: named, kept in the rejects, counted. field may
 * be NULL. */
void tool_refuse(struct tool *t, const struct rec *r, const char *field,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same for input that is no record (a CSV row): where, and its bytes. */
struct place {
	const char *file;
	size_t line; /* of the file, from 1 */
	size_t row; /* of the table, from 1; 0 where it has none */
	const char *field;
};
void tool_refuse_input(struct tool *t, struct place at, struct view input,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* A file beside the output (links, decisions, a model): renamed into place by
 * tool_close together with -o, on exit 0 or 1 only. */
struct writer *tool_side(struct tool *t, const char *path);
/* Something a user should know at the end, said once: a rule that never was
 * true, a name that no record had. -q silences it. */
void tool_note(struct tool *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A count that is nothing to worry about: said where the summary is, on a
 * terminal or when something was refused, so that cron stays silent. */
void tool_info(struct tool *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* tool_note in the form that condition_notes calls. */
void tool_say(void *tool, const char *text);
/* Notes of a condition, as condition_notes says them; inline, so that a tool
 * without conditions links no PCRE2. */
static inline void tool_condition_notes(struct tool *t,
	const struct condition *c)
{
	condition_notes(c, tool_say, t);
}
/* The summary, the seal, the files into their places; the exit status. */
int tool_close(struct tool *t);

#endif
