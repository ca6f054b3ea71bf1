/* scrm-erase: erase a person, show what is held, find what is left */
#include "crm/forget.h"
#include "crm/leftover.h"
#include "edge/append.h"
#include "edge/file.h"
#include "edge/tool.h"
#include "edge/walk.h"

#include "base/die.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct erase {
	struct tool t;
	struct links links;
	struct whom whom;
	struct erased erased;
	strings in, show;
	const char *check, *file, *format, *hashes, *list, *salt;
	bool dry, force, text;
};

static bool erasing(const struct erase *e)
{
	return !e->check && !e->show.n;
}

static void load_links(struct erase *e)
{
	struct reader in;
	struct why why = { 0 };

	if (!e->list)
		return;
	links_init(&e->links, &e->t.keys);
	reader_open_file(&in, &e->t.keys, e->list);
	if (!links_take(&e->links, &in, &why))
		die("%s:%zu: %s", e->list, in.lineno, why.text);
	reader_close(&in);
}

/* Said and counted, but kept nowhere: the rejects are no place for it. */
static void refuse(struct erase *e, struct view id, const char *why)
{
	e->t.read++;
	e->t.refused++;
	warn("'%.*s' %s", (int)id.n, id.p, why);
	if (e->t.strict)
		die("stopped at the first refused identifier (--strict)");
}

/* To look for somebody who is in no link is no mistake, to erase may be. */
static void add_nobody(struct erase *e, struct view id)
{
	struct view whole = whom_spell(&e->whom, id);

	if (erasing(e) && !e->force && !erased_has(&e->erased, whole)) {
		refuse(e, id,
			"is in no link: nobody, or a value that too many "
			"share; if it is right say --force");
		return;
	}
	whom_add_alone(&e->whom, id);
	e->t.read += erasing(e);
	e->t.written += erasing(e);
}

static void add_id(struct erase *e, struct view id)
{
	struct why why = { 0 };
	struct buf b = { 0 };

	switch (whom_add(&e->whom, id, &why)) {
	case WHOM_TOOK:
		e->t.read += erasing(e);
		e->t.written += erasing(e);
		break;
	case WHOM_NONE:
		buf_addf(&b, "is %s", why.text);
		refuse(e, id, b.p);
		break;
	case WHOM_NOBODY:
		add_nobody(e, id);
		break;
	case WHOM_MANY:
		if (e->force) {
			add_nobody(e, id);
			break;
		}
		buf_addf(&b,
			"is not one person: %s; name the one by another "
			"identifier, or say --force",
			why.text);
		refuse(e, id, b.p);
		break;
	}
	buf_release(&b);
}

/* -f: an identifier a line, so that it stands in no list of processes. */
static void add_file(struct erase *e)
{
	struct buf text = { 0 };

	if (!e->file)
		return;
	file_read(strcmp(e->file, "-") == 0 ? "/dev/stdin" : e->file, &text);
	for (char *p = text.n ? text.p : NULL, *line;
		(line = strsep(&p, "\r\n"));)
		if (*line)
			add_id(e, view_of(line));
	buf_release(&text);
}

static void add_ids(struct erase *e)
{
	struct tool *t = &e->t;

	whom_init(&e->whom, &t->keys, e->list ? &e->links : NULL);
	for (size_t i = 0; i < e->show.n; i++)
		add_id(e, view_of(e->show.v[i]));
	while (!e->show.n && *t->operand)
		add_id(e, view_of(*t->operand++));
	add_file(e);
	for (size_t i = 0; i < e->whom.shared.n; i++) {
		struct view v = map_key(&e->whom.shared, i);
		tool_note(t, "'%.*s' is left out: other customers have it too",
			(int)v.n, v.p);
	}
}

/* Lines of a file with the person taken out, into w if it is not NULL; how
 * many go and how many change. */
static void forget_lines(struct erase *e, struct forget *f, const char *path,
	struct writer *w, uint64_t *gone, uint64_t *changed)
{
	struct reader in;
	struct rec r;

	*gone = *changed = 0;
	rec_init(&r, &e->t.keys);
	reader_open_file(&in, &e->t.keys, path);
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

static void forget_file(struct erase *e, struct forget *f, const char *path)
{
	uint64_t gone, changed;

	forget_lines(e, f, path, NULL, &gone, &changed);
	if (!gone && !changed)
		return;
	if (!e->dry)
		forget_lines(e, f, path, tool_side(&e->t, path), &gone,
			&changed);
	tool_note(&e->t, "%s: %llu lines taken out, %llu made anonymous", path,
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

/* The links come last: by them the rest is known, if this has to be done
 * again. */
static void forget_files(struct erase *e)
{
	struct forget f;
	struct walk w = { 0 };
	bool links = false;

	forget_init(&f, &e->t.keys, &e->whom, &e->erased);
	for (size_t i = 0; i < e->in.n; i++)
		if (!walk_add(&w, e->in.v[i]))
			die("cannot open '%s':", e->in.v[i]);
	for (size_t i = 0; i < w.file.n; i++)
		if (e->list && same_file(w.file.v[i], e->list))
			links = true;
		else if (is_ndjson(w.file.v[i]))
			forget_file(e, &f, w.file.v[i]);
	if (links)
		forget_file(e, &f, e->list);
	else if (e->list)
		tool_note(&e->t, "'%s' still knows them; --in takes them out",
			e->list);
	walk_release(&w);
	forget_release(&f);
}

static void add_hashes(struct erase *e, const struct append *file)
{
	struct tool *t = &e->t;
	struct buf lines = { 0 };
	uint64_t fresh = 0;

	for (size_t i = 0; i < e->whom.id.n; i++) {
		struct view id = map_key(&e->whom.id, i);
		tool_make(t, id);
		if (erased_has(&e->erased, id))
			continue;
		erased_print(&e->erased, id, view_of(t->as_of_text), &lines);
		buf_addc(&lines, '\n');
		fresh++;
	}
	if (fresh && !e->dry)
		append_lines(file, buf_view(&lines));
	tool_note(t, "%s%llu identifiers erased, %llu were before",
		e->dry ? "nothing is written (-n): " : "",
		(unsigned long long)fresh,
		(unsigned long long)(e->whom.id.n - fresh));
	buf_release(&lines);
}

/*
 * In this order it can be broken off anywhere and done again: the hashes, from
 * which on nobody comes back, are there before any file is renamed.
 */
static void erase(struct erase *e)
{
	struct append file = { .fd = -1 };
	struct reader in;
	struct why why = { 0 };
	const char *path = erased_path(e->hashes);

	if (!path)
		die("no --erased FILE, nor SCRM_ERASED: where are they kept?");
	erased_salt(&e->erased, path, e->salt);
	if (!e->dry)
		append_open(&file, path);
	if (!e->dry || access(path, F_OK) == 0) {
		reader_open_file(&in, &e->t.keys, path);
		if (!erased_take(&e->erased, &in, &why))
			die("%s:%zu: %s", path, in.lineno, why.text);
		reader_close(&in);
	}
	add_ids(e);
	if (e->whom.id.n) {
		forget_files(e);
		add_hashes(e, &file);
	}
	/* The lock ends with the program, after the files were renamed. */
}

static void show_members(struct rec *r, struct buf *out)
{
	struct buf scratch = { 0 };
	for (size_t i = 0; i < r->nmembers; i++) {
		struct view name = val_text(r->member[i].key, &scratch);
		buf_addf(out, "\n    %.*s: ", (int)name.n, name.p);
		buf_addv(out, val_text(r->member[i].val, &scratch));
	}
	buf_release(&scratch);
}

/* A record, where it stands and what of it is theirs. */
static void show_rec(struct erase *e, struct rec *r, struct view by,
	struct buf *out)
{
	buf_reset(out);
	if (e->text) {
		buf_addf(out, "%s:%zu: by %.*s", r->file, r->lineno, (int)by.n,
			by.p);
		show_members(r, out);
	} else {
		buf_adds(out, "{\"type\":\"held\",\"file\":");
		json_text(out, view_of(r->file));
		buf_addf(out, ",\"line\":%zu,\"by\":", r->lineno);
		json_text(out, by);
		buf_adds(out, ",\"record\":");
		buf_add(out, r->line, r->n);
		buf_addc(out, '}');
	}
	tool_write(&e->t, buf_view(out));
}

static void show(struct erase *e)
{
	struct tool *t = &e->t;
	struct traces traces = { 0 };
	struct rec *r;
	struct buf out = { 0 };

	for (size_t i = 0; i < e->whom.id.n; i++)
		traces_add(&traces, map_key(&e->whom.id, i));
	while ((r = tool_next(t))) {
		struct view by = whom_of(&e->whom, r);
		struct traced in_text = { 0 };
		if (!by.p && traces_find(&traces,
				     (struct view){ r->line, r->n }, &in_text))
			by = VIEW("text");
		if (by.p)
			show_rec(e, r, by, &out);
		else
			t->withheld++;
	}
	if (!t->written)
		tool_note(t, "nothing is held in what was read");
	traces_release(&traces);
	buf_release(&out);
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
static void report(struct erase *e, const char *path, const struct leftover *l)
{
	struct buf b = { 0 };
	size_t n = strlen(path);

	e->t.read++;
	if (!l->found.times && !l->why) {
		e->t.withheld++;
		return;
	}
	e->t.refused++;
	if (e->text) {
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
	tool_make(&e->t, buf_view(&b));
	buf_release(&b);
}

static void check(struct erase *e)
{
	struct leftover l;
	struct walk w = { 0 };

	leftover_init(&l, &e->t.keys, &e->whom);
	for (size_t i = 0; i < l.traces.brief.n; i++) {
		struct view v = l.traces.brief.v[i];
		tool_note(&e->t,
			"'%.*s' is too short to be searched in text: looked "
			"for in records only",
			(int)v.n, v.p);
	}
	if (!walk_add(&w, e->check))
		die("cannot open '%s':", e->check);
	for (size_t i = 0; i < w.file.n; i++) {
		leftover_file(&l, w.file.v[i]);
		report(e, w.file.v[i], &l);
	}
	l.found = (struct traced){ 0 };
	l.line = 0;
	for (size_t i = 0; i < w.other.n; i++) {
		l.why = w.other.v[i].why;
		report(e, w.other.v[i].path, &l);
	}
	tool_note(&e->t,
		"%llu files looked at: %llu hold them or could not be "
		"looked into",
		(unsigned long long)e->t.read,
		(unsigned long long)e->t.refused);
	walk_release(&w);
	leftover_release(&l);
}

int main(int argc, char **argv)
{
	struct erase e = {
		.t = { .usage = "[-n] [-f FILE] [-l FILE] [--erased FILE] "
				"[--force] [--in PATH] [--salt FILE] [ID ...]\n"
				"       scrm-erase --check DIR [-f FILE] "
				"[-l FILE] [--force] [--format FORMAT] "
				"[ID ...]\n"
				"       scrm-erase --show ID [-l FILE] "
				"[--force] [--format FORMAT] [file ...]",
			.about = "erase a person, show what is held, find "
				 "what is left" },
	};
	const struct opt options[] = {
		OPT_FLAG('n', "dry-run", "write nothing, say what would be",
			&e.dry),
		OPT_STR('f', "file", "FILE", "identifiers, one a line",
			&e.file),
		OPT_STR('l', "link", "FILE", "the links that scrm-dedupe wrote",
			&e.list),
		OPT_STR(0, "check", "DIR", "name the files that hold them",
			&e.check),
		OPT_STR(0, "erased", "FILE", "where the hashes are kept",
			&e.hashes),
		OPT_FLAG(0, "force", "also what is nobody's, or many people's",
			&e.force),
		OPT_STR(0, "format", "FORMAT", "ndjson or text", &e.format),
		OPT_STRS(0, "in", "PATH", "take them out of these files, too",
			&e.in),
		OPT_STR(0, "salt", "FILE", "the secret of the hashes", &e.salt),
		OPT_STRS(0, "show", "ID", "give all records about them",
			&e.show),
		OPT_END,
	};

	tool_open(&e.t, argc, argv, options);
	if (e.show.n && e.check)
		die("either --check or --show");
	if (!e.show.n && !e.file && !*e.t.operand)
		tool_missing(&e.t, "identifier");
	e.text = e.format ? strcmp(e.format, "text") == 0
			  : isatty(STDOUT_FILENO);
	if (e.format && !e.text && strcmp(e.format, "ndjson") != 0)
		die("option '--format': no format '%s'; there are ndjson and "
		    "text",
			e.format);
	e.t.plain = erasing(&e) || e.text;
	e.t.raw = !e.show.n;
	erased_init(&e.erased, &e.t.keys);
	load_links(&e);
	if (erasing(&e)) {
		erase(&e);
	} else {
		add_ids(&e);
		if (e.show.n)
			show(&e);
		else if (e.whom.id.n)
			check(&e);
	}
	int status = tool_close(&e.t);
	whom_release(&e.whom);
	erased_release(&e.erased);
	links_release(&e.links);
	vec_release(&e.in);
	vec_release(&e.show);
	return status;
}
