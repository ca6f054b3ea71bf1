/*
 * report: one computation, three faces: a table for people, CSV, and metric
 * records that say their definition, unit, window, as-of and zone.
 *
 *	report_by(&r, "month");
 *	report_figure(&r, "orders", FIGURE_COUNT, "orders whose status counts");
 *	report_text(&r, month); report_count(&r, n);	cell by cell
 *	report_print(&r, &out);
 *
 * Columns come before cells. Texts are copied; names and definitions are the
 * caller's constants.
 */
#ifndef CRM_REPORT_H
#define CRM_REPORT_H

#include "edge/table.h"

/* The period that a time falls in. */
enum period { PERIOD_NONE, PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH };

enum figure_kind { FIGURE_COUNT, FIGURE_MONEY, FIGURE_PERCENT, FIGURE_BAR };

struct report {
	const char *name; /* "sales": metrics are sales.orders ... */
	struct table table; /* its format is the report's */
	const char *as_of; /* as tool.h says it */
	const char *zone; /* NULL: as each time was written */
	struct view currency; /* of money; empty: none */
	/* What a reader must know: lines of the head, notes of each metric. */
	const struct view *note;
	size_t nnotes;
	VEC(struct report_column) column;
	size_t next; /* the column of the next cell */
	enum period period; /* of the row: the shortest it is told apart by */
	struct buf by, window, figures;
};

/* A column the rows are told apart by. */
void report_by(struct report *r, const char *name);
void report_figure(struct report *r, const char *name, enum figure_kind kind,
	const char *definition);
void report_text(struct report *r, struct view text);
void report_count(struct report *r, uint64_t n);
void report_dec(struct report *r, struct dec d);
void report_missing(struct report *r);
/* part of whole as a percentage with one digit, half-even; missing where the
 * whole is not positive. */
void report_percent(struct report *r, struct dec part, struct dec whole);
/* The head of the table: name, as-of, zone, currency; then the notes. */
void report_head(struct report *r);
void report_print(struct report *r, struct buf *out);
/* Columns and rows gone, for the next table of the page. */
void report_clear(struct report *r);
void report_release(struct report *r);

enum period period_named(struct view name);
/* "2026-11-20", "2026-W47" (ISO 8601), "2026-11". */
void period_text(enum period p, int64_t day, struct buf *out);
/* Of such a text its first and last day; false if it is none. */
bool period_days(enum period p, struct view text, int64_t *first,
	int64_t *last);

#endif
