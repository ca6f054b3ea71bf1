#include "edge/pack.h"

#include "base/die.h"
#include "edge/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd_errors.h>

#define BLOCK ((size_t)64 << 10)
#define HEAD 512 /* bytes that say what a file is */
#define WINDOW_LOG \
	23 /* 8 MiB, that zstd -19 looks back; --long and --ultra more */

static bool begins(struct view v, const char *magic, size_t n)
{
	return v.n >= n && memcmp(v.p, magic, n) == 0;
}

#define BEGINS(v, literal) begins(v, literal, sizeof(literal) - 1)

static bool is_zip(struct view v)
{
	return BEGINS(v, "PK\3\4") || BEGINS(v, "PK\5\6");
}

static bool is_gzip(struct view v)
{
	return BEGINS(v, "\x1F\x8B\x08");
}

static bool is_zstd(struct view v)
{
	return BEGINS(v, "\x28\xB5\x2F\xFD");
}

static bool is_ole(struct view v)
{
	return BEGINS(v, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

/* What is no table and never will be, with the remedy; NULL for the rest. */
static const char *foreign(struct view v)
{
	if (BEGINS(v, "%PDF-"))
		return "a PDF; get the table as CSV or .xlsx";
	if (BEGINS(v, "7z\xBC\xAF\x27\x1C"))
		return "packed with 7-Zip; unpack it first";
	if (BEGINS(v, "Rar!\x1A\x07"))
		return "packed with RAR; unpack it first";
	if (BEGINS(v, "BZh"))
		return "packed with bzip2; unpack it first";
	if (BEGINS(v, "\xFD"
		      "7zXZ"))
		return "packed with xz; unpack it first";
	if (v.n > 262 && memcmp(v.p + 257, "ustar", 5) == 0)
		return "an archive of tar; unpack it first";
	if (BEGINS(v, "SQLite format 3"))
		return "a database of SQLite; export its table as CSV";
	if (BEGINS(v, "\x89PNG") || BEGINS(v, "\xFF\xD8\xFF"))
		return "a picture; get the table as CSV or .xlsx";
	return NULL;
}

static size_t read_path(struct pack *p, char *to, size_t n)
{
	ssize_t got;
	if (p->eof)
		return 0;
	if (p->before_wait)
		p->before_wait(p->wait_arg);
	do
		got = read(p->fd, to, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		die("cannot read '%s':", p->path);
	p->bytes += (uint64_t)got;
	p->eof = got == 0;
	return (size_t)got;
}

/* Appends what can be read of the path now; false at its end. */
static bool fill(struct pack *p)
{
	if (p->pos) {
		p->in.n -= p->pos;
		memmove(p->in.p, p->in.p + p->pos, p->in.n);
		p->pos = 0;
	}
	buf_grow(&p->in, BLOCK);
	size_t n = read_path(p, p->in.p + p->in.n, BLOCK);
	p->in.n += n;
	return n > 0;
}

/* A file that can be read anywhere, from its start: a copy, where the path is
 * none. */
static void make_file(struct pack *p)
{
	struct stat st;
	if (fstat(p->fd, &st) == 0 && S_ISREG(st.st_mode) &&
		lseek(p->fd, 0, SEEK_CUR) == (off_t)p->in.n)
		return;
	int fd = temp_open();
	do {
		temp_write(fd, p->in.p, p->in.n);
		p->pos = p->in.n;
	} while (fill(p));
	if (p->fd > STDIN_FILENO)
		close(p->fd);
	p->fd = fd;
}

/*
 * OLE is the container of .xls, of other old Office files, and of a .xlsx with
 * a password. Its folder (first sector at byte 48) has the names of what is
 * inside, in UTF-16.
 */
static void die_ole(struct pack *p)
{
	static const char sealed[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a"
				     "\0g\0e";
	char head[HEAD] = { 0 }, folder[8192] = { 0 };
	ssize_t n = -1;
	make_file(p);
	if (pread(p->fd, head, sizeof(head), 0) == sizeof(head)) {
		unsigned shift = (unsigned char)head[30];
		uint64_t sector = 0;
		for (int i = 3; i >= 0; i--)
			sector = sector << 8 | (unsigned char)head[48 + i];
		if (shift < 16)
			n = pread(p->fd, folder, sizeof(folder),
				(off_t)((sector + 1) << shift));
	}
	if (n > 0 && memmem(folder, (size_t)n, sealed, sizeof(sealed) - 1))
		die("'%s' is protected by a password; take the password off in "
		    "the spreadsheet and save it again",
			p->path);
	die("'%s' is a workbook of the old kind (.xls); save it as .xlsx or as "
	    "CSV UTF-8",
		p->path);
}

/* Zips that are the files of other programs. */
static void open_zip(struct pack *p)
{
	struct why why;
	make_file(p);
	p->zipped = true;
	if (!zip_open(&p->zip, p->fd, &why))
		die("'%s': %s", p->path, why.text);
	p->book = zip_find(&p->zip, "[Content_Types].xml") != NULL;
	if (zip_find(&p->zip, "mimetype") && zip_find(&p->zip, "content.xml"))
		die("'%s' is a document of LibreOffice (.ods); save it as "
		    ".xlsx or as CSV UTF-8",
			p->path);
	if (zip_find(&p->zip, "Index/Document.iwa"))
		die("'%s' is a document of Numbers; export it as .xlsx or as "
		    "CSV UTF-8",
			p->path);
	if (p->zip.entry.n == 0)
		die("'%s': there is no file in it", p->path);
}

/* Zeros may stand behind the last member, as on a tape. */
static bool gz_next_member(struct pack *p)
{
	for (;;) {
		while (p->pos < p->in.n && !p->in.p[p->pos])
			p->pos++;
		if (p->pos + 2 < p->in.n)
			break;
		if (!fill(p))
			break;
	}
	struct view rest = { p->in.p + p->pos, p->in.n - p->pos };
	if (rest.n == 0)
		return false;
	if (!is_gzip(rest))
		die("'%s': other bytes stand behind what gzip packed", p->path);
	inflateReset(&p->gz);
	return true;
}

static size_t gz_read(struct pack *p, char *to, size_t n)
{
	struct why why;
	p->gz.next_out = (Bytef *)to;
	p->gz.avail_out = n > BLOCK ? (uInt)BLOCK : (uInt)n;
	uInt want = p->gz.avail_out;
	while (p->gz.avail_out == want && !p->ended) {
		if (p->pos == p->in.n && !fill(p))
			die("'%s': its end is missing; was it downloaded "
			    "whole?",
				p->path);
		p->gz.next_in = (Bytef *)p->in.p + p->pos;
		p->gz.avail_in = (uInt)(p->in.n - p->pos);
		int st = inflate(&p->gz, Z_NO_FLUSH);
		p->pos = p->in.n - p->gz.avail_in;
		if (st == Z_STREAM_END)
			p->ended = !gz_next_member(p);
		else if (st != Z_OK && st != Z_BUF_ERROR)
			die("'%s': what gzip packed is damaged", p->path);
	}
	size_t got = want - p->gz.avail_out;
	p->given += got;
	if (zip_bomb(p->given, p->bytes, &why))
		die("'%s': %s", p->path, why.text);
	return got;
}

static void zstd_open(struct pack *p)
{
	p->zstd = ZSTD_createDStream();
	if (!p->zstd)
		die("no memory for zstd");
	ZSTD_DCtx_setParameter(p->zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
}

/* Frames stand one after another. What is left in the decoder leaves before
 * more is waited for. */
static size_t zstd_read(struct pack *p, char *to, size_t n)
{
	struct why why;
	ZSTD_outBuffer out = { to, n, 0 };
	while (!p->ended) {
		ZSTD_inBuffer in = { p->in.p + p->pos, p->in.n - p->pos, 0 };
		size_t left = 0;
		if (in.size || p->open)
			left = ZSTD_decompressStream(p->zstd, &out, &in);
		if (ZSTD_getErrorCode(left) ==
			ZSTD_error_frameParameter_windowTooLarge)
			die("'%s': zstd packed it with --long or --ultra, "
			    "which wants much memory; unpack it first",
				p->path);
		if (ZSTD_isError(left))
			die("'%s': what zstd packed is damaged", p->path);
		p->pos += in.pos;
		if (in.size || p->open)
			p->open = left > 0;
		if (out.pos)
			break;
		if (p->pos < p->in.n || fill(p))
			continue;
		if (p->open)
			die("'%s': its end is missing; was it downloaded "
			    "whole?",
				p->path);
		p->ended = true;
	}
	p->given += out.pos;
	if (zip_bomb(p->given, p->bytes, &why))
		die("'%s': %s", p->path, why.text);
	return out.pos;
}

/* Bytes of the file at hand, unpacked. */
static size_t read_raw(struct pack *p, char *to, size_t n)
{
	if (p->zipped) {
		struct why why;
		ssize_t got = zip_read(&p->zip, to, n, &why);
		if (got < 0)
			die("'%s': %s", p->name, why.text);
		p->bytes = p->zip.bytes;
		return (size_t)got;
	}
	if (p->gzipped)
		return gz_read(p, to, n);
	if (p->zstd)
		return zstd_read(p, to, n);
	size_t have = p->in.n - p->pos;
	if (have == 0)
		return read_path(p, to, n);
	n = n < have ? n : have;
	memcpy(to, p->in.p + p->pos, n);
	p->pos += n;
	return n;
}

static size_t read_file(void *arg, char *to, size_t n)
{
	struct pack *p = arg;
	size_t have = p->head.n - p->used;
	if (have == 0)
		return p->taken ? 0 : read_raw(p, to, n);
	n = n < have ? n : have;
	memcpy(to, p->head.p + p->used, n);
	p->used += n;
	return n;
}

struct view pack_peek(struct pack *p, size_t n)
{
	while (p->head.n < n && !p->taken) {
		size_t more = n - p->head.n < BLOCK ? n - p->head.n : BLOCK;
		buf_grow(&p->head, more);
		size_t got = read_raw(p, p->head.p + p->head.n, more);
		p->head.n += got;
		p->taken = got == 0;
	}
	return buf_view(&p->head);
}

/* The start of a file that was unpacked: it is no archive again. */
static void look_inside(struct pack *p)
{
	buf_reset(&p->head);
	p->used = 0;
	p->taken = false;
	struct view v = pack_peek(p, HEAD);
	const char *is = foreign(v);
	if (is_zip(v) || is_gzip(v) || is_zstd(v))
		is = "packed once more; unpack it first";
	else if (is_ole(v))
		is = "a workbook of the old kind (.xls), or one with a "
		     "password; unpack it and save it as .xlsx or as CSV UTF-8";
	if (is)
		die("'%s' is %s", p->name, is);
}

void pack_open(struct pack *p, const char *path, void (*before_wait)(void *),
	void *wait_arg)
{
	bool in = strcmp(path, "-") == 0;
	*p = (struct pack){ .path = in ? "standard input" : path,
		.before_wait = before_wait,
		.wait_arg = wait_arg,
		.fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC) };
	if (p->fd < 0)
		die("cannot open '%s':", path);
	p->name = p->path;
	/* no more than is there is waited for: a row, then silence */
	while (p->in.n < 4 && fill(p))
		;
	struct view v = buf_view(&p->in);
	const char *is = foreign(v);
	if (is)
		die("'%s' is %s", p->path, is);
	if (is_ole(v))
		die_ole(p);
	if (is_zip(v))
		open_zip(p);
	p->gzipped = is_gzip(v);
	if (p->gzipped && inflateInit2(&p->gz, 15 + 16) != Z_OK)
		die("no memory for zlib");
	if (is_zstd(v))
		zstd_open(p);
}

bool pack_next(struct pack *p)
{
	struct why why;
	size_t last = p->zipped && !p->book ? p->zip.entry.n : 1;
	if (p->at == last)
		return false;
	size_t i = p->at++;
	if (p->book)
		return true;
	if (p->zipped) {
		const struct zip_entry *e = &p->zip.entry.v[i];
		buf_reset(&p->text);
		buf_addf(&p->text, "%s/%s", p->path, e->name);
		p->name = p->text.p;
		if (!zip_begin(&p->zip, e, &why))
			die("'%s': %s", p->name, why.text);
	}
	if (p->zipped || p->gzipped || p->zstd)
		look_inside(p);
	return true;
}

void pack_source(struct pack *p, struct source *s, enum charset asked,
	const enum charset *tries, size_t ntries)
{
	source_stream(s, p->name, read_file, p, asked, tries, ntries);
}

void pack_close(struct pack *p)
{
	if (p->zipped)
		zip_close(&p->zip);
	if (p->gzipped)
		inflateEnd(&p->gz);
	ZSTD_freeDStream(p->zstd);
	if (p->fd > STDIN_FILENO)
		close(p->fd);
	buf_release(&p->in);
	buf_release(&p->head);
	buf_release(&p->text);
	*p = (struct pack){ .fd = -1 };
}
