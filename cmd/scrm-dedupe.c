/* scrm-dedupe: find the profiles that are one customer and stamp every record */
#include "crm/exact.h"
#include "crm/identity.h"
#include "crm/links.h"
#include "edge/rules.h"
#include "edge/spool.h"

#include "base/die.h"

#include <errno.h>
#include <unistd.h>

/* A links file that is not there yet is one without lines. */
static void load_links(struct links *l, const char *path)
{
	struct why why = { 0 };

	if (path && (access(path, F_OK) == 0 || errno != ENOENT))
		links_load(l, path);
	else if (!links_ready(l, &why))
		die("%s", why.text);
}

static void load_verdicts(struct verdicts *d, const char *path)
{
	static const char *const columns[] = { "left", "right", "verdict",
		NULL };
	struct rules rules;
	struct why why = { 0 };

	if (!path)
		return;
	rules_load(&rules, path, columns, NULL);
	for (size_t i = 0; i < rules.row.n; i++)
		if (!verdicts_add(d, rules_cell(&rules, i, "left"),
			    rules_cell(&rules, i, "right"),
			    rules_cell(&rules, i, "verdict"),
			    rules.row.v[i].line, &why))
			rules_die(&rules, i, "%s", why.text);
	if (!verdicts_check(d, &why))
		die("%s:%zu: %s", path, why.line, why.text);
	rules_release(&rules);
}

/* Profiles to clusters, clusters to customers, customers to links. */
static void assign(struct tool *t, struct exact *x, struct links *l)
{
	const struct people *p = x->people;
	uint32_t *label = xreallocarray(NULL, p->v.n, sizeof(*label));
	uint32_t *old = identity_old(l, p);
	struct identity d = {
		.links = l,
		.people = p,
		.verdicts = x->verdicts,
		.label = label,
		.decided_by = "exact",
	};
	struct why why = { 0 };

	x->old = old;
	exact_run(x);
	d.generic = x->generic;
	d.nlabels = cluster_label(&x->cluster, label);
	if (!identity_assign(&d, &why))
		die("%s", why.text);
	if (t->explain)
		identity_notes(&d, tool_say, t);
	exact_notes(x, t->explain, tool_say, t);
	free(label);
	free(old);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "--exact [--explain] [--links FILE] [--names N] "
			 "[--verdicts FILE] [file ...]",
		.about = "find the profiles that are one customer and stamp "
			 "every record",
	};
	bool exact = false;
	const char *links_path = NULL, *verdicts_path = NULL;
	struct exact x = { .cap = EXACT_CAP };
	const struct opt options[] = {
		OPT_FLAG(0, "exact", "by strong identifiers alone", &exact),
		OPT_FLAG(0, "explain",
			"add reasons[]: which identifier it was; count",
			&t.explain),
		OPT_STR(0, "links", "FILE", "the ids that stay: read, written",
			&links_path),
		OPT_SIZE(0, "names", "N",
			"a value under more names than this joins nobody",
			&x.cap),
		OPT_STR(0, "verdicts", "FILE", "left,right,same or different",
			&verdicts_path),
		OPT_END,
	};
	struct links l;
	struct links_count n = { 0 };
	struct verdicts verdicts;
	struct people people;
	struct ids ids;
	struct spool s;
	struct rec *r;
	struct view line;
	struct why why;

	tool_open(&t, argc, argv, options);
	if (!exact)
		die("only --exact is there yet: say --exact");
	links_init(&l, &t.keys);
	load_links(&l, links_path);
	verdicts_init(&verdicts, &l.ident);
	load_verdicts(&verdicts, verdicts_path);
	people_init(&people, &t.keys, &l.ident);
	ids_init(&ids, &t.keys);
	spool_init(&s, &t);
	while ((r = tool_next(&t))) {
		if (!people_add(&people, &ids, r, &why))
			tool_refuse(&t, r, NULL, "%s", why.text);
		else
			spool_keep(&s, r);
	}
	people_ready(&people);
	x.people = &people;
	x.verdicts = &verdicts;
	assign(&t, &x, &l);
	exact_release(&x);
	people_release(&people);
	if (links_path)
		links_write(&l, tool_side(&t, links_path));
	spool_rewind(&s);
	while (spool_next(&s, &line)) {
		spool_parse(&s, &t.rec, line);
		links_stamp(&l, &ids, &t.rec, t.explain, &n);
		tool_put(&t, &t.rec);
	}
	links_notes(&n, tool_say, &t);
	spool_release(&s);
	ids_release(&ids);
	verdicts_release(&verdicts);
	links_release(&l);
	return tool_close(&t);
}
