#include "crm/exportfile.h"
#include "edge/digest.h"
#include "value/text.h"
#include "value/time.h"
#include "value/utf8.h"

/* Consent: which address of a channel may leave. */

struct address {
	struct val to;
	bool known, refused; /* there is one; consent was refused */
};

static bool purpose_counts(const struct exportfile *f, struct val purpose)
{
	for (size_t i = 0; i < f->npurposes; i++)
		if (val_none(purpose) ? view_is(f->purpose[i], "marketing")
				      : val_is(purpose, f->purpose[i]))
			return true;
	return false;
}

/* An address to be compared: those of mail without their case. */
static struct view address_text(const struct export_column *c, struct val v,
	struct buf *b)
{
	struct buf scratch = { 0 };
	buf_reset(b);
	struct view text = text_trim(val_text(v, &scratch));
	if (view_is(c->channel, "email"))
		text_add_lower(b, text);
	else
		buf_addv(b, text);
	buf_release(&scratch);
	return buf_view(b);
}

/* What consents say of an address. */
static void consent_says(struct exportfile *f, const struct rec *r,
	const struct export_column *c, struct val to, bool *granted,
	bool *refused)
{
	struct val all = rec_get(r, f->consents);
	*granted = *refused = false;
	if (all.kind != K_ARRAY)
		return;
	struct view address = address_text(c, to, &f->address);
	for (struct val_iter it = val_iter(all); val_next(&it);) {
		if (it.val.kind != K_OBJECT ||
			!val_is(val_member(it.val, VIEW("channel")),
				c->channel) ||
			!purpose_counts(f, val_member(it.val, VIEW("purpose"))))
			continue;
		struct val whom = val_member(it.val, VIEW("to"));
		bool granting = val_is(val_member(it.val, VIEW("status")),
			VIEW("granted"));
		/* one that names no address refuses all, and grants none */
		bool same =
			!val_none(whom) &&
			view_eq(address_text(c, whom, &f->scratch), address);
		*granted |= granting && same;
#ifndef PLANT_EXPORTFILE /* what t/fuzz/exportfile.c must find */
		*refused |= !granting && (same || val_none(whom));
#endif
	}
}

static struct val own_address(const struct exportfile *f, const struct rec *r,
	struct view channel)
{
	if (view_is(channel, "email"))
		return rec_get(r, f->email);
	if (view_is(channel, "sms"))
		return rec_get(r, f->phone);
	if (channel.n > 7 && memcmp(channel.p, "wechat:", 7) == 0)
		return rec_get(r, f->openid);
	if (channel.n > 6 && memcmp(channel.p, "wecom:", 6) == 0)
		return rec_get(r, f->external_userid);
	return (struct val){ 0 };
}

/* Missing where there is no object, too. */
static struct val member(struct val object, struct view name)
{
	return object.kind == K_OBJECT ? val_member(object, name)
				       : (struct val){ 0 };
}

static bool text_there(struct val v)
{
	return v.kind == K_STRING && v.n;
}

/*
 * scrm-profile's choice first, then the customer's own address, then the first
 * in the order of the consents. Its choice stands for a grant of marketing by
 * itself; all other ways a consent must name the address. Of an account that
 * is followed only scrm-profile knows whether it still is.
 */
static struct address reach(struct exportfile *f, const struct rec *r,
	const struct export_column *c)
{
	struct val reached =
		member(member(rec_get(r, f->reach), c->channel), VIEW("to"));
	struct val own, all;
	struct address a = { 0 };
	bool granted, refused;
	bool marketing = purpose_counts(f, (struct val){ 0 });
	bool follow = marketing && memchr(c->channel.p, ':', c->channel.n);
	own = own_address(f, r, c->channel);
	struct val first[] = { reached, own };
	for (size_t i = 0; i < 2; i++) {
		if (!text_there(first[i]))
			continue;
		a.known = true;
		if (i == 1 && follow)
			continue;
		consent_says(f, r, c, first[i], &granted, &refused);
		a.refused |= refused;
		if ((granted || (i == 0 && marketing)) && !refused) {
			a.to = first[i];
			return a;
		}
	}
	all = rec_get(r, f->consents);
	if (all.kind != K_ARRAY || follow)
		return a;
	for (struct val_iter it = val_iter(all); val_next(&it);) {
		if (it.val.kind != K_OBJECT ||
			!val_is(val_member(it.val, VIEW("channel")),
				c->channel))
			continue;
		struct val to = val_member(it.val, VIEW("to"));
		if (!text_there(to))
			continue;
		a.known = true;
		consent_says(f, r, c, to, &granted, &refused);
		a.refused |= refused;
		if (granted && !refused) {
			a.to = to;
			return a;
		}
	}
	return a;
}

/* What is done to a text, in its place at the end of the row's. */

static struct view tail(const struct buf *b, size_t from)
{
	return (struct view){ b->p + from, b->n - from };
}

static void replace(struct buf *b, size_t from, struct view with)
{
	if (with.n)
		memmove(b->p + from, with.p, with.n);
	b->n = from + with.n;
}

static bool begins(struct view v, struct view with)
{
	return v.n >= with.n && memcmp(v.p, with.p, with.n) == 0;
}

/* The part of the text, from 1; false where there are not so many. */
static bool part(const struct export_column *c, struct view *v)
{
	for (size_t i = 1;; i++) {
		const char *at = memmem(v->p, v->n, c->part_at.p, c->part_at.n);
		size_t n = at ? (size_t)(at - v->p) : v->n;
		if (i == c->part) {
			v->n = n;
			return true;
		}
		if (!at)
			return false;
		v->p += n + c->part_at.n;
		v->n -= n + c->part_at.n;
	}
}

/* ASCII that is no letter or digit, and the punctuation of Unicode's blocks
 * for it: general, CJK, full-width. */
static bool punctuation(uint32_t cp)
{
	if (cp < 0x80)
		return cp != ' ' && !(cp >= '0' && cp <= '9') &&
		       !(cp >= 'a' && cp <= 'z') && !(cp >= 'A' && cp <= 'Z');
	return cp == 0xb7 || (cp >= 0x2000 && cp <= 0x206f) ||
	       (cp >= 0x3001 && cp <= 0x303f) ||
	       (cp >= 0xff01 && cp <= 0xff0f) || (cp >= 0xff1a && cp <= 0xff20);
}

/* Leaves only the characters that are kept. */
static void filter(const struct export_column *c, struct buf *b, size_t from)
{
	size_t to = from;
	for (size_t i = from, n; i < b->n; i += n) {
		uint32_t cp;
		n = utf8_get(b->p + i, b->n - i, &cp);
		struct view one = { b->p + i, n };
		if ((c->digits && (cp < '0' || cp > '9')) ||
			(c->letters && punctuation(cp)) ||
			(c->no_blanks && text_blank(one)))
			continue;
		memmove(b->p + to, b->p + i, n);
		to += n;
	}
	b->n = to;
}

/* The dots before the @, where the provider takes them for nothing. */
static void drop_dots(const struct export_column *c, struct buf *b, size_t from)
{
	struct view v = tail(b, from);
	const char *at = memrchr(v.p, '@', v.n);
	bool listed = false;
	if (!at)
		return;
	struct view domain = { at + 1, (size_t)(v.p + v.n - at - 1) };
	for (size_t i = 0; i < c->nnodots; i++)
		listed |= view_eq(domain, c->nodots[i]);
	if (!listed)
		return;
	size_t to = from;
	for (size_t i = from; i < b->n; i++)
		if (b->p[i] != '.' || b->p + i > at)
			b->p[to++] = b->p[i];
	b->n = to;
}

/* The word it becomes; false where it is none and becomes nothing. */
static bool word_of(const struct export_column *c, struct view *v)
{
	for (size_t i = 0; i < c->nwords; i++)
		if (view_eq(*v, c->word[i].from)) {
			*v = c->word[i].to;
			return v->p != NULL;
		}
	if (!c->has_otherwise)
		return true;
	*v = c->otherwise;
	return v->p != NULL;
}

/* As strftime's %Y %m %d %H %M %S, by the time's own offset, which is %z. */
static bool add_time(struct buf *b, struct view text, const char *format)
{
	struct when w;
	if (!when_parse(text.p, text.n, &w))
		return false;
	int year, month, day;
	day_civil(when_day(w), &year, &month, &day);
	int64_t s = w.sec + w.offset - when_day(w) * 86400;
	for (const char *p = format; *p; p++) {
		if (*p != '%') {
			buf_addc(b, *p);
			continue;
		}
		switch (*++p) {
		case 'Y':
			buf_addf(b, "%04d", year);
			break;
		case 'm':
			buf_addf(b, "%02d", month);
			break;
		case 'd':
			buf_addf(b, "%02d", day);
			break;
		case 'H':
			buf_addf(b, "%02d", (int)(s / 3600));
			break;
		case 'M':
			buf_addf(b, "%02d", (int)(s / 60 % 60));
			break;
		case 'S':
			buf_addf(b, "%02d", (int)(s % 60));
			break;
		case 'z':
			buf_addf(b, "%c%02d:%02d", w.offset < 0 ? '-' : '+',
				abs(w.offset) / 3600, abs(w.offset) / 60 % 60);
			break;
		default:
			buf_addc(b, *p);
		}
	}
	return true;
}

/* Appends what the value becomes; false where nothing is left of it. */
static bool work(const struct export_column *c, struct view text, struct buf *b)
{
	size_t from = b->n;
	buf_addv(b, VIEW("")); /* that there is one */
	text = text_trim(text);
	if (c->starts.n && !begins(text, c->starts))
		return false;
	if (c->cut.n && begins(text, c->cut))
		text = (struct view){ text.p + c->cut.n, text.n - c->cut.n };
	if (c->part && !part(c, &text))
		return false;
	if (c->format) {
		if (!add_time(b, text, c->format))
			return false;
	} else if (c->lower) {
		text_add_lower(b, text);
	} else {
		buf_addv(b, text);
	}
	if (c->digits || c->letters || c->no_blanks)
		filter(c, b, from);
	if (c->nnodots)
		drop_dots(c, b, from);
	text = text_trim(tail(b, from));
	if (c->has_words && !word_of(c, &text)) {
		b->n = from;
		return false;
	}
	if (!text.n) {
		b->n = from;
		return false;
	}
	if (c->hash) {
		struct digest d = digest_sha256(text);
		b->n = from;
		digest_hex(b, &d);
		return true;
	}
	/* a word may lie anywhere, the rest lies in the buffer */
	if (text.p >= b->p && text.p < b->p + b->n) {
		replace(b, from, text);
	} else {
		b->n = from;
		buf_addv(b, text);
	}
	return true;
}

static void work_val(struct exportfile *f, struct export_column *c,
	struct val v)
{
	if (val_none(v))
		return;
	buf_reset(&f->scratch);
	size_t from = f->row.n;
	if (work(c, val_text(v, &f->scratch), &f->row)) {
		c->from = from;
		c->n = f->row.n - from;
	}
}

/* All values of a path, with a text between them. */
static void work_all(struct exportfile *f, struct export_column *c,
	const struct rec *r)
{
	vals v = { 0 };
	size_t from = f->row.n;
	for (size_t i = 0; i < c->npaths && !v.n; i++)
		path_all(&c->path[i], r, &v);
	for (size_t i = 0; i < v.n; i++) {
		size_t was = f->row.n;
		if (was > from)
			buf_addv(&f->row, c->with);
		buf_reset(&f->scratch);
		if (!work(c, val_text(v.v[i], &f->scratch), &f->row))
			f->row.n = was;
	}
	vec_release(&v);
	c->from = from;
	c->n = f->row.n - from;
}

static struct val path_first(const struct export_column *c, const struct rec *r)
{
	struct val v = { 0 };
	for (size_t i = 0; i < c->npaths && val_none(v); i++)
		v = path_get(&c->path[i], r);
	return v;
}

static bool holds(const struct export_column *c)
{
	return c->n || (c->plain && !val_none(c->val) &&
			       (c->val.n || c->val.kind != K_STRING));
}

enum export_verdict exportfile_row(struct exportfile *f, const struct rec *r)
{
	bool refused = false, unconsented = false, dropped = false;
	buf_reset(&f->row);
	for (size_t i = 0; i < f->ncolumns; i++) {
		struct export_column *c = &f->column[i];
		c->val = (struct val){ 0 };
		c->from = c->n = 0;
		if (c->channel.n) {
			struct address a = reach(f, r, c);
			work_val(f, c, a.to);
			refused |= a.refused && !c->n;
			unconsented |= a.known && a.to.kind == K_MISSING;
			dropped |= a.to.kind != K_MISSING && !c->n;
		} else if (c->is_const) {
			c->from = f->row.n;
			buf_addv(&f->row, c->text);
			c->n = c->text.n;
		} else if (c->all) {
			work_all(f, c, r);
		} else if (c->plain) {
			c->val = path_first(c, r);
		} else {
			work_val(f, c, path_first(c, r));
		}
	}
	bool goes = f->nneed == 0;
	for (size_t i = 0; i < f->ncolumns; i++) {
		struct export_column *c = &f->column[i];
		c->out =
			(struct view){ c->n ? f->row.p + c->from : NULL, c->n };
	}
	for (size_t i = 0; i < f->nneed; i++)
		goes |= holds(&f->column[f->need[i]]);
	for (size_t i = 0; i < f->nmust; i++)
		goes &= holds(&f->column[f->must[i]]);
	return goes          ? EXPORT_GOES
	       : dropped     ? EXPORT_NOT_TAKEN
	       : refused     ? EXPORT_REFUSED
	       : unconsented ? EXPORT_NO_CONSENT
			     : EXPORT_NOTHING;
}

const char *export_verdict_text(enum export_verdict v)
{
	static const char *const texts[EXPORT_VERDICTS] = { "leave",
		"refused consent", "have no consent",
		"have no address of the kind that is taken",
		"lack what is needed" };
	return texts[v];
}
