/*
 * zone: time zones by name from the system's files (TZif, RFC 8536), read
 * once; no localtime, which locks and is global.
 */
#ifndef EDGE_ZONE_H
#define EDGE_ZONE_H

#include "base/why.h"
#include "value/time.h"

struct zone;

/* "Asia/Shanghai", "UTC", or "+08:00". NULL with why. Never freed: a program
 * knows few. The same name gives the same pointer. */
const struct zone *zone_find(const char *name, struct why *why);
const char *zone_name(const struct zone *z);
/* Seconds east of UTC at an instant; the void type fits condition_env. */
int32_t zone_offset(const void *zone, int64_t utc);
/*
 * The UTC second of a civil time (civil_seconds) in the zone. A time that
 * occurs twice (clocks turned back) is the first; one that does not occur
 * (turned forward) is moved on by the gap, as RFC 5545 reads it; *odd is 1
 * for the first, 2 for the second, and may be NULL.
 */
int64_t zone_utc(const struct zone *z, int64_t civil, int *odd);

#endif
