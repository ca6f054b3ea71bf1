#include "crm/golden.h"

#include "record/scan.h"
#include "value/num.h"

static const char *const names[] = { "latest", "first", "source",
	"most_frequent", "longest", "min", "max", "union" };

const char *golden_rule_name(enum survive rule)
{
	return names[rule];
}

bool golden_add(struct golden *g, struct view field, struct view rule,
	struct view sources, struct why *why)
{
	struct golden_rule r = { .from = g->sources.n };
	size_t i = 0;
	while (i < sizeof(names) / sizeof(*names) && !view_is(rule, names[i]))
		i++;
	if (i == sizeof(names) / sizeof(*names))
		return why_not(why,
			"no rule '%.*s': it is latest, first, source, "
			"most_frequent, longest, min, max or union",
			(int)rule.n, rule.p);
	r.rule = (enum survive)i;
	if (field.n == 0)
		return why_not(why, "no field");
	for (size_t at = 0; at < sources.n;) {
		size_t n = 0;
		while (at + n < sources.n &&
			!strchr(" \t;|,", sources.p[at + n]))
			n++;
		if (n) {
			*vec_add(&g->sources) = (struct view){
				arena_bytes(&g->text, sources.p + at, n), n
			};
			r.n++;
		}
		at += n + 1;
	}
	if (r.rule == SURVIVE_SOURCE && r.n == 0)
		return why_not(why, "rule 'source' needs a list of sources");
	if (r.rule != SURVIVE_SOURCE && r.n != 0)
		return why_not(why, "rule '%s' takes no sources", names[i]);
	if (view_is(field, "*")) {
		if (g->has_default)
			return why_not(why, "a second rule for '*'");
		g->has_default = true;
		g->otherwise = r;
		return true;
	}
	bool isnew;
	map_add(&g->field, field.p, field.n, &isnew);
	if (!isnew)
		return why_not(why, "a second rule for '%.*s'", (int)field.n,
			field.p);
	*vec_add(&g->rule) = r;
	return true;
}

bool golden_read(struct golden *g, const struct rules *table, size_t *row,
	struct why *why)
{
	for (*row = 0; *row < table->row.n; ++*row)
		if (!golden_add(g, rules_cell(table, *row, "field"),
			    rules_cell(table, *row, "rule"),
			    rules_cell(table, *row, "sources"), why))
			return false;
	return true;
}

struct golden_rule golden_rule(const struct golden *g, struct view field)
{
	size_t i = map_find(&g->field, field.p, field.n);
	if (i != MAP_NONE)
		return g->rule.v[i];
	if (view_is(field, "created_at"))
		return (struct golden_rule){ .rule = SURVIVE_MIN };
	if (view_is(field, "tags") || view_is(field, "segments"))
		return (struct golden_rule){ .rule = SURVIVE_UNION };
	return g->otherwise;
}

bool golden_has(struct view json)
{
	return json.n && !view_is(json, "null") && !view_is(json, "\"\"") &&
	       !view_is(json, "[]");
}

/* A date is the start of its day, as in scrm-latest. */
static int64_t moment(const struct candidate *c)
{
	return c->observed.sec;
}

/* <0: a is the later one, or stands first in the fixed order of ties. */
static int latest_cmp(const struct candidate *a, const struct candidate *b)
{
	if (a->dated != b->dated)
		return a->dated ? -1 : 1;
	if (a->dated) {
		int64_t x = moment(a), y = moment(b);
		if (x != y)
			return x > y ? -1 : 1;
		if (a->observed.nsec != b->observed.nsec)
			return a->observed.nsec > b->observed.nsec ? -1 : 1;
	}
	int c = view_cmp(a->source, b->source);
	if (!c)
		c = view_cmp(a->source_id, b->source_id);
	return c ? c : view_cmp(a->value, b->value);
}

static int first_cmp(const struct candidate *a, const struct candidate *b)
{
	if (a->dated && b->dated) {
		int64_t x = moment(a), y = moment(b);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return latest_cmp(a, b);
}

static size_t characters(struct view v)
{
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++)
		n += ((unsigned char)v.p[i] & 0xc0) != 0x80;
	return n;
}

/* Numbers as numbers, times as times, all else by bytes. */
static int value_cmp(struct view a, struct view b)
{
	struct dec x, y;
	struct when s, t;
	if (dec_parse(a.p, a.n, &x) && dec_parse(b.p, b.n, &y))
		return dec_cmp(x, y);
	if (a.n > 2 && b.n > 2 && a.p[0] == '"' && b.p[0] == '"' &&
		when_parse(a.p + 1, a.n - 2, &s) &&
		when_parse(b.p + 1, b.n - 2, &t)) {
		if (s.sec != t.sec)
			return s.sec < t.sec ? -1 : 1;
		return (s.nsec > t.nsec) - (s.nsec < t.nsec);
	}
	return view_cmp(a, b);
}

static size_t frequency(const struct candidate *c, size_t n, size_t i)
{
	size_t same = 0;
	for (size_t k = 0; k < n; k++)
		same += view_eq(c[k].value, c[i].value);
	return same;
}

static size_t rank(const struct golden *g, struct golden_rule rule,
	struct view source)
{
	size_t i = 0;
	while (i < rule.n && !view_eq(g->sources.v[rule.from + i], source))
		i++;
	return i;
}

size_t golden_pick(const struct golden *g, struct golden_rule rule,
	const struct candidate *c, size_t n)
{
	size_t best = 0, best_score = 0;
	for (size_t i = 0; i < n; i++) {
		size_t score = 0;
		int cmp = 0;
		switch (rule.rule) {
		case SURVIVE_LATEST:
		case SURVIVE_UNION:
			break;
		case SURVIVE_FIRST:
			cmp = first_cmp(&c[i], &c[best]);
			break;
		case SURVIVE_SOURCE:
			score = rule.n - rank(g, rule, c[i].source);
			break;
		case SURVIVE_MOST_FREQUENT:
			score = n > 2 ? frequency(c, n, i) : 0;
			break;
		case SURVIVE_LONGEST:
			score = characters(c[i].value);
			break;
		case SURVIVE_MIN:
			cmp = value_cmp(c[i].value, c[best].value);
			break;
		case SURVIVE_MAX:
			cmp = -value_cmp(c[i].value, c[best].value);
			break;
		}
		if (score != best_score)
			cmp = score > best_score ? -1 : 1;
		if (cmp == 0)
			cmp = latest_cmp(&c[i], &c[best]);
		if (i == 0 || cmp < 0) {
			best = i;
			best_score = score;
		}
	}
	return best;
}

void golden_release(struct golden *g)
{
	map_release(&g->field);
	vec_release(&g->rule);
	vec_release(&g->sources);
	arena_release(&g->text);
	*g = (struct golden){ 0 };
}
