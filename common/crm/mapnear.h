/*
 * mapnear: the map that a header is the header of, for a file that lies in the
 * folder of another.
 */
#ifndef CRM_MAPNEAR_H
#define CRM_MAPNEAR_H

#include "base/buf.h"

/*
 * Appends the name of the map, of all that mappath finds, which lacks no column
 * and uses the most of these, at least three; the first by name at a tie. Maps
 * that need constants are passed over. False where there is none.
 */
bool mapnear(const struct view *column, size_t n, struct buf *out);

#endif
