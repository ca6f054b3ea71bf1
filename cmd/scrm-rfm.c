/* scrm-rfm: score customers by recency, frequency and money */
#include "base/die.h"
#include "crm/scores.h"
#include "edge/file.h"
#include "edge/spool.h"

static void apply(struct tool *t, struct scores *s, const char *model)
{
	struct buf text = { 0 };
	struct why why = { 0 };
	file_read(model, &text);
	if (!scores_read(s, &text, &why))
		die("%s: %s", model, why.text);
	for (struct rec *r; (r = tool_next(t));) {
		scores_apply(s, r);
		tool_put(t, r);
	}
}

static void fit(struct tool *t, struct scores *s)
{
	struct buf model = { 0 };
	struct why why = { 0 };
	for (struct rec *r; (r = tool_next(t));) {
		scores_learn(s, r);
		t->folded++;
	}
	if (!scores_fit(s, tool_say, t, &why))
		die("%s", why.text);
	scores_print(s, &model);
	tool_make(t, buf_view(&model));
	buf_release(&model);
}

/* Both; that there are no customers, or that none has bought, is no mistake
 * here. */
static void score(struct tool *t, struct scores *s)
{
	struct spool spool;
	struct view line;
	struct why why = { 0 };
	spool_init(&spool, t);
	for (struct rec *r; (r = tool_next(t));) {
		scores_learn(s, r);
		spool_keep(&spool, r);
	}
	bool none = scores_none(s);
	if (none && s->idle)
		tool_note(t, "no customer has orders: nobody is scored");
	if (!none && !scores_fit(s, tool_say, t, &why))
		die("%s", why.text);
	spool_rewind(&spool);
	while (spool_next(&spool, &line)) {
		spool_parse(&spool, &t->rec, line);
		scores_apply(s, &t->rec);
		tool_put(t, &t->rec);
	}
	spool_release(&spool);
	for (size_t i = 0; i < s->top.n && !none; i++) {
		struct buf words = { 0 };
		scores_say(s, i, &words);
		tool_note(t, "%s", words.p);
		buf_release(&words);
	}
}

int main(int argc, char **argv)
{
	struct tool t = { .usage = "[--top FIELD:AMOUNT] "
				   "[fit | apply -m MODEL] [file ...]",
		.about = "score customers by recency, frequency and money" };
	struct scores s;
	const char *model = NULL;
	strings tops = { 0 };
	const struct opt options[] = {
		OPT_STRS(0, "top", "FIELD:AMOUNT",
			"super users: revenue:1%, revenue:10x, revenue:500",
			&tops),
		OPT_STR('m', "model", "MODEL", "apply: the cuts of a fit",
			&model),
		OPT_END,
	};
	tool_open(&t, argc, argv, options);
	bool only_fit = *t.operand && strcmp(*t.operand, "fit") == 0;
	bool only_apply = *t.operand && strcmp(*t.operand, "apply") == 0;
	t.operand += only_fit || only_apply;
	if (only_apply && !model)
		tool_missing(&t, "model");
	if (!only_apply && model)
		die("option '-m' goes with apply: scrm-rfm apply -m '%s'",
			model);
	if (only_apply && tops.n)
		die("option '--top' goes with fit: the model holds the "
		    "thresholds");
	scores_init(&s, &t.keys);
	s.as_of = t.as_of;
	s.offset = t.env.offset;
	s.zone = t.env.zone;
	for (size_t i = 0; i < tops.n; i++) {
		struct why why = { 0 };
		if (!scores_top(&s, tops.v[i], &why))
			die("option '--top': '%s': %s", tops.v[i], why.text);
	}
	if (only_apply)
		apply(&t, &s, model);
	else if (only_fit)
		fit(&t, &s);
	else
		score(&t, &s);
	if (s.without)
		tool_info(&t, "%zu customers have no orders and no scores",
			s.without);
	scores_release(&s);
	vec_release(&tops);
	return tool_close(&t);
}
