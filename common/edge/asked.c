#include "edge/asked.h"

#include "base/die.h"
#include "edge/file.h"

struct view asked_text(struct tool *t, const char *path, const char *name)
{
	struct buf b = { 0 };
	size_t bom = 0;
	if (!path)
		return view_of(tool_operand(t, name));
	file_read(path, &b);
	if (b.n >= 3 && memcmp(b.p, "\xEF\xBB\xBF", 3) == 0)
		bom = 3;
	struct view v = { b.n ? xmemdup(b.p + bom, b.n - bom) : "", b.n - bom };
	buf_release(&b);
	return v;
}

void asked_die(const char *path, const char *name, const struct why *why)
{
	die("%s:%zu:%zu: %s", path ? path : name, why->line, why->col,
		why->text);
}
