/* Which command lines the client takes: `microvm exec` and `container exec` with the most common options. Pure. */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include "text.h"

enum { MOST_VARIABLES = 64 };

/* What is to be run, and where. All words are those of the command line. */
struct wish {
	const char *machine, *folder, *user;
	const char *container; /* null: the machine's own root */
	const char *variables[MOST_VARIABLES];
	char **words; /* up to a null pointer */
	int variable_count, interactive, named;
};

/*
 * Reads a command line as src/cli/machine/exec.ts and src/cli/container/exec.ts do. Returns whether the client takes it; else the
 * runtime says what there is to say.
 */
int read_command_line(char **words, struct wish *wish);

/* Writes what opens the session (src/supervisor_protocol/messages.ts, exec and enter). */
void put_request(struct text *to, const struct wish *wish);

/* Whether a word of it is not UTF-8. */
int holds_bytes(const struct wish *wish);

#endif
