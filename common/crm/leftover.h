/*
 * leftover: whether a file still holds a person, whatever file it is.
 *
 * Its text is searched for the traces of their identifiers (crm/traces), as
 * far as edge/inside can see it. Where lines are records, what was refused and
 * kept in base64 is searched as well, and identifiers too short to be searched
 * in text are compared. The name of the file counts too.
 */
#ifndef CRM_LEFTOVER_H
#define CRM_LEFTOVER_H

#include "crm/traces.h"
#include "crm/whom.h"
#include "edge/inside.h"
#include "edge/tool.h"

struct leftover {
	struct whom *whom; /* borrowed */
	struct traces traces;
	struct rec rec;
	unsigned base64;
	struct inside in;

	/* Of the last file. */
	struct traced found;
	size_t line; /* of the first; 0: none, in a zip, or in the name */
	const char *why; /* not all of it could be searched */
};

void leftover_init(struct leftover *l, struct keys *keys, struct whom *whom);
void leftover_release(struct leftover *l);
void leftover_file(struct leftover *l, const char *path);

/* Looks at all files below path, and gives a line for each that holds the
 * person or could not be looked into, which count as refused. */
void leftover_check(struct tool *t, struct whom *whom, const char *path,
	bool text);

#endif
