/*
 * Signals of this process on their way to the program, as src/cli/terminal/signals.ts passes them on. They are blocked, and read from
 * a descriptor, so that none interrupts a call.
 */
#include "client.h"
#include "system.h"

enum { SIG_BLOCK = 0, SIG_SETMASK = 2, SIGINT = 2, SIGPIPE = 13, SIGTTIN = 21, SIGTTOU = 22, SIG_IGN = 1 };
enum { SFD_NONBLOCK = 04000, SFD_CLOEXEC = 02000000, SET_BYTES = 8, INFO_BYTES = 128 };

/* Exit code of a second Ctrl-C, within this time of the first. */
enum { INTERRUPTED = 130, FORCE_MILLISECONDS = 2000 };

#define BIT(signal) (1UL << ((signal) - 1))

/* HUP INT QUIT TRAP ABRT USR1 USR2 ALRM TERM STKFLT XCPU XFSZ VTALRM PROF WINCH IO PWR SYS; why not the others stands in signals.ts. */
#define FORWARDED (BIT(1) | BIT(2) | BIT(3) | BIT(5) | BIT(6) | BIT(10) | BIT(12) | BIT(14) | BIT(15) | BIT(16) | BIT(24) | \
	BIT(25) | BIT(26) | BIT(27) | BIT(28) | BIT(29) | BIT(30) | BIT(31))

/* On a terminal these two stop a process in the background that uses the terminal. */
static int has_terminal(void)
{
	byte mode[64];
	for (int descriptor = 0; descriptor < 3; descriptor++)
		if (call3(SYS_ioctl, descriptor, TCGETS, (long)mode) >= 0) return 1;
	return 0;
}

/* Has them wait. Returns the descriptor that they are read from, or an error below 0. */
int hold_signals(struct signals *kept)
{
	word set = FORWARDED | (has_terminal() ? 0 : BIT(SIGTTIN) | BIT(SIGTTOU)), ignored[4] = {SIG_IGN, 0, 0, 0};
	call6(SYS_rt_sigprocmask, SIG_BLOCK, (long)&set, (long)&kept->before, SET_BYTES, 0, 0);
	/* An output that nobody reads is told by its error. */
	call6(SYS_rt_sigaction, SIGPIPE, (long)ignored, (long)kept->sigpipe, SET_BYTES, 0, 0);
	return (int)call6(SYS_signalfd4, -1, (long)&set, SET_BYTES, SFD_CLOEXEC | SFD_NONBLOCK, 0, 0);
}

void restore_signals(const struct signals *kept)
{
	call6(SYS_rt_sigaction, SIGPIPE, (long)kept->sigpipe, 0, SET_BYTES, 0, 0);
	call6(SYS_rt_sigprocmask, SIG_SETMASK, (long)&kept->before, 0, SET_BYTES, 0, 0);
}

void pass_signals(struct client *client)
{
	byte info[INFO_BYTES], json[64];
	while (client->out.room - client->out.length > 1024) {
		if (call3(SYS_read, client->signals, (long)info, sizeof info) != sizeof info) return;
		u32 signal;
		copy_bytes(&signal, info, sizeof signal); /* ssi_signo */
		if (signal == SIGINT) {
			long time = now();
			if (client->last_interrupt && time - client->last_interrupt < FORCE_MILLISECONDS) leave(INTERRUPTED);
			client->last_interrupt = time;
		}
		struct text request = {json, 0, sizeof json, 0};
		put(&request, "{\"kind\":\"signal\",\"signal\":");
		put_number(&request, signal, 10);
		put(&request, "}");
		if (client->stage != OVER) post(client, MESSAGE, json, request.length);
	}
}
