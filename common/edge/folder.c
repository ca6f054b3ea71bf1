#include "edge/folder.h"

#include "base/buf.h"
#include "base/die.h"
#include "edge/file.h"
#include "edge/share.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define SALT 32 /* bytes */

/* What share/folder cannot hold, as git keeps no empty folders. */
static const char *const empty[] = { "maps", "offers", "templates", "raw",
	"secrets", "state", NULL };
/* What daily and people add later. */
static const char *const later[] = { "base", "now", "out", ".new", ".lock",
	".git", NULL };

static struct buf joined(const char *dir, const char *name)
{
	struct buf b = { 0 };
	buf_addf(&b, "%s/%s", dir, name);
	return b;
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void make_dir(const char *path)
{
	if (mkdir(path, 0700) < 0 && (errno != EEXIST || !is_dir(path)))
		die("cannot make '%s':", path);
}

static bool listed(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

/* Calls for each name in a folder; none where there is no folder. */
static void each(const char *dir,
	void (*call)(const char *from, const char *to, const char *name),
	const char *from, const char *to)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	if (!d && errno != ENOENT)
		die("cannot read '%s':", dir);
	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			call(from, to, e->d_name);
	if (d)
		closedir(d);
}

static void stranger(const char *from, const char *to, const char *name)
{
	struct buf ours = joined(from, name);
	if (access(ours.p, F_OK) < 0 && !listed(name, empty) &&
		!listed(name, later))
		die("'%s' is not empty and no working folder: it holds '%s'",
			to, name);
	buf_release(&ours);
}

static void compare(const char *from, const char *to, const char *name)
{
	struct buf a = joined(from, name), b = joined(to, name);
	struct buf want = { 0 }, have = { 0 };
	if (is_dir(a.p)) {
		each(a.p, compare, a.p, b.p);
	} else if (access(b.p, F_OK) == 0) {
		file_read(a.p, &want);
		file_read(b.p, &have);
		if (!view_eq(buf_view(&want), buf_view(&have)))
			die("'%s' is there and was edited; nothing is written",
				b.p);
	}
	buf_release(&a);
	buf_release(&b);
	buf_release(&want);
	buf_release(&have);
}

/* A new file, whole on the disk; what is there stays. */
static void write_new(const char *path, mode_t mode, struct view text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0 && errno == EEXIST)
		return;
	if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n ||
		fsync(fd) < 0 || close(fd) < 0) {
		int saved = errno;
		if (fd >= 0)
			unlink(path);
		errno = saved;
		die("cannot write '%s':", path);
	}
}

static void copy(const char *from, const char *to, const char *name)
{
	struct buf a = joined(from, name), b = joined(to, name);
	if (is_dir(a.p)) {
		make_dir(b.p);
		each(a.p, copy, a.p, b.p);
	} else {
		struct buf text = { 0 };
		file_read(a.p, &text);
		write_new(b.p, access(a.p, X_OK) == 0 ? 0700 : 0600,
			buf_view(&text));
		buf_release(&text);
	}
	buf_release(&a);
	buf_release(&b);
}

/*
 * With the salt comes the file of who was erased by it, empty. If it is gone
 * and the salt is not, it stays gone: the tools then say so and end, which is
 * better than to take those people in again.
 */
static void make_salt(const char *dir)
{
	unsigned char salt[SALT];
	struct buf hex = { 0 }, path = joined(dir, "state/salt");
	struct buf erased = joined(dir, "state/erased.ndjson");
	if (access(path.p, F_OK) < 0)
		write_new(erased.p, 0600, VIEW(""));
	buf_release(&erased);
	if (getrandom(salt, SALT, 0) != SALT)
		die("cannot make a salt:");
	for (int i = 0; i < SALT; i++)
		buf_addf(&hex, "%02x", salt[i]);
	buf_addc(&hex, '\n');
	write_new(path.p, 0600, buf_view(&hex));
	buf_release(&hex);
	buf_release(&path);
}

/* A word for sh in a line of crontab, where % would be a new line. */
static void add_word(struct buf *out, const char *word)
{
	bool plain = word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789/._-")] == '\0';
	if (!plain)
		buf_addc(out, '\'');
	for (const char *p = word; *p; p++) {
		if (*p == '%')
			buf_addc(out, '\\');
		if (*p == '\'')
			buf_adds(out, "'\\'");
		buf_addc(out, *p);
	}
	if (!plain)
		buf_addc(out, '\'');
}

static void say(const char *dir)
{
	char *real = realpath(dir, NULL);
	struct buf word = { 0 }, bin = { 0 };
	if (!real)
		die("cannot find '%s':", dir);
	add_word(&word, real);
	share_bin(&bin);
	printf("%s is ready; its README says what is where. Put downloads "
	       "into\n"
	       "raw/MAP/ ('scrm ingest --list' names the maps), look at "
	       "scrm.env "
	       "and rules/,\n"
	       "and call ./daily. For every morning, crontab -e:\n"
	       "\n"
	       "# cron has a short PATH of its own, and its hours are the "
	       "server's: see date.\n"
	       "# A %% would end the line: write \\%%. Mail comes when there "
	       "is "
	       "something to say.\n"
	       "MAILTO=you@example.com\n"
	       "PATH=%s:/usr/bin:/bin\n"
	       "30 6 * * * %s/daily\n"
	       "# daily and campaign lock the folder themselves and end with "
	       "75 "
	       "where it is\n"
	       "# locked; for what else you run in it:\n"
	       "#0 5 * * 0 flock -n -E 75 %s/.lock COMMAND\n",
		real, buf_view(&bin).p, word.p, word.p);
	buf_release(&word);
	buf_release(&bin);
	free(real);
}

void folder_init(const char *dir)
{
	struct buf from = { 0 };
	if (!share_path(&from, "folder"))
		die("cannot find 'folder' among the files that come with scrm");
	each(dir, stranger, from.p, dir);
	each(from.p, compare, from.p, dir);
	make_dir(dir);
	/* it may have been there, for all to read */
	if (chmod(dir, 0700) < 0)
		die("cannot close '%s' to others:", dir);
	each(from.p, copy, from.p, dir);
	for (const char *const *name = empty; *name; name++) {
		struct buf path = joined(dir, *name);
		make_dir(path.p);
		buf_release(&path);
	}
	make_salt(dir);
	say(dir);
	buf_release(&from);
}
