/*
 * customers_log: how customers.c packs what a record says, and
 * customers_print.c reads it again. Nobody else includes this.
 *
 * An entry begins at a multiple of four bytes with the place of the same
 * customer's entry before it (in units of four bytes, 0: none), then its kind,
 * then numbers of variable length, seven bits a byte.
 */
#ifndef CRM_CUSTOMERS_LOG_H
#define CRM_CUSTOMERS_LOG_H

#include "crm/customers.h"

enum entry_kind {
	E_PROFILE,
	E_ORDER,
	E_VOID, /* an order that does not count: its key, for refunds */
	E_REFUND,
	E_CONSENT,
	E_DELIVERY,
	E_TASK,
	E_OUTCOME,
};

struct customer {
	_Alignas(16) char id[32]; /* or a pointer to a longer one */
	uint32_t idlen;
	uint32_t head; /* chain of entries */
	uint32_t events; /* chain of event_tally */
	uint32_t unused;
};

/* One for each event name and channel; changed in place. */
struct event_tally {
	uint32_t prev, event, channel, count;
	int64_t sec; /* of the last one */
	int32_t offset;
	uint32_t date_only;
};

/* The numbers of fields of profiles. */
struct customers_fields {
	struct map name;
	VEC(uint32_t)
	by_key; /* by key of the record: 0 unknown, 1 left out,
			       * else field number + 2 */
};

struct printer;
void printer_free(struct printer *p);

static inline struct customer *customer_at(const struct customers *c, size_t i)
{
	return (struct customer *)(void *)(c->table + i * c->stride);
}

static inline struct slot *customer_slots(struct customer *x)
{
	return (struct slot *)(void *)(x + 1);
}

static inline struct view customer_id(const struct customer *x)
{
	if (x->idlen <= sizeof(x->id))
		return (struct view){ x->id, x->idlen };
	const char *p;
	memcpy(&p, x->id, sizeof(p));
	return (struct view){ p, x->idlen };
}

static inline uint64_t get_u(const uint8_t **p)
{
	uint64_t v = 0;
	int shift = 0;
	const uint8_t *s = *p;
	do {
		v |= (uint64_t)(*s & 0x7f) << shift;
		shift += 7;
	} while (*s++ & 0x80);
	*p = s;
	return v;
}

static inline int64_t get_s(const uint8_t **p)
{
	uint64_t v = get_u(p);
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static inline struct dec get_dec(const uint8_t **p)
{
	uint8_t scale = *(*p)++;
	struct dec d = { .scale = scale & 0x7f };
	if (scale & 0x80) {
		memcpy(&d.v, *p, sizeof(d.v));
		*p += sizeof(d.v);
	} else {
		d.v = get_s(p);
	}
	return d;
}

static inline struct view get_text(const uint8_t **p)
{
	size_t n = (size_t)get_u(p);
	struct view v = { (const char *)*p, n };
	*p += n;
	return v;
}

static inline uint64_t get_key(const uint8_t **p)
{
	uint64_t v;
	memcpy(&v, *p, sizeof(v));
	*p += sizeof(v);
	return v;
}

static inline struct when get_when(const uint8_t **p)
{
	struct when w = { .sec = get_s(p) };
	int64_t o = get_s(p);
	w.offset = (int32_t)(o >> 2);
	w.date_only = o & 1;
	if (o & 2)
		w.nsec = (int32_t)get_u(p);
	return w;
}

static inline uint8_t *put_u(uint8_t *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

static inline uint8_t *put_s(uint8_t *p, int64_t v)
{
	return put_u(p, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

static inline uint8_t *put_dec(uint8_t *p, struct dec d)
{
	if (d.v >= INT64_MIN && d.v <= INT64_MAX) {
		*p++ = (uint8_t)d.scale;
		return put_s(p, (int64_t)d.v);
	}
	*p++ = (uint8_t)d.scale | 0x80;
	memcpy(p, &d.v, sizeof(d.v));
	return p + sizeof(d.v);
}

static inline uint8_t *put_when(uint8_t *p, struct when w)
{
	p = put_s(p, w.sec);
	p = put_s(p, (int64_t)w.offset * 4 + (w.nsec ? 2 : 0) + w.date_only);
	return w.nsec ? put_u(p, (uint64_t)w.nsec) : p;
}

static inline uint8_t *put_text(uint8_t *p, struct view v)
{
	p = put_u(p, v.n);
	if (v.n)
		memcpy(p, v.p, v.n);
	return p + v.n;
}

static inline uint8_t *put_key(uint8_t *p, uint64_t key)
{
	memcpy(p, &key, sizeof(key));
	return p + sizeof(key);
}

/* Where the log begins: place 0 is none. */
#define FIRST 4

/* More than any number, dec, when or key takes. */
#define ITEM 32

/* Room for n bytes at the end of the log. */
uint8_t *log_room(struct customers *c, size_t n);
/* An entry of at most n bytes after its kind: where these begin. */
uint8_t *entry(struct customers *c, enum entry_kind kind, size_t n);
/* The entry ends at p; its place. */
uint32_t entry_end(struct customers *c, uint8_t *p);

/* A record that was read waits for its batch to be folded. */
void customers_pend(struct customers *c, struct pending *b, struct view id);
/* All that waits is folded. */
void customers_flush(struct customers *c);
void customers_fold_release(struct customers *c);

#endif
