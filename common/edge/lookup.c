#include "edge/lookup.h"

#include "base/die.h"
#include "edge/typed.h"
#include "value/text.h"

/* Before the text of each cell in lookup_row.cells. */
struct head {
	uint32_t column, n;
};

#define NO_COLUMN UINT32_MAX

static struct view keep(struct lookup *l, struct view v)
{
	return (struct view){ arena_bytes(&l->text, v.p, v.n), v.n };
}

/* "; is it 'sku'?", or all there are. */
__attribute__((noreturn)) static void no_column(const struct lookup *l,
	struct view name, const char *remedy)
{
	const struct rows *r = &l->rows;
	struct buf b = { 0 };

	for (size_t i = 0; i < r->ncolumns && !b.n; i++)
		if (r->column[i].n && text_near(r->column[i], name))
			buf_addf(&b, "; is it '%.*s'?", (int)r->column[i].n,
				r->column[i].p);
	if (!b.n) {
		for (size_t i = 0; i < r->ncolumns; i++)
			buf_addf(&b, "%s%.*s", i ? ", " : "; it has ",
				(int)r->column[i].n, r->column[i].p);
		buf_adds(&b, remedy);
	}
	rows_die(l->path, r->header, 0, "no column '%.*s'%s", (int)name.n,
		name.p, b.p);
}

static size_t find_cell(struct lookup *l, struct view name)
{
	struct view lower = rows_name(&l->text, name);

	for (size_t i = 0; i < l->rows.ncolumns; i++)
		if (view_eq(l->rows.column[i], lower))
			return i;
	return MAP_NONE;
}

/* A name without the quotes it was given in; of NDJSON it may be a path. */
static struct view plain_name(const struct path *p, const struct keys *keys)
{
	return p->nsteps ? view_of(p->text) : keys_name(keys, p->key);
}

static enum field_type type_of(struct lookup *l, struct view member)
{
	buf_reset(&l->scratch);
	buf_addv(&l->scratch, l->inside);
	buf_addv(&l->scratch, member);
	return schema_any(buf_view(&l->scratch));
}

static struct lookup_column *add_column(struct lookup *l, struct view member)
{
	for (size_t i = 0; i < l->column.n; i++)
		if (view_eq(l->column.v[i].member, member))
			die("option '-c': two columns would be '%.*s'",
				(int)member.n, member.p);
	struct lookup_column *c = vec_add(&l->column);
	*c = (struct lookup_column){ .member = keep(l, member) };
	return c;
}

/* A column whose cells will be read: can a cell hold what it is? */
static void add_cell(struct lookup *l, struct view member, size_t cell)
{
	struct lookup_column *c = add_column(l, member);

	c->cell = cell;
	c->type = type_of(l, member);
	if (!typed_fits(c->type))
		rows_die(l->path, l->rows.header, 0,
			"'%.*s%.*s' is a list or an object in scrm-record(5), "
			"which a cell cannot hold: give the column another "
			"name (-c NAME=%.*s), or make the table NDJSON",
			(int)l->inside.n, l->inside.p, (int)member.n, member.p,
			(int)member.n, member.p);
}

static void choose_asked(struct lookup *l)
{
	struct keys *keys = &l->rows.keys;

	columns_parse(&l->asked, keys, l->columns);
	for (size_t i = 0; i < l->asked.column.n; i++) {
		const struct column *c = &l->asked.column.v[i];
		struct view name = plain_name(&c->path, keys);
		struct view member = c->titled ? c->title : name;
		if (l->rows.json) {
			add_column(l, member);
			continue;
		}
		size_t cell = find_cell(l, name);
		if (cell == MAP_NONE)
			no_column(l, name, "");
		add_cell(l, member, cell);
	}
}

/* All columns of a CSV but the key's. */
static void choose_all(struct lookup *l)
{
	for (size_t i = 0; i < l->rows.ncolumns; i++)
		if (i != l->key_cell && l->rows.column[i].n)
			add_cell(l, l->rows.column[i], i);
}

static void add_row(struct lookup *l)
{
	*vec_add(&l->row) = (struct lookup_row){ 0 };
	*vec_add(&l->cells) = NULL;
}

/* Its number; MAP_NONE where nobody wants it, or a list has it already. */
static size_t place_key(struct lookup *l, struct view key, size_t line)
{
	size_t i = l->some ? map_find(&l->keys, key.p, key.n)
			   : map_add(&l->keys, key.p, key.n, NULL);

	if (i == MAP_NONE)
		return MAP_NONE;
	if (i == l->row.n)
		add_row(l);
	uint32_t *of_key = &l->row.v[i].line;
	if (*of_key && !l->list)
		rows_die(l->path, line, 0,
			"'%.*s' stands at %s:%u too, and a key has one row",
			(int)key.n, key.p, l->path, *of_key);
	if (*of_key)
		return MAP_NONE;
	*of_key = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX;
	return i;
}

static void open_key(struct lookup *l)
{
	struct why why = { 0 };

	if (!path_init(&l->key_path, &l->rows.keys, l->key, &why))
		die("option '-k': '%.*s': %s", (int)l->key.n, l->key.p,
			why.text);
	if (l->rows.json)
		return;
	struct view name = plain_name(&l->key_path, &l->rows.keys);
	l->key_cell = find_cell(l, name);
	if (l->key_cell != MAP_NONE)
		return;
	if (!l->list || l->rows.ncolumns != 1)
		no_column(l, name, ": say -k FIELD=COLUMN");
	/* a list without a header begins with its first key */
	l->key_cell = 0;
	place_key(l, l->rows.title[0], l->rows.header);
}

void lookup_open(struct lookup *l)
{
	rows_open(&l->rows, l->path);
	open_key(l);
	if (l->list)
		return;
	if (l->columns)
		choose_asked(l);
	else if (!l->rows.json)
		choose_all(l);
}

void lookup_want(struct lookup *l, struct view key)
{
	bool isnew;

	map_add(&l->keys, key.p, key.n, &isnew);
	if (isnew)
		add_row(l);
}

static void add_json(struct lookup *l, size_t column)
{
	struct buf *out = &l->row_cells;

	if (l->as) {
		buf_addc(out, out->n == l->first ? '{' : ',');
		json_text(out, l->column.v[column].member);
		buf_addc(out, ':');
		buf_addv(out, buf_view(&l->json));
	} else {
		struct head h = { (uint32_t)column, (uint32_t)l->json.n };
		buf_add(out, &h, sizeof(h));
		buf_addv(out, buf_view(&l->json));
	}
	buf_reset(&l->json);
}

static void add_cells(struct lookup *l)
{
	bool comma = l->rows.csv.delim != ',';
	struct why why = { 0 };

	for (size_t i = 0; i < l->column.n; i++) {
		const struct lookup_column *c = &l->column.v[i];
		struct view v = l->rows.cell[c->cell];
		if (!v.p || text_blank(v))
			continue;
		if (!typed_put(&l->json, v, c->type, comma, &why))
			rows_die(l->path, l->rows.line, 0, "column '%.*s': %s",
				(int)l->rows.column[c->cell].n,
				l->rows.column[c->cell].p, why.text);
		add_json(l, i);
	}
}

static void add_value(struct lookup *l, size_t column, struct val v)
{
	if (val_none(v))
		return;
	l->column.v[column].seen = true;
	json_val(&l->json, v);
	add_json(l, column);
}

/* The column of a member; a new one where it was not met before. */
static size_t column_of(struct lookup *l, uint32_t id)
{
	if (id == KEY_OTHER)
		rows_die(l->path, l->rows.line, 0,
			"too many columns, or too long a name: say with -c "
			"which ones");
	while (l->of_name.n <= id)
		*vec_add(&l->of_name) = 0;
	if (l->of_name.v[id])
		return l->of_name.v[id] - 1;
	struct view name = keys_name(&l->rows.keys, id);
	bool out = (!l->key_path.nsteps && id == l->key_path.key) ||
		   view_is(name, "type");
	if (!out)
		add_column(l, name);
	l->of_name.v[id] = out ? NO_COLUMN : (uint32_t)l->column.n;
	return l->of_name.v[id] - 1;
}

static void add_members(struct lookup *l)
{
	const struct rec *r = &l->rows.rec;

	if (l->columns) {
		for (size_t i = 0; i < l->column.n; i++)
			add_value(l, i,
				path_get(&l->asked.column.v[i].path, r));
		return;
	}
	for (size_t i = 0; i < r->nmembers; i++) {
		size_t column = column_of(l, r->member[i].id);
		if (column < l->column.n)
			add_value(l, column, r->member[i].val);
	}
}

/* The key of the row at hand; dies where it has none. */
static struct view row_key(struct lookup *l)
{
	struct view key = { 0 };

	if (l->rows.json) {
		struct val v = path_get(&l->key_path, &l->rows.rec);
		if (v.kind == K_STRING || v.kind == K_NUMBER)
			key = val_text(v, &l->scratch);
	} else {
		key = l->rows.cell[l->key_cell];
		key = key.p ? text_trim(key) : key;
	}
	if (!key.n)
		rows_die(l->path, l->rows.line, 0, "no '%.*s' in this row",
			(int)l->key.n, l->key.p);
	if (!l->rows.json && num_cut(key))
		rows_die(l->path, l->rows.line, 0,
			"'%.*s' is what a spreadsheet left of a longer number",
			(int)key.n, key.p);
	return key;
}

/* A tool wrote this NDJSON: its seal is no row, its abort line is the end. */
static bool is_seal(struct lookup *l)
{
	struct val type =
		rec_get(&l->rows.rec, keys_want(&l->rows.keys, "type"));

	if (val_is(type, VIEW("abort")))
		rows_die(l->path, l->rows.line, 0,
			"what wrote the table died before its end");
	return val_is(type, VIEW("end"));
}

static void check_seen(const struct lookup *l)
{
	for (size_t i = 0; i < l->column.n && l->row.n; i++) {
		const struct lookup_column *c = &l->column.v[i];
		if (!c->seen)
			die("%s: no row has '%.*s' (option -c)", l->path,
				(int)c->member.n, c->member.p);
	}
}

/* The cells of the row at hand, behind the bytes they are. */
static const char *keep_cells(struct lookup *l)
{
	struct buf *b = &l->row_cells;
	struct head one = { 0, 0 };
	uint32_t n = 0;

	buf_reset(b);
	buf_add(b, &n, sizeof(n));
	l->first = b->n;
	if (l->as) {
		buf_add(b, &one, sizeof(one));
		l->first = b->n;
	}
	if (l->rows.json)
		add_members(l);
	else
		add_cells(l);
	if (b->n > UINT32_MAX)
		rows_die(l->path, l->rows.line, 0, "too long a row");
	if (l->as) {
		buf_adds(b, b->n == l->first ? "{}" : "}");
		one.n = (uint32_t)(b->n - l->first);
		memcpy(b->p + sizeof(n), &one, sizeof(one));
	}
	n = (uint32_t)(b->n - sizeof(n));
	memcpy(b->p, &n, sizeof(n));
	return arena_bytes(&l->text, b->p, b->n);
}

static void take_row(struct lookup *l)
{
	struct view key = row_key(l);
	size_t i = place_key(l, key, l->rows.line);

	if (i != MAP_NONE && !l->list)
		l->cells.v[i] = keep_cells(l);
}

void lookup_load(struct lookup *l)
{
	bool asked = l->rows.json && l->columns && !l->list && !l->some;

	while (rows_next(&l->rows))
		if (!l->rows.json || !is_seal(l))
			take_row(l);
	if (asked)
		check_seen(l);
	if (l->as) {
		l->column.n = 0;
		add_column(l, view_of(l->as));
	}
	rows_close(&l->rows);
	columns_release(&l->asked);
	path_release(&l->key_path);
	vec_release(&l->of_name);
	buf_release(&l->row_cells);
	buf_release(&l->json);
}

size_t lookup_find(struct lookup *l, struct view key)
{
	size_t i = map_find(&l->keys, key.p, key.n);

	if (i == MAP_NONE)
		return MAP_NONE;
	if (l->list)
		l->row.v[i].met = true;
	else if (!l->cells.v[i])
		return MAP_NONE;
	return i;
}

struct lookup_cell lookup_cells(const struct lookup *l, size_t row)
{
	const char *p = l->cells.v[row];
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	p += sizeof(n);
	return (struct lookup_cell){ .at = p, .end = p + n };
}

bool lookup_cell(struct lookup_cell *cell)
{
	struct head h;

	if (cell->at == cell->end)
		return false;
	memcpy(&h, cell->at, sizeof(h));
	cell->column = h.column;
	cell->json = (struct view){ cell->at + sizeof(h), h.n };
	cell->at = cell->json.p + h.n;
	return true;
}

void lookup_release(struct lookup *l)
{
	map_release(&l->keys);
	vec_release(&l->row);
	vec_release(&l->cells);
	vec_release(&l->column);
	buf_release(&l->scratch);
	arena_release(&l->text);
}
