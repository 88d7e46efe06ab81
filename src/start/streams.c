/*
 * This process's own streams. They are left as they are: whoever started the process may share them, so none is made non-blocking here.
 * Nothing may wait for a reader of the output, because signals and the other streams go on meanwhile: so no more is written at
 * once than what is known to have room.
 */
#include "client.h"
#include "system.h"

/*
 * What poll(2) promises of a pipe is room for PIPE_BUF bytes, pipe(7), and of a terminal that it is not stopped. An empty pipe has room for
 * all it can hold.
 */
enum { PIPE_BUF = 4096, TERMINAL_BYTES = 512 };

static enum output_kind kind_of(int descriptor)
{
	struct status of;
	byte mode[64];
	if (call3(SYS_ioctl, descriptor, TCGETS, (long)mode) >= 0) return TERMINAL_OUTPUT;
	if (call6(SYS_newfstatat, descriptor, (long)"", (long)&of, AT_EMPTY_PATH, 0, 0) < 0) return FILE_OUTPUT;
	if ((of.mode & S_IFMT) == S_IFIFO) return PIPE_OUTPUT;
	return (of.mode & S_IFMT) == S_IFSOCK ? SOCKET_OUTPUT : FILE_OUTPUT;
}

void open_outputs(struct client *client)
{
	for (int at = 0; at < 2; at++) {
		struct output *output = &client->outputs[at];
		output->descriptor = at + 1;
		output->kind = kind_of(at + 1);
		output->receipts.granted = CREDIT;
		long bytes = output->kind == PIPE_OUTPUT ? call3(SYS_fcntl, at + 1, F_GETPIPE_SZ, 0) : 0;
		output->pipe_bytes = bytes > PIPE_BUF && bytes < CREDIT ? (u32)bytes : PIPE_BUF;
	}
}

static int is_ready(int descriptor)
{
	struct poll one = {descriptor, POLLOUT, 0};
	struct time none = {0, 0};
	return call6(SYS_ppoll, (long)&one, 1, (long)&none, 0, 0, 0) == 1;
}

/* How many of so many bytes can be written now. */
static u32 room_of(const struct output *output, u32 count)
{
	int waiting = 1;
	u32 room = count;
	switch (output->kind) {
	case FILE_OUTPUT:
	case SOCKET_OUTPUT: return count;
	case TERMINAL_OUTPUT: room = TERMINAL_BYTES; break;
	case PIPE_OUTPUT:
		if (call3(SYS_ioctl, output->descriptor, FIONREAD, (long)&waiting) == 0 && waiting == 0) room = output->pipe_bytes;
		else room = PIPE_BUF;
		break;
	}
	if (!is_ready(output->descriptor)) return 0;
	return count < room ? count : room;
}

/* Writes as much as needs no waiting: how many bytes that were. What cannot be written ends the process. */
static u32 write_ready(struct client *client, struct output *output, const byte *from, u32 count)
{
	u32 at = 0;
	while (at < count) {
		u32 room = room_of(output, count - at);
		if (room == 0) break;
		long written = output->kind == SOCKET_OUTPUT
			? call6(SYS_sendto, output->descriptor, (long)(from + at), room, MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0)
			: call3(SYS_write, output->descriptor, (long)(from + at), room);
		if (written == -EINTR) continue;
		if (written == -EAGAIN) break;
		if (written < 0) {
			client->output_error = (int)-written;
			end(client);
		}
		at += (u32)written;
	}
	output->owed += consume(&output->receipts, at);
	return at;
}

void take_output(struct client *client, struct output *output, const byte *from, u32 count)
{
	u32 written = output->filled == 0 ? write_ready(client, output, from, count) : 0;
	from += written;
	count -= written;
	/* There was credit for these bytes, and there is no more of it than the ring has room for. */
	while (count > 0 && output->filled < CREDIT) {
		u32 at = (output->first + output->filled) % CREDIT, part = CREDIT - at;
		if (part > CREDIT - output->filled) part = CREDIT - output->filled;
		if (part > count) part = count;
		copy_bytes(output->ring + at, from, part);
		output->filled += part;
		from += part;
		count -= part;
	}
}

void drain_output(struct client *client, struct output *output)
{
	while (output->filled > 0) {
		u32 part = CREDIT - output->first;
		if (part > output->filled) part = output->filled;
		u32 written = write_ready(client, output, output->ring + output->first, part);
		output->first = (output->first + written) % CREDIT;
		output->filled -= written;
		if (written < part) break;
	}
	if (output->owed == 0 || client->stage != RUNNING) return;
	byte payload[5] = {
		(byte)output->descriptor, (byte)(output->owed >> 24), (byte)(output->owed >> 16), (byte)(output->owed >> 8),
		(byte)output->owed,
	};
	if (post(client, WINDOW, payload, sizeof payload)) output->owed = 0;
}

u32 input_room(const struct client *client)
{
	u32 most = MAX_PAYLOAD_BYTES - 1;
	if (!client->stdin_open || client->stage != RUNNING || client->deaf) return 0;
	/* Until the container is found the runtime may have to do all of it. */
	if (client->wish->container && !client->started) return 0;
	/* Room is left for control frames. */
	if (client->out.room - client->out.length < 2 * MAX_FRAME_BYTES) return 0;
	return client->stdin_credit < most ? client->stdin_credit : most;
}

void send_input(struct client *client)
{
	u32 room = input_room(client);
	if (room == 0) return;
	byte *place = client->out.at + client->out.length + HEADER_BYTES + 1, channel = 0;
	long count = call3(SYS_read, 0, (long)place, room);
	if (count == -EAGAIN || count == -EINTR) return;
	if (count <= 0) {
		client->stdin_open = 0;
		post(client, END, &channel, 1);
		return;
	}
	put_header(&client->out, 1, DATA, 1 + (word)count);
	client->out.at[client->out.length] = channel;
	client->out.length += 1 + (word)count;
	client->stdin_credit -= (u32)count;
}
