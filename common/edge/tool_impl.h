/* tool_impl: what tool.c, tool_lanes.c and tool_map.c share. */
#ifndef EDGE_TOOL_IMPL_H
#define EDGE_TOOL_IMPL_H

#include "base/map.h"
#include "base/vec.h"
#include "edge/tool.h"

#include <time.h>

struct reason {
	char text[240];
	uint64_t count;
};

struct tool_state {
	struct timespec start;
	const char *rejects_path;
	int rejects_fd;
	bool seal, help, version, summary_tty;
	bool told; /* -P: as on a terminal */
	const char *as_of, *tz;
	size_t max_line;
	const char **constant;
	char **operands; /* all of them, to be freed */
	struct buf own_rejects; /* the path, where -o made it */
	struct writer *own;
	VEC(struct writer *) side;
	struct map reasons;
	VEC(struct reason) reason;
	struct buf note, info;
	struct map notes; /* each is said once */
	uint64_t since_seal; /* records read since the stream's last seal */
	bool sealed; /* the last line read was a seal */
	bool opened, drawn;
	uint64_t input_bytes; /* of the files given, 0: not known */
	uint64_t next_look;
	struct timespec last_drawn;
	/* of a lane: what happens waits in its piece */
	struct piece *piece;
	struct lanes *lanes;
};

/* Opens output and input: once, before the first line. */
void tool_begin(struct tool *t);
/* What is done from time to time: progress, and a reader that left. */
void tool_look_round(struct tool *t);
/* A refusal as it is known: named, counted, kept. */
struct refusal {
	struct place at;
	size_t col;
	struct view source, input;
	const char *reason;
};
void tool_refused(struct tool *t, const struct refusal *f);
/* A seal was read, or with NULL the end of a file. */
void tool_sealed(struct tool *t, const struct rec *seal);
void tool_aborted(struct tool *t, const struct rec *line)
	__attribute__((noreturn));
/* What a lane of tool_lanes does waits in its piece. Of EVENT_SAID only the
 * reason is used. The input stays as long as the piece. */
enum event_kind {
	EVENT_REFUSED,
	EVENT_SAID,
	EVENT_SEALED,
	EVENT_ABORTED,
	EVENT_DIED,
};
void piece_happened(struct piece *p, const struct tool *lane,
	enum event_kind kind, const struct refusal *f);

#endif
