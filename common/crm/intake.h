/*
 * intake: the files of a tool's operands made into records by a map, those in
 * an archive one after another; by the tool's threads where the map and the
 * file allow it. What is written, refused and said goes through the tool.
 *
 *	struct intake in = { .t = &t };
 *	intake_map(&in, "till-orders");
 *	erased_open(&in.erased, ...);
 *	intake_run(&in);
 *	intake_release(&in);
 *
 * A file that is not what the map reads dies, with the map it looks like.
 */
#ifndef CRM_INTAKE_H
#define CRM_INTAKE_H

#include "crm/erased.h"
#include "crm/mapper.h"
#include "crm/sample.h"
#include "edge/pack.h"
#include "edge/stamp.h"
#include "edge/tool.h"

struct intake {
	/* Set by the caller; borrowed, but for erased. */
	struct tool *t;
	struct stamp *stamp; /* gets what the map is made of; may be NULL */
	const char *sheet, *observed; /* what was asked for, or NULL */
	size_t max_row; /* 0: as is usual */
	enum charset charset; /* CHARSET_NONE: as the map tries */
	struct erased erased; /* about whom nothing is made */
	/* In place of what the map says of its input; NULL, 0: as it says. */
	const char *delimiter, *quote, *escape, *header;
	size_t skip;
	bool ragged;

	/* Its own. */
	const char *name; /* of the map */
	struct mapping *map;
	struct places places; /* where the map asks for them */
	bool fixed; /* one map for all, else each file's own */
	bool apart; /* the file at hand is read on threads */
	uint64_t asked; /* as mapper_asked, of the mappers before */
	struct arena names; /* of maps */
	struct mapper *mapper;
	struct pack pack;
	struct source source;
	struct buf path; /* of the file at hand, as people name it */
	struct rec made; /* looked at for the erased */
};

/* By which map all files are read. Without it each is read by the one whose
 * columns it has (crm/inspect), and where that is not clear intake_run dies. */
void intake_map(struct intake *in, const char *name);
/* All operands of the tool, or standard input. */
void intake_run(struct intake *in);
/* What the options say of a file. */
struct sample_how intake_how(const struct intake *in, size_t rows);
/* The start of the file at hand: of text so many bytes, of a document as many
 * as it has. */
void intake_look(struct pack *p, const char *sheet,
	const struct sample_how *how, size_t bytes, struct sample *s);
void intake_release(struct intake *in);

#endif
