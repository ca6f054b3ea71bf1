/*
 * asking: whom the identifiers mean that a user gave, each said and counted
 * where it means nobody, or many.
 *
 *	struct asking a = { &tool, &whom, .erased = &erased };
 *	asking_add(&a, id); asking_file(&a, path); asking_notes(&a);
 *
 * A refused identifier is kept nowhere: the rejects are no place for it.
 */
#ifndef CRM_ASKING_H
#define CRM_ASKING_H

#include "crm/erased.h"
#include "crm/whom.h"
#include "edge/tool.h"

struct asking {
	struct tool *t; /* these three borrowed */
	struct whom *whom;
	/* To erase: each is counted as read and written, and who is in no link
	 * is a mistake but where erased before. NULL: to look for. */
	const struct erased *erased;
	bool force; /* also what is nobody's, or many people's */
};

void asking_add(struct asking *a, struct view id);
/* One a line, so that they stand in no list of processes; "-" is standard
 * input. Dies. */
void asking_file(struct asking *a, const char *path);
/* What was left out, since others have it too. */
void asking_notes(const struct asking *a);

#endif
