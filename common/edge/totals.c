#include "edge/totals.h"

#include "value/utf8.h"

void totals_init(struct totals *s, struct keys *keys)
{
	*s = (struct totals){ .currency = keys_want(keys, "currency") };
}

static void add(struct total *x, struct val v)
{
	struct dec d;
	if (val_none(v))
		return;
	x->n++;
	if (v.kind != K_NUMBER)
		x->text = true;
	else if (!dec_parse(v.p, v.n, &d) || !dec_add(&x->sum, d))
		x->lost = true;
}

void totals_add(struct totals *s, const struct columns *c, struct rec *r,
	const struct val *element, bool again)
{
	if (!s->column)
		s->column = xcalloc(c->column.n, sizeof(*s->column));
	s->rows++;
	struct view currency = rec_text(r, s->currency);
	if (currency.p && !s->first.n)
		buf_addv(&s->first, currency);
	else if (currency.p && !view_eq(currency, buf_view(&s->first)))
		s->mixed = true;
	for (size_t i = 0; i < c->column.n; i++)
		if (!again || c->column.v[i].inside)
			add(&s->column[i],
				column_get(c, &c->column.v[i], r, element));
}

static bool has_han(struct view v)
{
	for (size_t i = 0, n; i < v.n; i += n) {
		uint32_t cp;
		n = utf8_get(v.p + i, v.n - i, &cp);
		if (cp >= 0x4e00 && cp <= 0x9fff)
			return true;
	}
	return false;
}

static void put_label(const struct totals *s, const struct columns *c,
	struct sheetout *out)
{
	struct buf label = { 0 };
	struct why why;
	bool han = false;
	for (size_t i = 0; i < c->column.n; i++)
		han |= has_han(c->column.v[i].title);
	buf_addf(&label, han ? "合计 %llu 行" : "Total of %llu rows",
		(unsigned long long)s->rows);
	sheetout_text(out, buf_view(&label), &why);
	buf_release(&label);
}

/* Whether it has a sum; says why not where one would expect it. */
static bool summed(const struct totals *s, const struct column *c,
	const struct total *x, struct tool *t)
{
	if (!x->n || x->text)
		return false;
	if (x->lost)
		tool_note(t, "'%.*s' has no total: it is beyond 38 digits",
			(int)c->title.n, c->title.p);
	else if (c->type == F_MONEY && s->mixed)
		tool_note(t,
			"'%.*s' has no total: there is more than one currency",
			(int)c->title.n, c->title.p);
	else
		return true;
	return false;
}

void totals_put(struct totals *s, const struct columns *c, struct sheetout *out)
{
	struct buf digits = { 0 };
	bool labelled = false;
	sheetout_bold(out);
	for (size_t i = 0; i < c->column.n; i++) {
		const struct total *x =
			s->column ? &s->column[i] : &(struct total){ 0 };
		if (summed(s, &c->column.v[i], x, out->t)) {
			buf_reset(&digits);
			dec_print(&digits, x->sum);
			sheetout_number(out, buf_view(&digits));
		} else if (!labelled) {
			put_label(s, c, out);
			labelled = true;
		} else {
			sheetout_blank(out);
		}
	}
	sheetout_end(out);
	buf_release(&digits);
}

void totals_release(struct totals *s)
{
	free(s->column);
	buf_release(&s->first);
}
