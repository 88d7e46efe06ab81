/*
 * What is said on a link to a supervisor (docs/protocol.md): frames, greetings, credit, and the events of a program.
 * Pure; tests/vectors has bytes and their meaning.
 */
#ifndef WIRE_H
#define WIRE_H

#include "text.h"

enum { HEADER_BYTES = 9, MAX_FRAME_BYTES = 32768, MAX_PAYLOAD_BYTES = MAX_FRAME_BYTES - HEADER_BYTES };
enum { HELLO = 1, HELLO_ACK, OPEN, MESSAGE, DATA, WINDOW, END, RESET, CLOSE, PING, PONG, OPEN_PART };
enum { PROTOCOL = 1, NONCE_DIGITS = 32 };

struct frame { u32 stream, length; byte type; const byte *payload; };

void put_header(struct text *to, u32 stream, byte type, word length);

/* Reads the frame at `from`: how many bytes it has; 0: it is not whole yet; -1: it is none, and `why` says what it is. */
long read_frame(const byte *from, word count, struct frame *found, struct text *why);

/* Writes a client's hello, on a fresh byte stream. */
void put_hello(struct text *to, const char *nonce, const char *version);

/* What a supervisor has answered. */
struct answer { int same_version, byte_words, enters; };

/*
 * Looks for the answer to a hello, and passes over all that is none: how many bytes end with it; 0: it is not there yet, and the first
 * `*useless` bytes are no part of it.
 */
word find_answer(const byte *from, word count, const char *nonce, struct answer *found, word *useless);

/* Bytes that a sender may have on their way on a fresh channel; a receiver gives them back in steps of at least so many. */
enum { CREDIT = 262144, CREDIT_STEP = CREDIT / 2 };

/* Adds what the receiver gave back. Returns whether it had been sent. */
int add_credit(u32 *available, u32 bytes);

/* What a peer may still send, and what was consumed and not given back yet. */
struct receipts { u32 granted, consumed; };

/* Notes bytes that came. Returns whether there was credit for them. */
int receive(struct receipts *of, u32 bytes);
/* Notes bytes that were consumed: what is to be given back now, 0 for nothing yet. */
u32 consume(struct receipts *of, u32 bytes);

/* How a program's session goes on. ODD: any event but a start, and an end that takes no words. */
enum event { ODD, STARTED, EXITED };

/* Reads an event. @param code of an EXITED one: what this process ends with */
enum event read_event(const byte *json, word count, int *code);

#endif
