/*
 * held: what is held on a person, for them to read: each record that is
 * theirs, or mentions them, with its place.
 */
#ifndef CRM_HELD_H
#define CRM_HELD_H

#include "crm/whom.h"
#include "edge/tool.h"

/* The records of the tool's files; as text for people, or as records of type
 * held. */
void held_show(struct tool *t, struct whom *whom, bool text);

#endif
