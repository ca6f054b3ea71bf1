/*
 * mapper_impl: what the files of mapper share: the state, and what each does
 * for the others. Nobody else includes it.
 *
 *	mapper.c	files and rows come in
 *	mapper_read.c	the rows of a file, by its format
 *	mapper_header.c	columns of a CSV file are found
 *	mapper_cell.c	cells of JSON and XML, elements of arrays
 *	mapper_value.c	tests; the text a field has
 *	mapper_place.c	where somebody is
 *	mapper_record.c	fields and records are written and leave
 *	mapper_group.c	rows are held until their group ends
 */
#ifndef CRM_MAPPER_IMPL_H
#define CRM_MAPPER_IMPL_H

#include "base/map.h"
#include "crm/mapcell.h"
#include "crm/mapper.h"
#include "value/text.h"

/*
 * A column's text in this row. p is NULL where it is missing. kind is that of
 * JSON: K_STRING is plain text (unescaped), anything else the JSON text.
 * At least 16 bytes can be read after it. K_MISSING with a text: of a sheet,
 * the mark that there is no value (CELL_BAD).
 */
#define CELL_BAD K_MISSING
struct cell {
	const char *p;
	uint32_t n;
	uint8_t kind;
};

/* Where a slot's text is in this file. */
struct bind {
	unsigned slot;
	uint32_t col;
	uint8_t guards;
};

/* A row of a group. Its cells are one block of memory with what they and the
 * views point to. */
struct held {
	struct cell *cell;
	size_t line, row;
	struct view raw;
	struct view unknown; /* an object, of JSON and XML */
};

struct group {
	struct group *next; /* the next by first rows; or spare */
	struct group *chain; /* the next of this bucket */
	uint64_t hash;
	VEC(struct held) held;
	size_t last; /* its last row, as m->seen counts them */
	size_t bytes;
	bool broken; /* too large: all rows of it are refused */
};

/* A place that was looked up, by all its texts; where its hash says. */
struct placed {
	struct buf key; /* empty: none yet */
	struct places_found found;
};

#define PLACED 1024
#define PLACED_KEY 400 /* bytes, of one that is remembered */
struct mapper {
	const struct mapping *map;
	struct mapper_calls calls;
	struct arena names; /* of a file */
	struct arena text; /* of a row */
	struct buf out;
	struct buf extra; /* members of extra met while a record is made */
	struct buf tail; /* "observed_at" and "file" of this file */
	VEC(unsigned) kept; /* slots that are in extra already */
	VEC(size_t) start;
	unsigned char *done; /* fields that the record got */
	struct mapcell_days *days;
	struct placed *placed; /* PLACED of them, once one is asked for */
	struct buf place_key;
	/* The place whose fields are being written, what the row says of it
	 * and what that means. NULL at the start of each object. */
	const struct map_place *place;
	struct view place_own[PART_DISTRICT + 1];
	const struct places_found *place_found;

	/* null words: their first bytes and the longest */
	bool null_first[256];
	size_t null_max;
	bool null_empty;

	/* The file. */
	const char *file;
	struct view observed;
	bool said, stopped, sheet;
	size_t ncells; /* that a row must have */
	struct view *other; /* names of a header that does not fit */
	size_t nother;
	struct bind *bind;
	size_t nbind;
	struct view *unknown; /* "name": of columns no field uses */
	size_t nunknown;
	struct map comment; /* of a preamble: names, and */
	VEC(struct view) comment_text;
	struct map used; /* first names of paths; and what is dropped */
	bool *drop_said;
	struct mapper_strange strange[MAPPER_STRANGE];

	/* The row: slots, then unknown columns. */
	struct cell *cell;
	size_t nslots;
	size_t row, line_no;
	struct view raw;
	const struct view *rest; /* cells behind the last column */
	size_t nrest;
	const struct xml_doc *doc;
	struct val json;

	/* Groups by their first rows: open, or waiting for an older one. */
	struct group *first, **end; /* where the next one is put */
	struct group *latest; /* that of the row above */
	struct group *spare;
	struct group **bucket; /* by their keys' hash; NULL: only latest */
	size_t mask; /* of the hash */
	size_t seen; /* rows that groups were looked for */
	size_t swept; /* and at the last sweep */

	/* What records are made of: a row, or those of a group. */
	struct cell *merged;
	struct cell **rows;
	size_t nrows;
	const struct held *held; /* of the record at hand */
	size_t nheld;

	uint64_t asked; /* phone numbers that libphonenumber was asked of */

	/* A refusal. */
	struct why why;
	const char *field;
};

/* Texts and cells. */

static inline void make_room(struct buf *b, size_t n)
{
	if (b->cap < b->n + n + BUF_PAD)
		buf_grow(b, n);
}

static inline struct view view_cell(struct cell c)
{
	return (struct view){ c.p, c.n };
}

static inline bool view_starts(struct view v, struct view with)
{
	return v.n >= with.n && memcmp(v.p, with.p, with.n) == 0;
}

static inline bool words_have(const struct map_words *w, struct view v)
{
	for (size_t i = 0; i < w->n; i++)
		if (view_eq(w->from[i], v))
			return true;
	return false;
}

/* Whether the text is a word that means nothing in this map. */
static inline bool mapper_null(const struct mapper *m, struct view v)
{
	if (v.n == 0)
		return m->null_empty;
	if (v.n > m->null_max || !m->null_first[(unsigned char)v.p[0]])
		return false;
	return words_have(&m->map->null, text_trim(v));
}

/* A copy at p with what mapcell_quote wants after it. */
static inline struct view copy_to(char *p, struct view v)
{
	if (v.n)
		memcpy(p, v.p, v.n);
	memset(p + v.n, 0, 16);
	return (struct view){ p, v.n };
}

/* A copy that lasts as long as the row. */
static inline struct cell mapper_keep(struct mapper *m, struct view v)
{
	v = copy_to(arena_alloc(&m->text, v.n + 16), v);
	return (struct cell){ v.p, (uint32_t)v.n, K_STRING };
}

struct view cell_unguard(struct view v, unsigned guards);
struct cell cell_of_val(struct mapper *m, struct val v, unsigned guards);
struct cell cell_of_text(struct mapper *m, struct view v, unsigned guards);

/* Elements of an array in JSON or XML. */
struct each {
	const struct map_scope *scope;
	struct val_iter it;
	struct val one;
	size_t i;
};

/* What the path leads to; K_MISSING where it leads nowhere. */
struct val mapper_walk(struct val v, const struct map_path *path);
/* The scope's elements of this row, from the first. */
struct each each_begin(struct mapper *m, size_t scope);
/* Fills the cells of the next element. False after the last. */
bool each_next(struct mapper *m, struct each *e, struct cell *cells);

/* Whether all cells but the first are empty, as in a sheet, where rows are
 * filled up, those of a comment are. */
bool mapper_lone(const struct csv_row *row);
/* What a preamble said is forgotten. */
void mapper_comments(struct mapper *m);
/* What the user should know of this file. */
void mapper_note(struct mapper *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Whether the map drops this column; says so the first time. */
bool mapper_dropped(struct mapper *m, struct view name);

/* The field that is to blame. */
static inline bool mapper_bad(struct mapper *m, const struct map_field *f)
{
	m->field = f->name;
	return false;
}

/* A test that is NULL holds. */
bool test_holds(const struct mapper *m, const struct map_test *t,
	const struct cell *cells);
/* Whether the cell is no CELL_BAD. False with m->why. */
bool mapper_sound(struct mapper *m, struct cell c);
/* The row of the group that the field asks; NULL where there is none. */
struct cell *mapper_row(struct mapper *m, const struct map_field *f);
/* A field's text, before it is read as its type; p NULL where it has none.
 * False with m->field and m->why. */
bool mapper_fetch(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct cell *out);

/* What a field of a place gives: the name, code or tier that the lists have,
 * or its own text where they do not know it and the map keeps it; p NULL:
 * nothing. False with m->field and m->why where the row is to be refused. */
bool mapper_place(struct mapper *m, const struct map_field *f,
	const struct cell *cells, struct view *out);
/* Says which places of the file stayed as they were. */
void mapper_say_strange(struct mapper *m);
/* Adds what from has, which is empty then; both are MAPPER_STRANGE long. */
void mapper_move_strange(struct mapper_strange *to,
	struct mapper_strange *from);
void mapper_free_strange(struct mapper_strange *s);

/* A text that no field has goes into extra. */
void mapper_keep_extra(struct mapper *m, const struct map_field *f,
	struct view text);
/* Appends to out, as members of an object, what no field uses of the JSON or
 * XML that came last, or of a row what is behind the last column; *sep is put
 * before the first. */
void mapper_put_unknown(struct mapper *m, char *sep);
/* All records of a row or, with held, of a group of m->nrows; what was made is
 * in out. False with m->field and m->why. */
bool mapper_put(struct mapper *m, struct cell *cells, const struct held *held,
	size_t row);
/* What is in out leaves; rows: that it was made of. */
void mapper_emit(struct mapper *m, size_t rows);

/* The row at hand joins its group; groups that have ended leave. */
void mapper_group(struct mapper *m);
void mapper_free_groups(struct mapper *m);

#endif
