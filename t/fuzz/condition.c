/*
 * condition: a condition, a NUL, a record. What must hold of any of them:
 * asked twice it says the same; "not (C)" is its opposite; the fast forms of
 * tests say what the plain one says; the explanation is JSON.
 */
#include "record/condition_impl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int32_t east8(const void *zone, int64_t sec)
{
	(void)zone;
	(void)sec;
	return 8 * 3600;
}

static void plain(struct node *n)
{
	n->ask = node_plain;
	for (size_t i = 0; i < n->nkids; i++)
		plain(n->kid[i]);
}

static void must(bool good)
{
	if (!good)
		abort();
}

static void explained(struct condition *c, const struct rec *r, struct buf *out)
{
	struct why why;
	struct val v;
	buf_reset(out);
	condition_explain(c, r, out);
	must(scan_value(out->p, out->p + out->n, out->p, &v, &why) ==
		out->p + out->n);
}

static void ask(struct view text, struct keys *keys, const struct rec *r)
{
	static const char *const constants[] = { "x", "12", "y", "2026-11-01",
		NULL };
	struct condition_env env = { .as_of = { .sec = 20778 * 86400,
					     .date_only = true },
		.constant = constants,
		.row_prefix = "offer" };
	struct why why = { 0 };
	struct buf negated = { 0 }, out = { 0 };
	struct cval value;
	if (text.n && text.p[0] == ' ')
		env.offset = east8;
	struct condition *c = condition_compile(text, keys, &env, &why);
	must(c || (why.text[0] && why.line && why.col));
	buf_adds(&negated, "not (");
	buf_addv(&negated, text);
	buf_adds(&negated, "\n)");
	struct condition *no =
		condition_compile(buf_view(&negated), keys, &env, &why);
	struct condition *e = expression_compile(text, keys, &env, &why);
	if (c && r) {
		enum verdict is = condition_test(c, r, &why);
		explained(c, r, &out);
		must(condition_test(c, r, &why) == is);
		if (no) {
			enum verdict opposite = condition_test(no, r, &why);
			must(is == COND_REFUSE
					? opposite == is
					: opposite == (is == COND_FALSE));
		}
		plain(c->root);
		must(condition_test(c, r, &why) == is);
	}
	if (e && r && expression_eval(e, r, &value, &why)) {
		buf_reset(&out);
		cval_json(&out, &value);
		struct val v;
		must(scan_value(out.p, out.p + out.n, out.p, &v, &why) ==
			out.p + out.n);
	}
	condition_free(c);
	condition_free(no);
	condition_free(e);
	buf_release(&negated);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	const char *nul = n ? memchr(p, 0, n) : NULL;
	size_t cut = nul ? (size_t)(nul - p) : n;
	struct keys keys = { 0 };
	struct rec r;
	struct buf line = { 0 };
	struct why why;
	rec_init(&r, &keys);
	if (nul)
		buf_add(&line, nul + 1, n - cut - 1);
	buf_adds(&line, "");
	bool good = line.p && rec_parse(&r, line.p, line.n, &why);
	ask((struct view){ p ? p : "", cut }, &keys, good ? &r : NULL);
	rec_release(&r);
	keys_release(&keys);
	buf_release(&line);
	return 0;
}
