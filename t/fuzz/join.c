/*
 * A cell of any text as JSON of any type, and a line of any bytes whose
 * objects are changed where they are. Input: a byte for the type, the cell to
 * the end of the line, the record.
 */
#include "edge/typed.h"
#include "record/objects.h"
#include "value/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static void pad(struct buf *b)
{
	buf_grow(b, 0);
	memset(b->p + b->n, '"', SCAN_PAD);
}

/* What is taken is one JSON value; a text says what the cell said. */
static void cell(struct view v, enum field_type type, bool comma)
{
	struct buf out = { 0 }, text = { 0 };
	struct why why = { 0 };
	struct val got;

	if (typed_put(&out, v, type, comma, &why)) {
		pad(&out);
		must(scan_value(out.p, out.p + out.n, out.p, &got, &why) ==
			out.p + out.n);
		if (type == F_NUMBER || type == F_MONEY || type == F_INTEGER)
			must(got.kind == K_NUMBER);
		else if (type == F_BOOL)
			must(got.kind == K_TRUE || got.kind == K_FALSE);
		else
			must(got.kind == K_STRING);
		if (type == F_TEXT || type == F_ID)
			must(view_eq(val_text(got, &text), text_trim(v)));
	} else {
		must(why.text[0] && type != F_TEXT);
	}
	buf_release(&out);
	buf_release(&text);
}

struct seen {
	unsigned key, set, drop;
	size_t n;
};

static void visit(void *arg, struct rec *object)
{
	struct seen *s = arg;

	rec_drop(object, s->drop);
	if (val_none(rec_get(object, s->key)))
		return;
	rec_set(object, s->set, VIEW("\"new\""));
	s->n++;
}

static size_t count(struct rec *r, struct keys *keys, struct view name)
{
	struct path p;
	struct why why = { 0 };
	vals all = { 0 };
	size_t n = 0;

	must(path_init(&p, keys, name, &why));
	path_all(&p, r, &all);
	for (size_t i = 0; i < all.n; i++)
		n += val_is(all.v[i], VIEW("new"));
	vec_release(&all);
	path_release(&p);
	return n;
}

/* What comes back is a record with as many new members as were set. */
static void record(struct view line)
{
	struct buf in = { 0 }, out = { 0 };
	struct keys keys = { 0 };
	struct rec r;
	struct objects o;
	struct why why = { 0 };

	rec_init(&r, &keys);
	buf_addv(&in, line);
	pad(&in);
	must(objects_init(&o, &keys, VIEW("a.b"), &why));
	if (rec_parse(&r, in.p, in.n, &why) && !count(&r, &keys, VIEW("a.n"))) {
		struct seen s = { .key = o.key };
		s.set = keys_want(o.keys, "n");
		s.drop = keys_want(o.keys, "d");
		bool done = objects_each(&o, &r, visit, &s, &why);
		rec_print(&r, &out);
		pad(&out);
		if (!done)
			must(view_eq(buf_view(&out), line));
		must(rec_parse(&r, out.p, out.n, &why));
		if (done)
			must(count(&r, &keys, VIEW("a.n")) == s.n);
	}
	objects_release(&o);
	rec_release(&r);
	keys_release(&keys);
	buf_release(&in);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum field_type types[] = { F_TEXT, F_ID, F_NUMBER,
		F_INTEGER, F_MONEY, F_TIME, F_DATE, F_BOOL };
	const char *p = (const char *)data, *end = p + size;

	if (size < 2)
		return 0;
	const char *lf = memchr(p, '\n', size);
	struct view v = { p + 1, (size_t)((lf ? lf : end) - p - 1) };
	if (lf == p)
		v.n = 0;
	if (scan_utf8(v.p, v.n) == v.n && !memchr(v.p, 0, v.n))
		cell(v, types[data[0] % 8], data[0] & 8);
	if (lf)
		record((struct view){ lf + 1, (size_t)(end - lf - 1) });
	return 0;
}
