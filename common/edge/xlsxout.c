#include "edge/xlsxout.h"

#include "base/die.h"
#include "base/vec.h"
#include "value/utf8.h"

#include <minizip/unzip.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define WIDEST 60 /* columns of text before a cell is cut from sight */
#define MADE 315532800 /* 1980-01-01, as the parts of a zip say too */
#define TAIL 4096

enum style {
	STYLE_TEXT,
	STYLE_BOOL,
	STYLE_DATE,
	STYLE_TIME,
	STYLE_TIME_MS,
	STYLE_NUMBER, /* and so many digits after the point */
	STYLES = STYLE_NUMBER + DEC_SCALE_MAX + 1
};

struct cell {
	unsigned style;
	bool blank;
	double number;
	size_t from, width; /* of its text in the row's, in columns */
};

struct xlsxout {
	const char *path;
	char self[32], *dir;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *format[2][STYLES]; /* the second is bold */
	VEC(struct cell) cell; /* of the row at hand */
	struct buf text;
	VEC(size_t) width;
	size_t row;
	bool bold;
};

struct xlsxout *xlsxout_open(int fd, const char *path)
{
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		die("'%s' is no plain file, and a workbook needs one", path);
	struct xlsxout *x = xcalloc(1, sizeof(*x));
	const char *slash = strrchr(path, '/');
	x->path = path;
	x->dir = slash ? xmemdup(path, (size_t)(slash - path) + 1)
		       : xstrdup(".");
	/* by its descriptor: the file that takes its place when it is whole */
	snprintf(x->self, sizeof(x->self), "/proc/self/fd/%d", fd);
	lxw_workbook_options options = { .constant_memory = 1,
		.tmpdir = x->dir };
	lxw_doc_properties made = { .created = MADE };
	x->book = workbook_new_opt(x->self, &options);
	x->sheet = x->book ? workbook_add_worksheet(x->book, NULL) : NULL;
	if (!x->sheet || !x->sheet->optimize_tmpfile)
		die("cannot write beside '%s':", path);
	workbook_set_properties(x->book, &made);
	worksheet_freeze_panes(x->sheet, 1, 0);
	x->bold = true;
	return x;
}

static lxw_format *format_of(struct xlsxout *x, unsigned style)
{
	lxw_format **f = &x->format[x->bold][style];
	if (*f)
		return *f;
	*f = workbook_add_format(x->book);
	if (!*f)
		die("out of memory");
	if (x->bold)
		format_set_bold(*f);
	char digits[DEC_SCALE_MAX + 3] = "0";
	switch (style) {
	case STYLE_TEXT:
		/* text stays text when somebody types over it */
		format_set_num_format(*f, "@");
		break;
	case STYLE_BOOL:
		break;
	case STYLE_DATE:
		format_set_num_format(*f, "yyyy-mm-dd");
		break;
	case STYLE_TIME:
		format_set_num_format(*f, "yyyy-mm-dd hh:mm:ss");
		break;
	case STYLE_TIME_MS:
		format_set_num_format(*f, "yyyy-mm-dd hh:mm:ss.000");
		break;
	default:
		for (unsigned i = 0; i < style - STYLE_NUMBER; i++)
			digits[2 + i] = '0';
		if (style > STYLE_NUMBER)
			digits[1] = '.';
		format_set_num_format(*f, digits);
	}
	return *f;
}

static struct cell *add(struct xlsxout *x, unsigned style)
{
	if (x->cell.n == XLSXOUT_COLUMNS)
		die("'%s': a sheet has at most %d columns; say with -c which",
			x->path, XLSXOUT_COLUMNS);
	struct cell *c = vec_add(&x->cell);
	*c = (struct cell){ .style = style };
	return c;
}

void xlsxout_blank(struct xlsxout *x)
{
	add(x, STYLE_TEXT)->blank = true;
}

void xlsxout_bool(struct xlsxout *x, bool value)
{
	struct cell *c = add(x, STYLE_BOOL);
	c->number = value;
	c->width = 5;
}

/* Ends the text of the row's last cell, where it began to be added. */
static void text_cell(struct xlsxout *x, size_t from, size_t width)
{
	struct cell *c = add(x, STYLE_TEXT);
	buf_addc(&x->text, '\0');
	c->from = from;
	c->width = width;
}

/* "_x000D_", as ECMA-376 18.4.1 (ST_Xstring) writes what XML cannot hold. */
static void add_escaped(struct buf *out, uint32_t unit)
{
	buf_addf(out, "_x%04X_", (unsigned)unit);
}

/* Whether a reader would take this for such an escape. */
static bool escape_like(const char *p, size_t n)
{
	if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return false;
	for (size_t i = 2; i < 6; i++)
		if (!strchr("0123456789abcdefABCDEF", p[i]) || !p[i])
			return false;
	return true;
}

bool xlsxout_text(struct xlsxout *x, struct view text, struct why *why)
{
	size_t from = x->text.n, units = 0;
	for (size_t i = 0, n; i < text.n; i += n) {
		uint32_t cp;
		n = utf8_get(text.p + i, text.n - i, &cp);
		units += cp > 0xffff ? 2 : 1;
		if ((cp < 0x20 && cp != '\t' && cp != '\n') || cp == 0xfffe ||
			cp == 0xffff)
			add_escaped(&x->text, cp);
		else if (cp == '_' && escape_like(text.p + i, text.n - i))
			add_escaped(&x->text, '_');
		else
			buf_add(&x->text, text.p + i, n);
	}
	if (units > XLSXOUT_TEXT) {
		x->text.n = from;
		return why_not(why,
			"a text of %zu characters; a cell of .xlsx holds %d",
			units, XLSXOUT_TEXT);
	}
	size_t width = text.n > 4 * WIDEST ? WIDEST : utf8_columns(text);
	text_cell(x, from, width);
	return true;
}

static unsigned digits_of(int128 v)
{
	unsigned n = 0;
	for (; v; v /= 10)
		n++;
	return n;
}

void xlsxout_number(struct xlsxout *x, struct view number)
{
	struct dec d;
	size_t from = x->text.n;
	if (!dec_parse(number.p, number.n, &d) ||
		digits_of(d.v) > XLSXOUT_DIGITS) {
		buf_addv(&x->text, number);
		text_cell(x, from, number.n);
		return;
	}
	/* to the double that is nearest to these digits, and back to them:
	 * DBL_DIG is 15 */
	dec_print(&x->text, d);
	struct cell *c = add(x, STYLE_NUMBER + (unsigned)d.scale);
	c->number = strtod(x->text.p + from, NULL);
	c->width = x->text.n - from;
	x->text.n = from;
}

bool xlsxout_time(struct xlsxout *x, struct view text, const struct zone *zone)
{
	struct when w;
	if (!when_parse(text.p, text.n, &w) || w.nsec % 1000000)
		return false;
	int64_t sec = w.sec + w.offset;
	if (zone && !w.date_only)
		sec = w.sec + zone_offset(zone, w.sec);
	/* before March 1900 Excel has a day that never was */
	if (sec < day_number(1900, 3, 1) * 86400 ||
		sec >= day_number(10000, 1, 1) * 86400)
		return false;
	unsigned style = w.date_only ? STYLE_DATE
			 : w.nsec    ? STYLE_TIME_MS
				     : STYLE_TIME;
	struct cell *c = add(x, style);
	int64_t since = sec - day_number(1899, 12, 30) * 86400;
	c->number = (double)(since * 1000 + w.nsec / 1000000) / 86400000.0;
	c->width = style == STYLE_DATE ? 10 : style == STYLE_TIME ? 19 : 23;
	return true;
}

void xlsxout_bold(struct xlsxout *x)
{
	x->bold = true;
}

void xlsxout_drop(struct xlsxout *x)
{
	x->cell.n = 0;
	buf_reset(&x->text);
}

static lxw_error put(struct xlsxout *x, size_t column, const struct cell *c)
{
	lxw_row_t row = (lxw_row_t)x->row;
	lxw_col_t col = (lxw_col_t)column;
	lxw_format *f = format_of(x, c->style);
	switch (c->style) {
	case STYLE_TEXT:
		return worksheet_write_string(x->sheet, row, col,
			x->text.p + c->from, f);
	case STYLE_BOOL:
		return worksheet_write_boolean(x->sheet, row, col,
			c->number != 0, x->bold ? f : NULL);
	default:
		return worksheet_write_number(x->sheet, row, col, c->number, f);
	}
}

void xlsxout_end(struct xlsxout *x)
{
	if (x->row == XLSXOUT_ROWS)
		die("'%s': a sheet has at most %d rows; take fewer, or write "
		    "CSV",
			x->path, XLSXOUT_ROWS);
	for (size_t i = 0; i < x->cell.n; i++) {
		const struct cell *c = &x->cell.v[i];
		if (i == x->width.n)
			*vec_add(&x->width) = 0;
		if (c->width > x->width.v[i])
			x->width.v[i] = c->width;
		/* a title that is empty is a cell all the same */
		if (!c->blank && put(x, i, c) != LXW_NO_ERROR)
			die("cannot write row %zu of '%s'", x->row + 1,
				x->path);
	}
	x->row++;
	x->bold = false;
	xlsxout_drop(x);
}

/* A part that is not whole: libxlsxwriter asks none of its temporary files
 * whether all that was written to them arrived. */
static void torn(const struct xlsxout *x)
{
	die("cannot write '%s': the workbook is not whole; is the disk full?",
		x->path);
}

/* Reads a part to its end: its bytes, and the last of them in tail. */
static size_t part(const struct xlsxout *x, unzFile z, const char *name,
	const char *mark, size_t *marked, struct buf *tail)
{
	char block[TAIL];
	size_t total = 0;
	int n = -1;
	*marked = 0;
	buf_reset(tail);
	if (unzLocateFile(z, name, 1) != UNZ_OK ||
		unzOpenCurrentFile(z) != UNZ_OK)
		torn(x);
	while ((n = unzReadCurrentFile(z, block, sizeof(block))) > 0) {
		/* what may hold the mark or the end goes on from block to
		 * block */
		if (tail->n > TAIL) {
			memmove(tail->p, tail->p + tail->n - TAIL, TAIL);
			tail->n = TAIL;
		}
		buf_add(tail, block, (size_t)n);
		total += (size_t)n;
		char *at =
			*marked ? NULL
				: memmem(tail->p, tail->n, mark, strlen(mark));
		if (at)
			*marked = total - tail->n + (size_t)(at - tail->p) +
				  strlen(mark);
	}
	if (n < 0 || unzCloseCurrentFile(z) != UNZ_OK || tail->n == 0)
		torn(x);
	return total;
}

/* All rows are in the sheet, and all parts have their end. rows: the bytes
 * that the rows were. */
static void check_whole(const struct xlsxout *x, size_t rows)
{
	static const char *const small[] = { "[Content_Types].xml",
		"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
		"xl/styles.xml", "xl/theme/theme1.xml", "docProps/app.xml",
		"docProps/core.xml" };
	static const char end[] = "</sheetData>";
	struct buf tail = { 0 };
	unzFile z = unzOpen(x->self);
	if (!z)
		torn(x);
	size_t from;
	size_t total = part(x, z, "xl/worksheets/sheet1.xml", "<sheetData>",
		&from, &tail);
	const char *to = rows ? memmem(tail.p, tail.n, end, strlen(end)) : NULL;
	if (rows &&
		(!from || !to ||
			from + rows != total - tail.n + (size_t)(to - tail.p)))
		torn(x);
	if (tail.n < 12 || memcmp(tail.p + tail.n - 12, "</worksheet>", 12))
		torn(x);
	for (size_t i = 0; i < sizeof(small) / sizeof(*small); i++) {
		part(x, z, small[i], "<", &from, &tail);
		size_t n = tail.n;
		while (n && tail.p[n - 1] == '\n')
			n--;
		if (!n || tail.p[n - 1] != '>')
			torn(x);
	}
	unzClose(z);
	buf_release(&tail);
}

void xlsxout_close(struct xlsxout *x)
{
	for (size_t i = 0; i < x->width.n; i++) {
		size_t w = x->width.v[i] + 2;
		worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i,
			(double)(w < 6        ? 6
				 : w > WIDEST ? WIDEST
					      : w),
			NULL);
	}
	/* the last row is in memory still: it goes with the first cell of
	 * the next */
	FILE *rows = x->sheet->optimize_tmpfile;
	if (x->row < XLSXOUT_ROWS)
		lxw_worksheet_write_single_row(x->sheet);
	if (fflush(rows) != 0 || ferror(rows))
		die("cannot write beside '%s':", x->path);
	off_t n = ftello(rows);
	lxw_error e = workbook_close(x->book);
	if (e != LXW_NO_ERROR)
		die("cannot write '%s': %s", x->path, lxw_strerror(e));
	check_whole(x, (size_t)n);
	free(x->dir);
	vec_release(&x->cell);
	vec_release(&x->width);
	buf_release(&x->text);
	free(x);
}
