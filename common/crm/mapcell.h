/*
 * mapcell: the text of a cell read as the type of a map's field, and written
 * as JSON. Strict: a text is read whole or it is not read.
 */
#ifndef CRM_MAPCELL_H
#define CRM_MAPCELL_H

#include "crm/mapping.h"

/* What a field takes from other columns of the row. Zero: nothing. */
struct mapcell_env {
	const struct zone *zone;
	const char *region;
	uint64_t *phones_asked; /* of libphonenumber; may be NULL */
	int minor; /* digits of the smallest unit; -1: amounts are whole */
	bool sheet; /* times may be those of edge/xlsx, whatever the format */
};

/* Offsets of days that have but one, for times without a zone. */
struct mapcell_days {
	struct {
		const struct zone *zone;
		int64_t day;
		int32_t offset;
	} day[256];
};

/*
 * Appends the value. False with why->text, and nothing is appended: the text
 * cannot be read. 16 readable bytes must follow the text.
 */
bool mapcell_put(const struct map_field *f, const struct mapcell_env *env,
	struct mapcell_days *days, struct view text, struct buf *out,
	struct why *why);
/* A number by the field's signs and units; exact. */
bool mapcell_number(const struct map_field *f, struct view text,
	struct dec *out, struct why *why);
/*
 * Appends text as a JSON string. 16 readable bytes must follow it; room for
 * 6 * n + 2 + 16 bytes must have been made in out.
 */
void mapcell_quote(struct buf *out, struct view text);

#endif
