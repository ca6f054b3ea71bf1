/*
 * inspection: what somebody wants to know of a file before it is read: its
 * encoding, what stands between cells and rows, the map it is for with its
 * score and the next one, which columns that map uses and which it keeps, the
 * first rows that could not be used; and where no map is sure, a draft of one.
 */
#ifndef CRM_INSPECTION_H
#define CRM_INSPECTION_H

#include "crm/intake.h"

/* Looks at each operand; the report goes to standard error, drafts to the
 * tool's output. With a map named it is that one that is looked at. */
void inspection_run(struct intake *in, const char *map);

#endif
