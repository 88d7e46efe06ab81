/* What is said on a link to a supervisor. Pure. */
#include "wire.h"

#include "json.h"

static const byte magic[16] = {
	0xd5, 0x9c, 0x1f, 0x83, 0x6e, 0xb0, 0x42, 0xf7, 0x0a, 0x91, 0xce, 0x38, 0x75, 0xe4, 0x2b, 0xa6,
};

static u32 number_at(const byte *at)
{
	return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
}

void put_header(struct text *to, u32 stream, byte type, word length)
{
	byte header[HEADER_BYTES] = {
		(byte)(stream >> 24), (byte)(stream >> 16), (byte)(stream >> 8), (byte)stream, type,
		(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length,
	};
	put_bytes(to, header, sizeof header);
}

long read_frame(const byte *from, word count, struct frame *found, struct text *why)
{
	if (count < HEADER_BYTES) return 0;
	found->stream = number_at(from);
	found->type = from[4];
	found->length = number_at(from + 5);
	found->payload = from + HEADER_BYTES;
	if (found->type < HELLO || found->type > OPEN_PART) {
		put(why, "frame of type ");
		put_number(why, found->type, 10);
		return -1;
	}
	if (found->length > MAX_PAYLOAD_BYTES) {
		put(why, "frame of ");
		put_number(why, found->length, 10);
		put(why, " bytes");
		return -1;
	}
	return count < HEADER_BYTES + found->length ? 0 : (long)(HEADER_BYTES + found->length);
}

void put_hello(struct text *to, const char *nonce, const char *version)
{
	byte json[256];
	struct text hello = {json, 0, sizeof json, 0};
	put(&hello, "{\"protocol\":1,\"nonce\":\"");
	put(&hello, nonce);
	put(&hello, "\",\"version\":\"");
	put(&hello, version);
	/* Two fields that mean nothing, but to the first supervisors (src/supervisor_protocol/messages.ts). */
	put(&hello, "\",\"clock\":0,\"hostname\":\"\"}");
	put_bytes(to, magic, sizeof magic);
	put_header(to, 0, HELLO, hello.length);
	put_bytes(to, hello.at, hello.length);
	to->full |= hello.full;
}

/* Whether an array of JSON has this string. */
static int lists(const struct member *array, const char *wanted)
{
	word length = length_of(wanted);
	for (word at = 0; at + length <= array->value_length; at++)
		if (same_bytes(array->value + at, (const byte *)wanted, length)) return 1;
	return 0;
}

/* Whether it is the answer to the hello with this nonce. */
static int judge_answer(const byte *json, word count, const char *nonce, struct answer *found)
{
	struct object from = {json, json + count, 0};
	struct member one;
	int more, version = 0, own = 0, numbered = 0;
	found->same_version = found->byte_words = found->enters = 0;
	while ((more = next_member(&from, &one)) > 0) {
		if (is_key(&one, "protocol")) {
			numbered = one.kind == 'a' && one.value[0] >= '0' && one.value[0] <= '9';
			found->same_version = has_value(&one, 'a', "1");
		}
		if (is_key(&one, "nonce")) own = has_value(&one, '"', nonce);
		if (is_key(&one, "version")) version = one.kind == '"';
		if (is_key(&one, "features") && one.kind == '[') {
			found->byte_words = lists(&one, "\"byte-words\"");
			found->enters = lists(&one, "\"enter\"");
		}
	}
	return more == 0 && own && version && numbered;
}

word find_answer(const byte *from, word count, const char *nonce, struct answer *found, word *useless)
{
	word kept = count;
	for (word at = 0; at < count; at++) {
		byte unsaid[64];
		struct text why = {unsaid, 0, sizeof unsaid, 0};
		struct frame frame;
		word known = count - at < sizeof magic ? count - at : sizeof magic;
		if (!same_bytes(from + at, magic, known)) continue;
		long size = known < sizeof magic ? 0 : read_frame(from + at + known, count - at - known, &frame, &why);
		if (size < 0) continue;
		/* A frame whose type is there, and is another, is none that could become the answer. */
		if (known == sizeof magic && count - at - known > 4 && from[at + known + 4] != HELLO_ACK) continue;
		if (size == 0) {
			if (kept == count) kept = at;
			continue;
		}
		if (frame.stream == 0 && judge_answer(frame.payload, frame.length, nonce, found)) return at + known + (word)size;
	}
	*useless = kept;
	return 0;
}

int add_credit(u32 *available, u32 bytes)
{
	if (bytes == 0 || bytes > CREDIT - *available) return 0;
	*available += bytes;
	return 1;
}

int receive(struct receipts *of, u32 bytes)
{
	if (bytes > of->granted) return 0;
	of->granted -= bytes;
	return 1;
}

u32 consume(struct receipts *of, u32 bytes)
{
	of->consumed += bytes;
	if (of->consumed < CREDIT_STEP) return 0;
	u32 back = of->consumed;
	of->consumed = 0;
	of->granted += back;
	return back;
}

/* Reads a number or null. Returns whether it is one of both. */
static int number_or_null(const struct member *one, int *number, int *absent)
{
	*absent = has_value(one, 'a', "null");
	return *absent || whole_number(one, number);
}

enum event read_event(const byte *json, word count, int *code)
{
	struct object from = {json, json + count, 0};
	struct member one;
	int more, exited = 0, started = 0, seen = 0, own = 0, signal = 0, no_code = 1, no_signal = 1;
	while ((more = next_member(&from, &one)) > 0) {
		if (is_key(&one, "__proto__")) return ODD;
		if (is_key(&one, "kind")) {
			exited = has_value(&one, '"', "exited");
			started = has_value(&one, '"', "started");
		}
		if (is_key(&one, "code")) {
			if (!number_or_null(&one, &own, &no_code)) return ODD;
			seen |= 1;
		}
		if (is_key(&one, "signal")) {
			if (!number_or_null(&one, &signal, &no_signal)) return ODD;
			seen |= 2;
		}
		if (is_key(&one, "outOfMemory")) seen = has_value(&one, 'a', "false") ? seen | 4 : seen & ~4;
		if (is_key(&one, "timedOut")) seen = has_value(&one, 'a', "false") ? seen | 8 : seen & ~8;
	}
	if (more < 0 || !(started || (exited && seen == 15))) return ODD;
	/* As exitCodeOf() of src/session/outcome.ts. */
	*code = (no_signal ? no_code ? 125 : own : 128 + signal) & 0xff;
	return started ? STARTED : EXITED;
}
