#include "record/path.h"

#include <stdlib.h>

/* The next name of a dotted path; false with why at a mistake. */
static bool next_name(const char **pp, const char *end, struct view *name,
	const char *start, struct why *why)
{
	const char *p = *pp;
	if (p < end && *p == '"') {
		const char *q = memchr(p + 1, '"', (size_t)(end - p - 1));
		if (!q || q == p + 1) {
			why->col = (size_t)(p - start) + 1;
			return why_not(why, "a name in quotes is not closed "
					    "or empty");
		}
		*name = (struct view){ p + 1, (size_t)(q - p - 1) };
		*pp = q + 1;
		return true;
	}
	const char *q = p;
	while (q < end && *q != '.' && *q != '"')
		q++;
	if (q == p || (q < end && *q == '"')) {
		why->col = (size_t)(q - start) + 1;
		return why_not(why, q == p ? "a name is wanted here"
					   : "a quote inside a name");
	}
	*name = (struct view){ p, (size_t)(q - p) };
	*pp = q;
	return true;
}

bool path_init(struct path *p, struct keys *keys, struct view text,
	struct why *why)
{
	*p = (struct path){ .text = xmemdup(text.p, text.n) };
	const char *s = p->text, *end = s + text.n;
	VEC(struct view) names = { 0 };
	struct view name;
	bool good = false;
	while (next_name(&s, end, &name, p->text, why)) {
		*vec_add(&names) = name;
		if (s == end) {
			good = true;
			break;
		}
		if (*s != '.') {
			why->col = (size_t)(s - p->text) + 1;
			why_not(why, "a dot is wanted between names");
			break;
		}
		s++;
	}
	if (good) {
		p->key = keys_want_view(keys, names.v[0]);
		p->nsteps = names.n - 1;
		if (p->nsteps) {
			p->step = xreallocarray(NULL, p->nsteps,
				sizeof(*p->step));
			memcpy(p->step, names.v + 1,
				p->nsteps * sizeof(*p->step));
		}
	}
	vec_release(&names);
	if (!good)
		path_release(p);
	return good;
}

void path_release(struct path *p)
{
	free(p->step);
	free(p->text);
	*p = (struct path){ 0 };
}

/* Depth is bounded by SCAN_DEPTH: each call goes one container down. */
static void walk(const struct path *p, size_t step, struct val v, vals *out)
{
	if (v.kind == K_ARRAY) {
		for (struct val_iter it = val_iter(v); val_next(&it);)
			walk(p, step, it.val, out);
	} else if (step < p->nsteps) {
		if (v.kind == K_OBJECT)
			walk(p, step + 1, val_member(v, p->step[step]), out);
	} else if (v.kind != K_MISSING && v.kind != K_NULL) {
		*vec_add(out) = v;
	}
}

void path_all(const struct path *p, const struct rec *r, vals *out)
{
	walk(p, 0, rec_get(r, p->key), out);
}

struct val path_from(const struct path *p, size_t step, struct val v)
{
	if (step == p->nsteps)
		return v.kind == K_NULL ? (struct val){ 0 } : v;
	if (v.kind == K_OBJECT)
		return path_from(p, step + 1, val_member(v, p->step[step]));
	if (v.kind != K_ARRAY)
		return (struct val){ 0 };
	for (struct val_iter it = val_iter(v); val_next(&it);) {
		struct val found = path_from(p, step, it.val);
		if (found.kind != K_MISSING)
			return found;
	}
	return (struct val){ 0 };
}

struct val path_get(const struct path *p, const struct rec *r)
{
	return path_from(p, 0, rec_get(r, p->key));
}
