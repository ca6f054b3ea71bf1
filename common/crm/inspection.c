#include "crm/inspection.h"

#include "base/die.h"
#include "crm/draft.h"
#include "crm/mapnear.h"
#include "edge/file.h"
#include "edge/mappath.h"

#include <stdio.h>

#define BYTES ((size_t)1 << 20)
#define ROWS 1001 /* the header, and a thousand */
#define SHOWN 5 /* bad rows */

struct look {
	struct intake *in;
	struct pack pack;
	struct sample sample;
	struct buf out; /* the report */
	const struct mapping *map; /* or NULL */
	struct inspect_fit fit;
	size_t bad;
	uint64_t withheld, folded;
};

static void title(struct look *l, const char *name)
{
	buf_addf(&l->out, "  %-11s ", name);
}

/* Names of columns, as many as there is room for. */
static void add_name(struct buf *b, struct view name, size_t *n)
{
	if (++*n <= 60)
		buf_addf(b, "%s%.*s", *n > 1 ? ", " : "", (int)name.n, name.p);
}

static void add_names(struct look *l, const char *what, struct buf *b, size_t n)
{
	if (!n)
		return;
	title(l, what);
	buf_addv(&l->out, buf_view(b));
	if (n > 60)
		buf_addf(&l->out, " and %zu more", n - 60);
	buf_addc(&l->out, '\n');
	buf_reset(b);
}

static void say_form(struct look *l)
{
	const struct sample *s = &l->sample;
	if (s->format != MAP_CSV) {
		title(l, "format");
		buf_addf(&l->out, "%s, %zu documents looked at\n",
			s->format == MAP_XML ? "XML" : "JSON", s->documents);
	}
	if (s->sheet) {
		title(l, "format");
		buf_adds(&l->out, "a workbook\n");
		return;
	}
	title(l, "encoding");
	buf_addf(&l->out, "%s%s\n", charset_name(s->charset),
		s->bom                       ? ", by its mark"
		: l->in->charset             ? ", as -e says"
		: s->charset == CHARSET_UTF8 ? ""
					     : ", since it is no UTF-8");
	if (s->format == MAP_CSV) {
		title(l, "delimiter");
		if (s->delim == '\t')
			buf_adds(&l->out, "TAB\n");
		else
			buf_addf(&l->out, "%c\n", s->delim);
	}
	title(l, "line ends");
	size_t kinds = (s->lf > 0) + (s->crlf > 0) + (s->cr > 0);
	if (kinds > 1)
		buf_addf(&l->out, "mixed: LF %zu, CRLF %zu, CR %zu\n", s->lf,
			s->crlf, s->cr);
	else
		buf_addf(&l->out, "%s\n",
			s->crlf ? "CRLF"
			: s->cr ? "CR"
			: s->lf ? "LF"
				: "none");
}

static void say_bad(struct look *l, size_t line, const char *field,
	const char *reason)
{
	if (l->bad++ >= SHOWN)
		return;
	title(l, l->bad == 1 ? "bad rows" : "");
	buf_addf(&l->out, "line %zu: ", line);
	if (field)
		buf_addf(&l->out, "field '%s': ", field);
	buf_addf(&l->out, "%s\n", reason);
}

static void on_emit(void *arg, struct view line, bool first)
{
	(void)arg;
	(void)line;
	(void)first;
}

static void on_refuse(void *arg, size_t line, size_t row, const char *field,
	struct view raw, const char *reason)
{
	(void)row;
	(void)raw;
	say_bad(arg, line, field, reason);
}

static void on_note(void *arg, const char *text)
{
	(void)arg;
	(void)text; /* the names of columns are said otherwise */
}

/* The rows, as the map would take them. */
static void try_rows(struct look *l)
{
	const struct sample *s = &l->sample;
	const struct mapper_calls calls = { l, on_emit, on_refuse, on_note,
		&l->withheld, &l->folded, NULL };
	struct mapper *m = mapper_new(l->map, &calls);
	struct why why;
	mapper_file(m, "file", (struct view){ "", 0 }, false);
	int header = 0;
	for (size_t i = 0; i < s->row.n && header >= 0; i++) {
		struct csv_row row = { .cell = s->row.v[i].cell,
			.n = s->row.v[i].n,
			.line = s->row.v[i].line };
		if (header)
			mapper_csv(m, &row);
		else
			header = mapper_header(m, row.cell, row.n, &why);
	}
	mapper_end(m);
	mapper_free(m);
}

static void check_widths(struct look *l)
{
	const struct sample *s = &l->sample;
	for (size_t i = 1; i < s->row.n; i++) {
		char reason[80];
		snprintf(reason, sizeof(reason), "expected %zu fields, got %zu",
			s->row.v[0].n, s->row.v[i].n);
		if (s->row.v[i].n != s->row.v[0].n && !l->in->ragged)
			say_bad(l, s->row.v[i].line, NULL, reason);
	}
}

static void say_columns(struct look *l)
{
	const struct sample_row *head = &l->sample.row.v[l->fit.header];
	struct view *name =
		mapper_columns(&l->sample.text, head->cell, head->n);
	struct buf mapped = { 0 }, kept = { 0 }, drop = { 0 }, lacks = { 0 };
	size_t nmapped = 0, nkept = 0, ndrop = 0, nlacks = 0;
	for (size_t i = 0; i < head->n; i++)
		if (l->map && inspect_used(l->map, name[i]))
			add_name(&mapped, name[i], &nmapped);
		else if (l->map && inspect_dropped(l->map, name[i]))
			add_name(&drop, name[i], &ndrop);
		else
			add_name(&kept, name[i], &nkept);
	for (size_t i = 0; l->map && i < l->map->slot.n; i++) {
		const struct map_slot *slot = &l->map->slot.v[i];
		size_t k = 0;
		while (k < head->n && !inspect_slot(slot, name[k]))
			k++;
		if (k == head->n && !slot->may && !slot->pseudo)
			add_name(&lacks, slot->name, &nlacks);
	}
	add_names(l, "mapped", &mapped, nmapped);
	add_names(l, "unmapped", &kept, nkept);
	add_names(l, "dropped", &drop, ndrop);
	add_names(l, "lacking", &lacks, nlacks);
	buf_release(&mapped);
	buf_release(&kept);
	buf_release(&drop);
	buf_release(&lacks);
}

static void say_paths(struct look *l)
{
	const struct sample *s = &l->sample;
	struct buf b = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < s->path.n; i++)
		if (s->leaf.v[i])
			add_name(&b, map_key(&s->path, i), &n);
	add_names(l, "paths", &b, n);
	buf_release(&b);
}

static void say_rows(struct look *l)
{
	const struct sample *s = &l->sample;
	for (size_t i = 0; i < s->bad.n; i++)
		say_bad(l, s->bad.v[i].line, NULL, s->bad.v[i].reason);
	if (s->format == MAP_CSV && !s->sheet && l->map &&
		l->fit.found == l->fit.needed)
		try_rows(l);
	else if (s->format == MAP_CSV)
		check_widths(l);
	if (l->bad > SHOWN) {
		title(l, "");
		buf_addf(&l->out, "and %zu more\n", l->bad - SHOWN);
	}
	if (s->format != MAP_CSV)
		return;
	title(l, "rows");
	buf_addf(&l->out, "%zu looked at\n",
		s->row.n - 1 - l->fit.header + s->bad.n);
}

static void say_fit(struct look *l, const char *what, const char *name,
	const struct inspect_fit *f)
{
	title(l, what);
	buf_addf(&l->out,
		"%s fits %.2f: it has %zu of %zu %s, and knows %zu of %zu\n",
		name, f->score, f->found, f->needed,
		l->sample.format == MAP_CSV ? "columns that are needed"
					    : "paths",
		f->known, f->columns);
}

static struct mapping *load(const char *name)
{
	struct buf path = { 0 };
	struct why why = { 0 };
	struct mapping *map =
		mapping_columns(name, mappath_load, NULL, &path, &why);
	if (!map)
		mappath_die(NULL, name, &path, &why);
	buf_release(&path);
	return map;
}

/* The maps it may be for. NULL: none is sure, and none was asked for. */
static struct mapping *say_maps(struct look *l, const char *asked)
{
	struct mapnear_list list;
	struct mapping *map = asked ? load(asked) : NULL;
	mapnear_rank(&list, &l->sample);
	const struct mapnear *sure = mapnear_sure(&list);
	if (map) {
		l->fit = inspect_fit(map, &l->sample);
		say_fit(l, "map", asked, &l->fit);
	} else if (sure) {
		map = load(sure->name);
		l->fit = sure->fit;
	} else {
		title(l, "map");
		buf_addf(&l->out, "%s\n",
			list.v.n ? "none fits clearly"
				 : "none has any of its columns");
	}
	for (size_t i = 0, n = 0; i < list.v.n && n < 2; i++) {
		const struct mapnear *m = &list.v.v[i];
		if (asked && strcmp(m->name, asked) == 0)
			continue;
		say_fit(l,
			m == sure && !asked          ? "map"
			: m == sure || (!sure && !i) ? "nearest"
						     : "then",
			m->name, &m->fit);
		n++;
	}
	mapnear_release(&list);
	return map;
}

static void look_at(struct look *l, const char *operand, const char *asked)
{
	const char *inside = l->pack.name + strlen(l->pack.path);
	struct sample_how how = intake_how(l->in, ROWS);
	struct buf draft = { 0 };
	struct mapping *map = NULL;
	intake_look(&l->pack, l->in->sheet, &how, BYTES, &l->sample);
	buf_addf(&l->out, "%s%s\n", operand, inside);
	l->bad = 0;
	l->map = NULL;
	l->fit = (struct inspect_fit){ 0 };
	say_form(l);
	bool table = l->sample.format == MAP_CSV;
	if (table && !l->sample.row.n) {
		title(l, "header");
		buf_adds(&l->out, "none\n");
	} else {
		map = say_maps(l, asked);
		l->map = map;
		if (table)
			say_columns(l);
		else if (!map)
			say_paths(l);
		say_rows(l);
		if (!map && draft_map(&l->sample, file_base(operand), &draft))
			tool_make_lines(l->in->t, buf_view(&draft));
	}
	fputs(l->out.p, stderr);
	buf_reset(&l->out);
	mapping_free(map);
	sample_release(&l->sample);
	buf_release(&draft);
}

void inspection_run(struct intake *in, const char *map)
{
	struct look l = { .in = in };
	char *none[] = { (char[]){ "-" }, NULL };
	in->t->plain = in->t->quiet = true; /* a draft is no stream */
	for (char **f = *in->t->operand ? in->t->operand : none; *f; f++) {
		pack_open(&l.pack, *f, NULL, NULL);
		while (pack_next(&l.pack))
			look_at(&l, *f, map);
		pack_close(&l.pack);
	}
	buf_release(&l.out);
}
