#include "crm/mapper_impl.h"

#include "edge/csvout.h"

struct view cell_unguard(struct view v, unsigned guards)
{
	if ((guards & GUARD_FORMULA) && v.n >= 3 && v.p[0] == '=' &&
		v.p[1] == '"' && v.p[v.n - 1] == '"')
		v = (struct view){ v.p + 2, v.n - 3 };
	if ((guards & GUARD_APOSTROPHE) && v.n && v.p[0] == '\'')
		v = (struct view){ v.p + 1, v.n - 1 };
	if (guards & GUARD_TAB)
		while (v.n && v.p[0] == '\t')
			v = (struct view){ v.p + 1, v.n - 1 };
	if (guards & GUARD_EXPORT)
		v = csvout_unguard(v);
	return v;
}

struct val mapper_walk(struct val v, const struct map_path *path)
{
	for (size_t i = 0; i < path->n; i++) {
		const struct map_step *s = &path->step[i];
		if (v.kind == K_ARRAY) {
			struct val_iter it = val_iter(v);
			v = val_next(&it) ? it.val
					  : (struct val){ NULL, 0, 0, 0 };
		}
		if (v.kind != K_OBJECT)
			return (struct val){ NULL, 0, K_MISSING, false };
		v = val_member(v, s->name);
		if (s->nth && v.kind == K_ARRAY) {
			struct val_iter it = val_iter(v);
			v = (struct val){ NULL, 0, K_MISSING, false };
			for (unsigned k = s->nth; k && val_next(&it); k--)
				if (k == 1)
					v = it.val;
		}
		if (s->key.p && v.kind == K_ARRAY) {
			struct val_iter it = val_iter(v);
			v = (struct val){ NULL, 0, K_MISSING, false };
			while (v.kind == K_MISSING && val_next(&it))
				if (it.val.kind == K_OBJECT &&
					val_is(val_member(it.val, s->key),
						s->text))
					v = it.val;
		}
	}
	return v;
}

struct cell cell_of_val(struct mapper *m, struct val v, unsigned guards)
{
	if (v.kind == K_MISSING || v.kind == K_NULL || v.n > UINT32_MAX)
		return (struct cell){ 0 };
	if (v.kind != K_STRING)
		return (struct cell){ v.p, (uint32_t)v.n, v.kind };
	struct cell c = { v.p, (uint32_t)v.n, K_STRING };
	if (v.escaped) {
		struct buf b = { 0 };
		c = mapper_keep(m, val_text(v, &b));
		buf_release(&b);
	}
	struct view t = view_cell(c);
	if (guards)
		t = cell_unguard(t, guards);
	if (mapper_null(m, t))
		return (struct cell){ 0 };
	c.p = t.p;
	c.n = (uint32_t)t.n;
	return c;
}

struct cell cell_of_text(struct mapper *m, struct view v, unsigned guards)
{
	if (guards)
		v = cell_unguard(v, guards);
	if (!v.p || mapper_null(m, v))
		return (struct cell){ 0 };
	return mapper_keep(m, v);
}

struct each each_begin(struct mapper *m, size_t scope)
{
	struct each e = { .scope = &m->map->scope.v[scope - 1] };
	if (m->map->format == MAP_XML)
		return e;
	struct val v = { NULL, 0, K_MISSING, false };
	for (size_t i = 0; i < e.scope->npaths && v.kind == K_MISSING; i++)
		v = mapper_walk(m->json, &e.scope->path[i]);
	if (v.kind == K_ARRAY)
		e.it = val_iter(v);
	else if (v.kind == K_OBJECT)
		e.one = v;
	else
		e.i = SIZE_MAX;
	return e;
}

static bool next_json(struct mapper *m, struct each *e, struct cell *cells)
{
	struct val v = e->one;
	if (e->i == SIZE_MAX)
		return false;
	if (v.p)
		e->i = SIZE_MAX;
	else if (val_next(&e->it))
		v = e->it.val;
	else
		return false;
	for (size_t i = 0; i < e->scope->n; i++) {
		const struct map_slot *s = &m->map->slot.v[e->scope->slot[i]];
		struct cell *c = &cells[e->scope->slot[i]];
		*c = (struct cell){ 0 };
		for (size_t k = 0; k < s->npaths && !c->p; k++)
			*c = cell_of_val(m, mapper_walk(v, &s->path[k]),
				s->guards);
	}
	return true;
}

static bool next_xml(struct mapper *m, struct each *e, struct cell *cells)
{
	struct buf b = { 0 };
	bool any = false;
	for (size_t k = 0; k < e->scope->npaths && !any; k++) {
		buf_reset(&b);
		buf_addv(&b, e->scope->path[k].text);
		if (e->i)
			buf_addf(&b, ".%zu", e->i);
		size_t base = b.n;
		for (size_t i = 0; i < e->scope->n; i++) {
			const struct map_slot *s =
				&m->map->slot.v[e->scope->slot[i]];
			struct view v = { NULL, 0 };
			for (size_t a = 0; a < s->npaths && !v.p; a++) {
				b.n = base;
				if (s->path[a].text.n)
					buf_addc(&b, '.');
				buf_addv(&b, s->path[a].text);
				v = xml_get(m->doc, b.p);
			}
			any |= v.p != NULL;
			cells[e->scope->slot[i]] =
				cell_of_text(m, v, s->guards);
		}
	}
	e->i++;
	buf_release(&b);
	return any;
}

bool each_next(struct mapper *m, struct each *e, struct cell *cells)
{
	return m->map->format == MAP_XML ? next_xml(m, e, cells)
					 : next_json(m, e, cells);
}
