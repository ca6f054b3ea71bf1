#include "crm/held.h"

#include "crm/traces.h"

/* A text that had to be escaped stays so: it may hold what a terminal obeys. */
static void as_text(const struct rec *r, struct buf *out)
{
	for (size_t i = 0; i < r->nmembers; i++) {
		struct val key = r->member[i].key, v = r->member[i].val;
		buf_addf(out, "\n    %.*s: ", (int)key.n, key.p);
		buf_add(out, v.p, v.n);
	}
}

/* A record, where it stands and what of it is theirs. */
static void put(struct tool *t, const struct rec *r, struct view by, bool text,
	struct buf *out)
{
	buf_reset(out);
	if (text) {
		buf_addf(out, "%s:%zu: by %.*s", r->file, r->lineno, (int)by.n,
			by.p);
		as_text(r, out);
	} else {
		buf_adds(out, "{\"type\":\"held\",\"file\":");
		json_text(out, (struct view){ r->file,
				       scan_utf8(r->file, strlen(r->file)) });
		buf_addf(out, ",\"line\":%zu,\"by\":", r->lineno);
		json_text(out, by);
		buf_adds(out, ",\"record\":");
		buf_add(out, r->line, r->n);
		buf_addc(out, '}');
	}
	tool_write(t, buf_view(out));
}

void held_show(struct tool *t, struct whom *whom, bool text)
{
	struct traces traces = { 0 };
	struct buf out = { 0 };
	struct rec *r;

	for (size_t i = 0; i < whom->id.n; i++)
		traces_add(&traces, map_key(&whom->id, i));
	while ((r = tool_next(t))) {
		struct view by = whom_of(whom, r);
		struct view line = { r->line, r->n };
		struct traced mention = { 0 };
		if (!by.p && traces_find(&traces, line, &mention))
			by = VIEW("text");
		if (by.p)
			put(t, r, by, text, &out);
		else
			t->withheld++;
	}
	if (!t->written)
		tool_note(t, "nothing is held in what was read");
	traces_release(&traces);
	buf_release(&out);
}
