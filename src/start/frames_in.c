/* What comes from the supervisor: its greeting, then frames of the one session. It is trusted no more than src/wire trusts it. */
#include "client.h"

/* The session ends; its last words are why. */
void cut_off(struct client *client, const char *reason)
{
	client->stage = OVER;
	client->why.length = 0;
	put(&client->why, reason);
	for (int at = 0; at < 2; at++) client->outputs[at].filled = 0;
}

/* A peer that breaks the protocol, in the words of src/wire: two numbers with words before, between and behind them. */
static void broken(struct client *client, const char *before, word number, const char *behind)
{
	cut_off(client, "the supervisor broke the protocol (");
	put(&client->why, before);
	put_number(&client->why, number, 10);
	put(&client->why, behind);
	put(&client->why, ")");
}

static void take_data(struct client *client, const struct frame *frame)
{
	byte channel = frame->length > 0 ? frame->payload[0] : 0;
	if (channel != 1 && channel != 2) return broken(client, "bytes for channel ", channel, " on stream 1");
	if (frame->type == END) return;
	struct output *output = &client->outputs[channel - 1];
	u32 count = frame->length - 1, granted = output->receipts.granted;
	if (!receive(&output->receipts, count)) {
		broken(client, "", count, " bytes sent with credit for ");
		client->why.length--;
		put_number(&client->why, granted, 10);
		return put(&client->why, ")");
	}
	take_output(client, output, frame->payload + 1, count);
}

static void take_window(struct client *client, const struct frame *frame)
{
	const byte *at = frame->payload;
	if (frame->length != 5) return broken(client, "window update of ", frame->length, " bytes");
	if (at[0] != 0) return broken(client, "window update for channel ", at[0], "");
	u32 bytes = (u32)at[1] << 24 | (u32)at[2] << 16 | (u32)at[3] << 8 | at[4], available = client->stdin_credit;
	if (add_credit(&client->stdin_credit, bytes)) return;
	broken(client, "window update of ", bytes, " bytes beside ");
	client->why.length--;
	put_number(&client->why, available, 10);
	put(&client->why, " available)");
}

static void take_message(struct client *client, const struct frame *frame)
{
	int code;
	if (read_event(frame->payload, frame->length, &code) == STARTED) {
		client->started = 1;
		pass(client, STARTED_AT);
		return;
	}
	pass(client, ENDED);
	copy_bytes(client->event, frame->payload, frame->length);
	client->event_length = frame->length;
}

/* Whether no container of that name runs (NOT_HERE of src/supervisor_protocol/messages.ts): nothing was done, and the runtime knows what to say. */
static int is_not_here(const struct client *client, const struct frame *frame)
{
	const char *reason = "no such container runs";
	word length = length_of(reason);
	return client->wish->container && !client->started && frame->length == length &&
		same_bytes(frame->payload, (const byte *)reason, length);
}

static void take_frame(struct client *client, const struct frame *frame)
{
	if (frame->stream == 0 && frame->type == PONG) return;
	if (frame->stream == 0) return broken(client, "frame of type ", frame->type, " on stream 0");
	if (frame->stream > 1) return broken(client, "frame for stream ", frame->stream, ", never opened");
	switch (frame->type) {
	case MESSAGE: return take_message(client, frame);
	case DATA:
	case END: return take_data(client, frame);
	case WINDOW: return take_window(client, frame);
	case CLOSE:
		client->stage = OVER;
		return;
	case RESET:
		client->left = is_not_here(client, frame);
		cut_off(client, "");
		put_bytes(&client->why, frame->payload, frame->length < REASON_BYTES ? frame->length : REASON_BYTES);
		return;
	default: broken(client, "frame of type ", frame->type, " on stream 1");
	}
}

/* Looks for the answer to the hello. Returns how many bytes are behind. */
static word take_answer(struct client *client)
{
	struct answer answer;
	word useless = 0, behind = find_answer(client->in, client->in_length, client->nonce, &answer, &useless);
	if (behind == 0) return useless;
	/* A request that has waited needs a newer supervisor; one that enters containers takes words of any bytes, too. */
	int known = client->wish->container ? answer.enters : answer.byte_words;
	if (!answer.same_version || (client->request.length > 0 && !known)) client->left = 1;
	client->stage = RUNNING;
	pass(client, GREETED);
	return behind;
}

void take_frames(struct client *client)
{
	word at = 0;
	if (client->stage == GREETING) at = take_answer(client);
	while (client->stage == RUNNING && !client->left) {
		byte words[64];
		struct text why = {words, 0, sizeof words - 1, 0};
		struct frame frame;
		long size = read_frame(client->in + at, client->in_length - at, &frame, &why);
		if (size == 0) break;
		if (size < 0) {
			cut_off(client, "the supervisor broke the protocol (");
			put_bytes(&client->why, words, why.length);
			put(&client->why, ")");
			break;
		}
		take_frame(client, &frame);
		at += (word)size;
	}
	client->in_length -= at;
	for (word index = 0; at > 0 && index < client->in_length; index++) client->in[index] = client->in[at + index];
}
