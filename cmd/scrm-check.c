/* scrm-check: say which records break scrm-record(5) */
#include "crm/breaches.h"
#include "crm/fresh.h"
#include "edge/rules.h"
#include "edge/tool.h"
#include "record/schema.h"

#include "base/die.h"

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
		breaches_all(&t);
	return tool_close(&t);
}
