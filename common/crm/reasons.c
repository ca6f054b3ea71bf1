#include "crm/reasons.h"

static bool is_ours(struct val v, const char *kind,
	bool (*owns)(const void *arg, struct view name), const void *arg,
	struct buf *scratch)
{
	if (!owns || v.kind != K_OBJECT)
		return false;
	struct val name = val_member(v, view_of(kind));
	return name.kind == K_STRING && owns(arg, val_text(name, scratch));
}

void reasons_put(struct rec *r, unsigned key, const char *kind,
	bool (*owns)(const void *arg, struct view name), const void *arg,
	struct view made)
{
	struct val old = rec_get(r, key);
	struct buf out = { 0 }, scratch = { 0 };
	bool listed = old.kind == K_ARRAY;
	if (!made.n && !listed)
		return;
	buf_addc(&out, '[');
	if (!listed && old.kind > K_NULL) {
		json_val(&out, old);
	} else if (listed) {
		for (struct val_iter it = val_iter(old); val_next(&it);) {
			if (is_ours(it.val, kind, owns, arg, &scratch))
				continue;
			if (out.n > 1)
				buf_addc(&out, ',');
			json_val(&out, it.val);
		}
	}
	if (made.n && out.n > 1)
		buf_addc(&out, ',');
	buf_addv(&out, made);
	buf_addc(&out, ']');
	/* what came with blanks and is as it was stays with its blanks */
	bool same = !made.n;
	if (same) {
		struct val now = { out.p, out.n, K_ARRAY, false };
		struct val_iter a = val_iter(old), b = val_iter(now);
		bool more = val_next(&a);
		while (val_next(&b) && more)
			more = val_next(&a);
		same = !more;
	} else {
		same = listed &&
		       view_eq(buf_view(&out), (struct view){ old.p, old.n });
	}
	if (!same)
		rec_set(r, key, buf_view(&out));
	buf_release(&out);
	buf_release(&scratch);
}
