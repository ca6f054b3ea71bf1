#include "base/die.h"
#include "base/hash.h"
#include "crm/customers_log.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The upper half of the hash and the customer's number + 1; 0: free. */
struct cslot {
	uint32_t hash, index;
};

/*
 * The tables are read here and there: their elements begin with lines of the
 * cache where their size allows it, and huge pages, a hint, save the walk to
 * each page and the kernel's clearing them one by one.
 */
#define CACHE_LINE ((size_t)64)
#define HUGE_PAGE ((size_t)2 << 20)

static void *larger(void *old, size_t used, size_t size)
{
	size_t unit = size >= 2 * HUGE_PAGE ? HUGE_PAGE : CACHE_LINE;
	void *p = aligned_alloc(unit, (size + unit - 1) / unit * unit);
	if (!p)
		die("out of memory: %zu bytes for customers", size);
	if (unit == HUGE_PAGE)
		madvise(p, size / unit * unit, MADV_HUGEPAGE);
	if (used)
		memcpy(p, old, used);
	free(old);
	return p;
}

uint8_t *log_room(struct customers *c, size_t n)
{
	if (c->nlog + n > c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 4096;
		while (cap < c->nlog + n)
			cap *= 2;
		c->log = xrealloc(c->log, cap);
		c->cap = cap;
	}
	return c->log + c->nlog;
}

uint8_t *entry(struct customers *c, enum entry_kind kind, size_t n)
{
	uint8_t *p = log_room(c, n + 16);
	memset(p, 0, 4);
	p[4] = (uint8_t)kind;
	return p + 5;
}

/* The entry ends at p; its place. */
uint32_t entry_end(struct customers *c, uint8_t *p)
{
	if (c->nlog / 4 > UINT32_MAX)
		die("cannot hold more than 16 GiB of records");
	uint32_t at = (uint32_t)(c->nlog / 4);
	size_t n = (size_t)(p - c->log);
	while (n & 3)
		c->log[n++] = 0;
	c->nlog = n;
	return at;
}

/* The customers' table. */

static void grow_slots(struct customers *c)
{
	size_t size = c->slot ? (c->mask + 1) * 2 : 64;
	c->slot = larger(c->slot, 0, size * sizeof(*c->slot));
	memset(c->slot, 0, size * sizeof(*c->slot));
	c->mask = size - 1;
	for (size_t k = 0; k < c->n; k++) {
		struct view id = customer_id(customer_at(c, k));
		uint64_t h = hash64(id.p, id.n);
		size_t i = h & c->mask;
		while (c->slot[i].index)
			i = (i + 1) & c->mask;
		c->slot[i] = (struct cslot){ (uint32_t)(h >> 32),
			(uint32_t)(k + 1) };
	}
}

static struct customer *new_customer(struct customers *c,
	const struct pending *b, struct view id, size_t i)
{
	if (c->n == UINT32_MAX - 1)
		die("cannot hold more than %zu customers", c->n);
	if (c->n == c->cap_table) {
		size_t used = c->n * c->stride;
		c->cap_table = c->cap_table ? c->cap_table * 2 : 64;
		c->table = larger(c->table, used, c->cap_table * c->stride);
	}
	struct customer *x = customer_at(c, c->n++);
	memset(x, 0, c->stride);
	x->idlen = (uint32_t)id.n;
	if (id.n <= sizeof(x->id)) {
		memcpy(x->id, b->id, sizeof(x->id));
	} else {
		const char *p = arena_bytes(&c->long_ids, id.p, id.n);
		memcpy(x->id, &p, sizeof(p));
	}
	c->slot[i] =
		(struct cslot){ (uint32_t)(b->hash >> 32), (uint32_t)c->n };
	return x;
}

static struct customer *customer_of(struct customers *c,
	const struct pending *b)
{
	struct view id = { b->long_id ? b->long_id : b->id, b->idlen };
	size_t i = b->hash & c->mask;
	for (; c->slot[i].index; i = (i + 1) & c->mask) {
		if (c->slot[i].hash != (uint32_t)(b->hash >> 32))
			continue;
		struct customer *x = customer_at(c, c->slot[i].index - 1);
		if (x->idlen != b->idlen)
			continue;
		if (b->long_id ? view_eq(customer_id(x), id)
			       : memcmp(x->id, b->id, sizeof(x->id)) == 0)
			return x;
	}
	return new_customer(c, b, id, i);
}

static void fold_event(struct customers *c, struct customer *x,
	const struct pending *b)
{
	for (uint32_t at = x->events; at;) {
		struct event_tally *e = (void *)(c->log + (size_t)at * 4);
		if (e->event == b->event && e->channel == b->channel) {
			if (e->count < UINT32_MAX)
				e->count++;
			if (b->time.sec > e->sec ||
				(b->time.sec == e->sec &&
					b->time.offset > e->offset)) {
				e->sec = b->time.sec;
				e->offset = b->time.offset;
				e->date_only = b->time.date_only;
			}
			return;
		}
		at = e->prev;
	}
	log_room(c, sizeof(struct event_tally) + 8);
	while (c->nlog & 7)
		c->log[c->nlog++] = 0;
	struct event_tally *e = (void *)(c->log + c->nlog);
	*e = (struct event_tally){ .prev = x->events,
		.event = b->event,
		.channel = b->channel,
		.count = 1,
		.sec = b->time.sec,
		.offset = b->time.offset,
		.date_only = b->time.date_only };
	x->events = entry_end(c, c->log + c->nlog + sizeof(*e));
}

static uint32_t keep_outcome(struct customers *c, const struct fact *f,
	const struct outcome *o)
{
	uint8_t *p = entry(c, E_OUTCOME, 4 * ITEM);
	p = put_u(p, o->fact);
	*p++ = o->kind;
	*p++ = o->scale;
	p = put_dec(p, (struct dec){ o->v, 0 });
	if (f->weight)
		p = put_dec(p, (struct dec){ o[1].v, o[1].scale });
	return entry_end(c, p);
}

static void chain(struct customers *c, struct customer *x, uint32_t at)
{
	memcpy(c->log + (size_t)at * 4, &x->head, sizeof(x->head));
	x->head = at;
}

/*
 * The memory of a record is asked for so many records before it is folded:
 * first its slot, then its customer.
 */
#define AHEAD 16
#define BATCH (16 * AHEAD) /* folded while the log is warm */

static void ask_slot(const struct customers *c, const struct pending *b)
{
	if (c->slot)
		__builtin_prefetch(&c->slot[b->hash & c->mask]);
}

static void ask_customer(const struct customers *c, const struct pending *b)
{
	if (!c->slot)
		return;
	size_t i = b->hash & c->mask;
	while (c->slot[i].index && c->slot[i].hash != (uint32_t)(b->hash >> 32))
		i = (i + 1) & c->mask;
	if (!c->slot[i].index)
		return;
	const char *p = (const char *)customer_at(c, c->slot[i].index - 1);
	for (size_t n = 0; n < c->stride; n += CACHE_LINE)
		__builtin_prefetch(p + n, 1);
}

static void fold_one(struct customers *c, const struct batch *batch,
	const struct pending *b)
{
	if (!c->slot || (c->n + 1) * 4 > (c->mask + 1) * 3)
		grow_slots(c);
	struct customer *x = customer_of(c, b);
	if (b->entry)
		chain(c, x, b->entry);
	if (b->event)
		fold_event(c, x, b);
	for (size_t k = b->from; k < b->to; k++) {
		const struct outcome *o = &batch->out.v[k];
		const struct fact *f = &c->o->facts->fact.v[o->fact];
		if (f->slot != SIZE_MAX)
			slot_fold(c->o->facts, customer_slots(x), o, &c->texts);
		else
			chain(c, x, keep_outcome(c, f, o));
		k += f->weight != NULL;
	}
}

static void fold(struct customers *c, struct batch *b)
{
	const struct pending *p = b->pending.v;
	size_t n = b->pending.n;
	for (size_t i = 0; i < n + 2 * AHEAD; i++) {
		if (i < n)
			ask_slot(c, &p[i]);
		if (i >= AHEAD && i - AHEAD < n)
			ask_customer(c, &p[i - AHEAD]);
		if (i >= 2 * AHEAD)
			fold_one(c, b, &p[i - 2 * AHEAD]);
	}
	b->pending.n = 0;
	b->out.n = 0;
	if (b->text.total)
		arena_reset(&b->text);
}

void customers_flush(struct customers *c)
{
	fold(c, &c->batch);
}

void customers_fold_release(struct customers *c)
{
	vec_release(&c->batch.pending);
	vec_release(&c->batch.out);
	arena_release(&c->batch.text);
}

/* Blocks of threads. */

static void swap_in(struct customers *c, struct customers_block *b)
{
	struct customers_block was = { c->batch, c->log, c->nlog, c->cap,
		c->profiles, c->profiles_with_id, c->records, c->later,
		c->no_id, c->no_currency };
	c->batch = b->batch;
	c->log = b->log;
	c->nlog = b->nlog;
	c->cap = b->cap;
	c->profiles = b->profiles;
	c->profiles_with_id = b->profiles_with_id;
	c->records = b->records;
	c->later = b->later;
	c->no_id = b->no_id;
	c->no_currency = b->no_currency;
	*b = was;
}

void customers_begin(struct customers *c, struct customers_block *b)
{
	if (!b->nlog)
		b->nlog = FIRST;
	swap_in(c, b);
}

void customers_end(struct customers *c, struct customers_block *b)
{
	swap_in(c, b);
}

void customers_join(struct customers *c, struct customers_block *b)
{
	size_t n = b->nlog - FIRST;
	/* texts are compared while threads may number new ones */
	pthread_mutex_lock(&c->lock);
	if (b->nlog > FIRST) {
		uint32_t moved = (uint32_t)((c->nlog - FIRST) / 4);
		memcpy(log_room(c, n), b->log + FIRST, n);
		c->nlog += n;
		if ((c->nlog - 1) / 4 > UINT32_MAX)
			die("cannot hold more than 16 GiB of records");
		for (size_t i = 0; i < b->batch.pending.n; i++)
			if (b->batch.pending.v[i].entry)
				b->batch.pending.v[i].entry += moved;
	}
	fold(c, &b->batch);
	pthread_mutex_unlock(&c->lock);
	c->profiles += b->profiles;
	c->profiles_with_id += b->profiles_with_id;
	c->records += b->records;
	c->later += b->later;
	c->no_id += b->no_id;
	c->no_currency += b->no_currency;
	b->nlog = FIRST;
	b->profiles = b->profiles_with_id = b->records = 0;
	b->later = b->no_id = b->no_currency = 0;
}

void customers_block_release(struct customers_block *b)
{
	vec_release(&b->batch.pending);
	vec_release(&b->batch.out);
	arena_release(&b->batch.text);
	free(b->log);
}

void customers_pend(struct customers *c, struct pending *b, struct view id)
{
	b->hash = hash64(id.p, id.n);
	b->idlen = (uint32_t)id.n;
	b->long_id = NULL;
	if (id.n <= sizeof(b->id)) {
		memset(b->id, 0, sizeof(b->id));
		memcpy(b->id, id.p, id.n);
	} else {
		b->long_id = arena_bytes(&c->batch.text, id.p, id.n);
	}
	if (!c->home && c->batch.pending.n >= BATCH)
		fold(c, &c->batch);
}

/* The whole. */

struct by_id {
	uint64_t head; /* the first bytes, as a number that sorts alike */
	uint32_t no;
};

static int id_cmp(const void *pa, const void *pb, void *arg)
{
	const struct by_id *a = pa, *b = pb;
	const struct customers *c = arg;
	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	return view_cmp(customer_id(customer_at(c, a->no)),
		customer_id(customer_at(c, b->no)));
}

void customers_sort(struct customers *c)
{
	customers_flush(c);
	c->order = xreallocarray(c->order, c->n, sizeof(*c->order));
	if (c->n == 1) {
		c->order[0] = 0;
		return;
	}
	/* what all ids begin with tells nothing */
	struct by_id *by = xreallocarray(NULL, c->n, sizeof(*by));
	struct view first = { "", 0 };
	if (c->n)
		first = customer_id(customer_at(c, 0));
	size_t same = first.n;
	for (size_t i = 1; i < c->n && same; i++) {
		struct view id = customer_id(customer_at(c, i));
		if (id.n >= same && memcmp(id.p, first.p, same) == 0)
			continue;
		for (size_t k = 0; k < same; k++)
			if (k >= id.n || id.p[k] != first.p[k])
				same = k;
	}
	for (size_t i = 0; i < c->n; i++) {
		struct view id = customer_id(customer_at(c, i));
		by[i] = (struct by_id){ .no = (uint32_t)i };
		for (size_t k = 0; k < 8; k++)
			by[i].head =
				by[i].head << 8 |
				(same + k < id.n ? (unsigned char)id.p[same + k]
						 : 0);
	}
	qsort_r(by, c->n, sizeof(*by), id_cmp, c);
	for (size_t i = 0; i < c->n; i++)
		c->order[i] = by[i].no;
	free(by);
}

/* More distinct texts than this are forgotten between two customers. */
#define TEXTS_KEPT 65536

void customers_clear(struct customers *c)
{
	if (c->o->facts)
		c->o->facts->wide.n = 0;
	c->n = 0;
	c->nlog = FIRST;
	if (c->slot)
		memset(c->slot, 0, (c->mask + 1) * sizeof(*c->slot));
	arena_reset(&c->long_ids);
	if (c->texts.n < TEXTS_KEPT)
		return;
	struct view cur = map_key(&c->texts, c->currency);
	struct map fresh = { 0 };
	map_add(&fresh, "", 0, NULL);
	c->currency = (uint32_t)map_add(&fresh, cur.p, cur.n, NULL);
	map_release(&c->texts);
	c->texts = fresh;
	c->forgotten++;
}

size_t customers_bytes(struct customers *c)
{
	size_t n = c->cap_table * c->stride + c->nlog + c->long_ids.total +
		   c->texts.text.total + c->texts.cap * 24 + c->n * 4;
	return n + (c->slot ? (c->mask + 1) * sizeof(*c->slot) : 0);
}
