/* scrm-pick: pass the records for which a condition holds */
#include "crm/reasons.h"
#include "edge/asked.h"

#include "base/die.h"

struct pick {
	struct condition *c;
	struct view text;
	bool invert;
	unsigned type, reasons;
	struct buf b;
};

static bool compile(struct pick *p, struct tool *t, struct why *why)
{
	p->type = keys_want(&t->keys, "type");
	p->reasons = keys_want(&t->keys, "reasons");
	p->c = condition_compile(p->text, &t->keys, &t->env, why);
	return p->c;
}

static void release(struct pick *p)
{
	condition_free(p->c);
	buf_release(&p->b);
}

/* {"pick":"city = 'x'","values":{...}}; of -v what was asked is its not. */
static void add_reason(struct pick *p, struct rec *r)
{
	struct buf asked = { 0 }, *b = &p->b;

	if (p->invert)
		buf_adds(&asked, "not (");
	buf_addv(&asked, p->text);
	if (p->invert)
		buf_addc(&asked, ')');
	buf_reset(b);
	buf_adds(b, "{\"pick\":");
	json_text(b, buf_view(&asked));
	buf_adds(b, ",\"values\":");
	condition_explain(p->c, r, b);
	buf_addc(b, '}');
	reasons_put(r, p->reasons, "pick", NULL, NULL, buf_view(b));
	buf_release(&asked);
}

static void each(void *mine, struct tool *t, struct rec *r)
{
	struct pick *p = mine;
	struct why why;

	if (!tool_asks(t, r, p->type)) {
		tool_put(t, r);
		return;
	}
	enum verdict v = condition_test(p->c, r, &why);
	if (v == COND_REFUSE) {
		tool_refuse(t, r, NULL, "%s", why.text);
	} else if ((v == COND_TRUE) == p->invert) {
		t->withheld++;
	} else {
		if (t->explain)
			add_reason(p, r);
		tool_put(t, r);
	}
}

static void *again(const void *mine, struct tool *t)
{
	struct pick *p = xmalloc(sizeof(*p));
	struct why why;

	*p = *(const struct pick *)mine;
	compile(p, t, &why);
	return p;
}

static void join(void *mine, void *other)
{
	struct pick *p = mine, *o = other;

	condition_join(p->c, o->c);
	release(o);
	free(o);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-v] [-D name=value] [-T TYPE] [--explain] "
			 "-f FILE | condition [file ...]",
		.about = "pass the records for which a condition holds",
	};
	const char *path = NULL;
	struct pick p = { 0 };
	const struct opt options[] = {
		OPT_FLAG('v', "invert", "pass the others", &p.invert),
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
	const struct tool_map map = { .each = each,
		.again = again,
		.join = join };
	struct why why = { 0 };

	tool_open(&t, argc, argv, options);
	p.text = asked_text(&t, path, "condition");
	if (!compile(&p, &t, &why))
		asked_die(path, "condition", &why);
	tool_each(&t, &map, &p);
	tool_condition_notes(&t, p.c);
	release(&p);
	return tool_close(&t);
}
