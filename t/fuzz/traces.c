/*
 * Any identifier (the first line) in any text (the rest): nothing outside the
 * text is read, and where the value is put at its end, as itself or in another
 * encoding, it is found.
 */
#include "base/mem.h"
#include "crm/traces.h"
#include "edge/charset.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory of just its size, so that a step beyond is noticed. */
static bool find(const struct traces *t, struct view text)
{
	struct traced found = { 0 };
	char *exact = malloc(text.n ? text.n : 1);
	if (text.n)
		memcpy(exact, text.p, text.n);
	bool any = traces_find(t, (struct view){ exact, text.n }, &found);
	if (any && (!found.times || !found.kinds || found.first >= text.n))
		abort();
	free(exact);
	return any;
}

static void put_and_find(const struct traces *t, struct view text,
	struct view value)
{
	static const enum charset in[] = { CHARSET_UTF8, CHARSET_GB18030,
		CHARSET_UTF16LE, CHARSET_UTF16BE };
	struct buf line = { 0 }, all = { 0 };
	buf_addc(&line, '\n');
	buf_addv(&line, value);
	buf_addc(&line, '\n');
	for (size_t i = 0; i < sizeof(in) / sizeof(*in); i++) {
		buf_reset(&all);
		buf_addv(&all, text);
		if (charset_encode(in[i], buf_view(&line), &all) &&
			!find(t, buf_view(&all)))
			abort();
	}
	buf_release(&line);
	buf_release(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	const char *nl = size ? memchr(p, '\n', size) : NULL;
	size_t n = nl ? (size_t)(nl - p) : size;
	struct view text = { p + n, size - n };
	struct keys keys = { 0 };
	struct ids ids;
	struct traces t = { 0 };

	if (scan_utf8(p, n) < n)
		return 0;
	ids_init(&ids, &keys);
	ids_spelled(&ids, (struct view){ p, n });
	if (ids.id.n) {
		struct view id = ids.id.v[0].text, value = id_value(id);
		const char *slash = memchr(value.p, '/', value.n);
		traces_add(&t, id);
		if (ids.id.v[0].kind <= ID_CARD_NO && slash &&
			ids.id.v[0].kind != ID_UNIONID)
			value = (struct view){ slash + 1,
				value.n - (size_t)(slash + 1 - value.p) };
		find(&t, text);
		if (!t.brief.n)
			put_and_find(&t, text, value);
	}
	traces_release(&t);
	ids_release(&ids);
	keys_release(&keys);
	return 0;
}
