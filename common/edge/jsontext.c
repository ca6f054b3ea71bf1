#include "edge/jsontext.h"

void jsontext_open(struct jsontext *j, struct source *in, bool lines,
	size_t max)
{
	*j = (struct jsontext){ .in = in,
		.lines = lines,
		.max = max,
		.line = 1 };
	source_utf8(in);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x1e;
}

/* A line into raw; false at the end. */
static enum jsontext_status next_line(struct jsontext *j, struct view *raw,
	size_t *line, struct why *why)
{
	struct source *s = j->in;
	size_t looked = 0;
	char *nl = NULL;
	bool long_line = false;
	for (;;) {
		char *p = s->buf.p + s->pos;
		size_t n = s->buf.n - s->pos;
		if (n > looked && (nl = memchr(p + looked, '\n', n - looked)))
			break;
		looked = n;
		if (looked > j->max) {
			/* Its end is looked for, the rest is not kept. */
			long_line = true;
			s->pos += looked;
			looked = 0;
		}
		if (!source_more(s))
			break;
	}
	char *p = s->buf.p + s->pos;
	size_t n = nl ? (size_t)(nl - p) : s->buf.n - s->pos;
	if (!nl && n == 0 && !long_line)
		return JSONTEXT_END;
	*line = j->line++;
	*raw = (struct view){ p, n };
	s->pos += n + (nl != NULL);
	if (long_line || n > j->max) {
		*raw = (struct view){ "", 0 };
		*why = (struct why){ .line = *line };
		why_not(why, "the line is longer than %zu bytes", j->max);
		return JSONTEXT_REFUSED;
	}
	return JSONTEXT_VALUE;
}

enum jsontext_status jsontext_line(struct jsontext *j, struct view *raw,
	size_t *line, struct why *why)
{
	enum jsontext_status status;
	do {
		status = next_line(j, raw, line, why);
		while (raw->n && status == JSONTEXT_VALUE &&
			blank(raw->p[raw->n - 1]))
			raw->n--;
		while (raw->n && status == JSONTEXT_VALUE && blank(*raw->p)) {
			raw->p++;
			raw->n--;
		}
	} while (status == JSONTEXT_VALUE && raw->n == 0);
	return status;
}

static enum jsontext_status by_line(struct jsontext *j, struct val *v,
	struct view *raw, size_t *line, struct why *why)
{
	if (j->rest.n) {
		*raw = j->rest;
		*line = j->line - 1;
	} else {
		enum jsontext_status status = jsontext_line(j, raw, line, why);
		if (status != JSONTEXT_VALUE)
			return status;
	}
	const char *end = raw->p + raw->n;
	*why = (struct why){ 0 };
	const char *p = scan_value(raw->p, end, raw->p, v, why);
	j->rest.n = 0;
	if (!p) {
		why->line = *line;
		return JSONTEXT_REFUSED;
	}
	raw->n = (size_t)(p - raw->p);
	while (p < end && blank(*p))
		p++;
	j->rest = (struct view){ p, (size_t)(end - p) };
	return JSONTEXT_VALUE;
}

static enum jsontext_status by_document(struct jsontext *j, struct val *v,
	struct view *raw, size_t *line, struct why *why)
{
	struct source *s = j->in;
	while (!j->whole && source_more(s))
		;
	j->whole = true;
	const char *end = s->buf.p + s->buf.n, *p = s->buf.p + s->pos;
	for (; p < end && blank(*p); p++)
		j->line += *p == '\n';
	*line = j->line;
	if (p == end) {
		s->pos = s->buf.n;
		return JSONTEXT_END;
	}
	*why = (struct why){ 0 };
	const char *q = scan_value(p, end, p, v, why);
	enum jsontext_status status = JSONTEXT_VALUE;
	if (!q) {
		status = JSONTEXT_REFUSED;
		for (q = p; q < end; q++)
			if (*q == '\n' && q + 1 < end &&
				(q[1] == '{' || q[1] == '['))
				break;
		why->line = j->line;
		for (size_t i = 1; i < why->col && p + i <= q; i++)
			why->line += p[i - 1] == '\n';
	}
	*raw = (struct view){ p, (size_t)(q - p) };
	for (; p < q; p++)
		j->line += *p == '\n';
	s->pos = (size_t)(q - s->buf.p);
	return status;
}

enum jsontext_status jsontext_next(struct jsontext *j, struct val *v,
	struct view *raw, size_t *line, struct why *why)
{
	return j->lines ? by_line(j, v, raw, line, why)
			: by_document(j, v, raw, line, why);
}
