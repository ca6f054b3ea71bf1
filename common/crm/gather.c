#include "crm/gather.h"

#include "base/die.h"

#include <inttypes.h>
#include <stdlib.h>

/* Facts and consent for the tool of a thread. */
static void compile(struct gather *g, struct tool *t)
{
	const struct rules *rules = g->facts_rules;
	struct why why = { 0 };
	size_t row;
	g->t = t;
	g->facts = (struct facts){ 0 };
	g->consent = (struct consent_rules){ 0 };
	facts_init(&g->facts, &t->keys, &t->env);
	if (rules && !facts_read(&g->facts, rules, customers_taken,
			     g->o.defaults, &row, &why))
		rules_die(rules, row, "%s", why.text);
	rules = g->consent_rules;
	if (rules && !consent_rules_read(&g->consent, rules, &t->keys, &t->env,
			     &row, &why))
		rules_die(rules, row, "%s", why.text);
	g->o.facts = g->facts.fact.n ? &g->facts : NULL;
	g->o.consent = g->consent_rules ? &g->consent : NULL;
}

static void release(struct gather *g)
{
	consent_rules_release(&g->consent);
	customers_release(g->c);
	facts_release(&g->facts);
	buf_release(&g->last);
}

static void put_line(void *tool, struct view line)
{
	tool_make(tool, line);
}

/* All that is held leaves. */
static void emit(struct gather *g)
{
	struct why why = { 0 };
	customers_sort(g->c);
	if (!customers_print_all(g->c, put_line, g->t, &why))
		die("%s", why.text);
	customers_clear(g->c);
}

/* With --sorted: whoever stands before this one is complete. */
static void step(struct gather *g, const struct rec *r, struct view id)
{
	struct view last = buf_view(&g->last);
	int c = g->last.p ? view_cmp(last, id) : -1;
	if (c > 0)
		die("%s:%zu: customer_id '%.*s' after '%.*s': the input is "
		    "not sorted; run scrm-sort -k customer_id first",
			r->file, r->lineno, (int)id.n, id.p, (int)last.n,
			last.p);
	if (c == 0)
		return;
	emit(g);
	buf_reset(&g->last);
	buf_addv(&g->last, id);
}

static void check_memory(struct gather *g)
{
	if (g->memory && customers_bytes(g->c) > g->memory)
		die("the customers need more than --memory allows (%zu "
		    "bytes): scrm-sort -k customer_id ... | "
		    "scrm-profile --sorted",
			g->memory);
}

static void each(void *mine, struct tool *t, struct rec *r)
{
	struct gather *g = mine;
	struct customers *c = g->c;
	struct why why = { 0 };
	uint64_t profiles = c->profiles;
	if (g->sorted) {
		struct view id = customers_id(c, r);
		if (id.p && customers_known(c, r))
			step(g, r, id);
	}
	enum customers_took took = customers_add(c, r, &why);
	bool is_profile = c->profiles != profiles;
	if (took == TOOK_STOP)
		tool_die(t, r, "%s", why.text);
	else if (took == TOOK_REFUSE)
		tool_refuse(t, r, c->field, "%s", why.text);
	else if (took == TOOK_FOREIGN || (g->keep && !is_profile))
		tool_put(t, r);
	else if (took == TOOK)
		t->folded++;
	else
		t->withheld++;
	t->erased += took == TOOK_ERASED;
	if (!c->home && ++g->taken % 1024 == 0)
		check_memory(g);
}

/* Threads: each packs the records of blocks, which are folded in order. */

static void turn(void *tool)
{
	tool_turn(tool);
}

static void *again(const void *mine, struct tool *t)
{
	const struct gather *g = mine;
	struct gather *q = xmalloc(sizeof(*q));
	*q = *g;
	q->c = xmalloc(sizeof(*q->c));
	q->last = (struct buf){ 0 };
	compile(q, t);
	customers_again(q->c, g->c, &t->keys, &q->o, turn, t);
	return q;
}

static void begin(void *mine, void *block)
{
	customers_begin(((struct gather *)mine)->c, block);
}

static void end(void *mine, void *block)
{
	customers_end(((struct gather *)mine)->c, block);
}

static void take(void *mine, void *block)
{
	struct gather *g = mine;
	customers_join(g->c, block);
	check_memory(g);
}

static void release_block(void *block)
{
	customers_block_release(block);
}

static void join(void *mine, void *other)
{
	struct gather *g = mine, *q = other;
	facts_join(&g->facts, &q->facts);
	if (g->consent_rules)
		consent_rules_join(&g->consent, &q->consent);
	release(q);
	free(q->c);
	free(q);
}

static void say(struct gather *g)
{
	struct tool *t = g->t;
	struct customers *c = g->c;
	if (c->profiles && !c->profiles_with_id)
		die("no customer_id in any of %" PRIu64 " profiles: run "
		    "scrm-dedupe first",
			c->profiles);
	if (t->quiet)
		return;
	/* orders may be of nobody: a till's, or articles without their list */
	if (c->no_id && !c->profiles && c->no_id == c->records)
		tool_note(t,
			"no customer_id in any of %" PRIu64 " records: they "
			"name nobody, or scrm-dedupe did not see them",
			c->no_id);
	else if (c->no_id)
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

void gather_all(struct gather *g)
{
	const struct tool_map map = { .each = each,
		.again = again,
		.join = join,
		.size = sizeof(struct customers_block),
		.begin = begin,
		.end = end,
		.take = take,
		.release = release_block };
	struct tool *t = g->t;
	struct customers c;
	g->c = &c;
	compile(g, t);
	customers_init(&c, &t->keys, &g->o);
	if (g->sorted)
		t->jobs = 1;
	tool_each(t, &map, g);
	check_memory(g);
	say(g);
	emit(g);
	facts_notes(&g->facts, tool_say, t);
	consent_rules_notes(&g->consent, tool_say, t);
	release(g);
}
