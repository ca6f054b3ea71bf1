/*
 * sort: lines in the order of their keys, in as much memory as is allowed; the
 * one place where what does not fit is put on disk.
 *
 *	sort_init(&s, memory, 0);
 *	for each line: sort_add(&s, key, line);
 *	sort_ready(&s);
 *	while (sort_next(&s, &line)) ...
 *	sort_release(&s);
 *
 * Keys are bytes and stand as memcmp has them (record/sortkey makes them);
 * lines of equal keys in the order in which they came. A block of memory takes
 * keys and lines; when it is full it is sorted and written as a run, behind
 * the runs before it, to one temporary file (edge/temp), and the runs are
 * merged at the end (Knuth, The Art of Computer Programming 3, 5.4.1), up to
 * SORT_FAN at once, those that are more first into longer ones. Dies where a
 * line does not fit, or the disk is full.
 */
#ifndef EDGE_SORT_H
#define EDGE_SORT_H

#include "base/heap.h"
#include "base/buf.h"

#include <stdint.h>

#define SORT_FAN 64
#define SORT_MEMORY_MIN ((size_t)1 << 20)

struct sort {
	size_t memory; /* of the block, then of the runs' buffers */
	size_t first; /* only so many are wanted; 0: all */
	uint64_t added;

	/* Keys and lines grow from the front, items from the back. */
	char *block;
	size_t size, used, n;
	struct buf key; /* of the block's first line */
	size_t common; /* bytes that all its keys begin with */
	struct buf last; /* what does not stand before this is not wanted */
	bool full; /* last is set */

	int temp; /* or -1 */
	VEC(struct sort_run) run; /* in the order of their lines */
	size_t longest; /* a key with its line */
	uint64_t end; /* of the file */

	/* After sort_ready. */
	struct heap heap; /* of the runs that are merged */
	size_t at; /* of the block, where nothing was written */
	uint64_t given;
};

/* memory in bytes, SORT_MEMORY_MIN at least. With first only that many lines
 * come, and no more than twice as many are held. */
void sort_init(struct sort *s, size_t memory, size_t first);
void sort_add(struct sort *s, struct view key, struct view line);
void sort_ready(struct sort *s);
/* Valid until the next; false behind the last. */
bool sort_next(struct sort *s, struct view *line);
void sort_release(struct sort *s);

#endif
