/* When a session passed what, on stderr where SMOLVM_STEPS is set: for `deno task bench:steps`. */
#include "client.h"
#include "system.h"

long epoch_microseconds(void)
{
	struct time time = {0, 0};
	call3(SYS_clock_gettime, CLOCK_REALTIME, (long)&time, 0);
	return time.seconds * 1000000 + time.nanoseconds / 1000;
}

void pass(struct client *client, enum step step)
{
	if (client->tells_steps) client->steps[step] = epoch_microseconds();
}

void tell_steps(const struct client *client)
{
	static const char names[STEPS][12] = {"entered", "connected", "greeted", "started", "exited", "closed"};
	byte line[512];
	struct text text = {line, 0, sizeof line, 0};
	if (!client->tells_steps) return;
	put(&text, "smolvm: steps:");
	for (int at = 0; at < STEPS; at++) {
		put(&text, " ");
		put(&text, names[at]);
		put(&text, " ");
		put_number(&text, (word)client->steps[at], 10);
	}
	put(&text, "\n");
	call3(SYS_write, 2, (long)line, (long)text.length);
}
