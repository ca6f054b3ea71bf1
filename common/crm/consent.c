#include "crm/consent.h"

#include <stdlib.h>

static const char *const words[] = { "", "granted", "denied", "revoked" };

enum consent_status consent_status(struct view word)
{
	for (int s = CONSENT_GRANTED; s <= CONSENT_REVOKED; s++)
		if (view_is(word, words[s]))
			return (enum consent_status)s;
	return CONSENT_NONE;
}

const char *consent_word(enum consent_status s)
{
	return words[s];
}

static int key_cmp(const struct consent *a, const struct consent *b)
{
	int c = view_cmp(a->channel, b->channel);
	if (!c)
		c = view_cmp(a->to, b->to);
	if (!c)
		c = view_cmp(a->purpose, b->purpose);
	return c ? c : view_cmp(a->house, b->house);
}

/* Seconds, with a date at the end of its day that is stricter. */
static int64_t moment(const struct consent *c)
{
	if (c->time.date_only && c->status != CONSENT_GRANTED)
		return c->time.sec + 86399;
	return c->time.sec;
}

/* <0: a is later; what ties is stricter first, then of a fixed order. */
static int later_cmp(const struct consent *a, const struct consent *b)
{
	if (a->dated && b->dated) {
		int64_t x = moment(a), y = moment(b);
		if (x != y)
			return x > y ? -1 : 1;
		if (a->time.nsec != b->time.nsec)
			return a->time.nsec > b->time.nsec ? -1 : 1;
	}
	if (a->status != b->status)
		return a->status > b->status ? -1 : 1;
	int c = (a->rule > b->rule) - (a->rule < b->rule);
	if (!c)
		c = -view_cmp(a->proof, b->proof);
	if (!c)
		c = view_cmp(a->source, b->source);
	if (!c)
		c = view_cmp(a->account, b->account);
	return c ? c
		 : (a->time.offset < b->time.offset) -
			       (a->time.offset > b->time.offset);
}

static int sort_cmp(const void *pa, const void *pb)
{
	const struct consent *a = pa, *b = pb;
	int c = key_cmp(a, b);
	if (c)
		return c;
	if (a->dated != b->dated)
		return a->dated ? -1 : 1;
	return later_cmp(a, b);
}

static bool refuses(const struct consent *c)
{
	return c->status != CONSENT_GRANTED;
}

static bool said(const struct consent *c)
{
	return c->rule == 0;
}

static bool said_or_refused(const struct consent *c)
{
	return said(c) || refuses(c);
}

static bool any(const struct consent *c)
{
	return c != NULL;
}

/* Of sorted statements of one key the one that holds, or NULL: the first dated
 * is the latest of them, the first undated the strictest. */
static const struct consent *holding(const struct consent *c, size_t n,
	bool (*counts)(const struct consent *))
{
	const struct consent *best = NULL;
	for (size_t i = 0; i < n; i++)
		if (counts(&c[i]) &&
			(!best || (!c[i].dated && c[i].status > best->status)))
			best = &c[i];
	return best;
}

size_t consents_latest(struct consent *c, size_t n)
{
	size_t left = 0;
	if (n)
		qsort(c, n, sizeof(*c), sort_cmp);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && key_cmp(&c[i], &c[end]) == 0; end++)
			;
		const struct consent *x = holding(&c[i], end - i, said);
		x = holding(&c[i], end - i,
			x && refuses(x) ? said_or_refused : any);
		c[left++] = *x;
	}
	return left;
}

static bool marketing(const struct consent *c)
{
	return c->purpose.n == 0 || view_is(c->purpose, "marketing");
}

static bool better(const struct consent *a, const struct consent *b,
	struct view preferred)
{
	if ((a->proof.n != 0) != (b->proof.n != 0))
		return a->proof.n != 0;
	if (a->dated != b->dated)
		return a->dated;
	if (a->dated && moment(a) != moment(b))
		return moment(a) > moment(b);
	bool pa = view_eq(a->to, preferred), pb = view_eq(b->to, preferred);
	return pa != pb ? pa : view_cmp(a->to, b->to) < 0;
}

/* Whether the channel is refused without an address, and no grant that was
 * given later takes that back. */
static bool channel_refused(const struct consent *c, size_t n,
	const struct consent *grant)
{
	for (size_t i = 0; i < n; i++) {
		const struct consent *x = &c[i];
		if (x->to.n || !refuses(x) || !marketing(x) ||
			!view_eq(x->channel, grant->channel))
			continue;
		if (!x->dated || !grant->dated || moment(grant) <= moment(x) ||
			(said(x) && !said(grant)))
			return true;
	}
	return false;
}

const struct consent *consent_reach(const struct consent *c, size_t n,
	struct view channel, struct view preferred, size_t *of)
{
	const struct consent *best = NULL;
	*of = 0;
	for (size_t i = 0, end; i < n; i = end) {
		const struct consent *grant = NULL;
		bool refused = false;
		for (end = i;
			end < n && view_eq(c[i].channel, c[end].channel) &&
			view_eq(c[i].to, c[end].to);
			end++) {
			if (!marketing(&c[end]))
				continue;
			if (refuses(&c[end]))
				refused = true;
			else if (!grant || better(&c[end], grant, preferred))
				grant = &c[end];
		}
		if (!grant || refused || !view_eq(c[i].channel, channel) ||
			c[i].to.n == 0 || channel_refused(c, n, grant))
			continue;
		++*of;
		if (!best || better(grant, best, preferred))
			best = grant;
	}
	return best;
}
