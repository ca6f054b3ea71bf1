#include "model/cluster.h"

void cluster_init(struct cluster *c, uint32_t n)
{
	*c = (struct cluster){ .n = n };
	c->parent = xreallocarray(NULL, n, sizeof(*c->parent));
	c->size = xreallocarray(NULL, n, sizeof(*c->size));
	c->least = xreallocarray(NULL, n, sizeof(*c->least));
	c->next = xreallocarray(NULL, n, sizeof(*c->next));
	for (uint32_t i = 0; i < n; i++) {
		c->parent[i] = c->least[i] = c->next[i] = i;
		c->size[i] = 1;
	}
}

void cluster_release(struct cluster *c)
{
	free(c->parent);
	free(c->size);
	free(c->least);
	free(c->next);
	free(c->apart);
	free(c->last);
	vec_release(&c->pair);
	*c = (struct cluster){ 0 };
}

uint32_t cluster_find(struct cluster *c, uint32_t x)
{
	while (c->parent[x] != x) {
		c->parent[x] = c->parent[c->parent[x]];
		x = c->parent[x];
	}
	return x;
}

static void add_apart(struct cluster *c, uint32_t root, uint32_t item)
{
	uint32_t at = (uint32_t)c->pair.n;
	*vec_add(&c->pair) = (struct cluster_apart){ item, CLUSTER_NONE };
	if (c->apart[root] == CLUSTER_NONE)
		c->apart[root] = at;
	else
		c->pair.v[c->last[root]].next = at;
	c->last[root] = at;
}

bool cluster_forbid(struct cluster *c, uint32_t a, uint32_t b)
{
	uint32_t ra = cluster_find(c, a), rb = cluster_find(c, b);
	if (ra == rb)
		return false;
	if (!c->apart) {
		c->apart = xreallocarray(NULL, c->n, sizeof(*c->apart));
		c->last = xreallocarray(NULL, c->n, sizeof(*c->last));
		for (uint32_t i = 0; i < c->n; i++)
			c->apart[i] = CLUSTER_NONE;
	}
	add_apart(c, ra, b);
	add_apart(c, rb, a);
	return true;
}

/* Each side has the pair in its list: one walk is enough. */
static bool are_apart(struct cluster *c, uint32_t ra, uint32_t rb)
{
	if (!c->apart || c->apart[rb] == CLUSTER_NONE)
		return false;
	for (uint32_t p = c->apart[ra]; p != CLUSTER_NONE;
		p = c->pair.v[p].next)
		if (cluster_find(c, c->pair.v[p].item) == rb)
			return true;
	return false;
}

bool cluster_may(struct cluster *c, uint32_t a, uint32_t b)
{
	return !are_apart(c, cluster_find(c, a), cluster_find(c, b));
}

bool cluster_join(struct cluster *c, uint32_t a, uint32_t b)
{
	uint32_t ra = cluster_find(c, a), rb = cluster_find(c, b);
	if (ra == rb)
		return true;
	if (are_apart(c, ra, rb))
		return false;
	if (c->size[ra] < c->size[rb]) {
		uint32_t swap = ra;
		ra = rb;
		rb = swap;
	}
	c->parent[rb] = ra;
	c->size[ra] += c->size[rb];
	if (c->least[rb] < c->least[ra])
		c->least[ra] = c->least[rb];
	uint32_t next = c->next[ra];
	c->next[ra] = c->next[rb];
	c->next[rb] = next;
	if (c->apart && c->apart[rb] != CLUSTER_NONE) {
		if (c->apart[ra] == CLUSTER_NONE)
			c->apart[ra] = c->apart[rb];
		else
			c->pair.v[c->last[ra]].next = c->apart[rb];
		c->last[ra] = c->last[rb];
	}
	return true;
}

uint32_t cluster_label(struct cluster *c, uint32_t *label)
{
	uint32_t n = 0;
	/* A set's smallest member comes before all others of it. */
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t least = cluster_least(c, i);
		label[i] = least == i ? n++ : label[least];
	}
	return n;
}
