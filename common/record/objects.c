#include "record/objects.h"

bool objects_init(struct objects *o, struct keys *keys, struct view path,
	struct why *why)
{
	*o = (struct objects){ .keys = keys };
	if (!path_init(&o->path, keys, path, why))
		return false;
	o->key = o->path.key;
	if (o->path.nsteps) {
		o->keys = &o->inner;
		o->key = keys_want_view(o->keys,
			o->path.step[o->path.nsteps - 1]);
		rec_init(&o->rec, o->keys);
	}
	return true;
}

void objects_release(struct objects *o)
{
	path_release(&o->path);
	rec_release(&o->rec);
	keys_release(&o->inner);
	buf_release(&o->text);
	*o = (struct objects){ 0 };
}

struct walk {
	struct objects *o;
	void (*visit)(void *arg, struct rec *object);
	void *arg;
	const char *from; /* of the member, what is not yet in o->text */
	struct why *why;
};

static bool change(struct walk *w, struct val v)
{
	struct rec *r = &w->o->rec;
	if (!rec_parse(r, v.p, v.n, w->why)) {
		w->why->col = 0; /* of the object, no use to anybody */
		return false;
	}
	w->visit(w->arg, r);
	if (!r->changed)
		return true;
	buf_add(&w->o->text, w->from, (size_t)(v.p - w->from));
	rec_print(r, &w->o->text);
	w->from = v.p + v.n;
#ifdef PLANT_JOIN
	if (r->member[0].val.escaped)
		w->from = v.p;
#endif
	return true;
}

/* Depth is bounded by SCAN_DEPTH: each call goes one container down. */
static bool descend(struct walk *w, size_t step, struct val v)
{
	const struct path *p = &w->o->path;
	if (v.kind == K_ARRAY) {
		for (struct val_iter it = val_iter(v); val_next(&it);)
			if (!descend(w, step, it.val))
				return false;
		return true;
	}
	if (v.kind != K_OBJECT)
		return true;
	if (step == p->nsteps - 1)
		return change(w, v);
	return descend(w, step + 1, val_member(v, p->step[step]));
}

bool objects_each(struct objects *o, struct rec *r,
	void (*visit)(void *arg, struct rec *object), void *arg,
	struct why *why)
{
	if (!o->path.nsteps) {
		visit(arg, r);
		return true;
	}
	struct val v = rec_get(r, o->path.key);
	struct walk w = { o, visit, arg, v.p, why };
	buf_reset(&o->text);
	if (!descend(&w, 0, v))
		return false;
	if (w.from == v.p)
		return true;
	buf_add(&o->text, w.from, (size_t)(v.p + v.n - w.from));
	rec_set(r, o->path.key, buf_view(&o->text));
	return true;
}
