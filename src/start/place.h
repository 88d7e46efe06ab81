/* Where a machine's supervisor listens. */
#ifndef PLACE_H
#define PLACE_H

#include "text.h"

/* A variable of the environment; null where it is absent. */
const char *variable(char **environment, const char *name);

/*
 * Connects to the supervisor of the machine of that name by the link that it has made (docs/protocol.md, How a supervisor is found).
 * Returns a descriptor; -1 where the runtime has to look for the machine.
 */
int connect_machine(const char *name, char **environment);

#endif
