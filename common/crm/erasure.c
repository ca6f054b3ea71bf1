#include "crm/erasure.h"

#include "base/die.h"
#include "crm/forget.h"
#include "edge/walk.h"

#include <sys/stat.h>
#include <unistd.h>

void erasure_open(struct erasure *e, const char *path, const char *salt)
{
	struct reader in;
	struct why why = { 0 };

	path = erased_path(path);
	if (!path)
		die("no --erased FILE, nor SCRM_ERASED: where are they kept?");
	erased_salt(e->erased, path, salt);
	if (!e->dry)
		append_open(&e->file, path);
	else if (access(path, F_OK) < 0)
		return;
	reader_open_file(&in, &e->t->keys, path);
	if (!erased_take(e->erased, &in, &why))
		die("%s:%zu: %s", path, in.lineno, why.text);
	reader_close(&in);
}

/* Lines of a file with the person taken out, into w if it is not NULL; how
 * many go and how many change. */
static void forget_lines(struct erasure *e, struct forget *f, const char *path,
	struct writer *w, uint64_t *gone, uint64_t *changed)
{
	struct reader in;
	struct rec r;

	*gone = *changed = 0;
	rec_init(&r, &e->t->keys);
	reader_open_file(&in, &e->t->keys, path);
	while (reader_whole(&in, &r)) {
		enum forgot what = forget_rec(f, &r);
		*gone += what == FORGOT_ALL;
		*changed += what == FORGOT_SOME;
		if (w && what != FORGOT_ALL)
			writer_rec(w, &r);
	}
	reader_close(&in);
	rec_release(&r);
}

static void forget_file(struct erasure *e, struct forget *f, const char *path)
{
	uint64_t gone, changed;

	forget_lines(e, f, path, NULL, &gone, &changed);
	if (!gone && !changed)
		return;
	if (!e->dry) {
		struct writer *w = tool_side(e->t, path);
		forget_lines(e, f, path, w, &gone, &changed);
		writer_flush(w);
	}
	tool_note(e->t, "%s: %llu lines taken out, %llu made anonymous", path,
		(unsigned long long)gone, (unsigned long long)changed);
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static bool is_ndjson(const char *path)
{
	size_t n = strlen(path);
	return n > 7 && strcmp(path + n - 7, ".ndjson") == 0;
}

/* A file, or those of a folder; true if the links are among them, which are
 * left for later. */
static bool forget_below(struct erasure *e, struct forget *f, const char *in)
{
	struct walk w = { 0 };
	bool links = false;

	if (!walk_add(&w, in))
		die("cannot open '%s':", in);
	for (size_t i = 0; i < w.file.n; i++) {
		const char *path = w.file.v[i];
		if (e->links && same_file(path, e->links))
			links = true;
		else if (is_ndjson(path) || strcmp(path, in) == 0)
			forget_file(e, f, path);
	}
	walk_release(&w);
	return links;
}

/* The links come last: by them the rest is known, if this has to be done
 * again. */
static void forget_files(struct erasure *e)
{
	struct forget f;
	bool links = false;

	forget_init(&f, &e->t->keys, e->whom, e->erased);
	for (size_t i = 0; i < e->in->n; i++)
		links |= forget_below(e, &f, e->in->v[i]);
	if (links)
		forget_file(e, &f, e->links);
	else if (e->links)
		tool_note(e->t, "'%s' still knows them; --in takes them out",
			e->links);
	forget_release(&f);
}

static void add_hashes(struct erasure *e)
{
	struct tool *t = e->t;
	struct buf lines = { 0 };
	uint64_t fresh = 0;

	for (size_t i = 0; i < e->whom->id.n; i++) {
		struct view id = map_key(&e->whom->id, i);
		tool_make(t, id);
		if (erased_has(e->erased, id))
			continue;
		erased_print(e->erased, id, view_of(t->as_of_text), &lines);
		buf_addc(&lines, '\n');
		fresh++;
	}
	writer_flush(&t->out);
	if (fresh && !e->dry)
		append_lines(&e->file, buf_view(&lines));
	tool_note(t, "%s%llu identifiers erased, %llu were before",
		e->dry ? "nothing is written (-n): " : "",
		(unsigned long long)fresh,
		(unsigned long long)(e->whom->id.n - fresh));
	buf_release(&lines);
}

void erasure_run(struct erasure *e)
{
	if (!e->whom->id.n)
		return;
	forget_files(e);
	add_hashes(e);
}

void erasure_close(struct erasure *e)
{
	if (!e->dry)
		append_close(&e->file);
}
