/*
 * reports: the reports there are, each from the first record that a tool reads
 * to the tables it prints. All die of an option that cannot be.
 */
#ifndef CRM_REPORTS_H
#define CRM_REPORTS_H

#include "crm/report.h"
#include "edge/tool.h"

struct reports {
	struct tool *t;
	struct report *report; /* its name, head and format are set */
	/* What the options said, or NULL. */
	const char *by; /* sales: sales_by_parse; followers: a period */
	const char *compare; /* segments: the customers of another day */
	const char *rates; /* sales: a file of rates */
};

void reports_sales(const struct reports *o);
void reports_segments(const struct reports *o);
void reports_followers(const struct reports *o);

#endif
