#include "edge/runlog.h"

#include "base/die.h"
#include "base/map.h"
#include "base/vec.h"
#include "record/reader.h"
#include "value/num.h"

static const char *const counts[] = { "read", "written", "made", "withheld",
	"folded", "superseded", "refused", "exit" };
enum { READ, WRITTEN, MADE, WITHHELD, FOLDED, SUPERSEDED, REFUSED, EXIT, N };

struct run {
	int64_t n[N];
	char *tool;
	size_t line;
};

struct log {
	struct keys keys;
	unsigned type, tool, from, to, seconds, key[N];
	struct map place; /* a file or pipe that was written */
	VEC(struct run) writer; /* by place: who wrote it last */
	int worst;
};

static void complain(struct log *log, const struct rec *r, const char *text)
{
	warn("%s:%zu: %s", r->file, r->lineno, text);
	log->worst = 2;
}

static bool number(const struct rec *r, unsigned key, int64_t *n)
{
	struct val v = rec_get(r, key);
	*n = 0;
	return v.kind == K_MISSING ||
	       (v.kind == K_NUMBER && int_parse(v.p, v.n, n));
}

/* What was written into the places that this run read from. */
static void hold_against(struct log *log, const struct rec *r,
	const struct run *run)
{
	struct val_iter it = val_iter(rec_get(r, log->from));
	struct buf text = { 0 }, say = { 0 }, names = { 0 };
	int64_t sum = 0;
	size_t places = 0;
	bool known = true;
	while (val_next(&it)) {
		struct view name = val_text(it.val, &text);
		size_t i = map_find(&log->place, name.p, name.n);
		if (i == MAP_NONE) {
			known = false;
			break;
		}
		const struct run *w = &log->writer.v[i];
		sum += w->n[WRITTEN] + w->n[MADE];
		buf_addf(&names, "%s%s", places++ ? ", " : "", w->tool);
	}
	if (places && known && sum != run->n[READ]) {
		buf_addf(&say, "%s read %lld lines, but %s wrote %lld",
			run->tool, (long long)run->n[READ], names.p,
			(long long)sum);
		complain(log, r, say.p);
	}
	buf_release(&text);
	buf_release(&say);
	buf_release(&names);
}

static void remember(struct log *log, struct rec *r, const struct run *run)
{
	struct view to = rec_text(r, log->to);
	bool isnew;
	if (!to.p)
		return;
	size_t i = map_add(&log->place, to.p, to.n, &isnew);
	struct run *w = isnew ? vec_add(&log->writer) : &log->writer.v[i];
	if (!isnew)
		free(w->tool);
	*w = *run;
	w->tool = xstrdup(run->tool);
}

static void show(const struct run *run, struct view seconds, struct buf *out)
{
	buf_addf(out, "%-14s", run->tool);
	for (int i = READ; i < EXIT; i++)
		if (run->n[i] || i == READ)
			buf_addf(out, " %s %lld", counts[i],
				(long long)run->n[i]);
	buf_adds(out, ", ");
	buf_addv(out, seconds);
	buf_addf(out, " s, exit %lld\n", (long long)run->n[EXIT]);
}

static bool read_run(struct log *log, struct rec *r, struct run *run)
{
	if (!val_is(rec_get(r, log->type), VIEW("run")))
		return false;
	for (int i = 0; i < N; i++)
		if (!number(r, log->key[i], &run->n[i]))
			return false;
	struct view tool = rec_text(r, log->tool);
	run->tool = xmemdup(tool.p ? tool.p : "?", tool.p ? tool.n : 1);
	return true;
}

/* A reader may end before who writes into its pipe, so writers come first. */
static void pass(struct log *log, const char *path, bool writers,
	struct buf *out)
{
	struct reader in;
	struct rec r;
	struct why why = { 0 };
	reader_open_file(&in, &log->keys, path);
	rec_init(&r, &log->keys);
	for (;;) {
		enum reader_status status = reader_next(&in, &r, &why);
		if (status == READ_END)
			break;
		if (status == READ_FILE)
			continue;
		struct run run = { 0 };
		if (status != READ_REC || !read_run(log, &r, &run))
			die("%s:%zu: not a run record", path, in.lineno);
		struct view to = rec_text(&r, log->to);
		bool pipe = to.n > 5 && memcmp(to.p, "pipe:", 5) == 0;
		if (writers) {
			if (pipe)
				remember(log, &r, &run);
			free(run.tool);
			continue;
		}
		show(&run, rec_text(&r, log->seconds), out);
		int64_t sum = 0;
		for (int i = READ + 1; i < EXIT; i++)
			sum += i == MADE ? 0 : run.n[i];
		if (run.n[EXIT] >= 2 || run.n[EXIT] < 0) {
			struct buf say = { 0 };
			buf_addf(&say, "%s ended with %lld", run.tool,
				(long long)run.n[EXIT]);
			complain(log, &r, say.p);
			buf_release(&say);
		} else {
			if (sum != run.n[READ])
				complain(log, &r,
					"the lines read do not add up");
			hold_against(log, &r, &run);
			if (run.n[EXIT] == 1 && log->worst == 0)
				log->worst = 1;
			if (!pipe)
				remember(log, &r, &run);
		}
		free(run.tool);
	}
	rec_release(&r);
	reader_close(&in);
}

int runlog_check(const char *path, struct buf *out)
{
	struct log log = { 0 };
	log.type = keys_want(&log.keys, "type");
	log.tool = keys_want(&log.keys, "tool");
	log.from = keys_want(&log.keys, "from");
	log.to = keys_want(&log.keys, "to");
	log.seconds = keys_want(&log.keys, "seconds");
	for (int i = 0; i < N; i++)
		log.key[i] = keys_want(&log.keys, counts[i]);
	pass(&log, path, true, out);
	pass(&log, path, false, out);
	for (size_t i = 0; i < log.writer.n; i++)
		free(log.writer.v[i].tool);
	vec_release(&log.writer);
	map_release(&log.place);
	keys_release(&log.keys);
	return log.worst;
}
