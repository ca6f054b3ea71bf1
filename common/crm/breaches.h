/*
 * breaches: the records that a tool reads, held against scrm-record(5): the
 * good ones leave, a bad one is refused for the first field that breaks it and
 * the others are named beside. A breach that comes often is counted.
 */
#ifndef CRM_BREACHES_H
#define CRM_BREACHES_H

#include "edge/tool.h"

/* From the first record to the counts; of t->type only, where it is set. */
void breaches_all(struct tool *t);

#endif
