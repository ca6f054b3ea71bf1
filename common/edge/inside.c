#include "edge/inside.h"

#include <zlib.h>

/* What a file is by its first bytes, where text does not show in it. */
static const char *closed_kind(struct view head)
{
	static const struct {
		struct view magic;
		const char *what;
	} kinds[] = {
		{ { "PK\3\4", 4 }, "a zip archive, as an .xlsx is" },
		{ { "PK\5\6", 4 }, "a zip archive" },
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
	*in = (struct inside){ .line = 1 };
	in->gz = gzopen(path, "rbe");
	if (in->gz)
		gzbuffer(in->gz, 256 * 1024);
	else
		in->why = "it cannot be opened";
}

/* Reads behind what is there, to a full block. */
static void fill(struct inside *in)
{
	while (!in->eof && in->buf.n < INSIDE_BLOCK) {
		size_t room = INSIDE_BLOCK - in->buf.n;
		buf_grow(&in->buf, room);
		int n = gzread(in->gz, in->buf.p + in->buf.n, (unsigned)room);
		int error = Z_OK;
		gzerror(in->gz, &error);
		bool bad = n < 0 || (error != Z_OK && error != Z_STREAM_END);
		if (n > 0)
			in->buf.n += (size_t)n;
		if (bad)
			in->why = gzdirect(in->gz) ? "it cannot be read"
						   : "a damaged .gz";
		in->eof = n <= 0 || bad;
	}
}

bool inside_next(struct inside *in, struct view *text)
{
	if (!in->gz)
		return false;
	in->line += in->lines;
	in->lines = 0;
	if (in->used) {
		memmove(in->buf.p, in->buf.p + in->used, in->buf.n - in->used);
		in->buf.n -= in->used;
		in->used = 0;
	}
	fill(in);
	if (!in->looked)
		in->why = in->why ? in->why : closed_kind(buf_view(&in->buf));
	in->looked = true;
	if (in->buf.n <= in->again)
		return false;
	const char *nl = in->eof ? NULL : memrchr(in->buf.p, '\n', in->buf.n);
	*text = buf_view(&in->buf);
	if (nl)
		text->n = (size_t)(nl + 1 - in->buf.p);
	in->again = nl || in->eof ? 0 : INSIDE_OVERLAP;
	in->used = text->n - in->again;
	for (size_t i = 0; i < in->used; i++)
		in->lines += in->buf.p[i] == '\n';
	return true;
}

void inside_close(struct inside *in)
{
	if (in->gz)
		gzclose(in->gz);
	buf_release(&in->buf);
}
