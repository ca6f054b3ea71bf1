/*
 * Rows of a table of sources, a cell a comma, and after the last line of them
 * the observed_at of a record: a table is refused with its column, or what is
 * written of it is JSON that the report reads back as the same words.
 */
#include "crm/fresh.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static const char *const names[] = { "source", "every", "by", "grace", "type",
	"account", "map", "owner" };
#define COLUMNS (sizeof(names) / sizeof(*names))

/* The text up to end or a byte that stops it, which is taken too. */
static struct view upto(const char **p, const char *end, char stop)
{
	struct view v = { *p, 0 };
	while (*p < end && **p != stop)
		++*p;
	v.n = (size_t)(*p - v.p);
	*p += *p < end;
	return v;
}

static void add_row(struct rules *t, struct view line)
{
	const char *p = line.p, *end = p + line.n;
	struct rules_row *row = vec_add(&t->row);
	row->line = t->row.n + 1;
	row->cell = arena_alloc(&t->text, COLUMNS * sizeof(*row->cell));
	for (size_t i = 0; i < COLUMNS; i++)
		row->cell[i] = upto(&p, end, ',');
}

/* A line as the report reads it. */
static void read_back(const struct fresh_source *s, struct view line)
{
	struct keys keys = { 0 };
	struct rec rec;
	struct fresh_notes n = { .as_of = "2026-11-21" };
	struct buf text = { 0 };
	struct why why = { 0 };
	fresh_notes_init(&n, &keys);
	rec_init(&rec, &keys);
	must(rec_parse(&rec, line.p, line.n, &why));
	must(fresh_notes_add(&n, &rec, &why));
	must(n.note.n == s->late);
	buf_adds(&text, "late: ");
	fresh_text(s, &text);
	must(!s->late || view_eq(n.note.v[0], buf_view(&text)));
	fresh_notes_release(&n);
	rec_release(&rec);
	keys_release(&keys);
	buf_release(&text);
}

static void judge(struct fresh *f)
{
	struct buf line = { 0 };
	fresh_judge(f);
	for (size_t i = 0; i < f->source.n; i++) {
		const struct fresh_source *s = &f->source.v[i];
		must(s->by >= 0 && s->by <= 86400 && s->grace >= 0);
		must(!s->seen || s->due > s->last);
		must(s->seen || s->late);
		buf_reset(&line);
		fresh_print(f, s, "2026-11-21", NULL, &line);
		read_back(s, buf_view(&line));
	}
	buf_release(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	struct rules table = { .path = "sources.csv", .ncolumns = COLUMNS };
	struct fresh f = { 0 };
	struct keys keys = { 0 };
	struct rec rec;
	struct buf line = { 0 };
	struct why why = { 0 };
	size_t row;
	/* as edge/rules reads them */
	if (scan_utf8(p, size) != size || memchr(p, '\0', size))
		return 0;
	when_parse("2026-11-21", 10, &f.as_of);
	table.column = arena_alloc(&table.text, sizeof(struct view) * COLUMNS);
	for (size_t i = 0; i < COLUMNS; i++)
		table.column[i] = view_of(names[i]);
	fresh_init(&f, &keys);
	rec_init(&rec, &keys);
	const char *last = end;
	while (last > p && last[-1] != '\n')
		last--;
	while (p < last)
		add_row(&table, upto(&p, last, '\n'));
	if (fresh_read(&f, &table, &row, &why)) {
		struct view source = VIEW("s");
		if (f.source.n)
			source = f.source.v[0].source;
		buf_adds(&line, "{\"source\":");
		json_text(&line, source);
		buf_adds(&line, ",\"observed_at\":");
		json_text(&line, (struct view){ last, (size_t)(end - last) });
		buf_addc(&line, '}');
		must(rec_parse(&rec, line.p, line.n, &why));
		fresh_add(&f, &rec);
		judge(&f);
	} else {
		must(row < table.row.n);
		must(memcmp(why.text, "column '", 8) == 0);
	}
	fresh_release(&f);
	rec_release(&rec);
	keys_release(&keys);
	vec_release(&table.row);
	arena_release(&table.text);
	buf_release(&line);
	return 0;
}
