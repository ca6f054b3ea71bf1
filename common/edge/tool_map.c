#include "edge/tool_impl.h"

#include "base/die.h"
#include "edge/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Files are cut into blocks of about BLOCK bytes; a block's lines are those
 * that begin in it.
 */
#define BLOCK ((size_t)256 * 1024)
#define BEYOND ((size_t)4096) /* read at once behind a block's end */

struct block {
	const char *file;
	int fd;
	int failed; /* an errno */
	off_t from, to;
	bool last; /* of its file */
	struct buf in;
	uint64_t lines; /* of input */
	_Alignas(16) char own[]; /* the tool's */
};

struct map_run {
	struct tool *t;
	const struct tool_map *map;
	void *mine; /* the main's */
	char **file;
	const char *name;
	int fd;
	off_t at, end;
	uint64_t line; /* lines before the block whose turn it is */
};

struct map_lane {
	const struct tool_map *map;
	void *mine;
};

/* Makes the next block; of a file that cannot be read one that says so. */
static bool next_block(void *arg, void *block)
{
	struct map_run *m = arg;
	struct block *p = block;
	struct stat st;
	p->failed = 0;
	if (m->fd < 0) {
		if (!*m->file)
			return false;
		m->name = *m->file++;
		m->fd = open(m->name, O_RDONLY | O_CLOEXEC);
		m->at = 0;
		if (m->fd < 0 || fstat(m->fd, &st) < 0)
			p->failed = errno;
		else
			m->end = st.st_size;
	}
	p->file = m->name;
	p->fd = m->fd;
	p->from = m->at;
	m->at = m->end - m->at > (off_t)BLOCK ? m->at + (off_t)BLOCK : m->end;
	p->to = m->at;
	p->last = p->failed || m->at == m->end;
	if (p->last)
		m->fd = -1;
	return true;
}

/* Up to n bytes at a place of the file behind what is in b; false: failed. */
static bool read_more(struct block *p, off_t at, size_t n)
{
	struct buf *b = &p->in;
	buf_grow(b, n);
	while (n) {
		ssize_t got = pread(p->fd, b->p + b->n, n, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			p->failed = errno;
		if (got <= 0)
			break;
		b->n += (size_t)got;
		at += got;
		n -= (size_t)got;
	}
	b->p[b->n] = '\0';
	return !p->failed;
}

/*
 * The lines that begin in the piece: from behind the first line end at or
 * after from - 1 to the first one at or after to - 1.
 */
static bool load(struct block *p, size_t max_line, struct view *text)
{
	bool first = p->from == 0;
	off_t at = p->from - !first;
	size_t want = (size_t)(p->to - at), skip = 0;
	buf_reset(&p->in);
	*text = (struct view){ "", 0 };
	if (!read_more(p, at, want + (p->last ? 0 : BEYOND)))
		return false;
	if (!first) {
		size_t n = p->in.n < want ? p->in.n : want;
		const char *end = memchr(p->in.p, '\n', n);
		if (!end)
			return true;
		skip = (size_t)(end - p->in.p) + 1;
		/* a line that begins at to is the next piece's */
		if (skip >= want)
			return true;
	}
	size_t seen = want ? want - 1 : 0, more = BEYOND;
	while (!p->last) {
		const char *end = p->in.n > seen ? memchr(p->in.p + seen, '\n',
							   p->in.n - seen)
						 : NULL;
		if (end) {
			p->in.n = (size_t)(end - p->in.p) + 1;
			break;
		}
		size_t n = seen = p->in.n;
		if (n > max_line && n - max_line > want)
			break;
		more *= 2;
		if (!read_more(p, at + (off_t)n, more))
			return false;
		if (p->in.n == n)
			break;
	}
	memset(p->in.p + p->in.n, 0, SCAN_PAD);
	*text = (struct view){ p->in.p + skip, p->in.n - skip };
	return true;
}

static void keep_line(struct tool *t, enum event_kind kind,
	const struct why *why)
{
	const struct rec *r = &t->rec;
	piece_happened(t->state->piece, t, kind,
		&(struct refusal){ .at = { r->file, r->lineno },
			.col = why->col,
			.input = { r->line, r->n },
			.reason = why->text });
}

/* The lines of the block, until one that ends all. */
static void each_line(const struct map_lane *l, struct tool *t)
{
	for (;;) {
		struct why why = { 0 };
		switch (reader_next(&t->in, &t->rec, &why)) {
		case READ_REC:
			t->read++;
			l->map->each(l->mine, t, &t->rec);
			break;
		case READ_REFUSED:
			t->read++;
			keep_line(t, EVENT_REFUSED, &why);
			break;
		case READ_SEAL:
			keep_line(t, EVENT_SEALED, &why);
			break;
		case READ_ABORT:
			keep_line(t, EVENT_ABORTED, &why);
			return;
		case READ_CUT:
			tool_die(t, &t->rec, "the last line is cut short: %s",
				why.text);
			return;
		case READ_FILE:
			break;
		case READ_END:
			return;
		}
	}
}

static void work_block(void *lane, struct tool *t, void *block)
{
	const struct map_lane *l = lane;
	struct block *p = block;
	struct view text;
	p->lines = 0;
	if (p->failed || !load(p, t->in.max_line, &text))
		return;
	reader_open_block(&t->in, &t->keys, p->file, text, p->from == 0);
	if (l->map->begin)
		l->map->begin(l->mine, p->own);
	each_line(l, t);
	if (l->map->end)
		l->map->end(l->mine, p->own);
	p->lines = t->in.lineno;
}

static size_t turn(void *arg, void *block)
{
	struct map_run *m = arg;
	struct block *p = block;
	struct tool *t = m->t;
	if (p->failed) {
		errno = p->failed;
		if (p->fd < 0)
			die("cannot open '%s':", p->file);
		die("cannot read '%s':", p->file);
	}
	t->in.name = p->file;
	t->in.bytes += (uint64_t)(p->to - p->from);
	return m->line;
}

static void after(void *arg, void *block)
{
	struct map_run *m = arg;
	struct block *p = block;
	m->line += p->lines;
	if (m->map->take)
		m->map->take(m->mine, p->own);
	if (!p->last)
		return;
	tool_sealed(m->t, NULL);
	close(p->fd);
	m->line = 0;
}

static void release_block(void *arg, void *block)
{
	struct map_run *m = arg;
	struct block *p = block;
	if (m->map->release)
		m->map->release(p->own);
	buf_release(&p->in);
}

static void *open_lane(void *arg, struct tool *t)
{
	struct map_run *m = arg;
	struct map_lane *l = xmalloc(sizeof(*l));
	l->map = m->map;
	l->mine = m->map->again(m->mine, t);
	return l;
}

static void close_lane(void *arg, void *lane)
{
	struct map_run *m = arg;
	struct map_lane *l = lane;
	m->map->join(m->mine, l->mine);
	free(l);
}

void tool_each(struct tool *t, const struct tool_map *map, void *mine)
{
	struct map_run m = { .t = t,
		.map = map,
		.mine = mine,
		.fd = -1,
		.file = t->operand };
	const struct tool_lanes calls = { .arg = &m,
		.size = sizeof(struct block) + map->size,
		.open = open_lane,
		.next = next_block,
		.work = work_block,
		.turn = turn,
		.after = after,
		.release = release_block,
		.close = close_lane };
	struct rec *r;
	uint64_t bytes;
	/* blocks are cut of files, not of what comes in as it comes */
	if (t->jobs > 1 && files_bytes(t->operand, &bytes))
		tool_lanes(t, &calls);
	else
		while ((r = tool_next(t)))
			map->each(mine, t, r);
}
