#include "record/condition_impl.h"

#include "value/text.h"
#include "value/utf8.h"

static bool is_mark(char c)
{
	return c == '%' || c == '_' || c == '\\';
}

/* A text without marks; backslashes before marks are taken away. */
static bool plain(struct view v, struct arena *mem, struct view *out)
{
	char *to = arena_alloc(mem, v.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\\' && i + 1 < v.n && is_mark(v.p[i + 1]))
			i++;
		else if (v.p[i] == '%' || v.p[i] == '_')
			return false;
		to[n++] = v.p[i];
	}
	*out = (struct view){ to, n };
	return true;
}

void pattern_like(struct pattern *p, struct view text, bool lower,
	struct arena *mem)
{
	*p = (struct pattern){ .kind = PAT_LIKE, .lower = lower };
	if (lower) {
		struct buf b = { 0 };
		text_add_lower(&b, text);
		text = (struct view){ arena_bytes(mem, b.p ? b.p : "", b.n),
			b.n };
		buf_release(&b);
	}
	p->text = text;
	bool head = text.n && text.p[0] == '%';
	bool tail = text.n > head && text.p[text.n - 1] == '%';
	/* is the last % itself plain? count the backslashes before it */
	size_t slashes = 0;
	while (tail && slashes + 1 < text.n &&
		text.p[text.n - 2 - slashes] == '\\')
		slashes++;
	if (slashes % 2)
		tail = false;
	struct view middle = { text.p + head, text.n - head - tail };
	if (!plain(middle, mem, &middle))
		return;
	p->text = middle;
	p->kind = head   ? tail ? PAT_CONTAINS : PAT_SUFFIX
		  : tail ? PAT_PREFIX
			 : PAT_EXACT;
}

/* A pattern without signs of its own is searched for as it is. */
static bool literal_regex(struct pattern *p, struct view text,
	struct arena *mem)
{
	bool start = text.n && text.p[0] == '^', end = false;
	char *to = arena_alloc(mem, text.n + 1);
	size_t n = 0;
	for (size_t i = start; i < text.n; i++) {
		char c = text.p[i];
		if (c == '\\') {
			/* before a sign it takes its meaning away */
			if (++i >= text.n || text.p[i] <= ' ' ||
				!strchr("\\^$.|?*+()[]{}-/@#%&=!<>:,;'\"~`",
					text.p[i]))
				return false;
			c = text.p[i];
		} else if (c == '$' && i + 1 == text.n) {
			end = true;
			break;
		} else if (c == '\0' || strchr("^$.|?*+()[]{}", c)) {
			return false;
		}
		to[n++] = c;
	}
	p->kind = start ? end ? PAT_WHOLE : PAT_PREFIX
		  : end ? PAT_END
			: PAT_CONTAINS;
	p->text = (struct view){ to, n };
	return true;
}

bool pattern_regex(struct pattern *p, struct view text, struct arena *mem,
	struct why *why, size_t *at)
{
	*p = (struct pattern){ .kind = PAT_REGEX, .text = text };
	if (literal_regex(p, text, mem))
		return true;
	int error;
	PCRE2_SIZE where;
	p->code = pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_UTF, &error,
		&where, NULL);
	if (!p->code) {
		char say[160];
		pcre2_get_error_message(error, (PCRE2_UCHAR *)say, sizeof(say));
		*at = where;
		return why_not(why, "%s", say);
	}
	p->jit = pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
	return true;
}

/* like in general: the last % is where to go on from at a mismatch. */
static bool like(struct view pattern, struct view text)
{
	const char *p = pattern.p, *pend = p + pattern.n;
	const char *t = text.p, *tend = t + text.n;
	const char *back = NULL, *from = NULL;
	while (t < tend || p < pend) {
		if (p < pend && *p == '%') {
			back = ++p;
			from = t;
			continue;
		}
		if (p < pend && t < tend && *p == '_') {
			uint32_t cp;
			t += utf8_get(t, (size_t)(tend - t), &cp);
			p++;
			continue;
		}
		const char *c = p;
		if (p + 1 < pend && *p == '\\' && is_mark(p[1]))
			c++;
		if (c < pend && t < tend && *c == *t) {
			p = c + 1;
			t++;
			continue;
		}
		if (!back || from >= tend)
			return false;
		uint32_t cp;
		from += utf8_get(from, (size_t)(tend - from), &cp);
		p = back;
		t = from;
	}
	return true;
}

static bool ends(struct view text, struct view with)
{
	return text.n >= with.n &&
	       memcmp(text.p + text.n - with.n, with.p, with.n) == 0;
}

int pattern_match(const struct pattern *p, struct view text,
	struct buf *scratch, pcre2_match_data *data,
	pcre2_match_context *context)
{
	if (p->lower) {
		buf_reset(scratch);
		text_add_lower(scratch, text);
		text = buf_view(scratch);
	}
	int rc;
	switch (p->kind) {
	case PAT_EXACT:
		return view_eq(text, p->text);
	case PAT_PREFIX:
		return text.n >= p->text.n &&
		       memcmp(text.p, p->text.p, p->text.n) == 0;
	case PAT_SUFFIX:
		return ends(text, p->text);
	case PAT_CONTAINS:
		return memmem(text.p, text.n, p->text.p, p->text.n) != NULL;
	case PAT_END:
	case PAT_WHOLE: {
		struct view cut = text;
		if (cut.n && cut.p[cut.n - 1] == '\n')
			cut.n--;
		if (p->kind == PAT_WHOLE)
			return view_eq(text, p->text) || view_eq(cut, p->text);
		return ends(text, p->text) || ends(cut, p->text);
	}
	case PAT_LIKE:
		return like(p->text, text);
	case PAT_REGEX:
		/* the line's UTF-8 was checked by the scanner */
		if (p->jit)
			rc = pcre2_jit_match(p->code, (PCRE2_SPTR)text.p,
				text.n, 0, 0, data, context);
		else
			rc = pcre2_match(p->code, (PCRE2_SPTR)text.p, text.n, 0,
				PCRE2_NO_UTF_CHECK, data, context);
		return rc == PCRE2_ERROR_NOMATCH ? 0 : rc < 0 ? -1 : 1;
	}
	return 0;
}
