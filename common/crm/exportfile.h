/*
 * exportfile: a file of scrm-export(5), which says what a platform wants to
 * be given: the mirror of a map. Compiled once, then asked for the row of each
 * customer.
 *
 *	f = exportfile_compile(name, mappath_load, &mappath_exports, ...);
 *	if (exportfile_row(f, r) == EXPORT_GOES)
 *		for each column: f->column[i].title, f->column[i].out
 *
 * An address leaves only where consent allows it, and a row only with one of
 * the columns that the file needs.
 */
#ifndef CRM_EXPORTFILE_H
#define CRM_EXPORTFILE_H

#include "base/why.h"
#include "record/path.h"
#include "record/schema.h"

/* What the row of a customer came to; all but the first are withheld. */
enum export_verdict {
	EXPORT_GOES,
	EXPORT_REFUSED, /* consent was refused or taken back */
	EXPORT_NO_CONSENT, /* there are addresses, and no consent */
	EXPORT_NOT_TAKEN, /* with consent, but none the platform takes */
	EXPORT_NOTHING, /* what is needed is not known */
	EXPORT_VERDICTS
};

struct export_words {
	struct view from, to;
};

struct export_column {
	struct view title;
	/* where from: a constant, an address by its channel, else paths, of
	 * which the first that is there is taken */
	struct view text, channel;
	bool is_const;
	struct path *path;
	size_t npaths;
	enum field_type type; /* of the first path */

	/* what is done to it, in this order; plain: nothing */
	bool plain, all, lower, digits, letters, no_blanks, has_words, hash;
	bool has_otherwise;
	struct view with, starts, cut, part_at, otherwise;
	size_t part;
	struct view *nodots;
	size_t nnodots;
	struct export_words *word;
	size_t nwords;
	const char *format;

	/* of the row at hand; a value as it came, or a text (p NULL: blank) */
	struct val val;
	struct view out;
	size_t from, n; /* of the text, in the row's */
};

struct exportfile {
	struct view about, type, guard;
	bool titles; /* a line of them */
	struct view *purpose;
	size_t npurposes;
	struct export_column *column;
	size_t ncolumns;
	size_t *need, *must; /* columns, of which one, and which all hold
			      * something */
	size_t nneed, nmust;

	struct arena text; /* all of the file's words */
	struct buf row, scratch, address;
	unsigned reach, consents; /* keys */
	unsigned email, phone, openid, external_userid;
};

/* As map_loader of mapping. */
typedef bool exportfile_loader(void *arg, const char *name, size_t skip,
	struct buf *text, struct buf *path, struct why *why);

/* define and path are as mapping_compile has them. NULL with why. */
struct exportfile *exportfile_compile(const char *name, exportfile_loader *load,
	void *arg, const char *const *define, struct keys *keys,
	struct buf *path, struct why *why);
/* Fills the columns, which are valid until the next call. */
enum export_verdict exportfile_row(struct exportfile *f, const struct rec *r);
/* Why rows were withheld, to go behind a number: "have no consent". */
const char *export_verdict_text(enum export_verdict v);
void exportfile_free(struct exportfile *f);

#endif
