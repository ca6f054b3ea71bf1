/* scrm-sort: sort records by their fields, in bounded memory */
#include "base/die.h"
#include "edge/sort.h"
#include "edge/tool.h"
#include "record/sortkey.h"

#include <langinfo.h>

#define MEMORY ((size_t)64 << 20)

/* "revenue:desc,name" */
static void read_keys(struct sortkey *s, struct keys *keys, const char *text)
{
	for (const char *from = text;;) {
		const char *p = from;
		bool quoted = false;
		for (; *p && (quoted || *p != ','); p++)
			quoted ^= *p == '"';
		struct view field = { from, (size_t)(p - from) };
		struct why why = { 0 };
		if (!sortkey_add(s, keys, field, &why))
			die("option '-k': field '%.*s': %s", (int)field.n,
				field.p, why.text);
		if (!*p)
			return;
		from = p + 1;
	}
}

/* The locale of --locale alone; the environment's is never asked. */
static locale_t find_locale(const char *name)
{
	locale_t l = newlocale(LC_COLLATE_MASK | LC_CTYPE_MASK, name, NULL);
	if (!l)
		die("no locale '%s' on this machine; locale -a names those "
		    "it has",
			name);
	if (strcmp(nl_langinfo_l(CODESET, l), "UTF-8") != 0)
		die("locale '%s' is not of UTF-8; try '%.*s.UTF-8'", name,
			(int)strcspn(name, ".@"), name);
	return l;
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-n COUNT] [--locale NAME] [--memory SIZE] -k KEY "
			 "[file ...]",
		.about = "sort records by their fields, in bounded memory",
	};
	const char *locale = NULL;
	strings key = { 0 };
	size_t memory = MEMORY, count = SIZE_MAX;
	const struct opt options[] = {
		OPT_SIZE('n', "count", "COUNT", "the first of them only",
			&count),
		OPT_STRS('k', "key", "KEY", "fields, as in revenue:desc,name",
			&key),
		OPT_STR(0, "locale", "NAME",
			"order of texts, as in zh_CN.UTF-8", &locale),
		OPT_SIZE(0, "memory", "SIZE", "beyond it on disk, 64M",
			&memory),
		OPT_END,
	};
	struct sortkey keys = { 0 };
	struct sort s;
	struct buf b = { 0 };
	struct view line;
	struct rec *r;

	tool_open(&t, argc, argv, options);
	if (!key.n)
		tool_missing(&t, "key");
	for (size_t i = 0; i < key.n; i++)
		read_keys(&keys, &t.keys, key.v[i]);
	if (count == 0)
		die("option '-n' wants 1 at least");
	if (memory < SORT_MEMORY_MIN)
		die("option '--memory' wants 1M at least");
	if (locale)
		keys.locale = find_locale(locale);
	keys.offset = t.env.offset;
	keys.zone = t.zone;
	sort_init(&s, memory, count == SIZE_MAX ? 0 : count);
	while ((r = tool_next(&t))) {
		buf_reset(&b);
		sortkey_read(&keys, r, &b);
		sort_add(&s, buf_view(&b), (struct view){ r->line, r->n });
	}
	sort_ready(&s);
	while (sort_next(&s, &line))
		tool_write(&t, line);
	t.withheld = s.added - s.given;
	sortkey_notes(&keys, tool_say, &t);
	sort_release(&s);
	sortkey_release(&keys);
	if (locale)
		freelocale(keys.locale);
	vec_release(&key);
	buf_release(&b);
	return tool_close(&t);
}
