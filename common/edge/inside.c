#include "edge/inside.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

/* What a file is by its first bytes, where text does not show in it. */
static const char *closed_kind(struct view head)
{
	static const struct {
		struct view magic;
		const char *what;
	} kinds[] = {
		{ { "PK\3\4", 4 }, "a zip archive" },
		{ { "PK\5\6", 4 }, "a zip archive" },
		{ { "\x1f\x8b", 2 }, "gzip" },
		{ { "\xd0\xcf\x11\xe0", 4 },
			"an old or encrypted Office file" },
		{ { "%PDF", 4 }, "a PDF" },
		{ { "7z\xbc\xaf\x27\x1c", 6 }, "a 7z archive" },
		{ { "Rar!", 4 }, "a rar archive" },
		{ { "\xfd"
		    "7zXZ",
			  5 },
			"xz" },
		{ { "\x28\xb5\x2f\xfd", 4 }, "zstd" },
		{ { "BZh", 3 }, "bzip2" },
		{ { "\x89PNG", 4 }, "a picture" },
		{ { "\xff\xd8\xff", 3 }, "a picture" },
		{ { "GIF8", 4 }, "a picture" },
		{ { "PAR1", 4 }, "Parquet" },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct view m = kinds[i].magic;
		if (head.n >= m.n && memcmp(head.p, m.p, m.n) == 0)
			return kinds[i].what;
	}
	return NULL;
}

void inside_open(struct inside *in, const char *path)
{
	char head[4];
	*in = (struct inside){ .line = 1, .end = true };
	in->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0 || pread(in->fd, head, 4, 0) < 0) {
		why_not(&in->why, "it cannot be read");
		return;
	}
	if (pread(in->fd, head, 4, 0) == 4 && memcmp(head, "PK", 2) == 0 &&
		zip_open(&in->zip, in->fd, &in->why)) {
		in->line = 0;
		return;
	}
	/* also what only begins as a zip; why is set then */
	in->gz = gzdopen(dup(in->fd), "rb");
	if (in->gz)
		gzbuffer(in->gz, 256 * 1024);
	in->end = !in->gz;
}

/* Some bytes of the file at hand; 0 at its end, or with why. */
static size_t read_some(struct inside *in, char *p, size_t n)
{
	ssize_t k;
	int error = Z_OK;
	if (!in->gz) {
		k = zip_read(&in->zip, p, n, &in->why);
		return k > 0 ? (size_t)k : 0;
	}
	k = gzread(in->gz, p, (unsigned)n);
	gzerror(in->gz, &error);
	if (k < 0 || (error != Z_OK && error != Z_STREAM_END))
		why_not(&in->why, gzdirect(in->gz) ? "it cannot be read"
						   : "a damaged .gz");
	return k > 0 ? (size_t)k : 0;
}

/* Reads behind what is there, to a full block. */
static void fill(struct inside *in)
{
	while (!in->end && in->buf.n < INSIDE_BLOCK) {
		size_t room = INSIDE_BLOCK - in->buf.n;
		buf_grow(&in->buf, room);
		size_t n = read_some(in, in->buf.p + in->buf.n, room);
		in->buf.n += n;
		in->end = n == 0;
	}
}

/* What the file at hand is, by the bytes of it that were read. */
static void look(struct inside *in, size_t from)
{
	struct view head = { in->buf.p + from, in->buf.n - from };
	const char *what = head.n ? closed_kind(head) : NULL;
	if (what && !in->why.text[0])
		why_not(&in->why, "%s%s", what, in->gz ? "" : " inside it");
}

/* The next file of a zip; those that cannot be opened are passed over. */
static bool next_file(struct inside *in)
{
	while (!in->gz && in->zip.unz && in->at < in->zip.entry.n) {
		const struct zip_entry *e = &in->zip.entry.v[in->at++];
		if (!zip_begin(&in->zip, e, &in->why))
			continue;
		buf_adds(&in->buf, e->name);
		buf_addc(&in->buf, '\n');
		size_t name = in->buf.n;
		in->end = false;
		fill(in);
		look(in, name);
		return true;
	}
	return false;
}

bool inside_next(struct inside *in, struct view *text)
{
	bool first = in->gz && !in->buf.p;
	if (in->line)
		in->line += in->lines;
	if (in->used) {
		memmove(in->buf.p, in->buf.p + in->used, in->buf.n - in->used);
		in->buf.n -= in->used;
		in->used = 0;
	}
	fill(in);
	if (first && in->buf.n)
		look(in, 0);
	if (in->buf.n <= in->again) {
		in->again = 0;
		buf_reset(&in->buf);
		if (!next_file(in))
			return false;
	}
	*text = buf_view(&in->buf);
	const char *nl = in->end ? NULL : memrchr(text->p, '\n', text->n);
	if (nl)
		text->n = (size_t)(nl + 1 - text->p);
	in->again = nl || in->end ? 0 : INSIDE_OVERLAP;
	in->used = text->n - in->again;
	in->lines = 0;
	for (size_t i = 0; i < in->used; i++)
		in->lines += text->p[i] == '\n';
	return true;
}

void inside_close(struct inside *in)
{
	if (in->gz)
		gzclose(in->gz);
	if (in->zip.unz)
		zip_close(&in->zip);
	if (in->fd >= 0)
		close(in->fd);
	buf_release(&in->buf);
}
