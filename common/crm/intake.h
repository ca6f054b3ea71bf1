/*
 * intake: the files of a tool's operands made into records by a map, those in
 * an archive one after another; by the tool's threads where the map and the
 * file allow it. What is written, refused and said goes through the tool.
 *
 *	struct intake in = { .t = &t, .map = map, .name = "till-orders" };
 *	erased_open(&in.erased, ...);
 *	intake_files(&in);		or intake_records, of a map with pass
 *
 * A file that is not what the map reads dies, with the map it looks like.
 */
#ifndef CRM_INTAKE_H
#define CRM_INTAKE_H

#include "crm/erased.h"
#include "crm/mapper.h"
#include "edge/pack.h"
#include "edge/tool.h"

struct intake {
	/* Set by the caller; borrowed, but for erased. */
	struct tool *t;
	struct mapping *map;
	const char *name; /* of the map, for messages */
	const char *sheet, *observed; /* what was asked for, or NULL */
	size_t max_row; /* 0: as is usual */
	enum charset charset; /* CHARSET_NONE: as the map tries */
	const struct places *places; /* NULL: the map asks for none */
	struct erased erased; /* about whom nothing is made */

	/* Its own. */
	struct mapper *mapper;
	struct pack pack;
	struct source source;
	struct buf path; /* of the file at hand, as people name it */
	struct rec made; /* looked at for the erased */
};

/* All operands of the tool, or standard input. */
void intake_files(struct intake *in);
/* The same of records: those that scrm-record(5) knows are checked, the rest
 * passes. */
void intake_records(struct intake *in);

#endif
