/*
 * cluster: union-find over numbers, with pairs that must stay apart.
 *
 * Items are 0..n-1, each at first alone. Joining halves paths and hangs the
 * smaller set under the larger (Tarjan 1975); a set's smallest member is kept,
 * and labels go by it, so nothing depends on the shape of the trees. 16 bytes
 * an item, 8 more for each member of a forbidden pair. Pure: no input, no
 * output, no order but that of the calls.
 */
#ifndef MODEL_CLUSTER_H
#define MODEL_CLUSTER_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

#define CLUSTER_NONE UINT32_MAX

struct cluster {
	uint32_t n;
	uint32_t *parent;
	uint32_t *size; /* of a root's set */
	uint32_t *least; /* the smallest member of a root's set */
	uint32_t *next; /* the members of a set, in a ring */
	/* Pairs that are apart: a list at each root, NULL without any. */
	uint32_t *apart, *last;
	VEC(struct cluster_apart) pair;
};

struct cluster_apart {
	uint32_t item, next;
};

void cluster_init(struct cluster *c, uint32_t n);
void cluster_release(struct cluster *c);

/* The root of x's set: a number that stands for it until the next join. */
uint32_t cluster_find(struct cluster *c, uint32_t x);
/* a and b shall never be in one set. False if they are already. */
bool cluster_forbid(struct cluster *c, uint32_t a, uint32_t b);
/* Whether they may be, or are, in one set. */
bool cluster_may(struct cluster *c, uint32_t a, uint32_t b);
/* One set of two; true if they are one afterwards. */
bool cluster_join(struct cluster *c, uint32_t a, uint32_t b);
/* Numbers the sets 0, 1, 2... by their smallest members into label[n];
 * returns how many there are. */
uint32_t cluster_label(struct cluster *c, uint32_t *label);

static inline uint32_t cluster_least(struct cluster *c, uint32_t x)
{
	return c->least[cluster_find(c, x)];
}

#endif
