/*
 * people: the profiles of a run, as what they can be joined by: identifiers
 * and a name. scrm-dedupe collects them, a model/ or crm/exact clusters them,
 * crm/identity gives the clusters their customer ids.
 *
 * People are numbered in the order of (source, source_id) by bytes, so that
 * what is computed of them does not depend on the order of the input. Several
 * lines of one (source, source_id) are one; its name is the smallest. About
 * 40 bytes a profile and 12 a held identifier beyond the texts in the maps.
 */
#ifndef CRM_PEOPLE_H
#define CRM_PEOPLE_H

#include "crm/ids.h"

#define PEOPLE_NONE UINT32_MAX

struct person {
	uint32_t profile; /* its source_id:..., number in ident */
	uint32_t source_n; /* bytes of the source */
	uint32_t name; /* number in name, or PEOPLE_NONE */
	uint32_t has; /* the first of its identifiers in has[] */
};

struct holding {
	uint32_t person, ident;
};

struct people {
	struct map *ident; /* borrowed: the links file's */
	struct map name;
	VEC(struct person) v;
	uint64_t repeated; /* lines of a profile that was there */
	uint64_t bare; /* profiles without any identifier but their own */

	/* Made by people_ready. */
	uint32_t *has; /* identifiers, person by person, in belief order */
	size_t nhas;
	uint32_t *holder_at; /* by identifier: the first in holder[] */
	uint32_t *holder; /* places in has[], identifier by identifier */
	uint32_t *owner; /* by place in has[]: the person */
	uint8_t *kind; /* by identifier: enum id_kind */
	size_t nident;

	VEC(uint32_t) node; /* by identifier: person + 1 of a profile's own */
	VEC(struct holding) held;
	unsigned type, customer_id, source, source_id, key_name, given, family;
	struct buf text;
};

void people_init(struct people *p, struct keys *keys, struct map *ident);
void people_release(struct people *p);
/* A record: profiles are added, but for golden ones, which have a customer_id
 * and no source_id. False with why: a profile without source or source_id. */
bool people_add(struct people *p, struct ids *ids, struct rec *r,
	struct why *why);
/* After the last. */
void people_ready(struct people *p);

/* The person of a profile's identifier (source_id:...), or PEOPLE_NONE. */
uint32_t people_find(const struct people *p, size_t ident);
struct view people_source(const struct people *p, uint32_t i);
struct view people_source_id(const struct people *p, uint32_t i);

static inline uint32_t people_end(const struct people *p, uint32_t i)
{
	return i + 1 < p->v.n ? p->v.v[i + 1].has : (uint32_t)p->nhas;
}

#endif
