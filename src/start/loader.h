/* What the kernel would have done for the runtime: its dynamic loader, put into this process. */
#ifndef LOADER_H
#define LOADER_H

#include "text.h"

/*
 * Loads the interpreter that a program header names, whose type is PT_NULL in the file, and tells it of the program: the runtime's own entry
 * is where it will go. Returns the interpreter's entry, or 0 where it cannot be loaded.
 */
word load_interpreter(word *auxiliary, word header, word entry);

#endif
