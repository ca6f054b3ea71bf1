/*
 * gather: the records that a tool reads, folded into customers by as many
 * threads as it has, and the golden line of each, which it writes.
 */
#ifndef CRM_GATHER_H
#define CRM_GATHER_H

#include "crm/customers.h"
#include "edge/tool.h"

struct gather {
	struct tool *t;
	/* Tables of scrm-facts(5) and of consent, which each thread compiles
	 * for itself; NULL: none. */
	const struct rules *facts_rules, *consent_rules;
	struct customers_options o; /* facts and consent are set here */
	bool keep; /* all records but profiles pass */
	bool sorted; /* by customer_id: one is held at a time */
	size_t memory; /* bytes; more than these is an end; 0: no limit */

	/* Its own. */
	struct customers *c;
	struct facts facts;
	struct consent_rules consent;
	uint64_t taken;
	struct buf last; /* with sorted: the customer in hand */
};

/* From the first record to the last line, with what there is to be said. Dies
 * where nothing can be computed, and of a mistake in the tables. */
void gather_all(struct gather *g);

#endif
