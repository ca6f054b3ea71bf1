#include "edge/tool_impl.h"

#include "base/die.h"
#include "base/lanes.h"

#include <errno.h>

/*
 * A lane is a tool of its own that writes into memory; what it has to say
 * waits as events, each with the place in the output where it happened, until
 * it is its piece's turn.
 */
struct event {
	enum event_kind kind;
	size_t out; /* bytes of the piece's output before it */
	uint64_t lines, read; /* written, read before it */
	struct refusal refusal;
};

struct piece {
	struct buf out;
	VEC(struct event) event;
	struct arena text;
	struct tool count; /* what the lane counted in this piece */
	_Alignas(16) char own[]; /* what next and work make of it */
};

struct lane {
	struct tool tool;
	struct tool_state state;
	void *mine;
};

struct lanes_run {
	struct tool *t;
	const struct tool_lanes *calls;
	struct lane *lane;
};

static struct event *add_event(struct piece *p, const struct tool *lane,
	enum event_kind kind)
{
	struct event *e = vec_add(&p->event);
	*e = (struct event){ .kind = kind,
		.out = lane->out.buf.n,
		.lines = lane->out.lines,
		.read = lane->read };
	return e;
}

static const char *copied(struct piece *p, const char *text)
{
	return text ? arena_bytes(&p->text, text, strlen(text) + 1) : NULL;
}

void piece_happened(struct piece *p, const struct tool *lane,
	enum event_kind kind, const struct refusal *f)
{
	struct event *e = add_event(p, lane, kind);
	e->refusal = *f;
	/* the input is in the piece, all else may be gone by then */
	e->refusal.reason = copied(p, f->reason);
	e->refusal.at.field = copied(p, f->at.field);
	e->refusal.source.p = arena_bytes(&p->text, f->source.p, f->source.n);
}

void tool_turn(struct tool *t)
{
	if (t->state->piece)
		lanes_turn(t->state->lanes, t->state->piece);
}

static bool next(void *arg, void *piece)
{
	struct lanes_run *m = arg;
	struct piece *p = piece;
	return m->calls->next(m->calls->arg, p->own);
}

static void work(void *arg, struct lanes *lanes, size_t n, void *piece)
{
	struct lanes_run *m = arg;
	struct lane *lane = &m->lane[n];
	struct tool *t = &lane->tool;
	struct piece *p = piece;
	lane->state.piece = p;
	lane->state.lanes = lanes;
	t->out.buf = p->out;
	m->calls->work(lane->mine, t, p->own);
	p->out = t->out.buf;
	p->count = *t;
	t->out = (struct writer){ .fd = -1, .held = true };
	t->read = t->written = t->withheld = t->made = 0;
	t->folded = t->superseded = t->refused = t->erased = 0;
}

static void happened(struct tool *t, const struct event *e, size_t line)
{
	struct why why;
	struct refusal f = e->refusal;
	f.at.line += line;
	switch (e->kind) {
	case EVENT_REFUSED:
		tool_refused(t, &f);
		break;
	case EVENT_SAID:
		tool_say(t, f.reason);
		break;
	case EVENT_SEALED:
	case EVENT_ABORTED:
		/* it was read well once */
		t->in.name = f.at.file;
		rec_parse(&t->rec, f.input.p, f.input.n, &why);
		if (e->kind == EVENT_ABORTED)
			tool_aborted(t, &t->rec);
		tool_sealed(t, &t->rec);
		break;
	case EVENT_DIED:
		die("%s:%zu: %s", f.at.file, f.at.line, f.reason);
	}
}

/* What was read since the last time. */
static void count_read(struct tool *t, uint64_t n)
{
	if (!n)
		return;
	t->read += n;
	t->state->since_seal += n;
	t->state->sealed = false;
}

/* It is this piece's turn: all it did is done again, in order. */
static void done(void *arg, void *piece)
{
	struct lanes_run *m = arg;
	struct piece *p = piece;
	struct tool *t = m->t;
	const struct tool *c = &p->count;
	size_t out = 0, line = m->calls->turn(m->calls->arg, p->own);
	uint64_t read = 0, lines = 0;
	tool_look_round(t);
	for (size_t i = 0; i < p->event.n; i++) {
		const struct event *e = &p->event.v[i];
		count_read(t, e->read - read);
		writer_lines(&t->out,
			(struct view){ p->out.p + out, e->out - out },
			e->lines - lines);
		out = e->out;
		read = e->read;
		lines = e->lines;
		happened(t, e, line);
	}
	count_read(t, c->read - read);
	writer_lines(&t->out, (struct view){ p->out.p + out, p->out.n - out },
		c->out.lines - lines);
	t->written += c->written;
	t->withheld += c->withheld;
	t->made += c->made;
	t->folded += c->folded;
	t->superseded += c->superseded;
	t->erased += c->erased;
	if (m->calls->after)
		m->calls->after(m->calls->arg, p->own);
	buf_reset(&p->out);
	p->event.n = 0;
	arena_reset(&p->text);
}

static void open_lane(struct lane *l, struct tool *t,
	const struct tool_lanes *calls)
{
	l->tool = *t;
	l->tool.state = &l->state;
	l->state.opened = true;
	l->tool.progress = false;
	l->tool.keys = (struct keys){ 0 };
	l->tool.out = (struct writer){ .fd = -1, .held = true };
	l->tool.read = l->tool.written = l->tool.withheld = l->tool.made = 0;
	l->tool.folded = l->tool.superseded = l->tool.refused = 0;
	l->tool.erased = 0;
	rec_init(&l->tool.rec, &l->tool.keys);
	l->mine = calls->open(calls->arg, &l->tool);
}

void tool_lanes(struct tool *t, const struct tool_lanes *calls)
{
	size_t n = t->jobs < TOOL_LANES ? t->jobs : TOOL_LANES;
	size_t pieces = LANES_PIECES(n);
	size_t size = (sizeof(struct piece) + calls->size + 15) & ~(size_t)15;
	struct lanes_run m = { .t = t, .calls = calls };
	char *piece = xcalloc(pieces, size);
	const struct lanes_calls run = { &m, next, work, done };
	if (!t->state->opened)
		tool_begin(t);
	m.lane = xcalloc(n, sizeof(*m.lane));
	for (size_t i = 0; i < n; i++)
		open_lane(&m.lane[i], t, calls);
	lanes_run(n, piece, size, &run);
	for (size_t i = 0; i < n; i++) {
		calls->close(calls->arg, m.lane[i].mine);
		rec_release(&m.lane[i].tool.rec);
		keys_release(&m.lane[i].tool.keys);
	}
	for (size_t i = 0; i < pieces; i++) {
		struct piece *p = (void *)(piece + i * size);
		calls->release(calls->arg, p->own);
		buf_release(&p->out);
		vec_release(&p->event);
		arena_release(&p->text);
	}
	free(m.lane);
	free(piece);
}
