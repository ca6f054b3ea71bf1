#include "crm/fields.h"

#include "base/hash.h"
#include "record/schema.h"

#include <math.h>
#include <stdlib.h>

#define REGISTERS 4096
#define REGISTER_BITS 12
#define TYPES 256 /* told apart; records of more are left out */

struct fields_type {
	struct view name;
	const struct schema_type *schema;
	uint64_t records;
	uint32_t *row; /* by key, the row's number from 1 */
	size_t nrow;
};

void fields_init(struct fields *f, struct keys *keys)
{
	static const char *const time[] = { "time", "date", "decided_at",
		"created_at", "observed_at" };

	*f = (struct fields){ .keys = keys };
	f->k_type = keys_want(keys, "type");
	for (size_t i = 0; i < 5; i++)
		f->k_time[i] = keys_want(keys, time[i]);
}

void fields_release(struct fields *f)
{
	for (size_t i = 0; i < f->row.n; i++) {
		free(f->row.v[i].distinct.slot);
		free(f->row.v[i].distinct.registers);
	}
	for (size_t i = 0; i < f->type.n; i++)
		free(f->type.v[i].row);
	vec_release(&f->row);
	vec_release(&f->type);
	vec_release(&f->order);
	map_release(&f->names);
	map_release(&f->types);
	buf_release(&f->path);
	buf_release(&f->scratch);
	arena_release(&f->text);
	*f = (struct fields){ 0 };
}

/* Rank of the first one bit behind those that choose the register. */
static void estimate_add(uint8_t *registers, uint64_t h)
{
	uint64_t rest = h << REGISTER_BITS | 1u << (REGISTER_BITS - 1);
	uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
	uint8_t *r = &registers[h >> (64 - REGISTER_BITS)];

	if (rank > *r)
		*r = rank;
}

static bool set_add(struct distinct *d, uint64_t h)
{
	size_t i = h & d->mask;

	while (d->slot[i] && d->slot[i] != h)
		i = (i + 1) & d->mask;
	if (d->slot[i])
		return false;
	d->slot[i] = h;
	return true;
}

static void set_grow(struct distinct *d)
{
	struct distinct big = { .mask = d->slot ? d->mask * 2 + 1 : 7 };

	big.slot = xcalloc(big.mask + 1, sizeof(*big.slot));
	for (size_t i = 0; d->slot && i <= d->mask; i++)
		if (d->slot[i])
			set_add(&big, d->slot[i]);
	free(d->slot);
	d->slot = big.slot;
	d->mask = big.mask;
}

void distinct_add(struct distinct *d, uint64_t h)
{
	h += h == 0; /* 0 is a free slot */
	if (d->registers) {
		estimate_add(d->registers, h);
		return;
	}
	if (!d->slot || d->n * 4 >= (d->mask + 1) * 3)
		set_grow(d);
	d->n += set_add(d, h);
	if (d->n <= FIELDS_EXACT)
		return;
	d->registers = xcalloc(REGISTERS, 1);
	for (size_t i = 0; i <= d->mask; i++)
		if (d->slot[i])
			estimate_add(d->registers, d->slot[i]);
	free(d->slot);
	d->slot = NULL;
}

uint64_t distinct_count(const struct distinct *d)
{
	double sum = 0, m = REGISTERS;
	size_t zeros = 0;

	if (!d->registers)
		return d->n;
	for (size_t i = 0; i < REGISTERS; i++) {
		sum += ldexp(1, -d->registers[i]);
		zeros += d->registers[i] == 0;
	}
	double n = 0.7213 / (1 + 1.079 / m) * m * m / sum;
	if (n <= 2.5 * m && zeros)
		n = m * log(m / (double)zeros); /* linear counting */
	return (uint64_t)(n + 0.5);
}

static struct fields_type *type_of(struct fields *f, struct rec *r)
{
	struct view name = rec_text(r, f->k_type);
	bool isnew = false;

	/* A type is told from none, and both from "". */
	buf_reset(&f->scratch);
	buf_addc(&f->scratch, name.p ? 't' : '-');
	buf_addv(&f->scratch, name);
	size_t i = map_find(&f->types, f->scratch.p, f->scratch.n);
	if (i == MAP_NONE && f->types.n == TYPES)
		return NULL;
	if (i == MAP_NONE)
		i = map_add(&f->types, f->scratch.p, f->scratch.n, &isnew);
	if (isnew) {
		struct view key = map_key(&f->types, i);
		struct fields_type *t = vec_add(&f->type);
		*t = (struct fields_type){ 0 };
		if (name.p) {
			t->name = (struct view){ key.p + 1, key.n - 1 };
			t->schema = schema_type(t->name);
		}
	}
	return &f->type.v[i];
}

static bool is_time(const struct fields_type *t, struct view name)
{
	const struct schema_field *s =
		t->schema ? schema_field(t->schema, name) : NULL;
	enum field_type type = s ? s->type : schema_any(name);

	return type == F_TIME || type == F_DATE;
}

/* The number of the row of a name, or 0 where there is no room. */
static uint32_t row_of(struct fields *f, struct fields_type *t,
	struct view name)
{
	uint32_t id = (uint32_t)(t - f->type.v);
	bool isnew;

	buf_reset(&f->scratch);
	buf_add(&f->scratch, &id, sizeof(id));
	buf_addv(&f->scratch, name);
	size_t i = map_find(&f->names, f->scratch.p, f->scratch.n);
	if (i != MAP_NONE)
		return (uint32_t)i + 1;
	if (f->names.n == FIELDS_ROWS)
		return 0;
	i = map_add(&f->names, f->scratch.p, f->scratch.n, &isnew);
	struct view key = map_key(&f->names, i);
	struct fields_row *row = vec_add(&f->row);
	*row = (struct fields_row){ .type = t->name, .type_id = id };
	row->name = (struct view){ key.p + sizeof(id), key.n - sizeof(id) };
	row->own_time = is_time(t, row->name);
	return (uint32_t)i + 1;
}

static uint32_t row_of_key(struct fields *f, struct fields_type *t, unsigned id)
{
	if (id >= t->nrow) {
		size_t n = t->nrow ? t->nrow : 64;
		while (n <= id)
			n *= 2;
		t->row = xreallocarray(t->row, n, sizeof(*t->row));
		memset(t->row + t->nrow, 0, (n - t->nrow) * sizeof(*t->row));
		t->nrow = n;
	}
	if (!t->row[id])
		t->row[id] = row_of(f, t, keys_name(f->keys, id));
	return t->row[id];
}

static bool filled(struct val v)
{
	if (val_none(v))
		return false;
	if (v.kind == K_STRING)
		return v.n > 0;
	if (v.kind == K_ARRAY || v.kind == K_OBJECT) {
		struct val_iter it = val_iter(v);
		return val_next(&it);
	}
	return true;
}

static void widen(struct fields_row *row, struct when w)
{
	if (!row->has_time) {
		row->first = row->last = w;
		row->has_time = true;
	}
	if (w.sec < row->first.sec)
		row->first = w;
	if (w.sec > row->last.sec)
		row->last = w;
}

/* Of the record that is being added: its own time, read once. */
struct moment {
	bool known;
	struct when when;
};

static struct moment moment_of(const struct fields *f, struct rec *r)
{
	struct moment m = { 0 };

	for (size_t i = 0; i < 5 && !m.known; i++) {
		struct view text = rec_text(r, f->k_time[i]);
		m.known = text.p && when_parse(text.p, text.n, &m.when);
	}
	return m;
}

static void add_value(struct fields *f, struct fields_row *row, struct val v,
	const struct moment *m)
{
	struct view text = { v.p, v.n };
	struct when w;

	if (row->seen != f->records) {
		row->seen = f->records;
		row->records++;
		if (!row->own_time && m->known)
			widen(row, m->when);
	}
	if (v.escaped)
		text = val_text(v, &f->scratch);
	if (row->own_time && v.kind == K_STRING &&
		when_parse(text.p, text.n, &w))
		widen(row, w);
	row->nested = v.kind == K_OBJECT || v.kind == K_ARRAY;
	if (!row->example.p) {
		size_t n = text.n < FIELDS_EXAMPLE ? text.n : FIELDS_EXAMPLE;
		while (n < text.n && n && (text.p[n] & 0xC0) == 0x80)
			n--;
		row->example =
			(struct view){ arena_bytes(&f->text, text.p, n), n };
	}
	if (!row->nested)
		distinct_add(&row->distinct, hash64(text.p, text.n));
}

static void add_inside(struct fields *f, struct fields_type *t,
	struct view name, struct val object, const struct moment *m)
{
	struct val_iter it = val_iter(object);
	struct buf key = { 0 };

	while (val_next(&it)) {
		if (!filled(it.val))
			continue;
		buf_reset(&f->path);
		buf_addv(&f->path, name);
		buf_addc(&f->path, '.');
		buf_addv(&f->path, val_text(it.key, &key));
		uint32_t row = row_of(f, t, buf_view(&f->path));
		if (row)
			add_value(f, &f->row.v[row - 1], it.val, m);
		else
			f->left_out++;
	}
	buf_release(&key);
}

static void add_member(struct fields *f, struct fields_type *t, uint32_t row,
	struct val v, const struct moment *m)
{
	struct view name = f->row.v[row - 1].name;

	if (v.kind == K_OBJECT) {
		add_value(f, &f->row.v[row - 1], v, m);
		add_inside(f, t, name, v, m);
		return;
	}
	if (v.kind != K_ARRAY) {
		add_value(f, &f->row.v[row - 1], v, m);
		return;
	}
	struct val_iter it = val_iter(v);
	while (val_next(&it)) {
		add_value(f, &f->row.v[row - 1], it.val, m);
		if (it.val.kind == K_OBJECT)
			add_inside(f, t, name, it.val, m);
	}
}

void fields_add(struct fields *f, struct rec *r)
{
	struct fields_type *t = type_of(f, r);
	struct moment m = moment_of(f, r);

	f->records++;
	if (!t) {
		f->left_out++;
		return;
	}
	t->records++;
	for (size_t i = 0; i < r->nmembers; i++) {
		const struct member *member = &r->member[i];
		/* An empty one has a row, too. */
		uint32_t row = member->id == KEY_OTHER
				       ? 0
				       : row_of_key(f, t, member->id);
		if (!row)
			f->left_out++;
		else if (filled(member->val))
			add_member(f, t, row, member->val, &m);
	}
}

const size_t *fields_order(struct fields *f)
{
	size_t *type = xcalloc(f->type.n + 1, sizeof(*type));

	/* Types by bytes, those without one last; there are few. */
	for (size_t i = 0; i < f->type.n; i++) {
		size_t k = i;
		struct view name = f->type.v[i].name;
		for (; k > 0; k--) {
			struct view before = f->type.v[type[k - 1]].name;
			if (before.p && (!name.p || view_cmp(before, name) < 0))
				break;
			type[k] = type[k - 1];
		}
		type[k] = i;
	}
	f->order.n = 0;
	for (size_t i = 0; i < f->type.n; i++)
		for (size_t k = 0; k < f->row.n; k++)
			if (f->row.v[k].type_id == type[i]) {
				f->row.v[k].of = f->type.v[type[i]].records;
				*vec_add(&f->order) = k;
			}
	free(type);
	return f->order.v;
}
