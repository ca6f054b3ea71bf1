/* scrm-profile: make one golden profile of all records of a customer */
#include "base/die.h"
#include "crm/customers.h"
#include "edge/rules.h"
#include "edge/tool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static void read_survivorship(struct golden *golden, const char *path)
{
	static const char *const need[] = { "field", "rule", NULL };
	static const char *const may[] = { "sources", NULL };
	struct rules rules;
	struct why why = { 0 };
	size_t row;
	rules_load(&rules, path, need, may);
	if (!golden_read(golden, &rules, &row, &why))
		rules_die(&rules, row, "%s", why.text);
	rules_release(&rules);
}

/* Rules that each thread compiles for itself. */
struct file {
	struct rules rules;
	const char *path; /* NULL: not given */
};

struct profile {
	struct tool *t;
	struct customers *c;
	struct customers_options o;
	struct facts facts;
	struct consent_rules consent;
	const struct file *facts_file, *consent_file;
	bool keep, sorted;
	size_t memory;
	uint64_t taken;
	struct buf last;
};

static void load_facts(struct file *f)
{
	static const char *const need[] = { "fact", "of", "agg", NULL };
	static const char *const may[] = { "value", "where", NULL };
	if (f->path)
		rules_load(&f->rules, f->path, need, may);
}

static void load_consent(struct file *f)
{
	static const char *const need[] = { "when", "channel", "purpose",
		"status", NULL };
	static const char *const may[] = { NULL };
	if (f->path)
		rules_load(&f->rules, f->path, need, may);
}

/* Facts and consent for the tool of a thread. */
static void compile(struct profile *p, struct tool *t)
{
	const struct rules *rules = &p->facts_file->rules;
	struct why why = { 0 };
	size_t row;
	p->t = t;
	p->facts = (struct facts){ 0 };
	p->consent = (struct consent_rules){ 0 };
	facts_init(&p->facts, &t->keys, &t->env);
	if (p->facts_file->path &&
		!facts_read(&p->facts, rules, customers_taken, p->o.defaults,
			&row, &why))
		rules_die(rules, row, "%s", why.text);
	rules = &p->consent_file->rules;
	if (p->consent_file->path && !consent_rules_read(&p->consent, rules,
					     &t->keys, &t->env, &row, &why))
		rules_die(rules, row, "%s", why.text);
	p->o.facts = p->facts.fact.n ? &p->facts : NULL;
	p->o.consent = p->consent_file->path ? &p->consent : NULL;
}

static void release(struct profile *p)
{
	consent_rules_release(&p->consent);
	customers_release(p->c);
	facts_release(&p->facts);
	buf_release(&p->last);
}

/* A gatherer may have them all, four are enough. */
static size_t cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 4 ? 4 : (size_t)n;
}

static void put_line(void *tool, struct view line)
{
	tool_make(tool, line);
}

/* All that is held leaves. */
static void emit(struct profile *p)
{
	struct why why = { 0 };
	customers_sort(p->c);
	if (!customers_print_all(p->c, put_line, p->t, &why))
		die("%s", why.text);
	customers_clear(p->c);
}

/* With --sorted: whoever stands before this one is complete. */
static void step(struct profile *p, const struct rec *r, struct view id)
{
	struct view last = buf_view(&p->last);
	int c = p->last.p ? view_cmp(last, id) : -1;
	if (c > 0)
		die("%s:%zu: customer_id '%.*s' after '%.*s': the input is "
		    "not sorted; run scrm-sort -k customer_id first",
			r->file, r->lineno, (int)id.n, id.p, (int)last.n,
			last.p);
	if (c == 0)
		return;
	emit(p);
	buf_reset(&p->last);
	buf_addv(&p->last, id);
}

static void check_memory(struct profile *p)
{
	if (p->memory && customers_bytes(p->c) > p->memory)
		die("the customers need more than --memory allows (%zu "
		    "bytes): scrm-sort -k customer_id ... | "
		    "scrm-profile --sorted",
			p->memory);
}

static void each(void *mine, struct tool *t, struct rec *r)
{
	struct profile *p = mine;
	struct customers *c = p->c;
	struct why why = { 0 };
	uint64_t profiles = c->profiles;
	if (p->sorted) {
		struct view id = customers_id(c, r);
		if (id.p && customers_known(c, r))
			step(p, r, id);
	}
	enum customers_took took = customers_add(c, r, &why);
	bool is_profile = c->profiles != profiles;
	if (took == TOOK_STOP)
		tool_die(t, r, "%s", why.text);
	else if (took == TOOK_REFUSE)
		tool_refuse(t, r, c->field, "%s", why.text);
	else if (took == TOOK_FOREIGN || (p->keep && !is_profile))
		tool_put(t, r);
	else if (took == TOOK)
		t->folded++;
	else
		t->withheld++;
	if (!c->home && ++p->taken % 1024 == 0)
		check_memory(p);
}

/* Threads: each packs the records of blocks, which are folded in order. */

static void turn(void *tool)
{
	tool_turn(tool);
}

static void *again(const void *mine, struct tool *t)
{
	const struct profile *p = mine;
	struct profile *q = xmalloc(sizeof(*q));
	*q = *p;
	q->c = xmalloc(sizeof(*q->c));
	q->last = (struct buf){ 0 };
	compile(q, t);
	customers_again(q->c, p->c, &t->keys, &q->o, turn, t);
	return q;
}

static void begin(void *mine, void *block)
{
	customers_begin(((struct profile *)mine)->c, block);
}

static void end(void *mine, void *block)
{
	customers_end(((struct profile *)mine)->c, block);
}

static void take(void *mine, void *block)
{
	struct profile *p = mine;
	customers_join(p->c, block);
	check_memory(p);
}

static void release_block(void *block)
{
	customers_block_release(block);
}

static void join(void *mine, void *other)
{
	struct profile *p = mine, *q = other;
	facts_join(&p->facts, &q->facts);
	if (p->consent_file->path)
		consent_rules_join(&p->consent, &q->consent);
	release(q);
	free(q->c);
	free(q);
}

static void say(struct profile *p)
{
	struct tool *t = p->t;
	struct customers *c = p->c;
	const char *what = c->profiles ? "profiles" : "records";
	uint64_t n = c->profiles ? c->profiles : c->records;
	bool none = c->profiles ? !c->profiles_with_id : c->no_id == n;
	if (n && none)
		die("no customer_id in any of %" PRIu64 " %s: run "
		    "scrm-dedupe first",
			n, what);
	if (t->quiet)
		return;
	if (c->no_id)
		tool_note(t, "%" PRIu64 " records have no customer_id",
			c->no_id);
	if (c->later)
		tool_note(t, "%" PRIu64 " records are later than the as-of",
			c->later);
	if (c->no_currency && c->currency)
		tool_note(t,
			"%" PRIu64 " amounts had no currency and were taken "
			"as %.3s",
			c->no_currency, map_key(&c->texts, c->currency).p);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-f FACTS] [--consent FILE] [--explain] [--keep] "
			 "[--memory SIZE] "
			 "[--no-default-facts] [--rates FILE] [--sorted] "
			 "[--survivorship FILE] [file ...]",
		.about = "make one golden profile of all records of a customer",
	};
	const char *rates_path = NULL, *golden_path = NULL;
	bool no_default = false;
	struct file facts = { 0 }, consent = { 0 };
	struct rates rates = { 0 };
	struct golden golden = { 0 };
	struct customers c;
	struct profile p = { .c = &c,
		.facts_file = &facts,
		.consent_file = &consent };
	const struct opt options[] = {
		OPT_STR('f', "facts", "FACTS", "more facts, scrm-facts(5)",
			&facts.path),
		OPT_STR(0, "consent", "FILE",
			"what follows: when,channel,purpose,status",
			&consent.path),
		OPT_FLAG(0, "explain", "say where each field comes from",
			&t.explain),
		OPT_FLAG(0, "keep", "pass all records but profiles", &p.keep),
		OPT_SIZE(0, "memory", "SIZE", "end rather than hold more",
			&p.memory),
		OPT_FLAG(0, "no-default-facts", "only the facts of -f",
			&no_default),
		OPT_STR(0, "rates", "FILE",
			"rates to SCRM_CURRENCY: date,currency,rate",
			&rates_path),
		OPT_FLAG(0, "sorted", "the input is sorted by customer_id",
			&p.sorted),
		OPT_STR(0, "survivorship", "FILE",
			"which value survives: field,rule,sources",
			&golden_path),
		OPT_END,
	};
	const struct tool_map map = { .each = each,
		.again = again,
		.join = join,
		.size = sizeof(struct customers_block),
		.begin = begin,
		.end = end,
		.take = take,
		.release = release_block };

	tool_open(&t, argc, argv, options);
	if (rates_path)
		rates_load(&rates, rates_path);
	if (golden_path)
		read_survivorship(&golden, golden_path);
	load_facts(&facts);
	load_consent(&consent);
	if (!t.jobs)
		t.jobs = cores();
	p.o = (struct customers_options){
		.as_of = t.as_of,
		.offset = t.env.offset,
		.zone = t.env.zone,
		.golden = &golden,
		.rates = rates_path ? &rates : NULL,
		.defaults = !no_default,
		.explain = t.explain,
		.jobs = t.jobs,
	};
	compile(&p, &t);
	customers_init(&c, &t.keys, &p.o);
	if (p.sorted)
		t.jobs = 1;
	tool_each(&t, &map, &p);
	check_memory(&p);
	say(&p);
	emit(&p);
	facts_notes(&p.facts, tool_say, &t);
	consent_rules_notes(&p.consent, tool_say, &t);
	release(&p);
	if (facts.path)
		rules_release(&facts.rules);
	if (consent.path)
		rules_release(&consent.rules);
	golden_release(&golden);
	rates_release(&rates);
	return tool_close(&t);
}
