/*
 * A session of a program in a machine that runs, from this process: what is open, and what is on its way. One struct without pointers
 * to variables of its own, because the start has none: it is one piece of code that lies anywhere.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "command_line.h"
#include "wire.h"

enum { IN_ROOM = 3 * MAX_FRAME_BYTES, OUT_ROOM = 4 * MAX_FRAME_BYTES, REASON_BYTES = 1024 };

/* What the descriptor of an output is, by which it is told how much can be written without waiting. */
enum output_kind { FILE_OUTPUT, PIPE_OUTPUT, SOCKET_OUTPUT, TERMINAL_OUTPUT };

/* An output of the program: what came and could not be written yet, in a ring. */
struct output {
	int descriptor;
	enum output_kind kind;
	u32 pipe_bytes;
	struct receipts receipts;
	u32 owed; /* credit that is to be given back */
	u32 first, filled;
	byte ring[CREDIT];
};

/* What a session passes, for `deno task bench:steps`. */
enum step { ENTERED, CONNECTED, GREETED, STARTED_AT, ENDED, CLOSED, STEPS };

/* How the session stands. */
enum stage { GREETING, RUNNING, OVER };

struct client {
	const struct wish *wish;
	char **arguments, **environment;
	int socket, signals;
	enum stage stage;
	int left; /* to the runtime: the supervisor's protocol is not ours, or it has no such container */
	int started, late; /* late: nothing came in time */
	int deaf; /* the supervisor takes no more */
	int stdin_open;
	u32 stdin_credit;
	long answer_by, next_turn, last_interrupt; /* milliseconds of the monotonic clock */
	int silent_turns;
	int output_error;
	int tells_steps; /* SMOLVM_STEPS is set */
	long steps[STEPS]; /* microseconds since the epoch */
	char nonce[NONCE_DIGITS + 1];
	byte reason[REASON_BYTES];
	struct text why; /* in `reason`: why the session was cut off */
	u32 event_length; /* of the last event but a start; 0: none came */
	byte event[MAX_PAYLOAD_BYTES];
	struct text request; /* what opens the session, until the supervisor may be told */
	struct text out; /* frames to the supervisor, of which the first bytes are sent */
	word sent;
	struct output outputs[2]; /* stdout, stderr */
	word in_length;
	byte in[IN_ROOM], out_bytes[OUT_ROOM], request_bytes[MAX_FRAME_BYTES];
};

/* Runs the command in a machine that runs, and ends this process with the program. Returns where the runtime has to do that, and nothing was begun. */
void run_natively(char **arguments, char **environment);

/* frames_in.c: takes what came from the supervisor. */
void take_frames(struct client *client);
void cut_off(struct client *client, const char *reason);

/* streams.c: this process's own streams. */
void open_outputs(struct client *client);
/* Takes bytes of the program: written where that needs no waiting, else kept. */
void take_output(struct client *client, struct output *output, const byte *from, u32 count);
/* Writes what was kept, as far as that needs no waiting. */
void drain_output(struct client *client, struct output *output);
/* Sends what stands on stdin, as far as there is credit for it. */
void send_input(struct client *client);
/* How many bytes of stdin can be sent. */
u32 input_room(const struct client *client);

/* signals.c: signals of this process on their way to the program. */
struct signals { word before; byte sigpipe[32]; };
int hold_signals(struct signals *kept);
void restore_signals(const struct signals *kept);
void pass_signals(struct client *client);

/* ending.c: how this process ends. */
_Noreturn void end(struct client *client);

/* steps.c: notes that a step was passed, where that is wanted, and writes all of them to stderr. */
long epoch_microseconds(void);
void pass(struct client *client, enum step step);
void tell_steps(const struct client *client);

long now(void);
/* Puts a frame of the session on its way. Returns whether there was room. */
int post(struct client *client, byte type, const void *payload, word length);

#endif
