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

static void read_facts(struct facts *facts, const char *path, bool defaults)
{
	static const char *const need[] = { "fact", "of", "agg", NULL };
	static const char *const may[] = { "value", "where", NULL };
	struct rules rules;
	struct why why = { 0 };
	size_t row;
	rules_load(&rules, path, need, may);
	if (!facts_read(facts, &rules, customers_taken, defaults, &row, &why))
		rules_die(&rules, row, "%s", why.text);
	rules_release(&rules);
}

static void read_consent(struct consent_rules *consent, const char *path,
	struct tool *t)
{
	static const char *const need[] = { "when", "channel", "purpose",
		"status", NULL };
	static const char *const may[] = { NULL };
	struct rules rules;
	struct why why = { 0 };
	size_t row;
	rules_load(&rules, path, need, may);
	if (!consent_rules_read(consent, &rules, &t->keys, &t->env, &row, &why))
		rules_die(&rules, row, "%s", why.text);
	rules_release(&rules);
}

/* A gatherer may have them all, four are enough. */
static size_t cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 4 ? 4 : (size_t)n;
}

struct profile {
	struct tool *t;
	struct customers *c;
	bool keep, sorted;
	size_t memory;
	struct buf last;
};

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

static void take(struct profile *p, struct rec *r)
{
	struct tool *t = p->t;
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
		die("%s:%zu: %s", r->file, r->lineno, why.text);
	if (took == TOOK_REFUSE)
		tool_refuse(t, r, c->field, "%s", why.text);
	else if (took == TOOK_FOREIGN || (p->keep && !is_profile))
		tool_put(t, r);
	else if (took == TOOK)
		t->folded++;
	else
		t->withheld++;
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
	const char *facts_path = NULL, *rates_path = NULL, *golden_path = NULL;
	const char *consent_path = NULL;
	bool no_default = false;
	struct customers c;
	struct profile p = { .t = &t, .c = &c };
	const struct opt options[] = {
		OPT_STR('f', "facts", "FACTS", "more facts, scrm-facts(5)",
			&facts_path),
		OPT_STR(0, "consent", "FILE",
			"what follows: when,channel,purpose,status",
			&consent_path),
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
	struct rates rates = { 0 };
	struct golden golden = { 0 };
	struct facts facts;
	struct consent_rules consent = { 0 };
	struct rec *r;

	tool_open(&t, argc, argv, options);
	facts_init(&facts, &t.keys, &t.env);
	if (rates_path)
		rates_load(&rates, rates_path);
	if (golden_path)
		read_survivorship(&golden, golden_path);
	if (facts_path)
		read_facts(&facts, facts_path, !no_default);
	if (consent_path)
		read_consent(&consent, consent_path, &t);
	const struct customers_options o = {
		.as_of = t.as_of,
		.offset = t.env.offset,
		.zone = t.env.zone,
		.golden = &golden,
		.facts = facts.fact.n ? &facts : NULL,
		.consent = consent_path ? &consent : NULL,
		.rates = rates_path ? &rates : NULL,
		.defaults = !no_default,
		.explain = t.explain,
		.jobs = t.jobs ? t.jobs : cores(),
	};
	customers_init(&c, &t.keys, &o);
	for (uint64_t i = 1; (r = tool_next(&t)); i++) {
		take(&p, r);
		if (i % 1024 == 0)
			check_memory(&p);
	}
	check_memory(&p);
	say(&p);
	emit(&p);
	facts_notes(&facts, tool_say, &t);
	consent_rules_notes(&consent, tool_say, &t);
	consent_rules_release(&consent);
	facts_release(&facts);
	customers_release(&c);
	golden_release(&golden);
	rates_release(&rates);
	buf_release(&p.last);
	return tool_close(&t);
}
