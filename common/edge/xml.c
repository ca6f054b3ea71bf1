#include "edge/xml.h"

#include "base/die.h"
#include "base/vec.h"

#include <expat.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct level {
	size_t path; /* bytes of the path up to this element */
	struct buf text;
	bool children;
};

/* An element met in this document, without its own index, and how often. */
struct name {
	struct view path;
	size_t times;
};

struct xml_state {
	XML_Parser expat;
	const char *root;
	struct level level[XML_DEPTH + 1];
	size_t depth; /* the root is 1 */
	size_t count; /* elements and attributes */
	struct buf path;
	VEC(struct name) names;
	VEC(struct xml_field) fields;
	struct arena text;
	struct why *why;
	bool refused; /* by us, not by expat */
	size_t used; /* bytes of the source that the last document took */
	bool counted; /* the line at hand is counted in other */
	size_t col; /* bytes of it that are behind us */
};

/* The rest of the document is not looked at. */
__attribute__((format(printf, 2, 3))) static void refuse_here(
	struct xml_state *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(s->why->text, sizeof(s->why->text), fmt, ap);
	va_end(ap);
	s->refused = true;
	XML_StopParser(s->expat, XML_FALSE);
}

static void add_field(struct xml_state *s, struct view path, struct view text)
{
	struct xml_field *f = vec_add(&s->fields);
	f->path.p = arena_bytes(&s->text, path.p, path.n);
	f->path.n = path.n;
	f->text.p = arena_bytes(&s->text, text.p, text.n);
	f->text.n = text.n;
}

/* How many elements of this path there were before. */
static size_t times(struct xml_state *s, struct view path)
{
	for (size_t i = s->names.n; i-- > 0;)
		if (view_eq(s->names.v[i].path, path))
			return s->names.v[i].times++;
	struct name *n = vec_add(&s->names);
	n->path.p = arena_bytes(&s->text, path.p, path.n);
	n->path.n = path.n;
	n->times = 1;
	return 0;
}

static void on_start(void *arg, const char *name, const char **attr)
{
	struct xml_state *s = arg;
	if (s->refused)
		return;
	if (s->depth == XML_DEPTH) {
		refuse_here(s, "more than %d levels of elements", XML_DEPTH);
		return;
	}
	if (s->depth && strcmp(name, s->root) == 0) {
		refuse_here(s,
			"'<%s' again: the document before it is not "
			"closed",
			s->root);
		return;
	}
	if (s->depth)
		s->level[s->depth].children = true;
	struct level *l = &s->level[++s->depth];
	l->children = false;
	buf_reset(&l->text);
	if (s->depth > 1) {
		if (s->depth > 2)
			buf_addc(&s->path, '.');
		buf_adds(&s->path, name);
		size_t n = times(s, buf_view(&s->path));
		if (n)
			buf_addf(&s->path, ".%zu", n);
	}
	l->path = s->path.n;
	s->count++;
	for (; *attr; attr += 2, s->count++) {
		buf_adds(&s->path, s->path.n ? ".@" : "@");
		buf_adds(&s->path, attr[0]);
		add_field(s, buf_view(&s->path), view_of(attr[1]));
		s->path.n = l->path;
	}
	if (s->count > XML_FIELDS)
		refuse_here(s, "more than %d elements", XML_FIELDS);
}

static void on_text(void *arg, const char *p, int n)
{
	struct xml_state *s = arg;
	if (s->depth)
		buf_add(&s->level[s->depth].text, p, (size_t)n);
}

static bool blank(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!strchr(" \t\r\n", v.p[i]) || !v.p[i])
			return false;
	return true;
}

static void on_end(void *arg, const char *name)
{
	struct xml_state *s = arg;
	(void)name;
	if (s->refused)
		return;
	struct level *l = &s->level[s->depth];
	struct view text = buf_view(&l->text);
	s->path.n = l->path;
	if (s->depth > 1 && (!l->children || !blank(text)))
		add_field(s, buf_view(&s->path), text);
	s->depth--;
	s->path.n = s->depth ? s->level[s->depth].path : 0;
}

void xml_open(struct xml *x, struct source *in, const char *root)
{
	struct xml_state *s = xcalloc(1, sizeof(*s));
	*x = (struct xml){ .in = in,
		.root = root ? root : "xml",
		.max_doc = XML_MAX_DOC,
		.line = 1,
		.state = s };
	source_utf8(in);
	s->root = x->root;
	s->expat = XML_ParserCreate("UTF-8");
	if (!s->expat)
		die("no memory for expat");
}

static void begin(struct xml_state *s, struct why *why)
{
	XML_ParserReset(s->expat, "UTF-8");
	XML_SetUserData(s->expat, s);
	XML_SetElementHandler(s->expat, on_start, on_end);
	XML_SetCharacterDataHandler(s->expat, on_text);
	s->depth = s->count = s->path.n = s->names.n = s->fields.n = 0;
	s->refused = false;
	s->why = why;
	arena_reset(&s->text);
}

/* Whether "<root" and what ends a name stand at p; 0 no, 1 yes, -1 more bytes
 * must come to tell. */
static int root_at(const struct xml *x, const char *p, const char *end)
{
	size_t n = strlen(x->root), left = (size_t)(end - p);
	if (*p != '<')
		return 0;
	if (memcmp(p + 1, x->root, left - 1 < n ? left - 1 : n) != 0)
		return 0;
	if (left < n + 2)
		return -1;
	return p[n + 1] && strchr("> \t\r\n/", p[n + 1]) != NULL;
}

/* Passes over n bytes outside documents. */
static void skip(struct xml *x, size_t n)
{
	struct xml_state *s = x->state;
	const char *p = x->in->buf.p + x->in->pos, *end = p + n;
	for (; p < end; p++) {
		s->col++;
		if (*p == '\n') {
			x->line++;
			s->col = 0;
			s->counted = false;
		} else if (!s->counted && *p != ' ' && *p != '\t' &&
			   *p != '\r') {
			x->other++;
			s->counted = true;
		}
	}
	x->in->pos += n;
}

/* Brings the source to the start of a document. */
static bool find_root(struct xml *x)
{
	struct source *in = x->in;
	for (;;) {
		const char *p = in->buf.p + in->pos,
			   *end = in->buf.p + in->buf.n, *at = p;
		int found = 0;
		while (at < end) {
			at = memchr(at, '<', (size_t)(end - at));
			if (!at)
				at = end;
			else if ((found = root_at(x, at, end)) == 0)
				at++;
			else
				break;
		}
		skip(x, (size_t)(at - p));
		if (found == 1)
			return true;
		if (!source_more(in)) {
			skip(x, in->buf.n - in->pos);
			return false;
		}
	}
}

/* Past the CDATA section or the comment that begins at p[at], n if it does not
 * end here; at itself where there is none. */
static size_t past_section(const char *p, size_t at, size_t n)
{
	const char *close;
	if (n - at >= 9 && memcmp(p + at, "<![CDATA[", 9) == 0)
		close = memmem(p + at + 9, n - at - 9, "]]>", 3);
	else if (n - at >= 4 && memcmp(p + at, "<!--", 4) == 0)
		close = memmem(p + at + 4, n - at - 4, "-->", 3);
	else
		return at;
	return close ? (size_t)(close - p) + 3 : n;
}

/* Past "</root>" at p[at], blanks before its '>' allowed; 0 if it is not. */
static size_t past_end_tag(const struct xml *x, const char *p, size_t at,
	size_t n)
{
	size_t root = strlen(x->root);
	if (n - at < root + 3 || p[at + 1] != '/' ||
		memcmp(p + at + 2, x->root, root) != 0)
		return 0;
	for (at += 2 + root; at < n && blank((struct view){ p + at, 1 }); at++)
		;
	return at < n && p[at] == '>' ? at + 1 : 0;
}

/*
 * Bytes of the document that begins at p; 0 where more must be read. *closed:
 * it has its end tag, else the next one or the end of the file cuts it.
 */
static size_t extent(const struct xml *x, const char *p, size_t n, bool eof,
	bool *closed)
{
	size_t need = strlen(x->root) + 9, at, to;
	bool later = false;
	const char *tag = memchr(p, '>', n);
	if (!tag)
		return eof ? n : 0;
	at = (size_t)(tag - p) + 1;
	*closed = tag[-1] == '/';
	if (*closed)
		return at;
	for (; at < n; at = to) {
		to = at + 1;
		if (p[at] == '<') {
			if (!eof && n - at < need)
				return 0;
			size_t end = past_end_tag(x, p, at, n);
			*closed = end > 0;
			if (end)
				return end;
			if (later && root_at(x, p + at, p + n) == 1)
				return at;
			to = past_section(p, at, n);
			to = to == at ? at + 1 : to;
		}
		later = later || memchr(p + at, '\n', to - at);
	}
	return eof ? n : 0;
}

/* Finds where the document ends, reading more of it. False: it is longer than
 * max_doc, and *n is that. */
static bool frame(const struct xml *x, size_t *n, bool *closed)
{
	struct source *in = x->in;
	/* an end tag that begins within max_doc must have been seen whole */
	size_t need = strlen(x->root) + 9;
#ifdef PLANT_XML
	need = 0;
#endif
	for (;;) {
		size_t have = in->buf.n - in->pos;
		*n = extent(x, in->buf.p + in->pos, have, in->eof, closed);
		if (*n ? *n > x->max_doc : have > x->max_doc + need) {
			*n = x->max_doc;
			return false;
		}
		if (*n)
			return true;
		source_more(in);
	}
}

static bool parse(struct xml *x, struct view text, struct why *why)
{
	struct xml_state *s = x->state;
	begin(s, why);
	/* expat counts in int; max_doc is the user's */
	if (text.n > INT_MAX / 2)
		return why_not(why, "the document is too long for expat");
	if (XML_Parse(s->expat, text.p, (int)text.n, 1) == XML_STATUS_OK)
		return true;
	if (s->refused)
		return false;
	return why_not(why, "%s", XML_ErrorString(XML_GetErrorCode(s->expat)));
}

/* The place of the document's byte at. */
static enum xml_status refuse(const struct xml *x, const struct xml_doc *doc,
	size_t at, struct why *why)
{
	why->line = x->line;
	why->col = x->state->col + 1;
	for (size_t i = 0; i < at && i < doc->raw.n; i++) {
		bool lf = doc->raw.p[i] == '\n';
		why->line += lf;
		why->col = lf ? 1 : why->col + 1;
	}
	return XML_REFUSED;
}

static void take_used(struct xml *x)
{
	struct xml_state *s = x->state;
	const char *p = x->in->buf.p + x->in->pos;
	for (size_t i = 0; i < s->used; i++) {
		s->col++;
		if (p[i] != '\n')
			continue;
		x->line++;
		s->col = 0;
		s->counted = false;
	}
	x->in->pos += s->used;
	s->used = 0;
}

enum xml_status xml_next(struct xml *x, struct xml_doc *doc, struct why *why)
{
	struct xml_state *s = x->state;
	take_used(x);
	*doc = (struct xml_doc){ 0 };
	*why = (struct why){ 0 };
	bool found = find_root(x), closed = false;
	size_t n;
	doc->line = x->line;
	if (!found)
		return XML_END;
	bool fits = frame(x, &n, &closed);
	doc->raw = (struct view){ x->in->buf.p + x->in->pos, n };
	s->used = n;
	if (!fits) {
		why_not(why, "the document is longer than %zu bytes",
			x->max_doc);
		return refuse(x, doc, 0, why);
	}
	if (!closed) {
		bool eof = x->in->eof && n == x->in->buf.n - x->in->pos;
		why_not(why, "the document is not closed before the %s",
			eof ? "end of the file" : "next one");
		return refuse(x, doc, n, why);
	}
	if (!parse(x, doc->raw, why))
		return refuse(x, doc, (size_t)XML_GetCurrentByteIndex(s->expat),
			why);
	doc->field = s->fields.v;
	doc->n = s->fields.n;
	return XML_DOC;
}

struct view xml_get(const struct xml_doc *doc, const char *path)
{
	char plain[256];
	size_t n = 0;
	for (const char *p = path; *p && n < sizeof(plain);) {
		if (p[0] == '.' && p[1] == '0' && (p[2] == '.' || !p[2]))
			p += 2;
		else
			plain[n++] = *p++;
	}
	for (size_t i = 0; i < doc->n; i++)
		if (view_eq(doc->field[i].path, (struct view){ plain, n }))
			return doc->field[i].text;
	return (struct view){ NULL, 0 };
}

void xml_close(struct xml *x)
{
	struct xml_state *s = x->state;
	XML_ParserFree(s->expat);
	for (size_t i = 0; i <= XML_DEPTH; i++)
		buf_release(&s->level[i].text);
	buf_release(&s->path);
	vec_release(&s->names);
	vec_release(&s->fields);
	arena_release(&s->text);
	free(s);
	x->state = NULL;
}
