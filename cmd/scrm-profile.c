/* scrm-profile: make one golden profile of all records of a customer */
#include "base/die.h"
#include "crm/gather.h"
#include "edge/rules.h"

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

static const struct rules *load(struct rules *rules, const char *path,
	const char *const *need, const char *const *may)
{
	if (!path)
		return NULL;
	rules_load(rules, path, need, may);
	return rules;
}

/* A gatherer may have them all, four are enough. */
static size_t cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 4 ? 4 : (size_t)n;
}

int main(int argc, char **argv)
{
	static const char *const facts_need[] = { "fact", "of", "agg", NULL };
	static const char *const facts_may[] = { "value", "where", NULL };
	static const char *const consent_need[] = { "when", "channel",
		"purpose", "status", NULL };
	static const char *const none[] = { NULL };
	struct tool t = {
		.usage = "[-f FACTS] [--consent FILE] [--explain] [--keep] "
			 "[--memory SIZE] "
			 "[--no-default-facts] [--rates FILE] [--sorted] "
			 "[--survivorship FILE] [file ...]",
		.about = "make one golden profile of all records of a customer",
	};
	const char *facts_path = NULL, *consent_path = NULL;
	const char *rates_path = NULL, *golden_path = NULL;
	bool no_default = false;
	struct rules facts, consent;
	struct rates rates = { 0 };
	struct golden golden = { 0 };
	struct gather g = { .t = &t };
	const struct opt options[] = {
		OPT_STR('f', "facts", "FACTS", "more facts, scrm-facts(5)",
			&facts_path),
		OPT_STR(0, "consent", "FILE",
			"what follows: when,channel,purpose,status",
			&consent_path),
		OPT_FLAG(0, "explain", "say where each field comes from",
			&t.explain),
		OPT_FLAG(0, "keep", "pass all records but profiles", &g.keep),
		OPT_SIZE(0, "memory", "SIZE", "end rather than hold more",
			&g.memory),
		OPT_FLAG(0, "no-default-facts", "only the facts of -f",
			&no_default),
		OPT_STR(0, "rates", "FILE",
			"rates to SCRM_CURRENCY: date,currency,rate",
			&rates_path),
		OPT_FLAG(0, "sorted", "the input is sorted by customer_id",
			&g.sorted),
		OPT_STR(0, "survivorship", "FILE",
			"which value survives: field,rule,sources",
			&golden_path),
		OPT_END,
	};

	tool_open(&t, argc, argv, options);
	if (rates_path)
		rates_load(&rates, rates_path);
	if (golden_path)
		read_survivorship(&golden, golden_path);
	g.facts_rules = load(&facts, facts_path, facts_need, facts_may);
	g.consent_rules = load(&consent, consent_path, consent_need, none);
	if (!t.jobs)
		t.jobs = cores();
	g.o = (struct customers_options){
		.as_of = t.as_of,
		.offset = t.env.offset,
		.zone = t.env.zone,
		.golden = &golden,
		.rates = rates_path ? &rates : NULL,
		.defaults = !no_default,
		.explain = t.explain,
		.jobs = t.jobs,
	};
	gather_all(&g);
	if (facts_path)
		rules_release(&facts);
	if (consent_path)
		rules_release(&consent);
	golden_release(&golden);
	rates_release(&rates);
	return tool_close(&t);
}
