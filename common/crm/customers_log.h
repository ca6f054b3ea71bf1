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

#endif
