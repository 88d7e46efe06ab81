/*
 * `microvm exec` and `container exec` in a machine that runs, without the runtime, whose start would be most of their time. Where
 * anything is out of the ordinary before the program was asked for, nothing was done, and the runtime goes on as if this had not been.
 */
#include "client.h"

#include "place.h"
#include "system.h"

/* How long a supervisor may take to greet and an agent to start a program, and how often and how often in vain a sign of life is asked for. */
enum { GREETING_MILLISECONDS = 30000, ANSWER_MILLISECONDS = 120000, TURN_MILLISECONDS = 10000, SILENT_TURNS = 6 };

long now(void)
{
	struct time time = {0, 0};
	call3(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&time, 0);
	return time.seconds * 1000 + time.nanoseconds / 1000000;
}

static int post_frame(struct client *client, u32 stream, byte type, const void *payload, word length)
{
	if (client->out.room - client->out.length < HEADER_BYTES + length) return 0;
	put_header(&client->out, stream, type, length);
	put_bytes(&client->out, payload, length);
	return 1;
}

int post(struct client *client, byte type, const void *payload, word length)
{
	return post_frame(client, 1, type, payload, length);
}

/* Asks for a sign of life, and ends the session where none came. */
static void take_turn(struct client *client)
{
	client->next_turn = now() + TURN_MILLISECONDS;
	if (client->silent_turns++ < SILENT_TURNS) post_frame(client, 0, PING, "", 0);
	else cut_off(client, "the VM has not answered for 60 s: it hangs, or its processor was halted");
}

static void send_out(struct client *client)
{
	while (client->sent < client->out.length && !client->deaf) {
		long count = call6(SYS_sendto, client->socket, (long)(client->out.at + client->sent),
			(long)(client->out.length - client->sent), MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0);
		if (count == -EAGAIN) break;
		/* What it said last may still be read. */
		if (count < 0 && count != -EINTR) client->deaf = 1;
		if (count > 0) client->sent += (word)count;
	}
	if (client->deaf || client->sent == client->out.length) client->sent = client->out.length = 0;
	if (client->sent < OUT_ROOM / 2) return;
	client->out.length -= client->sent;
	for (word at = 0; at < client->out.length; at++) client->out.at[at] = client->out.at[client->sent + at];
	client->sent = 0;
}

static void read_in(struct client *client)
{
	long count = call6(SYS_recvfrom, client->socket, (long)(client->in + client->in_length),
		(long)(IN_ROOM - client->in_length), MSG_DONTWAIT, 0, 0);
	if (count == -EAGAIN || count == -EINTR) return;
	if (count <= 0) {
		if (client->stage == GREETING) end(client);
		return cut_off(client, count == 0 ? "the VM's link ended" : "its link broke");
	}
	client->silent_turns = 0;
	client->in_length += (word)count;
	take_frames(client);
}

/* Waits until something can be done, and says what. */
static void wait(struct client *client, struct poll *polls)
{
	long time = now(), until = client->next_turn;
	if (!client->started && client->stage != OVER && client->answer_by < until) until = client->answer_by;
	if (client->stage == OVER) until = time + TURN_MILLISECONDS;
	long rest = until > time ? until - time : 0;
	struct time limit = {rest / 1000, rest % 1000 * 1000000};
	int on_link = client->stage != OVER;
	polls[0] = (struct poll){on_link ? client->socket : -1, client->sent < client->out.length ? POLLIN | POLLOUT : POLLIN, 0};
	polls[1] = (struct poll){client->signals, POLLIN, 0};
	polls[2] = (struct poll){input_room(client) > 0 ? 0 : -1, POLLIN, 0};
	for (int at = 0; at < 2; at++)
		polls[3 + at] = (struct poll){client->outputs[at].filled > 0 ? at + 1 : -1, POLLOUT, 0};
	if (call6(SYS_ppoll, (long)polls, 5, (long)&limit, 0, 0, 0) <= 0)
		for (int at = 0; at < 5; at++) polls[at].found = 0;
}

/* The session to its end, which is this process's. Returns only where the runtime may still do all of it. */
static void run_session(struct client *client)
{
	for (;;) {
		struct poll polls[5];
		send_out(client);
		if (client->stage == OVER && !client->outputs[0].filled && !client->outputs[1].filled) end(client);
		wait(client, polls);
		int greeting = client->stage == GREETING;
		if (polls[0].found) read_in(client);
		if (greeting && client->stage == RUNNING) client->answer_by = now() + ANSWER_MILLISECONDS;
		if (client->left) return;
		if (client->stage == RUNNING && client->request.length > 0) {
			post(client, OPEN, client->request.at, client->request.length);
			client->request.length = 0;
		}
		if (polls[1].found) pass_signals(client);
		if (polls[2].found) send_input(client);
		for (int at = 0; at < 2; at++) drain_output(client, &client->outputs[at]);
		if (client->stage == OVER) continue;
		if (!client->started && now() >= client->answer_by) {
			client->late = 1;
			end(client);
		}
		if (now() >= client->next_turn) take_turn(client);
	}
}

/* Hello, and in the same breath what opens the session: a supervisor of another version refuses that. */
static int begin_session(struct client *client)
{
	byte random[NONCE_DIGITS / 2];
	if (call3(SYS_getrandom, (long)random, sizeof random, 0) != sizeof random) return 0;
	for (word at = 0; at < sizeof random; at++) {
		client->nonce[2 * at] = "0123456789abcdef"[random[at] >> 4];
		client->nonce[2 * at + 1] = "0123456789abcdef"[random[at] & 15];
	}
	put_hello(&client->out, client->nonce, VERSION);
	/* The first supervisors make U+FFFD of bytes that are not UTF-8, and know no container by its name: the answer says whether this one does. */
	if (holds_bytes(client->wish) || client->wish->container) return 1;
	post(client, OPEN, client->request.at, client->request.length);
	client->request.length = 0;
	return 1;
}

static void prepare(struct client *client, const struct wish *wish, char **arguments, char **environment, long entered)
{
	client->wish = wish;
	client->tells_steps = entered > 0;
	client->steps[ENTERED] = entered;
	pass(client, CONNECTED);
	client->arguments = arguments;
	client->environment = environment;
	client->stage = GREETING;
	client->stdin_open = wish->interactive;
	client->stdin_credit = CREDIT;
	client->next_turn = now() + TURN_MILLISECONDS;
	client->answer_by = now() + GREETING_MILLISECONDS;
	client->why = (struct text){client->reason, 0, sizeof client->reason, 0};
	client->out = (struct text){client->out_bytes, 0, sizeof client->out_bytes, 0};
	client->request = (struct text){client->request_bytes, 0, MAX_PAYLOAD_BYTES, 0};
	put_request(&client->request, wish);
	open_outputs(client);
}

/* A descriptor of a standard stream that is closed would be that of the socket. */
static int has_streams(void)
{
	for (int descriptor = 0; descriptor < 3; descriptor++)
		if (call3(SYS_fcntl, descriptor, F_GETFD, 0) < 0) return 0;
	return 1;
}

static int is_off(char **environment)
{
	const char *native = variable(environment, "SMOLVM_NATIVE"), *log = variable(environment, "SMOLVM_LOG");
	return (native && same(native, "off")) || (log && *log);
}

void run_natively(char **arguments, char **environment)
{
	struct wish wish;
	struct signals kept;
	if (!read_command_line(arguments, &wish) || is_off(environment) || !has_streams()) return;
	long entered = variable(environment, "SMOLVM_STEPS") ? epoch_microseconds() : 0;
	int socket = connect_machine(wish.machine, environment);
	if (socket < 0) return;
	long place = call6(SYS_mmap, 0, sizeof(struct client), PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
	if (place > 0 || place < -4095) {
		struct client *client = (struct client *)place;
		prepare(client, &wish, arguments, environment, entered);
		client->socket = socket;
		client->signals = client->request.full ? -1 : hold_signals(&kept);
		if (client->signals >= 0 && begin_session(client)) run_session(client);
		if (!client->request.full) restore_signals(&kept);
		if (client->signals >= 0) call3(SYS_close, client->signals, 0, 0);
		call3(SYS_munmap, place, sizeof(struct client), 0);
	}
	call3(SYS_close, socket, 0, 0);
}
