/*
 * An export file, a line "---", and records, one a line: what the file says is
 * either a mistake, or of each record a row, whose texts are UTF-8, whose
 * hashes are 64 digits, and in which no address stands that a consent refuses.
 */
#include "crm/exportfile.h"
#include "value/utf8.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static bool load(void *arg, const char *name, size_t skip, struct buf *text,
	struct buf *path, struct why *why)
{
	if (skip > 1 || strcmp(name, "e") != 0)
		return why_not(why, "no export file");
	buf_addv(text, skip ? VIEW("{\"columns\":{\"base\":\"x\"}}")
			    : *(const struct view *)arg);
	buf_adds(path, "e");
	return true;
}

/* Whether a consent for text messages refuses this number. */
static bool refused(const struct exportfile *f, const struct rec *r,
	struct view out)
{
	struct val all = rec_get(r, f->consents);
	bool refused = false;
	struct buf scratch = { 0 };
	if (all.kind != K_ARRAY)
		return false;
	for (struct val_iter it = val_iter(all); val_next(&it);) {
		if (it.val.kind != K_OBJECT)
			continue;
		struct val to = val_member(it.val, VIEW("to"));
		buf_reset(&scratch);
		refused |= to.kind == K_STRING &&
			   view_eq(val_text(to, &scratch), out) &&
			   val_is(val_member(it.val, VIEW("channel")),
				   VIEW("sms")) &&
			   val_is(val_member(it.val, VIEW("status")),
				   VIEW("denied")) &&
			   val_none(val_member(it.val, VIEW("purpose")));
	}
	buf_release(&scratch);
	return refused;
}

/* Nothing is done to what it holds. */
static bool bare(const struct export_column *c)
{
	return !c->lower && !c->digits && !c->letters && !c->no_blanks &&
	       !c->has_words && !c->hash && !c->cut.n && !c->part &&
	       !c->format && !c->nnodots;
}

static void check_row(struct exportfile *f, const struct rec *r)
{
	enum export_verdict v = exportfile_row(f, r);
	must(v < EXPORT_VERDICTS);
	for (size_t i = 0; i < f->ncolumns; i++) {
		const struct export_column *c = &f->column[i];
		if (!c->out.p)
			continue;
		must(utf8_valid(c->out));
		must(!c->hash || c->all || c->is_const || c->out.n == 64);
		bool one = f->npurposes == 1 &&
			   view_is(f->purpose[0], "marketing");
		if (one && bare(c) && view_is(c->channel, "sms"))
			must(!refused(f, r, c->out));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	const char *at = memmem(p, size, "\n---\n", 5);
	struct view file = { p, at ? (size_t)(at - p) : size };
	struct keys keys = { 0 };
	struct rec rec;
	struct buf path = { 0 }, line = { 0 };
	struct why why;
	rec_init(&rec, &keys);
	struct exportfile *f =
		exportfile_compile("e", load, &file, NULL, &keys, &path, &why);
	must(f || why.text[0]);
	for (at = at ? at + 5 : end; f && at < end;) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((nl ? nl : end) - at);
		buf_reset(&line);
		buf_add(&line, at, n);
		buf_grow(&line, SCAN_PAD);
		memset(line.p + n, 0, SCAN_PAD);
		if (rec_parse(&rec, line.p, n, &why))
			check_row(f, &rec);
		at += n + 1;
	}
	exportfile_free(f);
	rec_release(&rec);
	keys_release(&keys);
	buf_release(&path);
	buf_release(&line);
	return 0;
}
