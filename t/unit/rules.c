/* rules: tables as people save them, and what is said of doubtful ones. */
#include "edge/rules.h"

#include "base/map.h"
#include "tap.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const need[] = { "tag", "when", NULL };
static const char *const may[] = { "type", "until", NULL };

/* The table as text: rows "line: cell|cell", "-" where there is no cell. */
static void render(const struct rules *r, FILE *out)
{
	for (size_t i = 0; i < r->ncolumns; i++)
		fprintf(out, "%s%.*s", i ? "|" : "", (int)r->column[i].n,
			r->column[i].p);
	fprintf(out, "\n");
	for (size_t i = 0; i < r->row.n; i++) {
		fprintf(out, "%zu: ", r->row.v[i].line);
		for (size_t k = 0; k < r->ncolumns; k++) {
			struct view v = r->row.v[i].cell[k];
			fprintf(out, "%s%.*s", k ? "|" : "", v.p ? (int)v.n : 1,
				v.p ? v.p : "-");
		}
		fprintf(out, "\n");
	}
}

/* In a child, since a bad file ends the program: what it prints and says. */
static void loads(struct view text, bool any, const char *want, int status,
	const char *say)
{
	char path[] = "/tmp/scrm-rules-XXXXXX";
	char got[4096];
	int fd = mkstemp(path), pipes[2], st = 0;
	size_t n = 0;
	if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n ||
		close(fd) || pipe(pipes)) {
		ok(false, "%s: a file can be made", say);
		return;
	}
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		FILE *out = fdopen(pipes[1], "w");
		struct rules r;
		dup2(pipes[1], STDERR_FILENO);
		/* the message names the file; it has a new name each time */
		if (chdir("/tmp"))
			_exit(9);
		rules_load(&r, path + 5, any ? NULL : need, any ? NULL : may);
		render(&r, out);
		fclose(out);
		rules_release(&r);
		_exit(0);
	}
	close(pipes[1]);
	for (ssize_t k; n < sizeof(got) &&
			(k = read(pipes[0], got + n, sizeof(got) - n)) > 0;)
		n += (size_t)k;
	close(pipes[0]);
	waitpid(pid, &st, 0);
	unlink(path);
	struct view v = { got, n };
	static const char prefix[] = "scrm: scrm-rules-XXXXXX";
	if (status && n >= sizeof(prefix)) {
		v.p += sizeof(prefix) - 1;
		v.n -= sizeof(prefix) - 1;
	}
	is_str(v, want, "%s", say);
	ok(WIFEXITED(st) && WEXITSTATUS(st) == status, "%s: status %d", say,
		status);
}

#define LOADS(text, want, say) loads(VIEW(text), false, want, 0, say)
#define DIES(text, want, say) loads(VIEW(text), false, want, 2, say)

static void taken(void)
{
	LOADS("tag,when\nvip,revenue > 5000\n",
		"tag|when\n2: vip|revenue > 5000\n", "plain");
	LOADS("\xEF\xBB\xBFTag, WHEN ,type\r\nvip,\"city in ('A','B')\",x\r\n"
	      "new,a = 1\r\n,,\r\n\r\n , ,\r\n",
		"tag|when|type\n2: vip|city in ('A','B')|x\n3: new|a = 1|-\n",
		"a byte order mark, CRLF, a short row, empty last rows");
	LOADS("tag;when;;\nvip;x = 'a,b';;\n", "tag|when\n2: vip|x = 'a,b'\n",
		"semicolons, empty last columns");
	LOADS("sep=;\ntag;when\nvip;a = 1\n", "tag|when\n3: vip|a = 1\n",
		"a 'sep=' line");
	LOADS("tag\twhen\nvip\ta in (1,2,3)\n",
		"tag|when\n2: vip|a in (1,2,3)\n", "TABs");
	LOADS("# tags, of autumn, and a 5\" pipe\n\n#\ntag;when\n"
	      "# vip,\"off\nvip;a = 1\n\"#11.11\";b = 2\n\"# note\";\n",
		"tag|when\n6: vip|a = 1\n7: #11.11|b = 2\n",
		"comments, a quote in one; '#' in quotes is text");
	LOADS("tag,when\n\xB8\xDF\xBC\xDB\xD6\xB5,"
	      "city = '\xC9\xCF\xBA\xA3'\n",
		"tag|when\n2: \xE9\xAB\x98\xE4\xBB\xB7\xE5\x80\xBC|"
		"city = '\xE4\xB8\x8A\xE6\xB5\xB7'\n",
		"GBK, as Excel saves it in China");
	LOADS("\xFF\xFEt\0a\0g\0\t\0w\0h\0e\0n\0\r\0\n\0\x0A\x4E\t\0x\0\r\0\n"
	      "\0",
		"tag|when\n2: \xE4\xB8\x8A|x\n",
		"UTF-16 with TABs, Excel's Unicode text");
	LOADS("tag,when\nvip,\"a = 1\nand b = 2\"\nx,y",
		"tag|when\n2: vip|a = 1\nand b = 2\n4: x|y\n",
		"a condition over two lines, no line end at the end");
	LOADS("tag,when\n", "tag|when\n", "no rows");
	LOADS("{\"tag\":\"vip\",\"When\":\"a = 1\"}\r\n# note\n\n"
	      "{\"type\":\"x\",\"tag\":\"\\u4e0a\",\"when\":1.10,\"until\":"
	      "null}",
		"tag|when|type|until\n1: vip|a = 1|-|-\n"
		"4: \xE4\xB8\x8A|1.10|x|-\n",
		"NDJSON: null and what is not there are no cell");
	loads(VIEW("a,B\n1,2\n"), true, "a|b\n2: 1|2\n", 0,
		"any columns where none are asked for");
	LOADS("when,tag\na = 1, vip \n", "when|tag\n2: a = 1| vip \n",
		"columns in any order; blanks are rules_cell's");
}

static void refused(void)
{
	DIES("", ": no header: the first line names the columns\n",
		"an empty file");
	DIES("# only this\n", ": no header: the first line names the columns\n",
		"nothing but a comment");
	DIES("tag,wehn\nvip,a\n",
		":1: no column 'wehn' is known; is it 'when'?\n",
		"a slip in a column's name");
	DIES("tag,when,colour\nvip,a,b\n",
		":1: no column 'colour' is known; there are tag when type "
		"until\n",
		"a column that nobody reads");
	DIES("tag,type\nvip,a\n",
		":1: column 'when' is missing; it has tag, type\n",
		"a column that is missing");
	DIES("tag,when,Tag\n", ":1: column 'tag' is there twice\n",
		"a column twice");
	DIES("tag,when\nvip,city in ('A','B')\n",
		":2: cell 3, ''B')', stands under no column name; a comma "
		"inside a cell needs quotes around the cell\n",
		"a comma that needs quotes");
	DIES("tag,,when\nvip,x,a\n",
		":2: cell 2, 'x', stands under no column name; a comma inside "
		"a cell needs quotes around the cell\n",
		"text under no name");
	DIES("tag,when\nvip,\"name = \"x\"\"\nb,c\n",
		":2:14: text after a closing quote; a quote inside quotes is "
		"doubled\n",
		"quotes that are not doubled");
	DIES("tag,when\n\nvip,\"a = 1\nb,c = 2\n",
		":3:5: the quote opened in line 3 is not closed before the "
		"end of the file\n",
		"a quote that is not closed");
	DIES("tag,when\nvip,#NAME?\n",
		":2: column 'when' holds '#NAME?', a spreadsheet's error in "
		"place of what was typed\n",
		"what a spreadsheet makes of -x or =x");
	DIES("tag,when\n#REF!,a\n",
		":2: column 'tag' holds '#REF!', a spreadsheet's error in "
		"place of what was typed\n",
		"the same where a comment would begin");
	DIES("tag,when\nvip,a\xEF\xBF\xBD\n",
		":2: column 'when' holds U+FFFD: a character was lost when "
		"the file was saved\n",
		"a character that was lost");
	DIES("tag,when\nvip,\xE4\xB8\x8A\nx,\xC9\n",
		":3:3: byte 3 of the row is not UTF-8\n", "a bad byte");
	DIES("tag,when\nvip,a\0b\n", ":2:6: a NUL byte\n", "a NUL");
	DIES("{\"tag\":\"a\",\"when\":\"b\"}\n{\"tag\":}\n",
		":2:8: no JSON value\n", "bad JSON");
	DIES("{\"tag\":\"a\",\"Tag\":\"b\",\"when\":\"c\"}\n",
		":1: 'tag' is there twice\n", "a member twice but for case");
}

static void by_name(void)
{
	char path[] = "/tmp/scrm-rules-XXXXXX";
	static const char text[] = "tag,when\n\xE3\x80\x80vip ,x\nb\n";
	int fd = mkstemp(path);
	ok(fd >= 0 && write(fd, text, sizeof(text) - 1) > 0, "a file");
	close(fd);
	struct rules r;
	rules_load(&r, path, need, NULL);
	is_str(rules_cell(&r, 0, "tag"), "vip", "blanks around a cell are cut");
	is_str(rules_cell(&r, 1, "when"), "", "no cell is \"\"");
	is_str(rules_cell(&r, 1, "other"), "", "no column too");
	ok(rules_column(&r, "when") == 1, "a column's number");
	ok(rules_column(&r, "other") == MAP_NONE, "or none");
	rules_release(&r);
	unlink(path);
}

int main(void)
{
	taken();
	refused();
	by_name();
	return done();
}
