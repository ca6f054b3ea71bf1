/*
 * share: where the files that come with the tools are (maps, lists, scrm.sh),
 * and the tools themselves.
 *
 * $SCRM_SHARE if it is set; else share/scrm beside the program's own bin, as
 * installed; else share/ of the sources, when run from build/bin.
 */
#ifndef EDGE_SHARE_H
#define EDGE_SHARE_H

#include "base/buf.h"

/* Appends the path of a file of share/ ("maps/taobao-orders.json"; "" is the
 * folder itself); false where there is no such file, and out is as it was. */
bool share_path(struct buf *out, const char *name);
/* Appends the path of a list: ./lists/NAME if there is one, else that of
 * share/lists. Dies where there is neither. */
void share_list(struct buf *out, const char *name);
/* Appends the path of a page: man/man1/NAME as installed, or man/NAME. */
bool share_page(struct buf *out, const char *name, char section);
/* Appends the folder this program stands in; false where it is not known. */
bool share_bin(struct buf *out);
/* Appends a line for each tool beside this program: its name, and the sentence
 * of its page. Dies. */
void share_tools(struct buf *out);

#endif
