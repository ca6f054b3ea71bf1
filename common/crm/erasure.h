/*
 * erasure: a person's hashes into the file of the erased, and the person out of
 * the state.
 *
 *	struct erasure e = { &tool, &whom, &erased, .in = &paths };
 *	erasure_open(&e, path, salt);		the file, locked, is read
 *	whom_add(...)
 *	erasure_run(&e);
 *	status = tool_close(&tool);		files take their places
 *	erasure_close(&e);			the lock goes
 *
 * It can be broken off anywhere and run again: the new files stand beside the
 * old ones first, then the hashes, from which on nobody comes back, are
 * written and synced, then the files are renamed, the links last, since they
 * tell whose the rest is. The identifiers go out, one a line. Dies.
 */
#ifndef CRM_ERASURE_H
#define CRM_ERASURE_H

#include "crm/erased.h"
#include "crm/whom.h"
#include "edge/append.h"
#include "edge/tool.h"

struct erasure {
	struct tool *t; /* these five borrowed */
	struct whom *whom;
	struct erased *erased;
	const char *links; /* the file that whom goes by, or NULL */
	const strings *in; /* files and folders */
	bool dry; /* nothing is written */
	struct append file;
};

void erasure_open(struct erasure *e, const char *path, const char *salt);
void erasure_run(struct erasure *e);
void erasure_close(struct erasure *e);

#endif
