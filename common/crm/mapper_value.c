#include "crm/mapper_impl.h"

#include "base/hash.h"

#include <ctype.h>

/* Tests. */

static bool is_any(const struct map_leaf *l, struct view v)
{
	for (size_t i = 0; i < l->n; i++)
		if (view_eq(l->word[i], v))
			return true;
	return false;
}

static bool leaf_holds(const struct map_leaf *l, const struct cell *cells)
{
	struct cell c = cells[l->slot];
	struct view v = view_cell(c);
	struct dec d;
	struct why why;
	switch (l->op) {
	case TEST_THERE:
		return c.p;
	case TEST_MISSING:
		return !c.p;
	case TEST_IS:
		return c.p && is_any(l, v);
	case TEST_NOT:
		return !c.p || !is_any(l, v);
	case TEST_STARTS:
	case TEST_ENDS:
	case TEST_HAS:
	case TEST_LACKS:
		for (size_t i = 0; c.p && i < l->n; i++) {
			struct view w = l->word[i];
			if (w.n > v.n)
				continue;
			if (l->op == TEST_HAS || l->op == TEST_LACKS
					? memmem(v.p, v.n, w.p, w.n) != NULL
				: l->op == TEST_STARTS
					? memcmp(v.p, w.p, w.n) == 0
					: memcmp(v.p + v.n - w.n, w.p, w.n) ==
						  0)
				return l->op != TEST_LACKS;
		}
		return c.p && l->op == TEST_LACKS;
	case TEST_OVER:
	case TEST_UNDER: {
		static const struct map_field plain = { .point = '.',
			.thousands = 0 };
		if (!c.p || !mapcell_number(&plain, v, &d, &why))
			return false;
		int order = dec_cmp(d, l->limit);
		return l->op == TEST_OVER ? order > 0 : order < 0;
	}
	}
	return false;
}

static bool holds(const struct mapper *m, const struct map_leaf *l,
	const struct cell *cells)
{
	if (!l->every)
		return leaf_holds(l, cells);
	size_t i = 0;
	while (i < m->nrows && leaf_holds(l, m->rows[i]))
		i++;
	return i == m->nrows;
}

bool test_holds(const struct mapper *m, const struct map_test *t,
	const struct cell *cells)
{
	for (size_t i = 0; t && i < t->n; i++) {
		size_t k = 0;
		while (k < t->nleaves[i] && holds(m, &t->all[i][k], cells))
			k++;
		if (k == t->nleaves[i])
			return true;
	}
	return !t;
}

/* Where a field's text comes from. */

static struct view member_of(struct view v, const struct map_field *f)
{
	while (v.n) {
		const char *q = memmem(v.p, v.n, f->split.p, f->split.n);
		struct view one = { v.p, q ? (size_t)(q - v.p) : v.n };
		const char *is = memmem(one.p, one.n, f->pair.p, f->pair.n);
		if (is) {
			struct view name = text_trim(
				(struct view){ one.p, (size_t)(is - one.p) });
			if (view_eq(name, f->member)) {
				is += f->pair.n;
				return (struct view){ is,
					one.n - (size_t)(is - one.p) };
			}
		}
		size_t used = q ? one.n + f->split.n : one.n;
		v.p += used;
		v.n -= used;
	}
	return (struct view){ NULL, 0 };
}

static struct view part_of(struct view v, struct view at, int part)
{
	int n = 1;
	const char *p = v.p, *end = v.p + v.n, *q;
	while ((q = memmem(p, (size_t)(end - p), at.p, at.n))) {
		n++;
		p = q + at.n;
	}
	if (part < 0)
		part += n + 1;
	if (part < 1 || part > n)
		return (struct view){ NULL, 0 };
	for (p = v.p; --part; p = q + at.n)
		q = memmem(p, (size_t)(end - p), at.p, at.n);
	q = memmem(p, (size_t)(end - p), at.p, at.n);
	return (struct view){ p, (size_t)((q ? q : end) - p) };
}

/* %E4%B8%AD and + as links have them. */
static bool percent(struct mapper *m, struct view *v)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < v->n; i++) {
		unsigned byte = 0;
		char ch = v->p[i];
		if (ch == '+') {
			ch = ' ';
		} else if (ch == '%' && i + 2 < v->n &&
			   isxdigit((unsigned char)v->p[i + 1]) &&
			   isxdigit((unsigned char)v->p[i + 2])) {
			for (int k = 0; k < 2; k++) {
				unsigned d = (unsigned char)v->p[++i];
				byte = byte * 16 +
				       (d <= '9' ? d - '0'
						 : (d | 32) - 'a' + 10);
			}
			ch = (char)byte;
		}
		buf_addc(&b, ch);
	}
	bool good = scan_utf8(b.p ? b.p : "", b.n) == b.n &&
		    !memchr(b.p ? b.p : "", '\0', b.n);
	if (good)
		*v = view_cell(mapper_keep(m, buf_view(&b)));
	else
		why_not(&m->why, "'%.*s' is no UTF-8 behind its percent signs",
			(int)(v->n < 90 ? v->n : 90), v->p);
	buf_release(&b);
	return good;
}

/* What is done to a text before it is read as a type. */
static bool work(struct mapper *m, const struct map_field *f, struct cell *c)
{
	if (!c->p || c->kind != K_STRING) {
		if (c->p && f->has_words && c->kind < K_ARRAY)
			c->kind = K_STRING;
		else
			return true;
	}
	struct view v = view_cell(*c);
	if (f->trim)
		v = text_trim(v);
	if (f->null.n && words_have(&f->null, text_trim(v)))
		v.p = NULL;
	if (v.p && f->part)
		v = part_of(v, f->part_at, f->part);
	if (v.p && f->member.p)
		v = member_of(v, f);
	if (v.p && f->cut.p && view_starts(v, f->cut)) {
		v.p += f->cut.n;
		v.n -= f->cut.n;
	}
	if (v.p && v.n == 0 && c->n && m->null_empty)
		v.p = NULL;
	if (v.p && f->percent && !percent(m, &v))
		return mapper_bad(m, f);
	if (v.p && f->has_words) {
		struct view t = text_trim(v);
		size_t i = 0;
		while (i < f->words.n && !view_eq(f->words.from[i], t))
			i++;
		if (i < f->words.n) {
			v = f->words.to[i];
		} else if (f->has_otherwise) {
			v = f->otherwise;
		} else {
			why_not(&m->why,
				"'%.*s' is none of the words that the map "
				"knows",
				(int)(t.n < 90 ? t.n : 90), t.p);
			return mapper_bad(m, f);
		}
		if (v.p)
			v = view_cell(mapper_keep(m, v));
	}
	if (v.p && f->lower) {
		struct buf b = { 0 };
		text_add_lower(&b, v);
		v = view_cell(mapper_keep(m, buf_view(&b)));
		buf_release(&b);
	}
	if (v.p && f->upper) {
		struct buf b = { 0 };
		for (size_t i = 0; i < v.n; i++)
			buf_addc(&b, v.p[i] >= 'a' && v.p[i] <= 'z'
					     ? (char)(v.p[i] - 32)
					     : v.p[i]);
		v = view_cell(mapper_keep(m, buf_view(&b)));
		buf_release(&b);
	}
	c->p = v.p;
	c->n = (uint32_t)v.n;
	return true;
}

static bool join(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	struct buf b = { 0 };
	bool some = false, good = true, column = false;
	for (size_t i = 0; i < f->nsub && good; i++) {
		struct cell c = { 0 };
		good = mapper_fetch(m, f->sub[i], cells, &c);
		if (!good || !c.p)
			continue;
		column |= f->sub[i]->from != MF_CONST;
		if (some)
			buf_addv(&b, f->with);
		some = true;
		buf_addv(&b, view_cell(c));
	}
	/* Constants alone say nothing about this row. */
	*out = some && column ? mapper_keep(m, buf_view(&b))
			      : (struct cell){ 0 };
	buf_release(&b);
	return good;
}

static bool number_of(struct mapper *m, const struct map_field *f,
	const struct map_field *part, const struct cell *cells, struct dec *d,
	bool *there)
{
	struct cell c = { 0 };
	if (!mapper_fetch(m, part, cells, &c))
		return false;
	*there = c.p != NULL;
	if (!c.p)
		return true;
	struct map_field plain = *f;
	plain.negate = false;
	return mapcell_number(&plain, view_cell(c), d, &m->why) ||
	       mapper_bad(m, f);
}

/* The sum or the product of a row. */
static bool reckon(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct dec *sum, bool *some)
{
	struct dec d = { 0 };
	bool there, fits = true;
	for (size_t i = 0; i < f->nsub; i++) {
		if (!number_of(m, f, f->sub[i], cells, &d, &there))
			return false;
		if (!there && f->from == MF_TIMES) {
			*some = false;
			return true;
		}
		if (!there)
			continue;
		if (!*some && f->from == MF_TIMES)
			*sum = d;
		else if (f->from == MF_TIMES)
			fits &= dec_mul(sum, d);
		else if (i < f->nplus)
			fits &= dec_add(sum, d);
		else
			fits &= dec_sub(sum, d);
		*some = true;
	}
	if (!fits)
		why_not(&m->why, "a sum is too large");
	return fits || mapper_bad(m, f);
}

static bool total(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	struct dec all = { 0 };
	bool some = false;
	size_t n = f->over_rows ? m->nrows : 1;
	for (size_t i = 0; i < n; i++) {
		struct dec one = { 0 };
		bool there = false;
		if (!reckon(m, f, f->over_rows ? m->rows[i] : cells, &one,
			    &there))
			return false;
		if (there && !dec_add(&all, one)) {
			why_not(&m->why, "a sum is too large");
			return mapper_bad(m, f);
		}
		some |= there;
	}
	if (!some)
		return true;
	struct buf b = { 0 };
	dec_print(&b, all);
	/* it is read once more, as the field says that numbers are written */
	char *dot = memchr(b.p, '.', b.n);
	if (dot && f->point)
		*dot = f->point;
	*out = mapper_keep(m, buf_view(&b));
	buf_release(&b);
	return true;
}

static void fingerprint(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	struct buf b = { 0 };
	char hex[33];
	for (size_t i = 0; i < f->nextra; i++) {
		struct cell c = cells[f->extra[i]];
		if (c.p)
			buf_addv(&b, view_cell(c));
		/* Missing and "" are not the same. */
		buf_add(&b, c.p ? "\0\1" : "\0", c.p ? 2 : 1);
	}
	hash128_hex(b.p ? b.p : "", b.n, hex);
	*out = mapper_keep(m, (struct view){ hex, 32 });
	buf_release(&b);
}

bool mapper_sound(struct mapper *m, struct cell c)
{
	if (c.kind != CELL_BAD || !c.p)
		return true;
	if (c.n && c.p[0] == '=')
		return why_not(&m->why,
			"a formula whose value is not in the file; open it in "
			"a spreadsheet and save it");
	return why_not(&m->why,
		"'%.*s' is a spreadsheet's error in place of a value",
		c.n < 40 ? (int)c.n : 40, c.p);
}

struct cell *mapper_row(struct mapper *m, const struct map_field *f)
{
	for (size_t i = 0; i < m->nrows; i++)
		if (test_holds(m, f->row, m->rows[i]))
			return m->rows[i];
	return NULL;
}

bool mapper_fetch(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out)
{
	*out = (struct cell){ 0 };
	if (f->row && !(cells = mapper_row(m, f)))
		return true;
	if (f->when && !test_holds(m, f->when, cells))
		return true;
	switch (f->from) {
	case MF_SLOT:
		*out = cells[f->slot];
		if (!mapper_sound(m, *out))
			return mapper_bad(m, f);
		break;
	case MF_JOIN:
		if (!join(m, f, cells, out))
			return false;
		break;
	case MF_FIRST:
		for (size_t i = 0; i < f->nsub && !out->p; i++)
			if (!mapper_fetch(m, f->sub[i], cells, out))
				return false;
		return true;
	case MF_CASE:
		for (size_t i = 0; i < f->nsub; i++)
			if (test_holds(m, f->sub[i]->when, cells))
				return mapper_fetch(m, f->sub[i], cells, out);
		return true;
	case MF_CONST:
		if (f->text.n)
			*out = mapper_keep(m, f->text);
		break;
	case MF_SUM:
	case MF_TIMES:
		if (!total(m, f, cells, out))
			return false;
		break;
	case MF_HASH:
		fingerprint(m, f, cells, out);
		break;
	case MF_PLACE:
	case MF_OBJECT:
	case MF_ROWS:
	case MF_ELEMENTS:
		break;
	}
	return work(m, f, out);
}
