#include "edge/sort.h"

#include "base/die.h"
#include "base/rank.h"
#include "edge/temp.h"

#include <stdlib.h>
#include <unistd.h>

#define OUT_BLOCK ((size_t)256 * 1024)
#define IN_BLOCK ((size_t)128 * 1024) /* of a run that is merged, at least */
#define FEW 4096 /* lines that are held with first, at least */

/* Before each key and its line, in the block and on disk. */
struct head {
	uint32_t key, line;
};

/* A line of the block: eight bytes of its key, behind what all have in common,
 * so that few comparisons look at the key itself. */
struct item {
	uint64_t key;
	uint64_t at; /* of its head in the block */
};

struct sort_run {
	uint64_t start, to; /* in the file */
	uint64_t from; /* what is not read of it yet */
	/* Where it is merged: what was read of it, and the line it is at. */
	struct buf buf;
	size_t pos, block;
	struct view key, line;
};

void sort_init(struct sort *s, size_t memory, size_t first)
{
	*s = (struct sort){ .memory = memory, .first = first, .temp = -1 };
	s->size = memory / sizeof(struct item) * sizeof(struct item);
	/* only what is used of it becomes memory */
	s->block = xmalloc(s->size);
}

/* The items, in no order before they are sorted. */
static struct item *items(const struct sort *s)
{
	return (struct item *)(void *)(s->block + s->size) - s->n;
}

static void entry(const char *p, struct view *key, struct view *line)
{
	struct head h;
	memcpy(&h, p, sizeof(h));
	*key = (struct view){ p + sizeof(h), h.key };
	*line = (struct view){ key->p + h.key, h.line };
}

static struct view item_key(const struct sort *s, const struct item *i)
{
	struct view key, line;
	entry(s->block + i->at, &key, &line);
	return key;
}

static inline bool stands_before(const struct sort *s, const struct item *a,
	const struct item *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	int c = view_cmp(item_key(s, a), item_key(s, b));
	return c ? c < 0 : a->at < b->at;
}

/* Merge sort; spare has room for half of them. Ours, since qsort would take
 * memory that nobody allowed. */
static void sort_items(const struct sort *s, struct item *v, size_t n,
	struct item *spare)
{
	size_t half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	sort_items(s, v, half, spare);
	sort_items(s, v + half, n - half, spare);
	if (stands_before(s, &v[half - 1], &v[half]))
		return;
	memcpy(spare, v, half * sizeof(*v));
	while (i < half)
		v[k++] = j < n && stands_before(s, &v[j], &spare[i])
				 ? v[j++]
				 : spare[i++];
}

static void sort_block(struct sort *s)
{
	struct item *item = items(s);
	for (size_t i = 0; i < s->n; i++)
		item[i].key = rank_head(item_key(s, &item[i]), s->common);
	sort_items(s, item, s->n, item - s->n / 2);
}

static void clear_block(struct sort *s)
{
	s->n = s->used = 0;
}

/* The lines of the block that are wanted move to its front. */
static void keep_first(struct sort *s)
{
	sort_block(s);
	if (s->n < s->first)
		return;
	struct item *item = items(s);
	struct view key = item_key(s, &item[s->first - 1]);
	buf_reset(&s->last);
	buf_addv(&s->last, key);
	s->full = true;
	/* by their places, so that none is moved over another */
	for (size_t i = 0; i < s->first; i++)
		item[i].key = item[i].at;
	sort_items(s, item, s->first, item - s->first / 2);
	memmove(item + s->n - s->first, item, s->first * sizeof(*item));
	s->n = s->first;
	s->used = 0;
	item = items(s);
	for (size_t i = 0; i < s->n; i++) {
		struct view line;
		entry(s->block + item[i].at, &key, &line);
		size_t n =
			(size_t)(line.p + line.n - key.p) + sizeof(struct head);
		memmove(s->block + s->used, s->block + item[i].at, n);
		item[i].at = s->used;
		s->used += n;
	}
}

static void write_out(struct sort *s, struct buf *out)
{
	temp_write(s->temp, out->p, out->n);
	s->end += out->n;
	buf_reset(out);
}

static void add_entry(struct sort *s, struct buf *out, struct view key,
	struct view line)
{
	struct head h = { (uint32_t)key.n, (uint32_t)line.n };
	buf_add(out, &h, sizeof(h));
	buf_addv(out, key);
	buf_addv(out, line);
	if (out->n >= OUT_BLOCK)
		write_out(s, out);
}

/* The block becomes a run. */
static void spill(struct sort *s)
{
	struct buf out = { 0 };
	struct sort_run run = { .start = s->end, .from = s->end };
	struct view key, line;

	if (s->temp < 0)
		s->temp = temp_open();
	sort_block(s);
	const struct item *item = items(s);
	for (size_t i = 0; i < s->n; i++) {
		entry(s->block + item[i].at, &key, &line);
		add_entry(s, &out, key, line);
	}
	write_out(s, &out);
	buf_release(&out);
	run.to = s->end;
	*vec_add(&s->run) = run;
	clear_block(s);
}

/* A line needs its item, and half of one to sort with. */
static bool fits(const struct sort *s, size_t n)
{
	size_t room = s->size - s->used;
	size_t need = (s->n + 1) * (sizeof(struct item) * 3 / 2);
	return need <= room && n <= room - need;
}

static void make_room(struct sort *s, size_t n)
{
	if (s->first && s->n >= FEW && s->n / 2 >= s->first)
		keep_first(s);
	if (fits(s, n))
		return;
	if (s->first && s->n / 2 >= s->first)
		keep_first(s);
	if (fits(s, n))
		return;
	if (s->n)
		spill(s);
	if (!fits(s, n))
		die("a line of %zu bytes does not fit into the memory of %zu: "
		    "say more with --memory",
			n, s->memory);
}

void sort_add(struct sort *s, struct view key, struct view line)
{
	struct head h = { (uint32_t)key.n, (uint32_t)line.n };
	size_t n = sizeof(h) + key.n + line.n;

	s->added++;
	if (s->full && view_cmp(key, buf_view(&s->last)) >= 0)
		return;
	if (key.n > UINT32_MAX || line.n > UINT32_MAX)
		die("a line of %zu bytes cannot be sorted", n);
	make_room(s, n);
	if (s->n == 0) {
		buf_reset(&s->key);
		buf_addv(&s->key, key);
		s->common = key.n;
	}
	s->common = rank_common(buf_view(&s->key), key, s->common);
	if (n > s->longest)
		s->longest = n;
	char *to = s->block + s->used;
	memcpy(to, &h, sizeof(h));
	memcpy(to + sizeof(h), key.p, key.n);
	memcpy(to + sizeof(h) + key.n, line.p, line.n);
	s->n++;
	items(s)->at = s->used;
	s->used += n;
}

/* So many bytes of the run in its buffer, fewer only at its end. */
static bool have(struct sort *s, struct sort_run *r, size_t n)
{
	if (r->buf.n - r->pos >= n)
		return true;
	if (r->from == r->to)
		return false;
	if (r->pos)
		memmove(r->buf.p, r->buf.p + r->pos, r->buf.n - r->pos);
	r->buf.n -= r->pos;
	r->pos = 0;
	size_t most = r->block > n ? r->block : n;
	if (r->buf.cap < most)
		buf_grow(&r->buf, most - r->buf.n);
	while (r->buf.n < n) {
		size_t want = most - r->buf.n;
		if (want > r->to - r->from)
			want = (size_t)(r->to - r->from);
		size_t got =
			temp_read(s->temp, r->buf.p + r->buf.n, want, r->from);
		if (got == 0)
			die("the temporary file was cut by somebody");
		r->buf.n += got;
		r->from += got;
	}
	return true;
}

/* The next line of a run. */
static bool run_next(struct sort *s, struct sort_run *r)
{
	struct head h;

	r->pos += r->line.p ? sizeof(h) + r->key.n + r->line.n : 0;
	if (!have(s, r, sizeof(h)))
		return false;
	memcpy(&h, r->buf.p + r->pos, sizeof(h));
	have(s, r, sizeof(h) + h.key + h.line);
	entry(r->buf.p + r->pos, &r->key, &r->line);
	return true;
}

static bool before(const void *arg, size_t a, size_t b)
{
	const struct sort *s = arg;
	int c = view_cmp(s->run.v[a].key, s->run.v[b].key);
#ifndef MUTANT_sort_stable
	return c ? c < 0 : a < b;
#else
	return c ? c < 0 : a > b;
#endif
}

/* Runs from .. from + n - 1 are to be read side by side. */
static void merge_begin(struct sort *s, size_t from, size_t n)
{
	s->heap.before = before;
	s->heap.arg = s;
	for (size_t i = from; i < from + n; i++) {
		struct sort_run *r = &s->run.v[i];
		r->block = s->memory / n;
		if (r->block > r->to - r->from)
			r->block = (size_t)(r->to - r->from);
		if (run_next(s, r))
			heap_add(&s->heap, i);
	}
}

/* The run at the front goes on. */
static void merge_step(struct sort *s)
{
	struct sort_run *r = &s->run.v[heap_top(&s->heap)];
	if (run_next(s, r)) {
		heap_again(&s->heap);
	} else {
		buf_release(&r->buf);
		heap_take(&s->heap);
	}
}

/* Runs that stand beside each other become one, in their place. */
static void merge_runs(struct sort *s, size_t at, size_t n)
{
	struct sort_run made = { .start = s->end, .from = s->end };
	struct sort_run *run = s->run.v;
	struct buf out = { 0 };

	for (merge_begin(s, at, n); s->heap.of.n; merge_step(s)) {
		const struct sort_run *r = &run[heap_top(&s->heap)];
		add_entry(s, &out, r->key, r->line);
	}
	write_out(s, &out);
	buf_release(&out);
	for (size_t i = at; i < at + n; i++)
		temp_forget(s->temp, run[i].start, run[i].to - run[i].start);
	made.to = s->end;
	run[at] = made;
	memmove(run + at + 1, run + at + n, (s->run.n - at - n) * sizeof(*run));
	s->run.n -= n - 1;
}

/* How many runs the memory can read at once, two lines of each. */
static size_t fan(const struct sort *s)
{
	size_t each = 2 * s->longest > IN_BLOCK ? 2 * s->longest : IN_BLOCK;
	size_t n = s->memory / each;
	return n < 2 ? 2 : n > SORT_FAN ? SORT_FAN : n;
}

void sort_ready(struct sort *s)
{
	if (!s->run.n) {
		sort_block(s);
		return;
	}
	if (s->n)
		spill(s);
	free(s->block);
	s->block = NULL;
	size_t most = fan(s);
	/* from left to right and again, so that all grow alike */
	for (size_t at = 0; s->run.n > most; at++) {
		size_t n = s->run.n - most + 1;
		n = n < most ? n : most;
		if (at + n > s->run.n)
			at = 0;
		merge_runs(s, at, n);
	}
	merge_begin(s, 0, s->run.n);
}

bool sort_next(struct sort *s, struct view *line)
{
	struct view key;

	if (s->first && s->given == s->first)
		return false;
	if (!s->run.n) {
		if (s->at == s->n)
			return false;
		const struct item *item = items(s);
		if (s->at + 8 < s->n)
			__builtin_prefetch(s->block + item[s->at + 8].at);
		entry(s->block + item[s->at++].at, &key, line);
		s->given++;
		return true;
	}
	if (s->given && s->heap.of.n)
		merge_step(s);
	if (!s->heap.of.n)
		return false;
	*line = s->run.v[heap_top(&s->heap)].line;
	s->given++;
	return true;
}

void sort_release(struct sort *s)
{
	free(s->block);
	for (size_t i = 0; i < s->run.n; i++)
		buf_release(&s->run.v[i].buf);
	vec_release(&s->run);
	heap_release(&s->heap);
	buf_release(&s->key);
	buf_release(&s->last);
	if (s->temp >= 0)
		close(s->temp);
	*s = (struct sort){ .temp = -1 };
}
