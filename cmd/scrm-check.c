/* scrm-check: say which records break scrm-record(5) */
#include "crm/check.h"
#include "crm/fresh.h"
#include "edge/rules.h"
#include "edge/tool.h"

#include "base/die.h"

#define NAMED 10 /* of one field and reason, as tool_refuse does */
#define KINDS 200 /* of field and reason that are told apart */

/* How often each field was broken, for the end. */
struct tally {
	struct map text; /* "order total: number wanted, not text" */
	VEC(uint64_t) count;
};

static uint64_t tally_add(struct tally *y, struct view type,
	const struct breach *b)
{
	struct buf text = { 0 };
	bool isnew;

	buf_addf(&text, "%.*s %.*s: %s", (int)type.n, type.n ? type.p : "",
		(int)b->field.n, b->field.p, b->reason);
	/* The words of a bad value are left out. */
	char *quote = strchr(text.p, '\'');
	char *end = quote ? strchr(quote + 1, '\'') : NULL;
	if (end) {
		memmove(quote, "it", 2);
		memmove(quote + 2, end + 1, strlen(end + 1) + 1);
		text.n = strlen(text.p);
	}
	if (y->text.n == KINDS &&
		map_find(&y->text, text.p, text.n) == MAP_NONE) {
		buf_reset(&text);
		buf_adds(&text, "other fields and reasons");
	}
	size_t i = map_add(&y->text, text.p, text.n, &isnew);
	if (isnew)
		*vec_add(&y->count) = 0;
	buf_release(&text);
	return ++y->count.v[i];
}

/* The record is refused for its first breach; the others are named, too. */
static void refuse(struct tool *t, struct tally *y, struct check *c,
	struct rec *r)
{
	struct view type = rec_text(r, c->k_type);

	for (size_t i = 0; i < c->breach.n; i++) {
		const struct breach *b = &c->breach.v[i];
		uint64_t n = tally_add(y, type, b);
		if (i && n <= NAMED)
			warn("%s:%zu: field '%.*s': %s", r->file, r->lineno,
				(int)b->field.n, b->field.p, b->reason);
		if (i == 0) {
			char *field = xmemdup(b->field.p, b->field.n);
			tool_refuse(t, r, field, "%s", b->reason);
			free(field);
		}
	}
}

static void check_records(struct tool *t)
{
	struct tally y = { 0 };
	struct check c;
	struct rec *r;

	check_init(&c, &t->keys);
	c.slip = tool_say;
	c.arg = t;
	while ((r = tool_next(t))) {
		if ((t->type && !view_is(rec_text(r, c.k_type), t->type)) ||
			check_rec(&c, r))
			tool_put(t, r);
		else
			refuse(t, &y, &c, r);
	}
	for (size_t i = 0; i < y.text.n; i++)
		if (y.count.v[i] > NAMED)
			tool_note(t, "%llu x %.*s",
				(unsigned long long)y.count.v[i],
				(int)map_key(&y.text, i).n,
				map_key(&y.text, i).p);
	check_release(&c);
	map_release(&y.text);
	vec_release(&y.count);
}

/* A line for each source; the late ones are named as bad records are. */
static void say_sources(struct tool *t, const struct fresh *f,
	const struct rules *rules)
{
	const char *zone = t->zone ? zone_name(t->zone) : NULL;
	struct buf b = { 0 };

	for (size_t i = 0; i < f->source.n; i++) {
		const struct fresh_source *s = &f->source.v[i];
		buf_reset(&b);
		fresh_text(s, &b);
		if (s->late)
			warn("%s:%zu: late: %s", rules->path,
				rules->row.v[i].line, b.p);
		buf_reset(&b);
		fresh_print(f, s, t->as_of_text, zone, &b);
		tool_make(t, buf_view(&b));
	}
	if (f->later)
		tool_info(t, "%llu records are later than the as-of",
			(unsigned long long)f->later);
	if (f->unknown)
		tool_info(t, "%llu records have no source or observed_at",
			(unsigned long long)f->unknown);
	buf_release(&b);
}

static void check_sources(struct tool *t, const char *path)
{
	static const char *const need[] = { "source", "every", NULL };
	static const char *const may[] = { "account", "type", "map", "by",
		"grace", "owner", NULL };
	struct fresh f = { .as_of = t->as_of,
		.offset = t->env.offset,
		.zone = t->zone };
	struct rules rules;
	struct why why = { 0 };
	struct rec *r;
	size_t row;

	fresh_init(&f, &t->keys);
	rules_load(&rules, path, need, may);
	if (!fresh_read(&f, &rules, &row, &why))
		rules_die(&rules, row, "%s", why.text);
	for (char **file = t->operand; *file; file++)
		fresh_add_file(&f, *file);
	while ((r = tool_next(t)))
		*(fresh_add(&f, r) ? &t->folded : &t->withheld) += 1;
	t->amiss = fresh_judge(&f) != 0;
	say_sources(t, &f, &rules);
	rules_release(&rules);
	fresh_release(&f);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-T TYPE] [--fresh -f SOURCES] [file ...]",
		.about = "say which records break scrm-record(5)",
	};
	const char *sources = NULL;
	bool fresh = false;
	const struct opt options[] = {
		OPT_STR('T', "type", "TYPE", "look at this type only", &t.type),
		OPT_FLAG(0, "fresh", "say which sources are late, no more",
			&fresh),
		OPT_STR('f', "file", "SOURCES",
			"what is expected when: source,every", &sources),
		OPT_END,
	};

	tool_open(&t, argc, argv, options);
	if (t.type && !schema_type(view_of(t.type)))
		die("no type '%s' in scrm-record(5)", t.type);
	if (sources && !fresh)
		die("option '-f' is for --fresh");
	if (t.type && fresh)
		die("option '-T' is not for --fresh");
	if (fresh && !sources)
		tool_missing(&t, "sources");
	if (fresh)
		check_sources(&t, sources);
	else
		check_records(&t);
	return tool_close(&t);
}
