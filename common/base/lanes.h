/*
 * lanes: work cut into pieces, done by several threads, handed on in order.
 *
 * A piece walks through three calls: next says what it is, work does it, done
 * takes it over. next is called for one piece after the other, by whichever
 * thread is free; work by many at once; done in the order of next, by the
 * thread that called lanes_run. What leaves is therefore the same for any
 * number of threads.
 *
 * done may die at any time: of the pieces after its own nothing has left. work
 * dies only where it cannot go on (memory): others may have pieces before it in
 * hand, so what is wrong with its piece it leaves there, for done to say.
 */
#ifndef BASE_LANES_H
#define BASE_LANES_H

#include <stdbool.h>
#include <stddef.h>

struct lanes;

struct lanes_calls {
	void *arg;
	/* False: there is no more. */
	bool (*next)(void *arg, void *piece);
	/* lane: which thread it is, from 0; no two work as one lane. */
	void (*work)(void *arg, struct lanes *l, size_t lane, void *piece);
	/* The piece is free for another next after it. */
	void (*done)(void *arg, void *piece);
};

/* Pieces that n threads keep in hand: so many the caller provides. Each has
 * some of its own, since memory that another core wrote is slow to write. */
#define LANES_EACH 3
#define LANES_PIECES(n) (LANES_EACH * (n))

/*
 * Runs until next says there is no more and all is done. piece is an array of
 * LANES_PIECES(n) of size bytes each. n is 1 or more; where a thread cannot be
 * had, fewer do it, the caller at last.
 */
void lanes_run(size_t n, void *piece, size_t size,
	const struct lanes_calls *calls);

/*
 * For work that depends on what the pieces before this one did: returns when
 * all of them have been worked. Called by work, of its own piece.
 */
void lanes_turn(struct lanes *l, const void *piece);

#endif
