#include "base/lanes.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>

struct lanes {
	const struct lanes_calls *calls;
	char *piece;
	size_t size, npieces;
	pthread_mutex_t next_lock; /* taken before lock */
	pthread_mutex_t lock;
	pthread_cond_t freed, ready, worked_one;
	size_t given, done; /* pieces ever */
	size_t *order; /* of those given: the k-th is order[k % npieces] */
	size_t lane; /* names given to threads */
	bool end; /* no more will be given */
	bool *busy, *worked; /* by piece */
};

/* The first of the lane's own pieces that is free; end: none. Lock held. */
static size_t first_free(const struct lanes *l, size_t lane, size_t end)
{
	size_t i = lane * LANES_EACH;
	while (i < end && l->busy[i])
		i++;
	return i;
}

/* Waits until one of them is. */
static size_t find_free(struct lanes *l, size_t lane)
{
	size_t end = (lane + 1) * LANES_EACH, i;
	pthread_mutex_lock(&l->lock);
	while ((i = first_free(l, lane, end)) == end)
		pthread_cond_wait(&l->freed, &l->lock);
	pthread_mutex_unlock(&l->lock);
	return i;
}

/*
 * Takes the next piece; false at the end. Only one thread is in here, and
 * next may take its time: who ends a piece meanwhile does not wait for it.
 */
static bool take(struct lanes *l, size_t i)
{
	pthread_mutex_lock(&l->next_lock);
	bool more = !l->end &&
		    l->calls->next(l->calls->arg, l->piece + i * l->size);
	pthread_mutex_lock(&l->lock);
	if (more) {
		l->busy[i] = true;
		l->worked[i] = false;
		l->order[l->given++ % l->npieces] = i;
	} else {
		l->end = true;
		pthread_cond_signal(&l->ready);
	}
	pthread_mutex_unlock(&l->lock);
	pthread_mutex_unlock(&l->next_lock);
	return more;
}

static void *run(void *arg)
{
	struct lanes *l = arg;
	size_t i;
	pthread_mutex_lock(&l->lock);
	size_t lane = l->lane++;
	pthread_mutex_unlock(&l->lock);
	while (take(l, i = find_free(l, lane))) {
		l->calls->work(l->calls->arg, l, lane, l->piece + i * l->size);
		pthread_mutex_lock(&l->lock);
		l->worked[i] = true;
		pthread_cond_broadcast(&l->worked_one);
		if (i == l->order[l->done % l->npieces])
			pthread_cond_signal(&l->ready);
		pthread_mutex_unlock(&l->lock);
	}
	return NULL;
}

/* Hands on what was worked, in order, until there is no more. */
static void hand_on(struct lanes *l)
{
	pthread_mutex_lock(&l->lock);
	for (;;) {
		const size_t *i = &l->order[l->done % l->npieces];
		while (l->done < l->given ? !l->worked[*i] : !l->end)
			pthread_cond_wait(&l->ready, &l->lock);
		if (l->done == l->given)
			break;
		pthread_mutex_unlock(&l->lock);
		l->calls->done(l->calls->arg, l->piece + *i * l->size);
		pthread_mutex_lock(&l->lock);
		l->busy[*i] = false;
		l->done++;
		pthread_cond_broadcast(&l->freed);
	}
	pthread_mutex_unlock(&l->lock);
}

/* Whether all pieces before the i-th have been worked. Lock held. */
static bool is_turn(const struct lanes *l, size_t i)
{
	for (size_t k = l->done; l->order[k % l->npieces] != i; k++)
		if (!l->worked[l->order[k % l->npieces]])
			return false;
	return true;
}

void lanes_turn(struct lanes *l, const void *piece)
{
	if (!l)
		return;
	size_t i = (size_t)((const char *)piece - l->piece) / l->size;
	pthread_mutex_lock(&l->lock);
	while (!is_turn(l, i))
		pthread_cond_wait(&l->worked_one, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

static void by_oneself(const struct lanes_calls *c, void *piece)
{
	while (c->next(c->arg, piece)) {
		c->work(c->arg, NULL, 0, piece);
		c->done(c->arg, piece);
	}
}

void lanes_run(size_t n, void *piece, size_t size,
	const struct lanes_calls *calls)
{
	struct lanes l = { .calls = calls,
		.piece = piece,
		.size = size,
		.npieces = LANES_PIECES(n) };
	pthread_t *thread = xcalloc(n, sizeof(*thread));
	size_t started = 0;
	l.order = xcalloc(l.npieces, sizeof(*l.order));
	l.busy = xcalloc(l.npieces, sizeof(*l.busy));
	l.worked = xcalloc(l.npieces, sizeof(*l.worked));
	pthread_mutex_init(&l.next_lock, NULL);
	pthread_mutex_init(&l.lock, NULL);
	pthread_cond_init(&l.freed, NULL);
	pthread_cond_init(&l.ready, NULL);
	pthread_cond_init(&l.worked_one, NULL);
	while (started < n &&
		pthread_create(&thread[started], NULL, run, &l) == 0)
		started++;
	if (started)
		hand_on(&l);
	else
		by_oneself(calls, piece);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	pthread_mutex_destroy(&l.next_lock);
	pthread_mutex_destroy(&l.lock);
	pthread_cond_destroy(&l.freed);
	pthread_cond_destroy(&l.ready);
	pthread_cond_destroy(&l.worked_one);
	free(l.order);
	free(l.busy);
	free(l.worked);
	free(thread);
}
