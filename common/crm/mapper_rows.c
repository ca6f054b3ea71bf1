#include "crm/mapper_impl.h"

/* Text of the rows that are handed on at once. */
#define BATCH_BYTES ((size_t)128 * 1024)

bool mapper_apart(const struct mapping *map)
{
	return map->format == MAP_CSV && !map->grouped && !map->stop &&
	       !map->preamble && !map->footer;
}

struct mapper *mapper_again(const struct mapper *m,
	const struct mapper_calls *calls)
{
	struct mapper *x = mapper_new(m->map, calls);
	size_t n = m->nslots + m->nunknown + 1;
	mapper_file(x, m->file, m->observed, m->said);
	x->bind = xreallocarray(NULL, m->nbind + 1, sizeof(*x->bind));
	if (m->nbind) /* of an empty file there are none */
		memcpy(x->bind, m->bind, m->nbind * sizeof(*x->bind));
	x->nbind = m->nbind;
	x->unknown = m->unknown;
	x->nunknown = m->nunknown;
	x->ncells = m->ncells;
	x->cell = xreallocarray(x->cell, n, sizeof(*x->cell));
	x->merged = xreallocarray(x->merged, n, sizeof(*x->merged));
	memset(x->cell, 0, n * sizeof(*x->cell));
	memset(x->merged, 0, n * sizeof(*x->merged));
	return x;
}

static struct mapper_span kept(struct mapper_rows *b, struct view v)
{
	struct mapper_span s = { b->text.n, v.n };
	buf_addv(&b->text, v);
	return s;
}

/* Cells stand in the row's raw text, or were made of it elsewhere. */
static void keep_cells(struct mapper_rows *b, const struct csv_row *row,
	struct mapper_span raw)
{
	for (size_t i = 0; i < row->n; i++) {
		struct view v = row->cell[i];
		uintptr_t at = (uintptr_t)v.p - (uintptr_t)row->raw.p;
		bool inside = at <= raw.n && v.n <= raw.n - at;
		*vec_add(&b->cell) =
			inside ? (struct mapper_span){ raw.at + at, v.n }
			       : kept(b, v);
	}
}

bool mapper_rows_read(struct mapper *m, struct mapper_rows *b, struct csv *c)
{
	struct csv_row row;
	struct why why;
	enum csv_status status;
	b->first = m->row;
	b->row.n = b->cell.n = 0;
	buf_reset(&b->text);
	while (b->text.n < BATCH_BYTES &&
		((status = csv_next(c, &row, &why)) == CSV_ROW ||
			status == CSV_REFUSED)) {
		struct mapper_row *r = vec_add(&b->row);
		*r = (struct mapper_row){ .line = row.line };
		r->raw = kept(b, row.raw);
		if (status == CSV_ROW) {
			r->n = row.n;
			keep_cells(b, &row, r->raw);
		} else {
			*vec_add(&b->cell) =
				kept(b, (struct view){ why.text,
						strlen(why.text) + 1 });
		}
		m->row++;
	}
	return b->row.n > 0;
}

void mapper_rows_put(struct mapper *m, struct mapper_rows *b)
{
	const struct mapper_span *s = b->cell.v;
	m->row = b->first;
	for (size_t i = 0; i < b->row.n; i++) {
		const struct mapper_row *r = &b->row.v[i];
		struct csv_row row = { .line = r->line, .n = r->n };
		row.raw = (struct view){ b->text.p + r->raw.at, r->raw.n };
		if (!r->n) {
			mapper_refuse(m, row.line, row.raw,
				b->text.p + s++->at);
			continue;
		}
		b->view.n = 0;
		for (size_t k = 0; k < r->n; k++, s++)
			*vec_add(&b->view) =
				(struct view){ b->text.p + s->at, s->n };
		row.cell = b->view.v;
		mapper_csv(m, &row);
	}
	mapper_move_strange(b->strange, m->strange);
	b->asked = m->asked;
	m->asked = 0;
}

void mapper_rows_turn(struct mapper *m, struct mapper_rows *b)
{
	mapper_move_strange(m->strange, b->strange);
	m->asked += b->asked;
}

void mapper_rows_release(struct mapper_rows *b)
{
	mapper_free_strange(b->strange);
	buf_release(&b->text);
	vec_release(&b->row);
	vec_release(&b->cell);
	vec_release(&b->view);
}
