#include "crm/exportfile.h"

#include "crm/mapping_impl.h"

/* The file: read as a map is, so that a mistake has its line and column, and
 * one file can extend another. exportfile_row.c makes the rows. */

struct columns_of {
	struct compile *c;
	struct exportfile *f;
	struct keys *keys;
};

static size_t title_find(const struct exportfile *f, struct view title)
{
	size_t i = 0;
	while (i < f->ncolumns && !view_eq(f->column[i].title, title))
		i++;
	return i;
}

static void path_of(struct columns_of *x, struct path *path, json_t *j)
{
	struct why why = { 0 };
	struct view text = compile_text(x->c, j);
	if (!x->c->failed && !path_init(path, x->keys, text, &why))
		fail(x->c, j, "field '%.*s': %s", (int)text.n, text.p,
			why.text);
}

/* "from": a path, or "first": a list of them. */
static void paths_of(struct columns_of *x, struct export_column *column,
	json_t *from, json_t *first)
{
	json_t *list = first ? first : from;
	size_t n = first ? json_array_size(first) : 1;
	if (n == 0) {
		fail(x->c, list, "'first' is a list of fields");
		return;
	}
	column->path = compile_room(x->c, n, sizeof(*column->path));
	for (size_t i = 0; i < n && !x->c->failed; i++) {
		json_t *j = first ? json_array_get(first, i) : from;
		path_of(x, &column->path[i], j);
		if (!x->c->failed)
			column->npaths++;
		if (i == 0)
			column->type = schema_any(str(j));
	}
}

static void words_of(struct compile *c, struct export_column *column, json_t *j)
{
	const char *key;
	json_t *value;
	if (!json_is_object(j)) {
		fail(c, j, "'words' is an object of texts");
		return;
	}
	column->has_words = true;
	column->word =
		compile_room(c, json_object_size(j), sizeof(*column->word));
	json_object_foreach(j, key, value)
	{
		struct export_words *w = &column->word[column->nwords++];
		w->from = compile_keep(c, view_of(key));
		w->to = json_is_null(value) ? (struct view){ 0 }
					    : compile_expand(c, value);
	}
}

static void keep_of(struct compile *c, struct export_column *column, json_t *j)
{
	static const char *const names[] = { "digits", "letters", NULL };
	struct view v = compile_text(c, j);
	column->digits = view_is(v, "digits");
	column->letters = view_is(v, "letters");
	if (!column->digits && !column->letters)
		compile_unknown(c, j, "way to keep", word(j), names);
}

static void part_of(struct compile *c, struct export_column *column, json_t *j)
{
	json_t *n = json_array_get(j, 1);
	if (json_array_size(j) != 2 || !json_is_integer(n) ||
		json_integer_value(n) < 1) {
		fail(c, j, "'part' is [text, number], the first part is 1");
		return;
	}
	column->part_at = compile_text(c, json_array_get(j, 0));
	column->part = (size_t)json_integer_value(n);
	if (!c->failed && !column->part_at.n)
		fail(c, j, "'part' splits at a text");
}

static void format_of(struct compile *c, struct export_column *column,
	json_t *j)
{
	column->format = compile_keep_str(c, compile_text(c, j));
	for (const char *p = column->format; *p; p++)
		if (*p == '%' && (!*++p || !strchr("YmdHMSz%", *p))) {
			fail(c, j,
				"a format has %%Y, %%m, %%d, %%H, %%M, %%S, "
				"%%z "
				"and %%%%");
			return;
		}
}

static void work_of(struct compile *c, struct export_column *column, json_t *j)
{
	json_t *v;
	column->lower = compile_flag(c, j, "lower");
	column->no_blanks = compile_flag(c, j, "no_blanks");
	if ((v = json_object_get(j, "with"))) {
		column->all = true;
		column->with = compile_text(c, v);
	}
	if ((v = json_object_get(j, "starts")))
		column->starts = compile_text(c, v);
	if ((v = json_object_get(j, "cut")))
		column->cut = compile_text(c, v);
	if ((v = json_object_get(j, "part")))
		part_of(c, column, v);
	if ((v = json_object_get(j, "keep")))
		keep_of(c, column, v);
	column->nnodots = compile_texts(c, json_object_get(j, "no_dots"),
		&column->nodots);
	if ((v = json_object_get(j, "words")))
		words_of(c, column, v);
	if ((v = json_object_get(j, "otherwise"))) {
		column->has_otherwise = true;
		if (!json_is_null(v))
			column->otherwise = compile_expand(c, v);
	}
	if (column->has_otherwise && !column->has_words)
		fail(c, j, "'otherwise' goes with 'words'");
	if ((v = json_object_get(j, "format")))
		format_of(c, column, v);
	if ((v = json_object_get(j, "hash"))) {
		column->hash = view_is(compile_text(c, v), "sha256");
		if (!column->hash)
			fail(c, v, "a hash is \"sha256\"");
	}
}

static void column_of(struct columns_of *x, struct export_column *column,
	json_t *j)
{
	static const char *const members[] = { "from", "first", "const",
		"reach", "with", "starts", "cut", "part", "keep", "no_blanks",
		"no_dots", "lower", "words", "otherwise", "format", "hash",
		NULL };
	struct compile *c = x->c;
	if (json_is_string(j)) {
		column->plain = true;
		paths_of(x, column, j, NULL);
		return;
	}
	if (!compile_only(c, j, members))
		return;
	json_t *from = json_object_get(j, "from");
	json_t *first = json_object_get(j, "first");
	json_t *text = json_object_get(j, "const");
	json_t *reach = json_object_get(j, "reach");
	if (!!from + !!first + !!text + !!reach != 1) {
		fail(c, j,
			"a column has one of 'from', 'first', 'const', "
			"'reach'");
		return;
	}
	if (text) {
		column->is_const = true;
		column->text = compile_expand(c, text);
	} else if (reach) {
		column->channel = compile_expand(c, reach);
		if (!c->failed && !column->channel.n)
			fail(c, reach, "'reach' is a channel: email, sms");
	} else {
		paths_of(x, column, from, first);
	}
	work_of(c, column, j);
	column->plain = !reach && !text && json_object_size(j) == 1;
}

static void columns_of_file(struct columns_of *x, json_t *j)
{
	struct exportfile *f = x->f;
	const char *title;
	json_t *value;
	if (!json_is_object(j) || json_object_size(j) == 0) {
		fail(x->c, j, "'columns' is an object of titles and fields");
		return;
	}
	f->column = compile_room(x->c, json_object_size(j), sizeof(*f->column));
	json_object_foreach(j, title, value)
	{
		/* what a file that is extended has and this one does not
		 * want */
		if (json_is_null(value))
			continue;
		struct export_column *column = &f->column[f->ncolumns++];
		column->title = compile_keep(x->c, view_of(title));
		column_of(x, column, value);
	}
	if (!x->c->failed && f->ncolumns == 0)
		fail(x->c, j, "no column is left");
}

static void consent_of(struct compile *c, struct exportfile *f, json_t *j)
{
	static const char *const members[] = { "purpose", NULL };
	static const char *const known[] = { "marketing", "service", "internal",
		"ads", NULL };
	if (!compile_only(c, j, members))
		return;
	json_t *v = json_object_get(j, "purpose");
	size_t n = json_is_array(v) ? json_array_size(v) : v ? 1 : 0;
	if (n == 0) {
		fail(c, j, "a consent has a purpose");
		return;
	}
	f->purpose = compile_room(c, n, sizeof(*f->purpose));
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		struct view p = compile_expand(c, one);
		size_t k = 0;
		while (known[k] && !view_is(p, known[k]))
			k++;
		if (!c->failed && !known[k])
			compile_unknown(c, one, "purpose",
				compile_keep_str(c, p), known);
		f->purpose[f->npurposes++] = p;
	}
}

/* An address leaves the house by consent: a file says which. */
static void check_consent(struct compile *c, const struct exportfile *f,
	json_t *at)
{
	for (size_t i = 0; i < f->ncolumns && !f->npurposes; i++) {
		const struct export_column *x = &f->column[i];
		if (x->channel.n || x->hash)
			fail(c, at,
				"column '%.*s' needs a 'consent' with its "
				"purpose",
				(int)x->title.n, x->title.p);
	}
}

/* "need" and "must": columns by their titles. */
static size_t titles_of(struct compile *c, const struct exportfile *f,
	json_t *file, const char *name, size_t **out)
{
	struct view *title;
	json_t *j = json_object_get(file, name);
	size_t n = compile_texts(c, j, &title);
	*out = compile_room(c, n, sizeof(**out));
	for (size_t i = 0; i < n && !c->failed; i++) {
		(*out)[i] = title_find(f, title[i]);
		if ((*out)[i] == f->ncolumns)
			fail(c, j, "'%s': there is no column '%.*s'", name,
				(int)title[i].n, title[i].p);
	}
	return c->failed ? 0 : n;
}

static void compile_file(struct compile *c, struct exportfile *f,
	struct keys *keys, json_t *file)
{
	static const char *const guards[] = { "none", "quote", "refuse", NULL };
	struct columns_of x = { c, f, keys };
	json_t *v = json_object_get(file, "about");
	if (v)
		f->about = compile_text(c, v);
	v = json_object_get(file, "type");
	f->type = v ? compile_text(c, v) : VIEW("profile");
	v = json_object_get(file, "titles");
	f->titles = !v || compile_flag(c, file, "titles");
	if ((v = json_object_get(file, "guard"))) {
		f->guard = compile_text(c, v);
		size_t k = 0;
		while (guards[k] && !view_is(f->guard, guards[k]))
			k++;
		if (!guards[k])
			compile_unknown(c, v, "guard", word(v), guards);
	}
	if ((v = json_object_get(file, "consent")))
		consent_of(c, f, v);
	columns_of_file(&x, json_object_get(file, "columns"));
	f->nneed = titles_of(c, f, file, "need", &f->need);
	f->nmust = titles_of(c, f, file, "must", &f->must);
	check_consent(c, f, json_object_get(file, "columns"));
}

struct exportfile *exportfile_compile(const char *name, exportfile_loader *load,
	void *arg, const char *const *define, struct keys *keys,
	struct buf *path, struct why *why)
{
	static const char *const members[] = { "about", "extends", "source",
		"constants", "needs", "set", "type", "titles", "guard",
		"consent", "need", "must", "columns", NULL };
	struct exportfile *f = xcalloc(1, sizeof(*f));
	struct compile c = { .text = &f->text,
		.members = members,
		.load = load,
		.arg = arg,
		.define = define,
		.why = why,
		.path = path };
	*why = (struct why){ 0 };
	f->reach = keys_want(keys, "reach");
	f->consents = keys_want(keys, "consents");
	f->email = keys_want(keys, "email");
	f->phone = keys_want(keys, "phone");
	f->openid = keys_want(keys, "wechat_openid");
	f->external_userid = keys_want(keys, "wecom_external_userid");
	json_t *file = compile_read(&c, name, 0, 0);
	if (file && !c.failed) {
		compile_constants(&c, file);
		if (!c.failed)
			compile_file(&c, f, keys, file);
	}
	json_decref(file);
	compile_release(&c);
	if (!c.failed)
		return f;
	exportfile_free(f);
	return NULL;
}

void exportfile_free(struct exportfile *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->ncolumns; i++)
		for (size_t k = 0; k < f->column[i].npaths; k++)
			path_release(&f->column[i].path[k]);
	arena_release(&f->text);
	buf_release(&f->row);
	buf_release(&f->scratch);
	buf_release(&f->address);
	free(f);
}
