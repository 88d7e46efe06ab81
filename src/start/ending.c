/*
 * How this process ends: with the program's code where that says all, and else by the runtime, which is given what came as one word
 * of JSON (src/cli/native_end.ts). So every line that a person reads is written in one place.
 */
#include "client.h"
#include "json.h"
#include "system.h"

enum { BROKEN_PIPE = 141, FAILED = 125 };

/* Room for a word of the command line: MAX_ARG_STRLEN of Linux. Most bytes of an event: each may become six. */
enum { WORD_ROOM = 131072, EVENT_BYTES = 16384 };

static void put_field(struct text *to, const char *name, const byte *value, word length)
{
	put(to, ",\"");
	put(to, name);
	put(to, "\":");
	put_string(to, value, length);
}

/* Writes what is known of the end. */
static void put_ending(struct text *to, const struct client *client)
{
	const struct wish *wish = client->wish;
	put(to, "{\"named\":");
	put(to, wish->named ? "true" : "false");
	put_field(to, "machine", (const byte *)wish->machine, length_of(wish->machine));
	put_field(to, "program", (const byte *)wish->words[0], length_of(wish->words[0]));
	if (client->output_error) {
		put(to, ",\"outputError\":");
		put_number(to, (word)client->output_error, 10);
	} else if (client->stage == GREETING) put(to, ",\"silent\":\"supervisor\"");
	else if (client->late) put(to, ",\"silent\":\"agent\"");
	else if (client->event_length > 0) {
		put_field(to, "event", client->event, client->event_length < EVENT_BYTES ? client->event_length : EVENT_BYTES);
	} else if (client->why.length > 0) put_field(to, "reason", client->why.at, client->why.length);
	put(to, "}");
}

/* The runtime says how it ended. */
static _Noreturn void tell(struct client *client)
{
	byte *json = client->outputs[0].ring; /* which nobody needs any more */
	struct text word = {json, 0, WORD_ROOM - 1, 0};
	char *arguments[4] = {client->arguments[0], "_native_end", (char *)json, 0};
	const char *lost = "smolvm: cannot say how the command ended: /proc/self/exe cannot be run\n";
	put_ending(&word, client);
	json[word.length] = 0;
	call3(SYS_execve, (long)"/proc/self/exe", (long)arguments, (long)client->environment);
	call3(SYS_write, 2, (long)lost, (long)length_of(lost));
	leave(FAILED);
}

_Noreturn void end(struct client *client)
{
	int code;
	pass(client, CLOSED);
	tell_steps(client);
	if (client->output_error == EPIPE) leave(BROKEN_PIPE);
	if (!client->output_error && !client->late && client->event_length > 0 &&
		read_event(client->event, client->event_length, &code) == EXITED)
		leave(code);
	tell(client);
}
