/*
 * folder: a working folder, made of share/folder: its files as they come, the
 * folders that are empty at first, and a salt of its own. The tools know
 * nothing of it; only its two scripts do.
 */
#ifndef EDGE_FOLDER_H
#define EDGE_FOLDER_H

/*
 * Makes it, modes 0700 and 0600, and prints what comes next, with the line for
 * cron. Nothing that is there is written over: dies before it writes where a
 * file is not the one that comes with scrm, or where the folder holds what
 * belongs to none. A salt that is there stays.
 */
void folder_init(const char *dir);

#endif
