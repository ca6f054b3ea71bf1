#include "record/sortkey.h"

#include "value/time.h"

#include <inttypes.h>
#include <string.h>

/* First bytes; a number's own are 1 to 3. Turned round they stay below that
 * of what is missing. */
enum {
	LEAD_TIME = 0x20,
	LEAD_TEXT = 0x30,
	LEAD_FALSE = 0x40,
	LEAD_TRUE,
	LEAD_OBJECT,
	LEAD_MISSING = 0xFF
};

/* Takes ":desc" and the like off the end, the last first. */
static bool take_orders(struct sortkey_field *f, struct why *why)
{
	for (;;) {
		struct view v = f->name;
		size_t at = v.n;
		while (at && v.p[at - 1] != ':' && v.p[at - 1] != '"')
			at--;
		if (!at || v.p[at - 1] == '"')
			return true;
		struct view word = { v.p + at, v.n - at };
		if (view_is(word, "desc"))
			f->desc = true;
		else if (view_is(word, "number"))
			f->type = F_NUMBER;
		else if (!view_is(word, "asc"))
			return why_not(why,
				"no order '%.*s': asc, desc or number; a name "
				"with a colon stands in double quotes",
				(int)word.n, word.p);
		f->name.n = at - 1;
	}
}

/* "total desc", as it is in SQL */
static bool has_blank(struct view name)
{
	bool quoted = false;
	for (size_t i = 0; i < name.n; i++) {
		quoted ^= name.p[i] == '"';
		if (name.p[i] == ' ' && !quoted)
			return true;
	}
	return false;
}

/* "products.price" of "products"."price" */
static void plain_name(const struct path *p, const struct keys *keys,
	struct buf *out)
{
	buf_reset(out);
	buf_addv(out, keys_name(keys, p->key));
	for (size_t i = 0; i < p->nsteps; i++) {
		buf_addc(out, '.');
		buf_addv(out, p->step[i]);
	}
}

bool sortkey_add(struct sortkey *s, struct keys *keys, struct view text,
	struct why *why)
{
	struct sortkey_field f = { .name = text, .type = F_UNKNOWN };

	if (!take_orders(&f, why))
		return false;
	if (has_blank(f.name))
		return why_not(why,
			"a blank: an order is written total:desc, a name with "
			"a blank in double quotes");
	if (!path_init(&f.path, keys, f.name, why))
		return false;
	plain_name(&f.path, keys, &s->text);
	const char *near = schema_nearest(buf_view(&s->text));
	if (near && !view_is(buf_view(&s->text), near) &&
		!memchr(f.name.p, '"', f.name.n)) {
		path_release(&f.path);
		return why_not(why,
			"is it '%s'? If not, write it in double quotes", near);
	}
	if (f.type == F_UNKNOWN)
		f.type = schema_any(buf_view(&s->text));
	*vec_add(&s->field) = f;
	return true;
}

/* Of a list the first value that is there. */
static struct val value_of(struct sortkey *s, const struct sortkey_field *f,
	const struct rec *r)
{
	struct val v = path_get(&f->path, r);
	if (v.kind != K_ARRAY)
		return v;
	s->vals.n = 0;
	path_all(&f->path, r, &s->vals);
	return s->vals.n ? s->vals.v[0] : (struct val){ 0 };
}

static void add_big_endian(struct buf *out, uint64_t v, int bytes)
{
	while (bytes--)
		buf_addc(out, (char)(v >> 8 * bytes));
}

static void add_time(const struct sortkey *s, struct when w, struct buf *out)
{
	int64_t sec = w.sec;
	if (w.date_only && s->offset)
		sec -= s->offset(s->zone, sec - s->offset(s->zone, sec));
	/* the years 0 to 9999 in 40 bits */
	buf_addc(out, LEAD_TIME);
	add_big_endian(out, (uint64_t)(sec + ((int64_t)1 << 39)), 5);
	add_big_endian(out, (uint64_t)w.nsec, 4);
}

/* What strxfrm makes holds no NUL. Text behind a U+0000 does not count. */
static void add_in_locale(struct sortkey *s, struct view text, struct buf *out)
{
	buf_reset(&s->copy);
	buf_addv(&s->copy, text);
	for (size_t room = 4 * text.n + 16;;) {
		buf_grow(out, room);
		size_t n =
			strxfrm_l(out->p + out->n, s->copy.p, room, s->locale);
		if (n < room) {
			out->n += n;
			return;
		}
		room = n + 1;
	}
}

static void add_text(struct sortkey *s, struct view text, struct buf *out)
{
	buf_addc(out, LEAD_TEXT);
	if (s->locale) {
		add_in_locale(s, text, out);
	} else {
		/* UTF-8 never has 0xFF: one more, so that 0 can end it */
		buf_grow(out, text.n);
		for (size_t i = 0; i < text.n; i++)
			out->p[out->n + i] = (char)(text.p[i] + 1);
		out->n += text.n;
	}
	buf_addc(out, 0);
}

static enum sortkey_class add_string(struct sortkey *s, struct sortkey_field *f,
	struct view text, struct buf *out)
{
	struct when w;
	switch (f->type) {
	case F_NUMBER:
	case F_INTEGER:
	case F_MONEY:
		if (num_key(text, out))
			return SORT_NUMBER;
		break;
	case F_TEXT:
	case F_TEXTS:
	case F_ID:
		break;
	default:
		if (when_parse(text.p, text.n, &w)) {
			add_time(s, w, out);
			return SORT_TIME;
		}
		size_t n = out->n;
		f->digits += num_key(text, out);
		out->n = n;
		break;
	}
	add_text(s, text, out);
	return SORT_TEXT;
}

static enum sortkey_class add_value(struct sortkey *s, struct sortkey_field *f,
	struct val v, struct buf *out)
{
	switch (v.kind) {
	case K_NUMBER:
		if (f->type == F_TEXT || f->type == F_TEXTS ||
			f->type == F_ID) {
			add_text(s, (struct view){ v.p, v.n }, out);
			return SORT_TEXT;
		}
		num_key((struct view){ v.p, v.n }, out);
		return SORT_NUMBER;
	case K_STRING:
		return add_string(s, f, val_text(v, &s->text), out);
	case K_FALSE:
		buf_addc(out, LEAD_FALSE);
		return SORT_OTHER;
	case K_TRUE:
		buf_addc(out, LEAD_TRUE);
		return SORT_OTHER;
	case K_MISSING:
	case K_NULL:
		buf_addc(out, (char)LEAD_MISSING);
		return SORT_MISSING;
	default:
		buf_addc(out, LEAD_OBJECT);
		return SORT_OTHER;
	}
}

void sortkey_read(struct sortkey *s, const struct rec *r, struct buf *out)
{
	for (size_t i = 0; i < s->field.n; i++) {
		struct sortkey_field *f = &s->field.v[i];
		size_t from = out->n;
		enum sortkey_class c = add_value(s, f, value_of(s, f, r), out);
		f->seen[c]++;
		if (!f->desc || c == SORT_MISSING)
			continue;
		for (size_t k = from; k < out->n; k++)
			out->p[k] = (char)~out->p[k];
	}
}

static void note_mixture(const struct sortkey_field *f, uint64_t records,
	struct buf *b)
{
	static const char *const what[] = { "a number", "a time", "text",
		"true, false or an object" };
	const char *before = " is ";
	buf_reset(b);
	buf_addf(b, "'%.*s'", (int)f->name.n, f->name.p);
	for (int c = 0; c < SORT_MISSING; c++) {
		if (!f->seen[c])
			continue;
		buf_addf(b, "%s%s in %" PRIu64, before, what[c], f->seen[c]);
		before = ", ";
	}
	buf_addf(b, " of %" PRIu64 " records: they stand in %s order", records,
		f->desc ? "the reverse of this" : "this");
}

static void note_digits(const struct sortkey_field *f, uint64_t records,
	struct buf *b)
{
	buf_reset(b);
	buf_addf(b,
		"'%.*s' is a number in quotes in %" PRIu64 " of %" PRIu64
		" records and sorted as text; %.*s:number takes the number",
		(int)f->name.n, f->name.p, f->digits, records, (int)f->name.n,
		f->name.p);
}

void sortkey_notes(const struct sortkey *s,
	void (*say)(void *arg, const char *text), void *arg)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < s->field.n; i++) {
		const struct sortkey_field *f = &s->field.v[i];
		uint64_t records = f->seen[SORT_MISSING];
		int classes = 0;
		for (int c = 0; c < SORT_MISSING; c++) {
			records += f->seen[c];
			classes += f->seen[c] > 0;
		}
		if (classes > 1) {
			note_mixture(f, records, &b);
			say(arg, b.p);
		}
		if (f->digits) {
			note_digits(f, records, &b);
			say(arg, b.p);
		}
		if (records && !classes) {
			buf_reset(&b);
			buf_addf(&b, "no record had '%.*s'", (int)f->name.n,
				f->name.p);
			say(arg, b.p);
		}
	}
	buf_release(&b);
}

void sortkey_release(struct sortkey *s)
{
	for (size_t i = 0; i < s->field.n; i++)
		path_release(&s->field.v[i].path);
	vec_release(&s->field);
	vec_release(&s->vals);
	buf_release(&s->text);
	buf_release(&s->copy);
}
