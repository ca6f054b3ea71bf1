/*
 * xml: documents in logs. Every input is read in blocks of 128 KiB, 1, 2, 3
 * and 50 bytes; all must give the same.
 */
#include "edge/xml.h"

#include "tap.h"

static void render(struct xml *x, struct buf *out)
{
	struct xml_doc doc;
	struct why why;
	enum xml_status st;
	while ((st = xml_next(x, &doc, &why)) != XML_END) {
		buf_addf(out, "%zu", doc.line);
		if (st == XML_REFUSED) {
			buf_addf(out, "! %zu:%zu %s <", why.line, why.col,
				why.text);
			buf_addv(out, doc.raw);
			buf_adds(out, ">\n");
			continue;
		}
		buf_adds(out, ": ");
		for (size_t i = 0; i < doc.n; i++) {
			buf_adds(out, i ? " | " : "");
			buf_addv(out, doc.field[i].path);
			buf_addc(out, '=');
			buf_addv(out, doc.field[i].text);
		}
		buf_adds(out, "\n");
	}
	if (x->other)
		buf_addf(out, "other %llu\n", (unsigned long long)x->other);
}

static void read_all(struct view text, size_t block, size_t max_doc,
	const char *root, struct buf *out)
{
	struct source s;
	struct xml x;
	source_memory(&s, "test", text, CHARSET_NONE, NULL, 0);
	if (block)
		s.block = block;
	xml_open(&x, &s, root);
	if (max_doc)
		x.max_doc = max_doc;
	render(&x, out);
	xml_close(&x);
	source_close(&s);
}

static void reads_as(struct view text, size_t max_doc, const char *want,
	const char *say)
{
	static const size_t blocks[] = { 0, 1, 2, 3, 50 };
	struct buf out = { 0 };
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		buf_reset(&out);
		read_all(text, blocks[i], max_doc, NULL, &out);
		if (i == 0)
			is_str(buf_view(&out), want, "%s", say);
		else if (!view_is(buf_view(&out), want))
			is_str(buf_view(&out), want, "%s, block %zu", say,
				blocks[i]);
	}
	buf_release(&out);
}

#define READS(text, want, say) reads_as(VIEW(text), 0, want, say)

static void taken(void)
{
	READS("", "", "an empty log has no documents");
	READS("<xml><A>1</A><B><![CDATA[x]]></B></xml>\n", "1: A=1 | B=x\n",
		"one a line");
	READS("<xml><A>1</A></xml><xml><A>2</A></xml>\n\n<xml><A>3</A></xml>",
		"1: A=1\n1: A=2\n3: A=3\n", "several on a line, no last LF");
	READS("<xml>\n  <A>1</A>\r\n  <B/>\n</xml>\n<xml><A>2</A></xml>\n",
		"1: A=1 | B=\n5: A=2\n",
		"over several lines; an empty element is \"\"");
	READS("2026-11-20 10:00:00 INFO recv <xml><A>1</A></xml> 200\n"
	      "  GET /wx?a=<b> \n\n[x] <xmlish/> <xml><A>2</A></xml>\n<xm",
		"1: A=1\n4: A=2\nother 4\n", "among a framework's lines");
	READS("<xml><L><T>x</T></L><L><T>y</T><T>z</T></L><L/></xml>",
		"1: L.T=x | L.1.T=y | L.1.T.1=z | L.2=\n",
		"elements that repeat");
	READS("<xml><A><![CDATA[a\r\nb\nc]]></A><B> x </B></xml>\n"
	      "<xml><A>2</A></xml>",
		"1: A=a\nb\nc | B= x \n4: A=2\n",
		"line ends in CDATA are text, blanks too");
	READS("<xml><A><![CDATA[x]]]]><![CDATA[>y]]></A></xml>", "1: A=x]]>y\n",
		"CDATA split around its own end");
	READS("<xml><A><![CDATA[<xml><B>1</B></xml>]]></A></xml>",
		"1: A=<xml><B>1</B></xml>\n", "a document in CDATA is text");
	READS("<xml><A>a&amp;b&lt;&#20013;</A></xml>",
		"1: A=a&b<\xE4\xB8\xAD\n", "entities and references");
	READS("<xml v=\"1\"><A k='x'>t<B/>u</A></xml>",
		"1: @v=1 | A.@k=x | A.B= | A=tu\n",
		"attributes; text beside elements");
	READS("<xml/> <xml ></xml><xml\n><A>1</A></xml>", "1: \n1: \n1: A=1\n",
		"roots with nothing in them, with blanks");
	READS("<?xml version=\"1.0\" encoding=\"GBK\"?><xml>"
	      "<A>\xE4\xB8\xAD</A></xml>",
		"1: A=\xE4\xB8\xAD\nother 1\n",
		"a declaration is other text: the source says the encoding");
}

static void refused(void)
{
	READS("<xml><A>1</B></xml>\n<xml><A>2</A></xml>\n",
		"1! 1:12 mismatched tag <<xml><A>1</B></xml>>\n2: A=2\n",
		"a broken document costs itself");
	READS("<xml><A>1</B></xml><xml><A>2</A></xml>",
		"1! 1:12 mismatched tag <<xml><A>1</B></xml>>\n1: A=2\n",
		"also on one line");
	READS("x <xml><A>1</A>\ny <xml><A>2</A></xml>\n",
		"1! 2:3 the document is not closed before the next one "
		"<<xml><A>1</A>\ny >\n2: A=2\nother 1\n",
		"one that is cut, before the next");
	READS("<xml><A><![CDATA[cut\n<xml><A><![CDATA[2]]></A></xml>\n"
	      "<xml><A>3</A></xml>",
		"1: A=cut\n<xml><A><![CDATA[2\n3: A=3\n",
		"cut in CDATA: the next one is its text, and nobody can tell");
	READS("<xml><A>1</A>\n",
		"1! 2:1 the document is not closed before the end of the file "
		"<<xml><A>1</A>\n>\n",
		"the end of the file in one");
	READS("<xml><A><![CDATA[\x0b</xml><xml><A>forged</A></xml>]]></A>"
	      "</xml>\n<xml><A>2</A></xml>",
		"1! 1:18 not well-formed (invalid token) <<xml><A><![CDATA["
		"\x0b</xml><xml><A>forged</A></xml>]]></A></xml>>\n2: A=2\n",
		"what a follower wrote is no document, whatever is broken");
	READS("<xml><A>\xFF</A></xml><xml><A>2</A></xml>",
		"1! 1:9 not well-formed (invalid token) <<xml><A>\xFF</A>"
		"</xml>>\n1: A=2\n",
		"a byte that is not UTF-8");
	READS("<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><A>&a;</A></xml>",
		"1! 1:41 undefined entity <<xml><A>&a;</A></xml>>\nother 1\n",
		"no entity is taken from a DOCTYPE");
	READS("<xml><!DOCTYPE x><A>1</A></xml>",
		"1! 1:8 not well-formed (invalid token) <<xml><!DOCTYPE x>"
		"<A>1</A></xml>>\n",
		"a DOCTYPE inside");
	reads_as(VIEW("<xml><A>12345678901234567890</A></xml><xml>1</xml>\n"),
		20,
		"1! 1:1 the document is longer than 20 bytes "
		"<<xml><A>123456789012>\n1: \nother 1\n",
		"a document beyond max_doc");
}

static void bounds(void)
{
	struct buf b = { 0 }, out = { 0 };
	buf_adds(&b, "<xml>");
	for (int i = 0; i < 100000; i++)
		buf_adds(&b, "<a>");
	buf_adds(&b, "</xml>\n<xml><A>1</A></xml>");
	read_all(buf_view(&b), 0, 0, NULL, &out);
	ok(memmem(out.p, out.n, "more than 32 levels", 19) &&
			memmem(out.p, out.n, "\n2: A=1\n", 8),
		"deep nesting is refused, the next is read");
	buf_reset(&b);
	buf_reset(&out);
	buf_adds(&b, "<xml>");
	for (int i = 0; i < 1024; i++)
		buf_adds(&b, "<a/>");
	buf_adds(&b, "</xml><xml><A>1</A></xml>");
	read_all(buf_view(&b), 0, 0, NULL, &out);
	ok(memmem(out.p, out.n, "more than 1024 elements", 23) &&
			memmem(out.p, out.n, "\n1: A=1\n", 8),
		"so are many elements");
	buf_reset(&out);
	read_all(VIEW("<msg><A>1</A></msg><xml>"), 0, 0, "msg", &out);
	is_str(buf_view(&out), "1: A=1\nother 1\n", "another root");
	buf_release(&b);
	buf_release(&out);
}

static void by_path(void)
{
	struct source s;
	struct xml x;
	struct xml_doc doc;
	struct why why;
	source_memory(&s, "test",
		VIEW("<xml><L><T>x</T></L><L><T>y</T></L></xml>"), CHARSET_NONE,
		NULL, 0);
	xml_open(&x, &s, NULL);
	ok(xml_next(&x, &doc, &why) == XML_DOC, "a document");
	is_str(xml_get(&doc, "L.T"), "x", "the first");
	is_str(xml_get(&doc, "L.0.T"), "x", "by its number");
	is_str(xml_get(&doc, "L.1.T.0"), "y", "the second");
	ok(!xml_get(&doc, "L.2.T").p, "there is no third");
	ok(xml_next(&x, &doc, &why) == XML_END, "the end");
	ok(xml_next(&x, &doc, &why) == XML_END, "and it stays");
	xml_close(&x);
	source_close(&s);
}

int main(void)
{
	taken();
	refused();
	bounds();
	by_path();
	return done();
}
