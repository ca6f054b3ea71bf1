/* scrm-pick: pass the records for which a condition holds */
#include "crm/reasons.h"
#include "edge/asked.h"

#include "base/die.h"

/* {"pick":"city = 'x'","values":{...}}; of -v what was asked is its not. */
static void add_reason(struct rec *r, unsigned key, const struct condition *c,
	struct view text, bool invert, struct buf *b)
{
	struct buf asked = { 0 };

	if (invert)
		buf_adds(&asked, "not (");
	buf_addv(&asked, text);
	if (invert)
		buf_addc(&asked, ')');
	buf_reset(b);
	buf_adds(b, "{\"pick\":");
	json_text(b, buf_view(&asked));
	buf_adds(b, ",\"values\":");
	condition_explain(c, r, b);
	buf_addc(b, '}');
	reasons_put(r, key, "pick", NULL, NULL, buf_view(b));
	buf_release(&asked);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-v] [-D name=value] [-T TYPE] [--explain] "
			 "-f FILE | condition [file ...]",
		.about = "pass the records for which a condition holds",
	};
	const char *path = NULL;
	bool invert = false;
	const struct opt options[] = {
		OPT_FLAG('v', "invert", "pass the others", &invert),
		OPT_STRS('D', "define", "name=value", "the constant :name",
			&t.define),
		OPT_STR('T', "type", "TYPE", "ask these only, pass the rest",
			&t.type),
		OPT_FLAG(0, "explain", "add to reasons[] the values it saw",
			&t.explain),
		OPT_STR('f', "file", "FILE", "the condition stands in a file",
			&path),
		OPT_END,
	};
	struct why why = { 0 };
	struct buf b = { 0 };
	struct rec *r;

	tool_open(&t, argc, argv, options);
	struct view text = asked_text(&t, path, "condition");
	unsigned type = keys_want(&t.keys, "type");
	unsigned reasons = keys_want(&t.keys, "reasons");
	struct condition *c = condition_compile(text, &t.keys, &t.env, &why);
	if (!c)
		asked_die(path, "condition", &why);
	while ((r = tool_next(&t))) {
		if (t.type && !val_is(rec_get(r, type), view_of(t.type))) {
			tool_put(&t, r);
			continue;
		}
		enum verdict v = condition_test(c, r, &why);
		if (v == COND_REFUSE) {
			tool_refuse(&t, r, NULL, "%s", why.text);
		} else if ((v == COND_TRUE) == invert) {
			t.withheld++;
		} else {
			if (t.explain)
				add_reason(r, reasons, c, text, invert, &b);
			tool_put(&t, r);
		}
	}
	tool_condition_notes(&t, c);
	condition_free(c);
	buf_release(&b);
	return tool_close(&t);
}
