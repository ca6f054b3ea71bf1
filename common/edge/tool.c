#include "edge/tool_impl.h"

#include "base/die.h"
#include "base/hash.h"
#include "edge/file.h"
#include "record/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAMED 10 /* refusals of one reason that are named, the rest counted */
#define REASONS 256

/* The tool that die() tidies up after. */
static struct tool *current;

static double since(const struct timespec *start)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static bool is_pipe(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* 1204 as "1,204" */
static void add_count(struct buf *out, uint64_t n)
{
	char digits[24];
	int len =
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_addc(out, ',');
		buf_addc(out, digits[i]);
	}
}

/* "pipe:[123]" or the file's path, as the system knows them. */
static void add_place(struct buf *b, int fd, const char *path)
{
	char self[32], place[PATH_MAX];
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (path && strcmp(path, "-") != 0) {
		if (!realpath(path, place))
			snprintf(place, sizeof(place), "%s", path);
	} else {
		ssize_t n = readlink(self, place, sizeof(place) - 1);
		place[n > 0 ? n : 0] = '\0';
	}
	json_text(b, (struct view){ place, scan_utf8(place, strlen(place)) });
}

/* Where the lines came from and went, so that scrm log can hold what one
 * stage wrote against what the next one read. */
static void add_places(const struct tool *t, struct buf *b, int status)
{
	buf_adds(b, ",\"from\":[");
	for (char **f = t->operand; f && *f; f++) {
		if (f != t->operand)
			buf_addc(b, ',');
		add_place(b, STDIN_FILENO, *f);
	}
	if (!t->operand || !*t->operand)
		add_place(b, STDIN_FILENO, NULL);
	buf_addc(b, ']');
	if (status < 2) {
		buf_adds(b, ",\"to\":");
		add_place(b, STDOUT_FILENO, t->out_path);
	}
}

static void log_run(const struct tool *t, int status)
{
	const char *path = getenv("SCRM_LOG");
	if (!path || !*path)
		return;
	struct buf b = { 0 };
	buf_addf(&b,
		"{\"type\":\"run\",\"tool\":\"%s\",\"read\":%llu,"
		"\"written\":%llu,\"made\":%llu,\"withheld\":%llu,"
		"\"folded\":%llu,\"superseded\":%llu,\"refused\":%llu,"
		"\"erased\":%llu,\"seconds\":%.3f,\"exit\":%d",
		prog, (unsigned long long)t->read,
		(unsigned long long)t->written, (unsigned long long)t->made,
		(unsigned long long)t->withheld, (unsigned long long)t->folded,
		(unsigned long long)t->superseded,
		(unsigned long long)t->refused, (unsigned long long)t->erased,
		since(&t->state->start), status);
	add_places(t, &b, status);
	buf_adds(&b, "}\n");
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, b.p, b.n) != (ssize_t)b.n)
		warn("cannot write '%s':", path);
	if (fd >= 0)
		close(fd);
	buf_release(&b);
}

/* No file is renamed, and who reads our pipe is told that we died. */
static void give_up(struct tool *t, struct view abort_line)
{
	struct tool_state *s = t->state;
	for (size_t i = 0; i < s->side.n; i++)
		if (s->side.v[i] != s->own)
			writer_discard(s->side.v[i]);
	if (t->out.path) {
		writer_discard(&t->out);
	} else if (!t->out_path && !t->plain && !t->out.gone &&
		   is_pipe(STDOUT_FILENO)) {
		writer_line(&t->out, abort_line);
		writer_flush(&t->out);
	}
	log_run(t, 2);
	/* what was refused is kept whatever becomes of the rest */
	if (s->own)
		writer_commit(s->own);
}

static void on_die(const char *reason)
{
	struct buf b = { 0 };
	buf_addf(&b, "{\"type\":\"abort\",\"tool\":\"%s\",\"reason\":", prog);
	size_t n = strcspn(reason, "\n");
	size_t good = scan_utf8(reason, n);
	json_text(&b, (struct view){ reason, good });
	buf_addc(&b, '}');
	if (current)
		give_up(current, buf_view(&b));
	buf_release(&b);
}

static void flush_before_wait(void *arg)
{
	struct tool *t = arg;
	writer_flush(&t->out);
}

static void read_zone(struct tool *t)
{
	const char *name = t->state->tz;
	struct why why = { 0 };
	if (!name)
		name = getenv("SCRM_TZ");
	if (!name || !*name)
		return;
	t->zone = zone_find(name, &why);
	if (!t->zone)
		die("time zone '%s': %s", name, why.text);
}

/*
 * A bare date is the end of that day: of the zone's day where one was given,
 * else it stays a date, and a time is held against it by its own day.
 */
static void read_as_of(struct tool *t)
{
	const char *text = t->state->as_of;
	if (!text)
		text = getenv("SCRM_AS_OF");
	t->as_of_given = text && *text;
	if (!t->as_of_given) {
		struct timespec now;
		clock_gettime(CLOCK_REALTIME, &now);
		t->as_of = (struct when){ .sec = now.tv_sec };
		if (t->zone)
			t->as_of.offset = zone_offset(t->zone, now.tv_sec);
		struct buf b = { 0 };
		when_print(&b, t->as_of);
		snprintf(t->as_of_text, sizeof(t->as_of_text), "%s", b.p);
		buf_release(&b);
		return;
	}
	if (!when_parse(text, strlen(text), &t->as_of))
		die("as-of '%s' is neither a date like 2026-11-21 nor a time "
		    "like 2026-11-21T08:30:00+08:00",
			text);
	snprintf(t->as_of_text, sizeof(t->as_of_text), "%s", text);
	if (t->as_of.date_only && t->zone) {
		int64_t end = zone_utc(t->zone, t->as_of.sec + 86400, NULL) - 1;
		t->as_of = (struct when){ .sec = end,
			.nsec = 999999999,
			.offset = zone_offset(t->zone, end) };
	} else if (t->zone) {
		t->as_of.offset = zone_offset(t->zone, t->as_of.sec);
	}
}

static void read_constants(struct tool *t)
{
	struct tool_state *s = t->state;
	if (!t->define.n)
		return;
	s->constant = xcalloc(t->define.n * 2 + 1, sizeof(*s->constant));
	for (size_t i = 0; i < t->define.n; i++) {
		const char *text = t->define.v[i], *eq = strchr(text, '=');
		if (!eq || eq == text)
			die("option '-D' wants name=value, not '%s'", text);
		s->constant[2 * i] = xmemdup(text, (size_t)(eq - text));
		s->constant[2 * i + 1] = eq + 1;
	}
	t->env.constant = s->constant;
}

static bool tolerated(const struct tool *t);

/* -T takes types of one's own, but not a slip of one of ours. */
static void check_type(const struct tool *t)
{
	if (!t->type || schema_type(view_of(t->type)))
		return;
	const char *near = schema_nearest_type(view_of(t->type));
	if (near)
		die("option '-T': no type '%s'; is it '%s'?", t->type, near);
}

void tool_open(struct tool *t, int argc, char **argv, const struct opt *options)
{
	struct tool_state *s = t->state = xcalloc(1, sizeof(*s));
	const struct opt common[] = {
		OPT_STR('o', "output", "FILE", "write here, when whole",
			&t->out_path),
		OPT_STR(0, "rejects", "FILE", "keep refused input here",
			&s->rejects_path),
		OPT_FLAG(0, "strict", "stop at the first refused line",
			&t->strict),
		OPT_STR(0, "max-refused", "N|P%", "up to that, status 0",
			&t->max_refused),
		OPT_STR(0, "as-of", "TIME", "what is later is not known yet",
			&s->as_of),
		OPT_STR(0, "tz", "ZONE", "zone of days and months", &s->tz),
		OPT_SIZE('j', "jobs", "N", "threads", &t->jobs),
		OPT_SIZE(0, "max-line", "SIZE", "longest line taken",
			&s->max_line),
		OPT_FLAG('q', "quiet", "no summary", &t->quiet),
		OPT_FLAG('P', "progress", "show progress", &t->progress),
		OPT_FLAG('h', "help", "this", &s->help),
		OPT_FLAG('V', "version", "the version", &s->version),
		OPT_END,
	};
	prog = file_base(argv[0]);
	clock_gettime(CLOCK_MONOTONIC, &s->start);
	s->rejects_fd = -1;
	s->summary_tty = isatty(STDERR_FILENO);
	const char *seal = getenv("SCRM_SEAL");
	s->seal = seal && strcmp(seal, "1") == 0;
	current = t;
	die_hook(on_die);
	/* who left our pipe is found by write, so that side files are finished;
	 * with nothing else to do tool_put ends us as the signal would */
	signal(SIGPIPE, SIG_IGN);
	writer_open_fd(&t->out, STDOUT_FILENO);
	/* asked by the shells' completion, share/completion, only */
	if (argc == 2 && strcmp(argv[1], "--complete") == 0) {
		opt_complete(options, common);
		exit(fflush(stdout) == 0 ? 0 : 2);
	}
	t->operand = s->operands =
		opt_parse(argc, argv, t->usage, options, common);
	if (s->help) {
		opt_help(t->usage, t->about, options, common);
		exit(fflush(stdout) == 0 ? 0 : 2);
	}
	if (s->version) {
		printf("%s %s\n", prog, VERSION);
		exit(fflush(stdout) == 0 ? 0 : 2);
	}
	if (!s->rejects_path)
		s->rejects_path = getenv("SCRM_REJECTS");
	if (s->rejects_path && !*s->rejects_path)
		s->rejects_path = NULL;
	read_zone(t);
	read_as_of(t);
	read_constants(t);
	t->env.as_of = t->as_of;
	t->env.zone = t->zone;
	t->env.offset = t->zone ? zone_offset : NULL;
	rec_init(&t->rec, &t->keys);
	tolerated(t); /* a limit that is none is said before the work */
	check_type(t);
}

void tool_missing(const struct tool *t, const char *name)
{
	die("no %s given\nusage: %s %s", name, prog, t->usage);
}

const char *tool_operand(struct tool *t, const char *name)
{
	if (!*t->operand)
		tool_missing(t, name);
	return *t->operand++;
}

/* Files are opened only when the rules were read. */
void tool_begin(struct tool *t)
{
	struct tool_state *s = t->state;
	s->opened = true;
	if (t->out_path)
		writer_open_file(&t->out, t->out_path);
	if (!s->rejects_path && t->out_path) {
		buf_addf(&s->own_rejects, "%s.rejects", t->out_path);
		s->rejects_path = s->own_rejects.p;
	}
	struct stat st;
	files_bytes(t->operand, &s->input_bytes);
	if (!*t->operand && fstat(STDIN_FILENO, &st) == 0 &&
		S_ISREG(st.st_mode))
		s->input_bytes = (uint64_t)st.st_size;
	s->told = t->progress;
	if (!t->progress && s->summary_tty && !isatty(STDOUT_FILENO) &&
		s->input_bytes)
		t->progress = !t->quiet;
	if (t->raw)
		return;
	if (!*t->operand && isatty(STDIN_FILENO) && !t->quiet)
		warn("reading records from the terminal; end with ^D");
	/* asked for before lines bring names up to the table's bounds */
	keys_want(&t->keys, "tool");
	keys_want(&t->keys, "reason");
	keys_want(&t->keys, "written");
	keys_want(&t->keys, "source");
	reader_open(&t->in, &t->keys, t->operand);
	if (s->max_line)
		t->in.max_line = s->max_line;
	t->in.before_wait = flush_before_wait;
	t->in.wait_arg = t;
}

/* What is left of the time, if it goes on as it did. */
static void draw_left(double seconds)
{
	unsigned left = (unsigned)(seconds + 0.5);
	if (left >= 3600)
		fprintf(stderr, ", %u:%02u:%02u left", left / 3600,
			left / 60 % 60, left % 60);
	else
		fprintf(stderr, ", %u:%02u left", left / 60, left % 60);
}

static void draw_progress(struct tool *t)
{
	struct tool_state *s = t->state;
	if (s->last_drawn.tv_sec && since(&s->last_drawn) < 0.2)
		return;
	clock_gettime(CLOCK_MONOTONIC, &s->last_drawn);
	double seconds = since(&s->start);
	if (seconds < 0.5)
		return;
	struct buf b = { 0 };
	add_count(&b, t->read);
	uint64_t bytes = t->in.bytes;
	fprintf(stderr, "\r%s: %s read, %.0f MB, %.0f MB/s", prog, b.p,
		(double)bytes / 1e6, (double)bytes / 1e6 / seconds);
	if (s->input_bytes) {
		double part = (double)bytes / (double)s->input_bytes;
		fprintf(stderr, ", %d %%", (int)(part * 100));
		if (part > 0 && part < 1)
			draw_left(seconds / part - seconds);
	}
	fputs("\033[K", stderr);
	s->drawn = true;
	buf_release(&b);
}

/* The reason without what changes from line to line, to count by. */
static struct reason *count_reason(struct tool_state *s, const char *text)
{
	char key[240];
	size_t n = 0;
	bool quoted = false;
	for (const char *p = text; *p && n + 1 < sizeof(key); p++) {
		if (*p == '\'')
			quoted = !quoted;
		else if (quoted || (*p >= '0' && *p <= '9'))
			continue;
		key[n++] = *p;
	}
	size_t i = s->reason.n < REASONS ? map_add(&s->reasons, key, n, NULL)
					 : map_find(&s->reasons, key, n);
	if (i == MAP_NONE)
		i = 0;
	if (i == s->reason.n) {
		struct reason *r = vec_add(&s->reason);
		snprintf(r->text, sizeof(r->text), "%s", text);
		r->count = 0;
	}
	s->reason.v[i].count++;
	return &s->reason.v[i];
}

static void base64(struct buf *out, struct view in)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < in.n; i += 3) {
		unsigned v = 0;
		for (size_t k = 0; k < 3; k++)
			v = v << 8 |
			    (i + k < in.n ? (unsigned char)in.p[i + k] : 0);
		char c[4];
		for (int k = 0; k < 4; k++)
			c[k] = digits[v >> (18 - 6 * k) & 63];
		if (i + 1 >= in.n)
			c[2] = '=';
		if (i + 2 >= in.n)
			c[3] = '=';
		buf_add(out, c, 4);
	}
}

/*
 * The file of --rejects is shared by the stages of a pipe: one write a record.
 * That of an -o is the output's own and comes and goes with it.
 */
static void keep_reject(struct tool *t, struct place at, struct view source,
	struct view input, const char *reason)
{
	struct tool_state *s = t->state;
	if (!s->rejects_path)
		return;
	if (s->own_rejects.p) {
		if (!s->own)
			s->own = tool_side(t, s->rejects_path);
	} else if (s->rejects_fd < 0) {
		s->rejects_fd = open(s->rejects_path,
			O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (s->rejects_fd < 0)
			die("cannot open '%s':", s->rejects_path);
	}
	struct buf b = { 0 };
	buf_addf(&b, "{\"type\":\"reject\",\"tool\":\"%s\",\"file\":", prog);
	json_text(&b, view_of(at.file));
	buf_addf(&b, ",\"line\":%zu", at.line);
	if (source.n) {
		buf_adds(&b, ",\"source\":");
		json_text(&b, source);
	}
	if (at.row)
		buf_addf(&b, ",\"row\":%zu", at.row);
	if (at.field) {
		buf_adds(&b, ",\"field\":");
		json_text(&b, view_of(at.field));
	}
	buf_adds(&b, ",\"reason\":");
	json_text(&b,
		(struct view){ reason, scan_utf8(reason, strlen(reason)) });
	if (scan_utf8(input.p, input.n) == input.n) {
		buf_adds(&b, ",\"input\":");
		json_text(&b, input);
	} else {
		buf_adds(&b, ",\"input_base64\":\"");
		base64(&b, input);
		buf_addc(&b, '"');
	}
	buf_addc(&b, '}');
	if (s->own) {
		writer_line(s->own, buf_view(&b));
	} else {
		buf_addc(&b, '\n');
		if (write(s->rejects_fd, b.p, b.n) != (ssize_t)b.n)
			die("cannot write '%s':", s->rejects_path);
	}
	buf_release(&b);
}

void tool_refused(struct tool *t, const struct refusal *f)
{
	struct reason *r = count_reason(t->state, f->reason);
	t->refused++;
	struct buf b = { 0 };
	buf_addf(&b, "%s:%zu:", f->at.file, f->at.line);
	if (f->col)
		buf_addf(&b, "%zu:", f->col);
	if (f->at.field)
		buf_addf(&b, " field '%s':", f->at.field);
	if (r->count <= NAMED)
		warn("%s %s", b.p, f->reason);
	keep_reject(t, f->at, f->source, f->input, f->reason);
	if (t->strict)
		die("%s stopped at the first refused line (--strict)", b.p);
	buf_release(&b);
}

static void refuse(struct tool *t, struct refusal f)
{
	if (t->state->piece)
		piece_happened(t->state->piece, t, EVENT_REFUSED, &f);
	else
		tool_refused(t, &f);
}

void tool_refuse(struct tool *t, const struct rec *r, const char *field,
	const char *fmt, ...)
{
	char reason[240];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	struct val source = rec_get(r, keys_want(&t->keys, "source"));
	refuse(t, (struct refusal){ .at = { r->file, r->lineno, 0, field },
			  .source = { source.p,
				  source.kind == K_STRING ? source.n : 0 },
			  .input = { r->line, r->n },
			  .reason = reason });
}

void tool_refuse_input(struct tool *t, struct place at, struct view input,
	const char *fmt, ...)
{
	char reason[240];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	refuse(t,
		(struct refusal){ .at = at, .input = input, .reason = reason });
}

void tool_die(struct tool *t, const struct rec *r, const char *fmt, ...)
{
	char reason[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	if (!t->state->piece)
		die("%s:%zu: %s", r->file, r->lineno, reason);
	piece_happened(t->state->piece, t, EVENT_DIED,
		&(struct refusal){ .at = { r->file, r->lineno },
			.reason = reason });
}

/* A pipe must have ended with a seal that tells the right number. */
void tool_sealed(struct tool *t, const struct rec *seal)
{
	struct tool_state *s = t->state;
	if (!seal) {
		if (s->seal && t->in.pipe && !s->sealed)
			die("%s ended without its seal: what writes it died",
				t->in.name);
		s->sealed = false;
		s->since_seal = 0;
		return;
	}
	struct val v = rec_get(seal, keys_want(&t->keys, "written"));
	int64_t n;
	if (v.kind != K_NUMBER || !int_parse(v.p, v.n, &n) ||
		(uint64_t)n != s->since_seal)
		die("%s is not whole: its seal tells of %.*s lines, "
		    "there are %llu",
			t->in.name, (int)v.n, v.p,
			(unsigned long long)s->since_seal);
	s->sealed = true;
	s->since_seal = 0;
}

/* Passes on that a tool before us died. */
void tool_aborted(struct tool *t, const struct rec *r)
{
	struct val tool = rec_get(r, keys_want(&t->keys, "tool"));
	struct val reason = rec_get(r, keys_want(&t->keys, "reason"));
	warn("%s: %.*s died before this one: %.*s", t->in.name, (int)tool.n,
		tool.n ? tool.p : "", (int)reason.n, reason.n ? reason.p : "");
	die_hook(NULL);
	give_up(t, (struct view){ r->line, r->n });
	exit(2);
}

void tool_look_round(struct tool *t)
{
	struct tool_state *s = t->state;
	if (t->progress && t->in.bytes >= s->next_look) {
		s->next_look = t->in.bytes + ((uint64_t)1 << 20);
		draw_progress(t);
	}
	if (t->out.gone && !t->out_path && !s->side.n) {
		/* as the signal would have it: without a word */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
}

struct rec *tool_next(struct tool *t)
{
	struct tool_state *s = t->state;
	struct why why = { 0 };
	if (!s->opened)
		tool_begin(t);
	tool_look_round(t);
	for (;;) {
		switch (reader_next(&t->in, &t->rec, &why)) {
		case READ_REC:
			t->read++;
			s->since_seal++;
			s->sealed = false;
			return &t->rec;
		case READ_REFUSED:
			t->read++;
			s->since_seal++;
			s->sealed = false;
			tool_refused(t,
				&(struct refusal){
					.at = { t->rec.file, t->rec.lineno },
					.col = why.col,
					.input = { t->rec.line, t->rec.n },
					.reason = why.text });
			break;
		case READ_CUT:
			tool_die(t, &t->rec, "the last line is cut short: %s",
				why.text);
			break;
		case READ_SEAL:
			tool_sealed(t, &t->rec);
			break;
		case READ_ABORT:
			tool_aborted(t, &t->rec);
			break;
		case READ_FILE:
			tool_sealed(t, NULL);
			break;
		case READ_END:
			return NULL;
		}
	}
}

void tool_put(struct tool *t, const struct rec *r)
{
	writer_rec(&t->out, r);
	t->written++;
}

void tool_write(struct tool *t, struct view line)
{
	if (!t->state->opened)
		tool_begin(t);
	tool_look_round(t);
	writer_line(&t->out, line);
	t->written++;
}

void tool_make(struct tool *t, struct view line)
{
	if (!t->state->opened)
		tool_begin(t);
	writer_line(&t->out, line);
	t->made++;
}

void tool_make_lines(struct tool *t, struct view text)
{
	const char *p = text.p, *end = p + text.n;
	while (text.n && p < end) {
		const char *q = memchr(p, '\n', (size_t)(end - p));
		if (!q)
			q = end;
		tool_make(t, (struct view){ p, (size_t)(q - p) });
		p = q + 1;
	}
}

struct writer *tool_side(struct tool *t, const char *path)
{
	struct writer *w = xcalloc(1, sizeof(*w));
	writer_open_file(w, path);
	*vec_add(&t->state->side) = w;
	return w;
}

void tool_say(void *tool, const char *text)
{
	struct tool *t = tool;
	struct tool_state *s = t->state;
	bool isnew;
	if (s->piece) {
		piece_happened(s->piece, t, EVENT_SAID,
			&(struct refusal){ .reason = text });
		return;
	}
	map_add(&s->notes, text, strlen(text), &isnew);
	if (isnew)
		buf_addf(&s->note, "%s: %s\n", prog, text);
}

void tool_note(struct tool *t, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tool_say(t, text);
}

void tool_info(struct tool *t, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_addf(&t->state->info, "%s: %s\n", prog, text);
}

/* Whether the refused lines are within --max-refused. */
static bool tolerated(const struct tool *t)
{
	const char *text = t->max_refused;
	if (!text)
		return false;
	size_t n = strlen(text);
	bool percent = n && text[n - 1] == '%';
	struct dec limit;
	if (!dec_parse(text, n - percent, &limit) || limit.v < 0)
		die("option '--max-refused' wants a number or a percentage, "
		    "not '%s'",
			text);
	struct dec have = dec_of((int64_t)t->refused);
	if (percent) {
		have = dec_of((int64_t)t->refused * 100);
		struct dec all = dec_of((int64_t)t->read);
		if (!dec_mul(&limit, all))
			return true;
	}
	return dec_cmp(have, limit) <= 0;
}

static void summary_part(struct buf *b, uint64_t n, const char *word)
{
	if (!n)
		return;
	buf_addf(b, ", %s ", word);
	add_count(b, n);
}

static void say_summary(struct tool *t)
{
	struct tool_state *s = t->state;
	if (s->drawn)
		fputs("\r\033[K", stderr);
	for (size_t i = 0; i < s->reason.n; i++)
		if (s->reason.v[i].count > NAMED)
			warn("%llu lines were refused in all as: %s",
				(unsigned long long)s->reason.v[i].count,
				s->reason.v[i].text);
	if (s->note.n && !t->quiet)
		fputs(s->note.p, stderr);
	if (t->quiet || !(s->summary_tty || t->refused || s->told))
		return;
	if (s->info.n)
		fputs(s->info.p, stderr);
	struct buf b = { 0 };
	buf_adds(&b, "read ");
	add_count(&b, t->read);
	summary_part(&b, t->written, "written");
	summary_part(&b, t->withheld, "withheld");
	if (t->erased) {
		buf_adds(&b, " (erased ");
		add_count(&b, t->erased);
		buf_addc(&b, ')');
	}
	summary_part(&b, t->folded, "folded");
	summary_part(&b, t->superseded, "superseded");
	summary_part(&b, t->refused, "refused");
	summary_part(&b, t->made, "made");
	buf_addf(&b, "; as of %s", t->as_of_text);
	if (!t->as_of_given)
		buf_adds(&b, " (the clock)");
	if (t->refused && s->rejects_path)
		buf_addf(&b, "; the refused are in '%s'", s->rejects_path);
	warn("%s", b.p);
	buf_release(&b);
}

static void release(struct tool *t)
{
	struct tool_state *s = t->state;
	reader_close(&t->in);
	rec_release(&t->rec);
	keys_release(&t->keys);
	writer_discard(&t->out);
	for (size_t i = 0; i < s->side.n; i++) {
		writer_discard(s->side.v[i]);
		free(s->side.v[i]);
	}
	for (size_t i = 0; s->constant && s->constant[i]; i += 2)
		free((void *)(uintptr_t)s->constant[i]);
	free(s->constant);
	vec_release(&t->define);
	vec_release(&s->side);
	vec_release(&s->reason);
	map_release(&s->reasons);
	map_release(&s->notes);
	buf_release(&s->note);
	buf_release(&s->info);
	buf_release(&s->own_rejects);
	free(s->operands);
	free(s);
	t->state = NULL;
}

int tool_close(struct tool *t)
{
	struct tool_state *s = t->state;
	if (!s->opened)
		tool_begin(t);
	int status = t->amiss || (t->refused && !tolerated(t)) ? 1 : 0;
	if (s->seal && !t->plain && !t->out.path && is_pipe(STDOUT_FILENO)) {
		struct buf b = { 0 };
		buf_addf(&b,
			"{\"type\":\"end\",\"tool\":\"%s\",\"written\":%llu}",
			prog, (unsigned long long)t->out.lines);
		writer_line(&t->out, buf_view(&b));
		buf_release(&b);
	}
	/* first what others may miss, then what they wait for */
	for (size_t i = 0; i < s->side.n; i++)
		writer_flush(s->side.v[i]);
	writer_flush(&t->out);
	for (size_t i = 0; i < s->side.n; i++)
		writer_commit(s->side.v[i]);
	writer_commit(&t->out);
	if (s->own_rejects.p && !s->own && unlink(s->rejects_path) < 0 &&
		errno != ENOENT)
		die("cannot remove '%s':", s->rejects_path);
	if (s->rejects_fd >= 0 && close(s->rejects_fd) < 0)
		die("cannot write '%s':", s->rejects_path);
	say_summary(t);
	log_run(t, status);
	if (t->out.gone) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	die_hook(NULL);
	release(t);
	return status;
}
