/*
 * labelling: the records that a tool reads, each with the labels that a table
 * of rules gives it, by as many threads as the tool has.
 */
#ifndef CRM_LABELLING_H
#define CRM_LABELLING_H

#include "crm/labels.h"
#include "edge/tool.h"

struct labelling {
	/* member, kind, first and prefix are set before; each thread has its
	 * own. */
	struct labels l;
	const struct rules *rules;
	/* Adds the rule of a row to l; dies of a mistake in it. */
	void (*add)(struct labelling *g, const struct tool *t, size_t row);
};

/* From the first record to the notes at the end; l is released then. */
void labelling_all(struct labelling *g, struct tool *t);

#endif
