/*
 * pack: what a download is by its first bytes (never by its name), and the
 * files in it, one after another: itself; what was packed with gzip or zstd;
 * each file of a .zip in the order of their names; or a workbook, .xlsx.
 *
 *	pack_open(&p, "2026-11-20-orders.zip");
 *	while (pack_next(&p))
 *		if (p.book)
 *			xlsx_open(&x, &p.zip, sheet, &why);
 *		else
 *			pack_source(&p, &source, asked, tries, ntries);
 *	pack_close(&p);
 *
 * It dies of what cannot be read, with the remedy: .xls, .xlsb, .ods, .numbers,
 * a password, a zip inside a zip, a bomb (edge/zip.h), half a download, other
 * archives, PDF. Memory is that of inflate, 64 KB, or of zstd, 9 MB at most;
 * an archive that comes through a pipe is kept in a temporary file.
 */
#ifndef EDGE_PACK_H
#define EDGE_PACK_H

#include "edge/source.h"
#include "edge/zip.h"

#include <zlib.h>
#include <zstd.h>

struct pack {
	const char *path; /* for messages */
	/* Of the file at hand, "a.zip/b.csv"; path where it is that itself. */
	const char *name;
	bool book; /* a workbook: zip is open, there is no source */
	uint64_t bytes; /* read of path so far, for progress */
	/* Called before a read that may wait; may be NULL. */
	void (*before_wait)(void *);
	void *wait_arg;

	int fd;
	bool zipped, gzipped, eof, ended, taken;
	struct zip zip;
	size_t at; /* the next file of the zip */
	z_stream gz;
	ZSTD_DStream *zstd; /* NULL: not packed with it */
	bool open; /* a frame of zstd goes on */
	uint64_t given; /* by gz or zstd, of this file */
	struct buf in; /* read of path and not yet used, from pos */
	size_t pos;
	struct buf head; /* the first bytes of the file at hand, from used */
	size_t used;
	struct buf text; /* of name */
};

void pack_open(struct pack *p, const char *path, void (*before_wait)(void *),
	void *wait_arg);
/* The next file; false behind the last. */
bool pack_next(struct pack *p);
/* The first bytes of the file at hand, n or all it has; valid until the next
 * call of any of these. Before pack_source, which gives them again. */
struct view pack_peek(struct pack *p, size_t n);
/* The bytes of the file at hand, once; as source_open. The pack must live as
 * long as the source, and stay at this file. */
void pack_source(struct pack *p, struct source *s, enum charset asked,
	const enum charset *tries, size_t ntries);
void pack_close(struct pack *p);

#endif
