/*
 * exporter: the list that an export file asks for, customer by customer, and
 * how many did not leave and why.
 *
 *	exporter_init(&e, &t, &out, file);
 *	for each record of file->type: exporter_add(&e, r)
 *	exporter_close(&e);
 */
#ifndef CRM_EXPORTER_H
#define CRM_EXPORTER_H

#include "crm/exportfile.h"
#include "edge/sheetout.h"

struct exporter {
	struct tool *t;
	struct sheetout *out;
	struct exportfile *file;
	bool begun;
	uint64_t verdict[EXPORT_VERDICTS];
};

/* The file becomes the exporter's. */
void exporter_init(struct exporter *e, struct tool *t, struct sheetout *out,
	struct exportfile *file);
/* Counts the record as written, withheld or refused. */
void exporter_add(struct exporter *e, struct rec *r);
void exporter_close(struct exporter *e);

#endif
