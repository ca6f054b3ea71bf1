/*
 * csv: what comes out of files as people have them. Every input is read in
 * blocks of 128 KiB, 1, 2, 3, 5 and 33 bytes; all must give the same.
 */
#include "edge/csv.h"

#include "tap.h"

#include <stdlib.h>

struct how {
	char delim;
	enum charset charset;
	size_t max_row;
};

static void render(struct csv *c, struct buf *out)
{
	struct csv_row row;
	struct why why;
	enum csv_status st;
	while ((st = csv_next(c, &row, &why)) != CSV_END) {
		buf_addf(out, "%zu", row.line);
		if (st == CSV_REFUSED) {
			buf_addf(out, "! %zu:%zu %s <", why.line, why.col,
				why.text);
			buf_addv(out, row.raw);
			buf_adds(out, ">\n");
			continue;
		}
		for (size_t i = 0; i < row.n; i++) {
			buf_adds(out, i ? "|" : ": ");
			buf_addv(out, row.cell[i]);
		}
		buf_adds(out, "\n");
	}
	if (c->blank)
		buf_addf(out, "blank %zu\n", c->blank);
}

static void read_all(struct view text, struct how how, size_t block,
	struct buf *out)
{
	struct source s;
	struct csv c;
	source_memory(&s, "test", text, how.charset, NULL, 0);
	if (block)
		s.block = block;
	csv_open(&c, &s, how.delim);
	if (how.max_row)
		c.max_row = how.max_row;
	render(&c, out);
	csv_close(&c);
	source_close(&s);
}

static void reads_as(struct view text, struct how how, const char *want,
	const char *say)
{
	static const size_t blocks[] = { 0, 1, 2, 3, 5, 33 };
	struct buf first = { 0 }, out = { 0 };
	bool same = true;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		buf_reset(&out);
		read_all(text, how, blocks[i], &out);
		if (i == 0)
			buf_addv(&first, buf_view(&out));
		else if (!view_eq(buf_view(&first), buf_view(&out))) {
			same = false;
			fprintf(stderr, "# block %zu gives\n%s# not\n%s",
				blocks[i], out.p, first.p);
		}
	}
	is_str(buf_view(&first), want, "%s", say);
	if (!same)
		ok(false, "%s, whatever the blocks", say);
	buf_release(&first);
	buf_release(&out);
}

#define READS(text, want, say) \
	reads_as(VIEW(text), (struct how){ .delim = ',' }, want, say)

/* The facts of csv-spectrum (MIT, Max Ogden), as small as they go. */
static void spectrum(void)
{
	READS("first,last,address,city,zip\n"
	      "John,Doe,120 any st.,\"Anytown, WW\",08123",
		"1: first|last|address|city|zip\n"
		"2: John|Doe|120 any st.|Anytown, WW|08123\n",
		"a comma in quotes is text");
	READS("a,b,c\n1,\"\",\"\"\n2,3,4", "1: a|b|c\n2: 1||\n3: 2|3|4\n",
		"empty quotes are an empty cell");
	READS("a,b,c\r\n1,\"\",\"\"\r\n2,3,4", "1: a|b|c\n2: 1||\n3: 2|3|4\n",
		"the same with CRLF");
	READS("a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n",
		"1: a|b\n2: 1|ha \"ha\" ha\n3: 3|4\n",
		"a doubled quote is a quote");
	READS("k,v\n1,\"{\"\"type\"\": \"\"P\"\", \"\"c\"\": [102.0, 0.5]}\"\n",
		"1: k|v\n2: 1|{\"type\": \"P\", \"c\": [102.0, 0.5]}\n",
		"JSON in a cell");
	READS("a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n",
		"1: a|b|c\n2: 1|2|3\n3: Once upon \na time|5|6\n5: 7|8|9\n",
		"a line end in quotes is text, and counted");
	READS("a,b\r\n\"Once upon \r\na time\",5\r\n7,8\r\n",
		"1: a|b\n2: Once upon \r\na time|5\n4: 7|8\n",
		"CRLF in quotes is kept");
	READS("a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n",
		"1: a|b\n2: 1|ha \n\"ha\" \nha\n5: 3|4\n",
		"quotes and line ends in one cell");
	READS("a,b,c\n4,5,\xCA\xA4\n", "1: a|b|c\n2: 4|5|\xCA\xA4\n", "UTF-8");
}

static void line_ends(void)
{
	READS("", "", "an empty file has no rows");
	READS("\xEF\xBB\xBF", "", "a byte order mark alone is an empty file");
	READS("id,name", "1: id|name\n", "a header without a line end");
	READS("\xEF\xBB\xBF\"id\",name\n1,a\n", "1: id|name\n2: 1|a\n",
		"a byte order mark before a quoted header");
	READS("id,name\r1,a\r2,b\r", "1: id|name\n2: 1|a\n3: 2|b\n",
		"CR alone ends lines where the first line ends so");
	READS("id,name\r1,\"a\rb\"\r2,b", "1: id|name\n2: 1|a\rb\n4: 2|b\n",
		"CR in quotes in such a file is text, and a line");
	READS("id,name\r\r1,a\r\n2,b\n\r3,c\r",
		"1: id|name\n3: 1|a\n4: 2|b\n6: 3|c\nblank 2\n",
		"in such a file CRLF and LF end lines too");
	READS("a,b\n1,x\ry\n2,\"c\r\nd\"\r\n3,z\r\n",
		"1: a|b\n2: 1|x\ry\n3: 2|c\r\nd\n5: 3|z\n",
		"LF and CRLF mixed; CR in a line is text");
	READS("\n\r\nid,name\n1,a\n\n2,b\n\n\r\n",
		"3: id|name\n4: 1|a\n6: 2|b\nblank 5\n",
		"empty lines are skipped and counted");
	READS("\r\rid,name\r1,a\r", "3: id|name\n4: 1|a\nblank 2\n",
		"and in a file with CR");
	READS("a,b\n,\n \n\"\"\n", "1: a|b\n2: |\n3:  \n4: \n",
		"a line of delimiters, blanks or quotes is a row");
	READS("a,b\n1,2\r", "1: a|b\n2: 1|2\n",
		"a CR at the end of the file is half a line end");
	READS("a\n\"x\"\r", "1: a\n2: x\n", "and after a quote");
}

static void quotes(void)
{
	READS("a,b\n1,5\" pipe\n2,x\"\"y,\"z\"\"w\"\n",
		"1: a|b\n2: 1|5\" pipe\n3: 2|x\"\"y|z\"w\n",
		"a quote inside an unquoted cell is a character");
	READS("a,b\n1, \"x\" \n", "1: a|b\n2: 1| \"x\" \n",
		"a blank before a quote makes it one, and blanks stay");
	READS("a,b\n1,\"abc\"def\n2,y\n",
		"1: a|b\n2! 2:8 text after a closing quote; a quote inside "
		"quotes is doubled <1,\"abc\"def>\n3: 2|y\n",
		"text after a closing quote costs the row");
	READS("a\n\"abc\" \r\nb\n",
		"1: a\n2! 2:6 text after a closing quote; a quote inside "
		"quotes is doubled <\"abc\" >\n3: b\n",
		"a blank is text");
	READS("a\n\"abc\"\rd\nb\n",
		"1: a\n2! 2:6 text after a closing quote; a quote inside "
		"quotes is doubled <\"abc\"\rd>\n3: b\n",
		"so is a CR");
	READS("a,b\n\"say \\\"hi\\\"\",2\n3,4\n",
		"1: a|b\n2! 2:8 text after a closing quote: a quote inside "
		"quotes is doubled, not escaped by a backslash "
		"<\"say \\\"hi\\\"\",2>\n3: 3|4\n",
		"a backslash before it is named");
	READS("id,note\n1,ok\n2,\"never closed\n3,x\n",
		"1: id|note\n2: 1|ok\n3! 3:3 the quote opened in line 3 is "
		"not closed before the end of the file <2,\"never closed>\n"
		"4: 3|x\n",
		"an open quote names its line and costs that line only");
	READS("a,b\n1,\"x\ny\",\"z\n3,4\r\n5,6",
		"1: a|b\n2! 3:4 the quote opened in line 3 is not closed "
		"before the end of the file <1,\"x\ny\",\"z>\n4: 3|4\n"
		"5: 5|6\n",
		"the line where it opened, not where the row began");
	READS("a,b\n1,\"abc\n2,\"def\"\n3,4\n",
		"1: a|b\n2! 3:4 text after a closing quote; it was opened in "
		"line 2 <1,\"abc>\n3: 2|def\n4: 3|4\n",
		"a quote closed by the next row's is given up there");
	READS("a\n\"",
		"1: a\n2! 2:1 the quote opened in line 2 is not closed "
		"before the end of the file <\">\n",
		"a quote as the last byte");
	READS("\"\"\"\"\n\"\"\"\"\"\"\n", "1: \"\n2: \"\"\n",
		"nothing but quotes");
	READS("a\n\"x\"\"\n",
		"1: a\n2! 2:1 the quote opened in line 2 is not "
		"closed before the end of the file <\"x\"\">\n",
		"a doubled quote does not close");
}

static void bounds(void)
{
	struct how ten = { .delim = ',', .max_row = 10 };
	reads_as(VIEW("a\n0123456789\n01234567890\nb,c\n"), ten,
		"1: a\n2: 0123456789\n3! 3:0 the row is longer than 10 bytes "
		"<0123456789>\n4: b|c\n",
		"a row of max_row bytes is taken, of one more refused");
	reads_as(VIEW("a\n\"234567890\n2\n3,4\n5\n6\"\n7\n"), ten,
		"1: a\n2! 2:1 the quote opened in line 2 is not closed within "
		"10 bytes <\"234567890>\n3: 2\n4: 3|4\n5: 5\n6: 6\"\n7: 7\n",
		"an open quote is given up after max_row bytes");
	reads_as(VIEW("a\n\"2345678\"\nb\n\"23456789\"\n\"234567890\"\nc\n"),
		ten,
		"1: a\n2: 2345678\n3: b\n4: 23456789\n5! 5:0 the row is "
		"longer than 10 bytes <\"234567890>\n"
		"6: c\n",
		"quotes count");

	struct how latin = { ',', CHARSET_CP1252, 10 };
	reads_as(VIEW("a\n\xE9\xE9\xE9\xE9\xE9\xE9\xE9,b\n"), latin,
		"1: a\n2: \xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
		"\xC3\xA9|b\n",
		"bytes of the file count, not of their UTF-8");
	reads_as(VIEW("a\r\n12345678,,,\"x\n\"\nb\n"), ten,
		"1: a\n2! 2:0 the row is longer than 10 bytes <12345678,,>\n"
		"3! 3:1 the quote opened in line 3 is not closed before the "
		"end of the file <\">\n4: b\n",
		"a quote that opens beyond max_row");

	struct buf b = { 0 }, out = { 0 };
	for (int i = 0; i < CSV_CELLS; i++)
		buf_adds(&b, i ? ",x" : "x");
	buf_adds(&b, "\nb\n");
	read_all(buf_view(&b), (struct how){ .delim = ',' }, 0, &out);
	ok(out.n == 3 + 2 * CSV_CELLS - 1 + 1 + 5, "%d cells are taken",
		CSV_CELLS);
	buf_reset(&b);
	buf_reset(&out);
	for (int i = 0; i <= CSV_CELLS; i++)
		buf_adds(&b, i ? "," : "");
	buf_adds(&b, "\nb\n");
	read_all(buf_view(&b), (struct how){ .delim = ',' }, 0, &out);
	static const char say[] = "1! 1:1 more than 65536 cells <,,";
	ok(out.n > 100 && memcmp(out.p, say, sizeof(say) - 1) == 0,
		"one more is refused");

	/* what is given up is read again, but not once for each line */
	buf_reset(&b);
	buf_reset(&out);
	for (int i = 0; i < 300000; i++)
		buf_adds(&b, i % 3 ? "x\",\"a\n" : "a\"\"\",\"\"\"\n");
	read_all(buf_view(&b), (struct how){ .delim = ',' }, 0, &out);
	ok(out.n > 0, "a file of open quotes ends");
	buf_release(&b);
	buf_release(&out);
}

static void encodings(void)
{
	struct how utf8 = { .delim = ',' };
	struct how gbk = { .delim = ',', .charset = CHARSET_GB18030 };
	struct how latin = { .delim = ';', .charset = CHARSET_CP1252 };

	struct buf out = { 0 };
	struct view want = VIEW("1: a|b\n2! 2:4 a NUL byte <1,x\0y>\n3: 2|z\n");
	read_all(VIEW("a,b\n1,x\0y\n2,z\n"), utf8, 0, &out);
	ok(view_eq(buf_view(&out), want), "a NUL costs the row");
	buf_release(&out);

	READS("\xFF\xFE"
	      "a\0,\0b\0\n\0"
	      "1\0,\0\x20\x5F\n\0",
		"1: a|b\n2: 1|\xE5\xBC\xA0\n", "UTF-16, little-endian");
	READS("\xFE\xFF\0a\0,\0\"\0\n\0\"\0\r\0\n\xD8\x3D\xDE\x00\0,\0"
	      "1",
		"1: a|\n\n3: \xF0\x9F\x98\x80|1\n",
		"UTF-16, big-endian, a line end in quotes, an emoji");
	READS("\xFF\xFE"
	      "a\0\n\0\x3D\xD8\n\0"
	      "b\0\n\0"
	      "c",
		"1: a\n2! 2:1 byte 1 of the row is not UTF-16LE <\xFF>\n"
		"3: b\n4! 4:1 byte 1 of the row is not UTF-16LE <\xFF>\n",
		"half a surrogate pair or half a character costs the row");
	READS("id,name\n1,\xE5\xBC\xA0\n2,\xD5\xC5\n3,x\n",
		"1: id|name\n2: 1|\xE5\xBC\xA0\n3! 3:3 byte 3 of the row is "
		"not UTF-8 <2,\xD5\xC5>\n4: 3|x\n",
		"bytes that are not UTF-8 cost the row");

	reads_as(
		VIEW("\xD0\xD5\xC3\xFB,b\n\xD5\xC5,\"\xC8\xFD\n\"\"\xC8\xFD\"\n"
		     "\xC0,c\n\x81\x30\x81\x30,d"),
		gbk,
		"1: \xE5\xA7\x93\xE5\x90\x8D|b\n"
		"2: \xE5\xBC\xA0|\xE4\xB8\x89\n\"\xE4\xB8\x89\n"
		"4! 4:1 byte 1, 0xC0, is not GB18030 <\xC0,c>\n"
		"5: \xC2\x80|d\n",
		"GB18030, quotes, and half a character");
	reads_as(VIEW("\xE6\x7C|a\n\xE6\x7C\"|\"\xE6\x7C|\"\xC0\n\xFF|\n"),
		(struct how){ .delim = '|', .charset = CHARSET_GB18030 },
		"1: \xE9\x8E\xA9|a\n"
		"2! 2:12 text after a closing quote; a quote inside quotes is "
		"doubled <\xE9\x8E\xA9\"|\"\xE9\x8E\xA9|\"\xFF>\n"
		"3! 3:1 byte 1 of the row is not GB18030 <\xFF|>\n",
		"a delimiter that is a second byte too");
	reads_as(VIEW("n;p\n\"M\xFCller\";\x80 5\nx;\x81\n"), latin,
		"1: n|p\n2: M\xC3\xBCller|\xE2\x82\xAC 5\n"
		"3! 3:3 byte 3, 0x81, is not Windows-1252 <x;\x81>\n",
		"Windows-1252");
	reads_as(VIEW("\xEF\xBB\xBFn\n\xE5\xBC\xA0\n"), gbk,
		"1: n\n2: \xE5\xBC\xA0\n",
		"a byte order mark beats what was asked for");
}

static void delimiters(void)
{
	struct how any = { 0 };
	reads_as(VIEW("sep=;\na;b,c\n1;2,5\n"), (struct how){ .delim = ',' },
		"2: a|b,c\n3: 1|2,5\n", "a 'sep=' line is taken and obeyed");
	reads_as(VIEW("\xEF\xBB\xBFsep=\t\r\na\tb\r\n"), any, "2: a|b\n",
		"after a byte order mark, with CRLF");
	reads_as(VIEW("\"sep=|\"\na|b\n"), any, "2: a|b\n", "in quotes");
	reads_as(VIEW("sep=\n"), any, "1: sep=\n", "not one without a sign");
	reads_as(VIEW("a;b;c,d\n1;2\n"), any, "1: a|b|c,d\n2: 1|2\n",
		"the most frequent delimiter is chosen");
	reads_as(VIEW("\"a;b;c\",d\n1;2\n"), any, "1: a;b;c|d\n2: 1;2\n",
		"what is in quotes does not count");
	reads_as(VIEW("a\n1;2\n"), any, "1: a\n2: 1;2\n",
		"one column: the comma");
	reads_as(VIEW("a\tb\n1\t\"2\t3\"\n"), (struct how){ .delim = '\t' },
		"1: a|b\n2: 1|2\t3\n", "TAB, with quotes");
}

int main(void)
{
	spectrum();
	line_ends();
	quotes();
	bounds();
	encodings();
	delimiters();
	return done();
}
