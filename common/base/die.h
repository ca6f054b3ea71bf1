/*
 * die: messages on standard error, and the end of a tool that cannot go on.
 *
 * Wording: lower case, no full stop, the subject in single quotes. A format
 * that ends in a colon has strerror(errno) appended.
 */
#ifndef BASE_DIE_H
#define BASE_DIE_H

/* The program's name as messages show it; the only global of the project. */
extern const char *prog;

/* "prog: text" on standard error. */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* As warn, then the hook, then exit status 2. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/*
 * Called once by die with the message, before the exit: removes temporary
 * files and writes the abort line. It must not die; a second die inside it
 * exits at once.
 */
void die_hook(void (*hook)(const char *reason));

#endif
