#include "crm/fresh.h"

#include "record/schema.h"
#include "value/text.h"

#define DAY 86400
#define METRIC "sources.age"

/* Records of one type, source, account and export. */
struct fresh_kind {
	struct view type, source, account;
	enum { TELLS, TELLS_LATER, TELLS_NOTHING } tells;
	int64_t day;
};

struct fresh_file {
	struct view map;
	int64_t day;
};

void fresh_init(struct fresh *f, struct keys *keys)
{
	f->k_type = keys_want(keys, "type");
	f->k_source = keys_want(keys, "source");
	f->k_account = keys_want(keys, "account");
	f->k_observed_at = keys_want(keys, "observed_at");
}

/* The table. */

static const char weekday[][4] = { "mon", "tue", "wed", "thu", "fri", "sat",
	"sun" };

static bool read_weekdays(struct view v, unsigned *days)
{
	const char *p = v.p, *end = v.p + v.n;
	*days = 0;
	while (p < end) {
		size_t n = 0, i = 0;
		while (p + n < end && p[n] != ' ')
			n++;
		while (n && i < 7 &&
			!view_is((struct view){ p, n }, weekday[i]))
			i++;
		if (i == 7)
			return false;
		if (n)
			*days |= 2u << i;
		p += n + 1;
	}
	return *days != 0;
}

static bool read_every(struct fresh_source *s, struct view v, struct why *why)
{
	if (view_is(v, "day"))
		s->days = 1;
	else if (view_is(v, "week"))
		s->days = 7;
	else if (view_is(v, "month"))
		s->months = 1;
	else if (!read_weekdays(v, &s->weekdays))
		return why_not(why,
			"column 'every': '%.*s' is none of day, week, month, "
			"or days of the week like mon thu",
			(int)v.n, v.p);
	return true;
}

/* Up to three digits at *p; -1 where there is none. */
static int read_digits(const char **p, const char *end)
{
	int v = -1;
	for (int i = 0; i < 3 && *p < end && **p >= '0' && **p <= '9'; i++)
		v = (v < 0 ? 0 : v) * 10 + *(*p)++ - '0';
	return v;
}

/* 9, 09:30, and 09:30:00 as spreadsheets write it. */
static bool read_by(struct fresh_source *s, struct view v, struct why *why)
{
	int part[3] = { 24, 0, 0 };
	const char *p = v.p, *end = v.p + v.n;
	bool good = true;
	for (int i = 0; v.n && good && i < 3 && (i == 0 || p < end); i++) {
		if (i)
			good = *p++ == ':';
		part[i] = read_digits(&p, end);
		good = good && part[i] >= 0 && part[i] < (i ? 60 : 25);
	}
	s->by = part[0] * 3600 + part[1] * 60 + part[2];
#ifndef PLANT_SOURCES
	good = good && s->by <= DAY;
#endif
	if (good && (!v.n || p == end))
		return true;
	return why_not(why, "column 'by': '%.*s' is no hour like 9 or 09:30",
		(int)v.n, v.p);
}

static bool read_grace(struct fresh_source *s, struct view v, struct why *why)
{
	const char *p = v.p, *end = v.p + v.n;
	if (!v.n)
		return true;
	int n = read_digits(&p, end);
	bool hours = p < end && *p == 'h';
	if (p < end && (*p == 'd' || *p == 'h'))
		p++;
	if (n < 0 || p < end)
		return why_not(why,
			"column 'grace': '%.*s' is no time like 12h or 2d",
			(int)v.n, v.p);
	s->grace = (int64_t)n * (hours ? 3600 : DAY);
	return true;
}

static struct view keep(struct arena *text, struct view v)
{
	return (struct view){ arena_bytes(text, v.p, v.n), v.n };
}

/* Spreadsheets write Mon for mon. */
static struct view keep_lower(struct fresh *f, struct view v)
{
	struct buf b = { 0 };
	text_add_lower(&b, v);
	v = keep(&f->text, buf_view(&b));
	buf_release(&b);
	return v;
}

static bool twice(const struct fresh *f, const struct fresh_source *s)
{
	for (size_t i = 0; i < f->source.n; i++) {
		const struct fresh_source *x = &f->source.v[i];
		if (view_eq(x->source, s->source) &&
			view_eq(x->type, s->type) &&
			view_eq(x->account, s->account))
			return true;
	}
	return false;
}

static bool add_source(struct fresh *f, const struct rules *t, size_t row,
	struct why *why)
{
	struct fresh_source s = {
		.source = keep(&f->text, rules_cell(t, row, "source")),
		.account = keep(&f->text, rules_cell(t, row, "account")),
		.type = keep(&f->text, rules_cell(t, row, "type")),
		.map = keep(&f->text, rules_cell(t, row, "map")),
		.every = keep_lower(f, rules_cell(t, row, "every")),
		.owner = keep(&f->text, rules_cell(t, row, "owner")),
	};
	if (!s.source.n)
		return why_not(why, "column 'source': empty");
	if (s.type.n && !schema_type(s.type)) {
		const char *near = schema_nearest_type(s.type);
		return why_not(why, "column 'type': no type '%.*s'%s%s%s",
			(int)s.type.n, s.type.p, near ? "; is it '" : "",
			near ? near : "", near ? "'?" : "");
	}
	if (twice(f, &s))
		return why_not(why,
			"column 'source': '%.*s' stands twice; account or type "
			"tell two apart",
			(int)s.source.n, s.source.p);
	if (!read_every(&s, s.every, why) ||
		!read_by(&s, rules_cell(t, row, "by"), why) ||
		!read_grace(&s, rules_cell(t, row, "grace"), why))
		return false;
	*vec_add(&f->source) = s;
	return true;
}

bool fresh_read(struct fresh *f, const struct rules *table, size_t *row,
	struct why *why)
{
	for (*row = 0; *row < table->row.n; ++*row)
		if (!add_source(f, table, *row, why))
			return false;
	return true;
}

/* The records. */

static struct when local(const struct fresh *f, struct when w)
{
	if (f->offset && f->zone && !w.date_only)
		w.offset = f->offset(f->zone, w.sec);
	return w;
}

static void add_part(struct buf *key, struct rec *r, unsigned k)
{
	struct val v = rec_get(r, k);
	if (v.kind == K_STRING)
		val_append_text(v, key);
	buf_addc(key, '\0');
}

/* The part of a key that add_part added. */
static struct view part(const char **p)
{
	struct view v = view_of(*p);
	*p += v.n + 1;
	return v;
}

static struct fresh_kind new_kind(const struct fresh *f, struct view key)
{
	struct fresh_kind k = { .tells = TELLS_NOTHING };
	const char *p = key.p;
	struct when w;
	k.type = part(&p);
	k.source = part(&p);
	k.account = part(&p);
	struct view observed = part(&p);
	if (!k.source.n || !when_parse(observed.p, observed.n, &w))
		return k;
	k.day = when_day(local(f, w));
	k.tells = when_cmp(w, f->as_of) > 0 ? TELLS_LATER : TELLS;
	return k;
}

bool fresh_add(struct fresh *f, struct rec *r)
{
	bool isnew;
	buf_reset(&f->key);
	add_part(&f->key, r, f->k_type);
	add_part(&f->key, r, f->k_source);
	add_part(&f->key, r, f->k_account);
	add_part(&f->key, r, f->k_observed_at);
	size_t i = map_add(&f->kinds, f->key.p, f->key.n, &isnew);
	if (isnew)
		*vec_add(&f->kind) = new_kind(f, map_key(&f->kinds, i));
	f->later += f->kind.v[i].tells == TELLS_LATER;
	f->unknown += f->kind.v[i].tells == TELLS_NOTHING;
	return f->kind.v[i].tells == TELLS;
}

void fresh_add_file(struct fresh *f, const char *path)
{
	const char *name = strrchr(path, '/'), *map = name;
	struct when w;
	while (map && map > path && map[-1] != '/')
		map--;
	if (!name || map == name || strlen(name + 1) < 10 ||
		!when_parse(name + 1, 10, &w) || when_cmp(w, f->as_of) > 0)
		return;
	*vec_add(&f->file) = (struct fresh_file){ { map, (size_t)(name - map) },
		when_day(w) };
}

static bool matches(const struct fresh_source *s, const struct fresh_kind *k)
{
	return k->tells == TELLS && view_eq(s->source, k->source) &&
	       (!s->type.n || view_eq(s->type, k->type)) &&
	       (!s->account.n || view_eq(s->account, k->account));
}

/* There is an export of this day. */
static void see(struct fresh_source *s, int64_t day)
{
	if (!s->seen || day > s->last)
		s->last = day;
	s->seen = true;
}

static int64_t due_after(const struct fresh_source *s, int64_t last)
{
	struct when w = { .sec = last * DAY, .date_only = true };
	if (!s->weekdays)
		return when_day(when_add_months(w, s->months)) + s->days;
	do
		last++;
	while (!(s->weekdays & 1u << day_weekday(last)));
	return last;
}

/* The last day that is over for this source: on which by has passed. */
static int64_t day_over(const struct fresh *f, const struct fresh_source *s)
{
	struct when w = local(f, f->as_of);
	int64_t sec = w.sec + w.offset - s->grace - s->by;
	/* a bare date is the end of that day, with a zone its last nanosecond */
	sec += w.date_only ? DAY : w.nsec == 999999999;
	return when_day((struct when){ .sec = sec });
}

size_t fresh_judge(struct fresh *f)
{
	size_t late = 0;
	for (size_t i = 0; i < f->source.n; i++) {
		struct fresh_source *s = &f->source.v[i];
		for (size_t k = 0; k < f->kind.n; k++)
			if (matches(s, &f->kind.v[k]))
				see(s, f->kind.v[k].day);
		for (size_t k = 0; s->map.n && k < f->file.n; k++)
			if (view_eq(s->map, f->file.v[k].map))
				see(s, f->file.v[k].day);
		if (s->seen)
			s->due = due_after(s, s->last);
		s->late = !s->seen || s->due <= day_over(f, s);
		late += s->late;
	}
	return late;
}

/* What is said. */

static void add_day(struct buf *out, int64_t day)
{
	when_print(out, (struct when){ .sec = day * DAY, .date_only = true });
}

/* "deliveries" */
static void add_plural(struct buf *out, struct view type)
{
	bool y = type.n && type.p[type.n - 1] == 'y';
	buf_add(out, type.p, type.n - y);
	buf_adds(out, y ? "ies" : "s");
}

struct words {
	struct view source, account, type, last, due, every, owner;
};

static void say(const struct words *w, struct buf *out)
{
	buf_addv(out, w->source);
	if (w->account.n)
		buf_addf(out, " %.*s", (int)w->account.n, w->account.p);
	if (w->type.n) {
		buf_addc(out, ' ');
		add_plural(out, w->type);
	}
	if (w->last.n)
		buf_addf(out, ", last of %.*s, due since %.*s", (int)w->last.n,
			w->last.p, (int)w->due.n, w->due.p);
	else
		buf_adds(out, ", none so far");
	buf_addf(out, " (every %.*s)", (int)w->every.n, w->every.p);
	if (w->owner.n)
		buf_addf(out, ", owner %.*s", (int)w->owner.n, w->owner.p);
}

void fresh_text(const struct fresh_source *s, struct buf *out)
{
	struct buf last = { 0 }, due = { 0 };
	if (s->seen) {
		add_day(&last, s->last);
		add_day(&due, s->due);
	}
	say(&(struct words){ s->source, s->account, s->type, buf_view(&last),
		    buf_view(&due), s->every, s->owner },
		out);
	buf_release(&last);
	buf_release(&due);
}

static void put_member(struct buf *out, const char *name, struct view text)
{
	if (!text.n)
		return;
	buf_addf(out, "%s\"%s\":", out->p[out->n - 1] == '{' ? "" : ",", name);
	json_text(out, text);
}

void fresh_print(const struct fresh *f, const struct fresh_source *s,
	const char *as_of, const char *zone, struct buf *out)
{
	buf_adds(out,
		"{\"type\":\"metric\",\"metric\":\"" METRIC "\",\"by\":{");
	put_member(out, "source", s->source);
	put_member(out, "account", s->account);
	put_member(out, "type", s->type);
	buf_addf(out,
		"},\"window\":\"../%s\",\"as_of\":\"%s\",\"value\":", as_of,
		as_of);
	if (s->seen)
		buf_addf(out, "%lld",
			(long long)(when_day(local(f, f->as_of)) - s->last));
	else
		buf_adds(out, "null");
	buf_addf(out,
		",\"unit\":\"days\",\"definition\":\"days since the last "
		"export was taken\",\"tz\":\"%s\",\"late\":%s",
		zone ? zone : "as written", s->late ? "true" : "false");
	struct buf day = { 0 };
	if (s->seen) {
		add_day(&day, s->last);
		put_member(out, "last", buf_view(&day));
		buf_reset(&day);
		add_day(&day, s->due);
		put_member(out, "due", buf_view(&day));
	}
	put_member(out, "every", s->every);
	put_member(out, "owner", s->owner);
	buf_addc(out, '}');
	buf_release(&day);
}

void fresh_release(struct fresh *f)
{
	vec_release(&f->source);
	vec_release(&f->kind);
	vec_release(&f->file);
	map_release(&f->kinds);
	buf_release(&f->key);
	arena_release(&f->text);
}

/* What was said. */

void fresh_notes_init(struct fresh_notes *n, struct keys *keys)
{
	n->k_metric = keys_want(keys, "metric");
	n->k_by = keys_want(keys, "by");
	n->k_as_of = keys_want(keys, "as_of");
	n->k_late = keys_want(keys, "late");
	n->k_last = keys_want(keys, "last");
	n->k_due = keys_want(keys, "due");
	n->k_every = keys_want(keys, "every");
	n->k_owner = keys_want(keys, "owner");
}

static void add_note(struct fresh_notes *n, struct view text)
{
	*vec_add(&n->note) = keep(&n->text, text);
}

static struct view word(struct fresh_notes *n, struct val v)
{
	struct buf b = { 0 };
	struct view text = VIEW("");
	if (v.kind == K_STRING)
		text = keep(&n->text, val_text(v, &b));
	buf_release(&b);
	return text;
}

/* Whether two as-ofs, "2026-11-21" or a time, are of one day. */
static bool same_day(struct view a, struct view b)
{
	return a.n >= 10 && b.n >= 10 && memcmp(a.p, b.p, 10) == 0;
}

bool fresh_notes_add(struct fresh_notes *n, struct rec *r, struct why *why)
{
	struct buf b = { 0 };
	struct view as_of = word(n, rec_get(r, n->k_as_of));
	struct val by = rec_get(r, n->k_by);
	if (!val_is(rec_get(r, n->k_metric), VIEW(METRIC)) ||
		by.kind != K_OBJECT)
		return why_not(why, "no line of scrm-check --fresh");
	if (!n->dated && !same_day(as_of, view_of(n->as_of))) {
		n->dated = true;
		buf_addf(&b, "sources were looked at as of %.*s", (int)as_of.n,
			as_of.p);
		add_note(n, buf_view(&b));
	}
	if (rec_get(r, n->k_late).kind == K_TRUE) {
		struct words w = {
			.source = word(n, val_member(by, VIEW("source"))),
			.account = word(n, val_member(by, VIEW("account"))),
			.type = word(n, val_member(by, VIEW("type"))),
			.last = word(n, rec_get(r, n->k_last)),
			.due = word(n, rec_get(r, n->k_due)),
			.every = word(n, rec_get(r, n->k_every)),
			.owner = word(n, rec_get(r, n->k_owner)),
		};
		buf_reset(&b);
		buf_adds(&b, "late: ");
		say(&w, &b);
		add_note(n, buf_view(&b));
	}
	buf_release(&b);
	return true;
}

void fresh_notes_release(struct fresh_notes *n)
{
	vec_release(&n->note);
	arena_release(&n->text);
}
