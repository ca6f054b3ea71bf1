/* scrm-latest: keep the newest version of each record */
#include "crm/erased.h"
#include "crm/latest.h"
#include "edge/spool.h"

#include "base/die.h"

static void read_keys(struct latest *l, const char *text)
{
	for (;;) {
		size_t n = strcspn(text, ",");
		if (n == 0)
			die("option '-k' wants names like source,order_id");
		latest_key(l, (struct view){ text, n });
		if (!text[n])
			return;
		text += n + 1;
	}
}

/* Before the winners leave: what they lack and older versions have. */
static void gather(struct latest *l, struct spool *s, struct rec *r)
{
	struct view line;

	spool_rewind(s);
	for (uint64_t i = 0; spool_next(s, &line); i++)
		if (latest_lost(l, i)) {
			spool_parse(s, r, line);
			latest_gather(l, r, i);
		}
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-k KEY] [-T TYPE] [--erased FILE] [--explain] "
			 "[--merge] [--salt FILE] [file ...]",
		.about = "keep the newest version of each record",
	};
	const char *key = NULL, *erased_file = NULL, *salt = NULL;
	bool merge = false;
	const struct opt options[] = {
		OPT_STR('k', "key", "KEY",
			"members that make a record the same", &key),
		OPT_STR('T', "type", "TYPE", "of this type only", &t.type),
		OPT_STR(0, "erased", "FILE", "leave out who was erased",
			&erased_file),
		OPT_FLAG(0, "explain", "count new, changed and same by source",
			&t.explain),
		OPT_FLAG(0, "merge", "fill what the newest version lacks",
			&merge),
		OPT_STR(0, "salt", "FILE", "by which they were", &salt),
		OPT_END,
	};
	struct erased erased;
	struct latest l;
	struct spool s;
	struct rec *r;
	struct view line;

	tool_open(&t, argc, argv, options);
	latest_init(&l, &t.keys);
	l.merge = merge;
	l.explain = t.explain;
	l.offset = t.env.offset;
	l.zone = t.zone;
	if (t.type)
		l.type = view_of(t.type);
	if (key)
		read_keys(&l, key);
	erased_open(&erased, &t.keys, erased_file, salt);
	spool_init(&s, &t);
	while ((r = tool_next(&t))) {
		if (erased_rec(&erased, r)) {
			t.withheld++;
			t.erased++;
			continue;
		}
		latest_add(&l, r);
		spool_keep(&s, r);
	}
	latest_ready(&l);
	if (latest_gathers(&l))
		gather(&l, &s, &t.rec);
	spool_rewind(&s);
	for (uint64_t i = 0; spool_next(&s, &line); i++) {
		if (latest_lost(&l, i)) {
			t.superseded++;
		} else if (latest_filled(&l, i)) {
			spool_parse(&s, &t.rec, line);
			latest_fill(&l, &t.rec);
			tool_put(&t, &t.rec);
		} else {
			spool_put(&s, line);
		}
	}
	latest_notes(&l, tool_say, &t);
	if (t.explain)
		latest_counts(&l, tool_say, &t);
	spool_release(&s);
	latest_release(&l);
	erased_release(&erased);
	return tool_close(&t);
}
