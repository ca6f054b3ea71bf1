/*
 * A line of any bytes: what rec_parse says of it, what jansson says, and what
 * comes back when members are set, dropped and renamed.
 */
#include "record/path.h"
#include "record/rec.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

/* The differences are listed in t/unit/scan_oracle.c. */
static void hold_against_jansson(const char *p, size_t n, bool taken)
{
	json_error_t err;
	json_t *j = json_loadb(p, n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
		&err);
	if (taken && !j)
		must(json_error_code(&err) == json_error_numeric_overflow ||
			json_error_code(&err) == json_error_null_byte_in_key);
	json_decref(j);
}

static void distinct(struct rec *r)
{
	struct buf a = { 0 }, b = { 0 };
	for (size_t i = 0; i < r->nmembers; i++)
		for (size_t k = 0; k < i; k++)
			must(!view_eq(val_text(r->member[i].key, &a),
				val_text(r->member[k].key, &b)));
	buf_release(&a);
	buf_release(&b);
}

static bool parse(struct rec *r, struct buf *line, char behind)
{
	struct why why = { 0 };
	buf_grow(line, 0);
	memset(line->p + line->n, behind, SCAN_PAD);
	bool good = rec_parse(r, line->p, line->n, &why);
	must(good || (why.text[0] && why.col <= line->n + 1));
	return good;
}

/* Sets, drops, renames; what is printed is a record that says so. */
static void change(struct rec *r, struct keys *keys, uint8_t how)
{
	struct buf line = { 0 };
	unsigned set = keys_want(keys, "new"), to = keys_want(keys, "renamed");
	unsigned first = r->nmembers ? r->member[0].id : set;
	if (how & 1)
		rec_set(r, set, VIEW("[1.10]"));
	if (how & 2)
		rec_drop(r, first);
	if (how & 4 && r->nmembers)
		rec_rename(r, r->member[r->nmembers - 1].id, to);
	if (how & 8)
		rec_set_text(r, to, VIEW("a\"\n\xe4\xb8\xad"));
	rec_print(r, &line);
	struct keys fresh = { 0 };
	struct rec again;
	rec_init(&again, &fresh);
	must(parse(&again, &line, '"'));
	distinct(&again);
	size_t kept = 0;
	for (size_t i = 0; i < r->nmembers; i++) {
		struct member *m = &r->member[i];
		if (m->dropped)
			continue;
		kept++;
		if (m->id == KEY_OTHER)
			continue;
		struct view name = keys_name(keys, m->id);
		struct val v = rec_get(&again, keys_want_view(&fresh, name));
		must(v.kind == m->val.kind && v.n == m->val.n &&
			memcmp(v.p, m->val.p, v.n) == 0);
	}
	must(kept == again.nmembers);
	rec_release(&again);
	keys_release(&fresh);
	buf_release(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	uint8_t how = data[0];
	struct buf line = { 0 }, back = { 0 };
	struct keys keys = { 0 };
	struct rec r;
	rec_init(&r, &keys);
	buf_add(&line, data + 1, size - 1);
	bool taken = parse(&r, &line, '\0');
	/* what stands behind the line, and what was read before, is nothing
	 * to it */
	must(parse(&r, &line, '"') == taken);
	must(parse(&r, &line, '9') == taken);
	hold_against_jansson(line.p, line.n, taken);
	if (taken) {
		struct path path;
		struct why why;
		vals all = { 0 };
		distinct(&r);
		rec_print(&r, &back);
		must(view_eq(buf_view(&back), buf_view(&line)));
		if (path_init(&path, &keys, VIEW("a.b.c"), &why)) {
			path_all(&path, &r, &all);
			path_release(&path);
		}
		vec_release(&all);
		change(&r, &keys, how);
	}
	rec_release(&r);
	keys_release(&keys);
	buf_release(&line);
	buf_release(&back);
	return 0;
}
