#include "edge/sheetout.h"

#include "base/die.h"
#include "edge/csvout.h"
#include "edge/xlsxout.h"

static bool ends(const char *path, const char *with)
{
	size_t n = strlen(path), m = strlen(with);
	return n > m && strcasecmp(path + n - m, with) == 0;
}

bool sheetout_wanted(const struct tool *t)
{
	if (t->out_path && ends(t->out_path, ".xls"))
		die("option '-o': no .xls is written; say '%sx'", t->out_path);
	return t->out_path && ends(t->out_path, ".xlsx");
}

void sheetout_open(struct sheetout *s, struct tool *t)
{
	s->t = t;
	if (sheetout_wanted(t))
		s->xlsx = xlsxout_open(t->out.fd, t->out_path);
}

/* A comma, or the BOM of the first row. */
static void next_cell(struct sheetout *s)
{
	if (!s->begun && s->excel)
		buf_adds(&s->row, "\xef\xbb\xbf");
	s->begun = true;
	if (s->cells++)
		buf_addc(&s->row, ',');
}

void sheetout_title(struct sheetout *s, struct view title)
{
	struct why why = { 0 };
	if (s->xlsx && !xlsxout_text(s->xlsx, title, &why))
		die("a title is %s", why.text);
	if (s->xlsx)
		return;
	next_cell(s);
	csvout_cell(&s->row, title);
}

void sheetout_blank(struct sheetout *s)
{
	if (s->xlsx)
		xlsxout_blank(s->xlsx);
	else
		next_cell(s);
}

static bool guarded(struct sheetout *s, struct view text, struct why *why)
{
	if (s->guard == SHEETOUT_REFUSE && csvout_formula(text))
		return why_not(why, "a spreadsheet would run this text as a "
				    "formula");
	if (memchr(text.p, '\0', text.n))
		return why_not(why, "text holds a NUL, which a table cannot");
	return true;
}

/* A cell of CSV: what is no text is guarded against lost digits only. */
static void csv_cell(struct sheetout *s, struct view text)
{
	next_cell(s);
	if (s->guard == SHEETOUT_QUOTE) {
		buf_reset(&s->cell);
		csvout_guard(&s->cell, text);
		text = buf_view(&s->cell);
	}
	csvout_cell(&s->row, text);
}

bool sheetout_text(struct sheetout *s, struct view text, struct why *why)
{
	if (!guarded(s, text, why))
		return false;
	if (s->xlsx)
		return xlsxout_text(s->xlsx, text, why);
	csv_cell(s, text);
	return true;
}

void sheetout_number(struct sheetout *s, struct view digits)
{
	if (s->xlsx)
		xlsxout_number(s->xlsx, digits);
	else
		csv_cell(s, digits);
}

static bool may_be_time(enum field_type type)
{
	return type == F_TIME || type == F_DATE || type == F_UNKNOWN;
}

bool sheetout_val(struct sheetout *s, struct val v, enum field_type type,
	struct why *why)
{
	if (val_none(v)) {
		sheetout_blank(s);
		return true;
	}
	struct view text = val_text(v, &s->scratch);
	if (v.kind == K_STRING) {
		if (s->xlsx && may_be_time(type) &&
			xlsxout_time(s->xlsx, text, s->t->zone))
			return true;
		return sheetout_text(s, text, why);
	}
	if (v.kind == K_NUMBER)
		sheetout_number(s, text);
	else if (s->xlsx && (v.kind == K_TRUE || v.kind == K_FALSE))
		xlsxout_bool(s->xlsx, v.kind == K_TRUE);
	else if (s->xlsx)
		return xlsxout_text(s->xlsx, text, why);
	else
		csv_cell(s, text);
	return true;
}

void sheetout_bold(struct sheetout *s)
{
	if (s->xlsx)
		xlsxout_bold(s->xlsx);
}

void sheetout_end(struct sheetout *s)
{
	if (s->xlsx) {
		xlsxout_end(s->xlsx);
		return;
	}
	if (s->excel)
		buf_addc(&s->row, '\r');
	writer_line(&s->t->out, buf_view(&s->row));
	sheetout_drop(s);
}

void sheetout_drop(struct sheetout *s)
{
	if (s->xlsx)
		xlsxout_drop(s->xlsx);
	buf_reset(&s->row);
	s->cells = 0;
}

void sheetout_refuse(struct sheetout *s, const struct rec *r, struct view title,
	const struct why *why)
{
	char *name = xmemdup(title.p, title.n);
	sheetout_drop(s);
	tool_refuse(s->t, r, name, "%s", why->text);
	free(name);
}

void sheetout_close(struct sheetout *s)
{
	if (s->xlsx)
		xlsxout_close(s->xlsx);
	buf_release(&s->row);
	buf_release(&s->cell);
	buf_release(&s->scratch);
}
