#include "edge/typed.h"

#include "record/scan.h"
#include "value/money.h"
#include "value/text.h"
#include "value/time.h"

/* Messages show no more of a cell than this. */
#define SHOWN(v) (int)((v).n < 60 ? (v).n : 60), (v).p

/* Which of '.' and ',' stands before the fraction, and whether it is in doubt:
 * one mark with three digits behind it may group thousands. */
static char point_of(struct view v, bool comma, bool *doubt)
{
	const char *dot = memrchr(v.p, '.', v.n);
	const char *com = memrchr(v.p, ',', v.n);

	*doubt = false;
	if (dot && com)
		return dot > com ? '.' : ',';
	const char *mark = dot ? dot : com;
	if (!mark)
		return '.';
	size_t before = (size_t)(mark - v.p);
	bool groups = v.n - before == 4;
	bool several = memchr(v.p, *mark, before) != NULL;
	if (several)
		return *mark == '.' ? ',' : '.';
	*doubt = groups && comma;
	if (*mark == ',' && groups && !comma)
		return '.';
	return *mark;
}

static bool put_number(struct buf *out, struct view v, enum field_type type,
	bool comma, struct why *why)
{
	struct dec d;
	bool doubt;
	char point = point_of(v, comma, &doubt);

	if (doubt)
		return why_not(why,
			"'%.*s' can be two numbers: leave the thousands "
			"ungrouped, or write one digit more or less",
			SHOWN(v));
	bool plain = point == '.' && dec_parse(v.p, v.n, &d);
	if (!plain && !money_parse(v, point, point == '.' ? ',' : '.', &d, why))
		return why_not(why, "'%.*s' is no number", SHOWN(v));
	if (type == F_INTEGER && dec_trim(d).scale)
		return why_not(why, "'%.*s' is no whole number", SHOWN(v));
	if (plain)
		buf_addv(out, v);
	else
		dec_print(out, d);
	return true;
}

static bool put_time(struct buf *out, struct view v, enum field_type type,
	struct why *why)
{
	struct when w;

	if (when_parse(v.p, v.n, &w) && (w.date_only || type == F_TIME)) {
		json_text(out, v);
		return true;
	}
	if (!day_typed(v, &w))
		return why_not(why, "'%.*s' is no %s", SHOWN(v),
			type == F_DATE ? "date like 2026-11-01"
				       : "date like 2026-11-01, nor a time "
					 "like 2026-11-01T08:30:00+08:00");
	buf_addc(out, '"');
	when_print(out, w);
	buf_addc(out, '"');
	return true;
}

static bool put_bool(struct buf *out, struct view v, struct why *why)
{
	bool yes = view_is(v, "true") || view_is(v, "TRUE");

	if (!yes && !view_is(v, "false") && !view_is(v, "FALSE"))
		return why_not(why, "'%.*s' is neither true nor false",
			SHOWN(v));
	buf_adds(out, yes ? "true" : "false");
	return true;
}

bool typed_put(struct buf *out, struct view cell, enum field_type type,
	bool comma, struct why *why)
{
	struct view v = text_trim(cell);

	switch (type) {
	case F_NUMBER:
	case F_INTEGER:
	case F_MONEY:
		return put_number(out, v, type, comma, why);
	case F_TIME:
	case F_DATE:
		return put_time(out, v, type, why);
	case F_BOOL:
		return put_bool(out, v, why);
	case F_ID:
		if (num_cut(v))
			return why_not(why,
				"'%.*s' is what a spreadsheet left of a "
				"longer number",
				SHOWN(v));
		break;
	default:
		break;
	}
	json_text(out, v);
	return true;
}

bool typed_fits(enum field_type type)
{
	return type != F_TEXTS && type != F_OBJECT && type != F_OBJECTS;
}
