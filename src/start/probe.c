/*
 * For tests: asks json.c, wire.c and text.c about bytes, one question a line (`KIND HEX…`), one answer a line. The bytes lie at the end
 * of a page with nothing behind it, so that a byte too many is a fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "json.h"
#include "wire.h"

enum { PAGES = 65536 };
static byte *area, made[8 * PAGES];
static struct text out;

/* Puts bytes against the end of the area. */
static byte *against_end(const char *hex, word *count)
{
	unsigned one;
	*count = strlen(hex) / 2;
	byte *from = area + PAGES - *count;
	for (word at = 0; at < *count; at++) {
		sscanf(hex + 2 * at, "%2x", &one);
		from[at] = (byte)one;
	}
	return from;
}

static void show(const byte *from, word count)
{
	for (word at = 0; at < count; at++) printf("%02x", from[at]);
}

static void ask_frame(const byte *from, word count)
{
	byte words[64];
	struct text why = {words, 0, sizeof words, 0};
	struct frame frame;
	long size = read_frame(from, count, &frame, &why);
	if (size == 0) printf("partial");
	else if (size < 0) printf("bad %.*s", (int)why.length, words);
	else {
		printf("%u %u ", frame.stream, frame.type);
		show(frame.payload, frame.length);
	}
}

static void ask_answer(const byte *from, word count, const char *nonce)
{
	struct answer answer;
	word useless = 0, behind = find_answer(from, count, nonce, &answer, &useless);
	if (behind == 0) printf("none");
	else printf("%s %lu%s%s", answer.same_version ? "same" : "other", count - behind, answer.byte_words ? " byte-words" : "",
		answer.enters ? " enter" : "");
}

static void ask_event(const byte *from, word count)
{
	int code = -1;
	enum event kind = read_event(from, count, &code);
	if (kind == EXITED) printf("exited %d", code);
	else printf(kind == STARTED ? "started" : "odd");
}

int main(void)
{
	static char line[4 * PAGES], kind[32], first[3 * PAGES], second[64];
	u32 available = CREDIT;
	struct receipts receipts = {CREDIT, 0};
	area = mmap(0, 2 * PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED || mprotect(area + PAGES, PAGES, PROT_NONE) < 0) return 2;
	while (fgets(line, sizeof line, stdin)) {
		word count = 0;
		*first = *second = 0;
		if (sscanf(line, "%31s %196000s %63s", kind, first, second) < 1) continue;
		u32 number = (u32)strtoul(first, 0, 10);
		out = (struct text){made, 0, sizeof made, 0};
		if (!strcmp(kind, "fresh")) available = receipts.granted = CREDIT, receipts.consumed = 0;
		else if (!strcmp(kind, "send")) {
			u32 taken = number < available ? number : available;
			available -= taken;
			printf("%u", taken);
		} else if (!strcmp(kind, "window")) printf("%d", add_credit(&available, number));
		else if (!strcmp(kind, "receive")) printf("%d", receive(&receipts, number));
		else if (!strcmp(kind, "consume")) printf("%u", consume(&receipts, number));
		else if (!strcmp(kind, "hello")) {
			put_hello(&out, first, second);
			show(out.at, out.length);
		} else {
			byte *from = against_end(first, &count);
			if (!strcmp(kind, "frame")) ask_frame(from, count);
			if (!strcmp(kind, "answer")) ask_answer(from, count, second);
			if (!strcmp(kind, "event")) ask_event(from, count);
			if (!strcmp(kind, "word")) {
				put_string(&out, from, count);
				show(out.at, out.length);
			}
		}
		printf("\n");
	}
	return 0;
}
