/*
 * condition_impl: what the files of condition share: tokens, the tree, the
 * fields it reads. Nobody else includes it.
 *
 * A field is a slot of a scope: the record (in the set, shared by all its
 * conditions), a rule file's row (in the condition), the element that any()
 * binds (in its node). A scope's generation counts what it was set to; a slot
 * of the same generation need not be fetched again, and a cell keeps the
 * number, text or time that was read from it.
 */
#ifndef RECORD_CONDITION_IMPL_H
#define RECORD_CONDITION_IMPL_H

#include "base/vec.h"
#include "record/condition.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define COND_DEPTH 100 /* of parentheses and functions */
#define COND_NODES 400 /* of the tree, as a + b + c makes it deeper */
#define COND_STEPS 1000000 /* PCRE2's match limit */

enum stype { S_ANY, S_BOOL, S_NUM, S_TEXT, S_TIME, S_SPAN, S_NULL };

/* Tokens */

enum token_kind {
	TK_END,
	TK_FIELD, /* a.b."c d" whole, also words of the language */
	TK_NUM,
	TK_TEXT,
	TK_CONST,
	TK_EQ, /* the comparisons, in the order of enum cmp */
	TK_NE,
	TK_LT,
	TK_LE,
	TK_GT,
	TK_GE,
	TK_MATCH,
	TK_NOMATCH,
	TK_PLUS,
	TK_MINUS,
	TK_STAR,
	TK_SLASH,
	TK_OPEN,
	TK_SHUT,
	TK_COMMA,
	TK_BAD,
};

struct token {
	enum token_kind kind;
	size_t at, end; /* bytes in the text */
	struct view text; /* TK_TEXT: doubled quotes undone; else as written */
};

struct lexer {
	struct view text;
	size_t pos;
	struct arena *mem;
	struct why *why;
	struct token last; /* what ended the parse: TK_END or TK_COMMA */
};

/* TK_BAD with why. */
struct token lex_next(struct lexer *l);
/* Fills line and col of a byte; the text is formatted by why_not. */
void lex_place(struct why *why, struct view text, size_t at);

/* Fields */

enum odd {
	ODD_TEXT,
	ODD_NUMBER,
	ODD_BOOL,
	ODD_OBJECT,
	ODD_DATE,
	ODD_HUGE,
	ODD_WIDE,
	ODD_MANY,
	ODD_N
};

enum cell_state { CELL_UNREAD, CELL_NONE, CELL_READ, CELL_WIDE, CELL_HUGE };

struct cell {
	struct val v;
	uint8_t num_state, text_state, time_state;
	/* the number is nano / 10^9; the day of the time is known */
	bool narrow, has_day;
	int64_t nano, day;
	struct view text;
	struct when time;
	struct dec num;
	struct buf scratch;
};

struct scope {
	enum scope_kind { SCOPE_RECORD, SCOPE_ROW, SCOPE_ELEMENT } kind;
	const struct rec *rec; /* record or row; NULL: nothing is there */
	struct val element;
	uint64_t gen;
	uint32_t stamp;
	struct scope *outer;
	const char *path; /* of the list that the element is in */
};

struct slot {
	struct scope *scope;
	unsigned key; /* of the first name, in the record's or row's keys */
	struct view *step; /* all the names */
	size_t nsteps;
	const char *name; /* dotted and whole, for messages */
	enum stype type;
	bool soft; /* of a row: a text that reads as a number is one */
	bool watch; /* unknown name: say if no record had it */
	bool quoted, seen;
	uint64_t gen;
	struct val raw; /* itself, if no list was on the way */
	struct cell *cell; /* its values: elements of a list, nulls left out */
	size_t n, cap;
	uint64_t odd[ODD_N], odd_gen[ODD_N];
};

struct condition_set {
	struct scope record;
	VEC(struct slot *) slot;
	VEC(struct slot *) unseen;
	struct arena mem;
	uint64_t too_big;
	uint64_t too_big_gen;
};

/* The tree */

enum cmp { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };

enum op {
	/* conditions */
	OP_AND,
	OP_OR,
	OP_NOT,
	OP_TRUTH, /* a value that may be true */
	OP_FIELD_TEST, /* of a slot against constants: the fast ones */
	OP_TEST, /* of a value against constants */
	OP_CMP,
	OP_IN,
	OP_BETWEEN,
	OP_HAS, /* contains, starts_with with a value on the right */
	OP_NULL,
	OP_ANY,
	OP_ALL,
	OP_NONE,
	/* values */
	OP_CONST,
	OP_FIELD,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_NEG,
	OP_COUNT,
	OP_CALL,
};

enum fn {
	FN_TODAY,
	FN_DATE,
	FN_DAYS,
	FN_MONTHS,
	FN_HOURS,
	FN_DAYS_SINCE,
	FN_AGE,
	FN_MONTH,
	FN_WEEKDAY,
	FN_LOWER,
	FN_LENGTH,
	FN_TRIM,
	FN_COALESCE,
	FN_ROUND,
	FN_MIN,
	FN_MAX,
	FN_CONTAINS,
	FN_STARTS_WITH,
};

/* Patterns: what like and ~ come to. */
struct pattern {
	enum {
		PAT_EXACT,
		PAT_PREFIX,
		PAT_SUFFIX,
		PAT_CONTAINS,
		/* of ~ with $ at its end, which stands before a last newline,
		 * too */
		PAT_END,
		PAT_WHOLE,
		PAT_LIKE,
		PAT_REGEX
	} kind;
	bool lower; /* the text is lowered before */
	struct view text;
	pcre2_code *code;
	bool jit;
};

/* The form of a like pattern; lower for ilike. */
void pattern_like(struct pattern *p, struct view text, bool lower,
	struct arena *mem);
/* False with why: not a regular expression; *at is the byte in it. */
bool pattern_regex(struct pattern *p, struct view text, struct arena *mem,
	struct why *why, size_t *at);
/* 1, 0, or -1 where PCRE2 gave up. */
int pattern_match(const struct pattern *p, struct view text,
	struct buf *scratch, pcre2_match_data *data,
	pcre2_match_context *context);

/* A test of one value against constants; false of what is missing. */
struct test {
	enum test_kind {
		TEST_NUM,
		TEST_NUM_RANGE,
		TEST_NUM_IN,
		TEST_TEXT,
		TEST_TEXT_RANGE,
		TEST_TEXT_IN,
		TEST_TIME,
		TEST_TIME_RANGE,
		TEST_TIME_IN,
		TEST_BOOL,
		TEST_MATCH,
	} kind;
	enum cmp cmp;
	bool negate;
	bool narrow; /* numbers: key is what cells have in nano */
	uint8_t accept; /* orders that are true: 1 less, 2 equal, 4 greater */
	/* of the constants: nano, days of times; of a text its first eight
	 * bytes and its length */
	int64_t key[2];
	size_t n; /* constants: 1, 2 of a range, those of a list */
	const struct cval *value; /* numbers of a list are in order */
	struct map *map; /* of a long list of texts */
	struct pattern *pattern;
};

struct condition;

struct node {
	/* the form of node_test for this one, see node_bind */
	bool (*ask)(struct condition *c, const struct node *n);
	enum op op;
	enum stype type;
	bool constant, loose, negate;
	enum cmp cmp;
	enum fn fn;
	unsigned depth;
	size_t at; /* byte in the text, for messages */
	size_t nkids;
	struct node **kid;
	struct slot *slot;
	struct test test;
	struct cval value; /* OP_CONST */
	struct scope *scope; /* OP_ANY...: what it binds */
};

struct condition {
	struct node *root;
	struct arena mem;
	struct condition_set *set;
	bool own_set;
	const struct condition_env *env;
	struct keys *keys;
	struct scope row;
	VEC(struct slot *) rows; /* slots of the row, kept here */
	VEC(struct slot *) elements; /* of what any() binds */
	VEC(struct slot *) fields; /* all it reads */
	VEC(struct pattern *) patterns;
	VEC(struct map *) maps;
	pcre2_match_data *match_data;
	pcre2_match_context *match_context;
	pcre2_jit_stack *jit_stack;
	struct buf scratch; /* of patterns and functions */
	bool refused;
	struct why why;
	struct arena text; /* what functions made, until the next record */
};

/* Parses all of l's text, or to its next top-level comma where that may end
 * it. NULL with why. */
struct node *condition_parse(struct condition *c, struct lexer *l,
	bool condition, bool comma, struct why *why);

/* Whether a function has this name. */
bool condition_function(const char *name);

struct condition *condition_new(struct keys *keys,
	const struct condition_env *env);
/* When all is parsed. */
void condition_ready(struct condition *c);

struct slot *slot_new(struct arena *mem, struct scope *scope, struct view *step,
	size_t nsteps);
void slot_read(struct slot *s);
/* Its values in the scope's record, row or element. */
static inline void slot_fetch(struct slot *s)
{
	if (s->gen != s->scope->gen)
		slot_read(s);
}
void slot_free(struct slot *s);
/* The record of what follows; NULL for constants. */
void condition_begin(struct condition *c, const struct rec *r);
/* The slow form of any condition, and what picks the fast ones when the tree
 * is whole. */
bool node_plain(struct condition *c, const struct node *n);
void node_bind(struct condition *c, struct node *n);
static inline bool node_test(struct condition *c, const struct node *n)
{
	return n->ask(c, n);
}
void node_eval(struct condition *c, const struct node *n, struct cval *out);
/* The first cell of a field test for which it is `truth`, or NULL. */
const struct cell *node_cell(struct condition *c, const struct node *n,
	bool truth);
int dec_order(struct dec a, struct dec b);
/* C_NUMBER and C_WIDE, exactly. */
int num_order(const struct cval *a, const struct cval *b);

#endif
