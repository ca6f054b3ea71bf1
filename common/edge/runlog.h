/*
 * runlog: what SCRM_LOG collected: one run record of each tool that ran.
 *
 * Says where the lines of a tool do not add up, and where a tool read another
 * number of lines from a pipe or a file than was written into it.
 */
#ifndef EDGE_RUNLOG_H
#define EDGE_RUNLOG_H

#include "base/buf.h"

/*
 * Reads a log, appends a line for each run to out and warns of what is wrong.
 * 0: all is well; 1: some tool refused input; 2: numbers do not agree, or a
 * tool could not do its work. Dies where the file cannot be read or is none.
 */
int runlog_check(const char *path, struct buf *out);

#endif
