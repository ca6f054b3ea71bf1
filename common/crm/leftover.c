#include "crm/leftover.h"

#include "base/die.h"
#include "edge/walk.h"

_Static_assert(INSIDE_OVERLAP >= TRACES_OVERLAP, "no trace is cut in two");

void leftover_init(struct leftover *l, struct keys *keys, struct whom *whom)
{
	*l = (struct leftover){ .whom = whom };
	l->base64 = keys_want(keys, "input_base64");
	rec_init(&l->rec, keys);
	for (size_t i = 0; i < whom->id.n; i++)
		traces_add(&l->traces, map_key(&whom->id, i));
}

void leftover_release(struct leftover *l)
{
	traces_release(&l->traces);
	rec_release(&l->rec);
}

/* What base64 says, as far as it is base64. */
static void decode(struct view in, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, n = 0;
	for (size_t i = 0; i < in.n; i++) {
		const char *d = memchr(digits, in.p[i], 64);
		if (!d)
			break;
		bits = bits << 6 | (unsigned)(d - digits);
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_addc(out, (char)(bits >> n & 0xff));
		}
	}
}

static bool brief(const struct leftover *l, struct view id)
{
	for (size_t i = 0; i < l->traces.brief.n; i++)
		if (view_eq(id, l->traces.brief.v[i]))
			return true;
	return false;
}

static void look_at_record(struct leftover *l, struct view line)
{
	struct why why;
	struct buf bytes = { 0 };
	if (!rec_parse(&l->rec, line.p, line.n, &why))
		return;
	decode(rec_text(&l->rec, l->base64), &bytes);
	traces_find(&l->traces, buf_view(&bytes), &l->found);
	buf_release(&bytes);
	struct view by = whom_of(l->whom, &l->rec);
	if (by.p && (brief(l, by) || !l->found.times)) {
		l->found.kinds |= 1u << id_kind_of(by);
		l->found.times++;
	}
}

/* The lines of a block that may say more than their text: escapes, base64,
 * what is too short. */
static void look_at_records(struct leftover *l, struct view text, size_t line)
{
	for (; text.n; line += line > 0) {
		const char *nl = memchr(text.p, '\n', text.n);
		size_t n = nl ? (size_t)(nl - text.p) : text.n;
		if (text.p[0] == '{' &&
			(l->traces.brief.n || memchr(text.p, '\\', n) ||
				memmem(text.p, n, "\"input_base64\"", 14)))
			look_at_record(l, (struct view){ text.p, n });
		if (l->found.times && !l->line && line)
			l->line = line;
		text.p += n + (nl != NULL);
		text.n -= n + (nl != NULL);
	}
}

void leftover_file(struct leftover *l, const char *path)
{
	struct inside *in = &l->in;
	struct view text;

	l->found = (struct traced){ 0 };
	l->line = 0;
	inside_open(in, path);
	while (inside_next(in, &text)) {
		traces_find(&l->traces, text, &l->found);
		if (l->found.times && !l->line && in->line) {
			l->line = in->line;
			for (size_t i = 0; i < l->found.first; i++)
				l->line += text.p[i] == '\n';
		}
		look_at_records(l, text, in->line);
	}
	l->why = in->why.text[0] ? in->why.text : NULL;
	inside_close(in);
	traces_find(&l->traces, view_of(path), &l->found);
}

static void add_kinds(struct buf *out, uint32_t kinds, const char *open,
	const char *comma, const char *close)
{
	const char *before = open;
	for (unsigned k = 0; k <= ID_KINDS; k++)
		if (kinds & 1u << k) {
			buf_addf(out, "%s%s", before,
				k < ID_KINDS ? id_kind_name((enum id_kind)k)
					     : "customer_id");
			before = comma;
		}
	if (kinds)
		buf_adds(out, close);
}

/* A file that still holds them, or of which that cannot be said. */
static void report(struct tool *t, const struct leftover *l, const char *path,
	bool text)
{
	struct buf b = { 0 };
	size_t n = strlen(path);

	t->read++;
	if (!l->found.times && !l->why) {
		t->withheld++;
		return;
	}
	t->refused++;
	if (text) {
		buf_adds(&b, path);
		if (l->line)
			buf_addf(&b, ":%zu", l->line);
		add_kinds(&b, l->found.kinds, ": ", ", ", "");
		if (l->why)
			buf_addf(&b, ": not all could be looked into: %s",
				l->why);
	} else {
		buf_adds(&b, "{\"type\":\"trace\",\"file\":");
		json_text(&b, (struct view){ path, scan_utf8(path, n) });
		if (l->line)
			buf_addf(&b, ",\"line\":%zu", l->line);
		buf_addf(&b, ",\"times\":%llu",
			(unsigned long long)l->found.times);
		add_kinds(&b, l->found.kinds, ",\"kinds\":[\"", "\",\"", "\"]");
		if (l->why) {
			buf_adds(&b, ",\"unread\":");
			json_text(&b, view_of(l->why));
		}
		buf_addc(&b, '}');
	}
	tool_make(t, buf_view(&b));
	buf_release(&b);
}

void leftover_check(struct tool *t, struct whom *whom, const char *path,
	bool text)
{
	struct leftover l;
	struct walk w = { 0 };

	leftover_init(&l, &t->keys, whom);
	for (size_t i = 0; i < l.traces.brief.n; i++) {
		struct view v = l.traces.brief.v[i];
		tool_note(t,
			"'%.*s' is too short to be searched in text: looked "
			"for in records only",
			(int)v.n, v.p);
	}
	if (!walk_add(&w, path))
		die("cannot open '%s':", path);
	for (size_t i = 0; i < w.file.n; i++) {
		leftover_file(&l, w.file.v[i]);
		report(t, &l, w.file.v[i], text);
	}
	l.found = (struct traced){ 0 };
	l.line = 0;
	for (size_t i = 0; i < w.other.n; i++) {
		l.why = w.other.v[i].why;
		report(t, &l, w.other.v[i].path, text);
	}
	tool_note(t,
		"%llu files looked at: %llu hold them or could not be "
		"looked into",
		(unsigned long long)t->read, (unsigned long long)t->refused);
	walk_release(&w);
	leftover_release(&l);
}
