#include "crm/asking.h"

#include "base/die.h"
#include "edge/file.h"

static void count(struct asking *a)
{
	a->t->read += a->erased != NULL;
	a->t->written += a->erased != NULL;
}

static void refuse(struct asking *a, struct view id, const char *why)
{
	a->t->read++;
	a->t->refused++;
	warn("'%.*s' %s", (int)id.n, id.p, why);
	if (a->t->strict)
		die("stopped at the first refused identifier (--strict)");
}

/* To look for somebody who is in no link is no mistake, to erase may be. */
static void add_nobody(struct asking *a, struct view id)
{
	struct view whole = whom_spell(a->whom, id);
	if (a->erased && !a->force && !erased_has(a->erased, whole)) {
		refuse(a, id,
			"is in no link: nobody, or a value that too many "
			"share; if it is right say --force");
		return;
	}
	whom_add_alone(a->whom, id);
	count(a);
}

void asking_add(struct asking *a, struct view id)
{
	struct why why = { 0 };
	struct buf b = { 0 };
	switch (whom_add(a->whom, id, &why)) {
	case WHOM_TOOK:
		count(a);
		break;
	case WHOM_NONE:
		buf_addf(&b, "is %s", why.text);
		refuse(a, id, b.p);
		break;
	case WHOM_NOBODY:
		add_nobody(a, id);
		break;
	case WHOM_MANY:
		if (a->force) {
			add_nobody(a, id);
			break;
		}
		buf_addf(&b,
			"is not one person: %s; name the one by another "
			"identifier, or say --force",
			why.text);
		refuse(a, id, b.p);
		break;
	}
	buf_release(&b);
}

void asking_file(struct asking *a, const char *path)
{
	struct buf text = { 0 };
	file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, &text);
	for (char *p = text.n ? text.p : NULL, *line;
		(line = strsep(&p, "\r\n"));)
		if (*line)
			asking_add(a, view_of(line));
	buf_release(&text);
}

void asking_notes(const struct asking *a)
{
	for (size_t i = 0; i < a->whom->shared.n; i++) {
		struct view v = map_key(&a->whom->shared, i);
		tool_note(a->t,
			"'%.*s' is left out: other customers have it too",
			(int)v.n, v.p);
	}
}
