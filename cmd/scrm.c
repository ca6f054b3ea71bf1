/* scrm: run a tool of scrm, list them, show a page, make a folder */

#include "base/buf.h"
#include "base/die.h"
#include "base/vec.h"
#include "edge/folder.h"
#include "edge/runlog.h"
#include "edge/share.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char usage[] = "usage: scrm tool [argument ...]\n"
			    "       scrm help [tool]\n"
			    "       scrm init dir\n"
			    "       scrm log file\n"
			    "       scrm --list | --share | --version\n";

static void show(const char *text)
{
	fputs(text, stdout);
	if (fflush(stdout))
		die("cannot write:");
}

/* Its own folder first, so that a tree that was built runs its own tools. */
static void run(const char *name, char **argv)
{
	struct buf path = { 0 };
	if (share_bin(&path)) {
		buf_addf(&path, "/scrm-%s", name);
		argv[0] = path.p;
		execv(path.p, argv);
		if (errno != ENOENT)
			die("cannot run '%s':", path.p);
	}
	struct buf tool = { 0 };
	buf_addf(&tool, "scrm-%s", name);
	argv[0] = tool.p;
	execvp(tool.p, argv);
	if (errno == ENOENT)
		die("no tool '%s'; scrm --list shows them", name);
	die("cannot run '%s':", tool.p);
}

static void page(const char *tool)
{
	struct buf name = { 0 }, path = { 0 };
	buf_adds(&name, tool ? "scrm-" : "scrm");
	buf_adds(&name, tool ? tool : "");
	const char *section = tool ? "157" : "7";
	while (*section && !share_page(&path, name.p, *section))
		section++;
	if (path.n) {
		execlp("man", "man", "-l", path.p, (char *)NULL);
		execlp("mandoc", "mandoc", "-a", path.p, (char *)NULL);
	}
	if (!tool) {
		show(usage);
		exit(0);
	}
	if (path.n && *section != '1')
		die("no man and no mandoc to show '%s'", path.p);
	run(tool, (char *[]){ NULL, (char[]){ "--help" }, NULL });
}

static int list(void)
{
	struct buf out = { 0 };
	share_tools(&out);
	show(buf_view(&out).p);
	buf_release(&out);
	return 0;
}

static int folder(void)
{
	struct buf out = { 0 };
	if (!share_path(&out, ""))
		die("cannot find the folder 'share'");
	buf_addc(&out, '\n');
	show(out.p);
	buf_release(&out);
	return 0;
}

static int show_log(const char *path)
{
	struct buf out = { 0 };
	int status = runlog_check(path, &out);
	show(buf_view(&out).p);
	buf_release(&out);
	return status;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	if (argc == 2 && (!strcmp(verb, "--help") || !strcmp(verb, "-h"))) {
		show(usage);
	} else if (argc == 2 &&
		   (!strcmp(verb, "--version") || !strcmp(verb, "-V"))) {
		show("scrm " VERSION "\n");
	} else if (argc == 2 && !strcmp(verb, "--list")) {
		return list();
	} else if (argc == 2 && !strcmp(verb, "--share")) {
		return folder();
	} else if (argc == 3 && !strcmp(verb, "log")) {
		return show_log(argv[2]);
	} else if (argc == 3 && !strcmp(verb, "init") && *argv[2] != '-') {
		folder_init(argv[2]);
		if (fflush(stdout))
			die("cannot write:");
	} else if (argc <= 3 && !strcmp(verb, "help")) {
		page(argv[2]);
	} else if (*verb && *verb != '-' && strcmp(verb, "init") != 0 &&
		   strcmp(verb, "log") != 0) {
		run(verb, argv + 1);
	} else {
		fputs(usage, stderr);
		return 2;
	}
	return 0;
}
