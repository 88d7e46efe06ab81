/* Bytes: bounded buffers, and words of command lines. Pure. */
#include "text.h"

word length_of(const char *text)
{
	word count = 0;
	while (text[count]) count++;
	return count;
}

int begins(const char *text, const char *beginning)
{
	while (*beginning) if (*text++ != *beginning++) return 0;
	return 1;
}

int same(const char *one, const char *other)
{
	return begins(one, other) && !one[length_of(other)];
}

int same_bytes(const byte *one, const byte *other, word count)
{
	while (count-- > 0) if (*one++ != *other++) return 0;
	return 1;
}

void copy_bytes(void *to, const void *from, word count)
{
#if defined __x86_64__
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
#else
	byte *target = to;
	const byte *source = from;
	while (count-- > 0) *target++ = *source++;
#endif
}

void put_bytes(struct text *to, const void *from, word count)
{
	if (count > to->room - to->length) {
		to->full = 1;
		return;
	}
	copy_bytes(to->at + to->length, from, count);
	to->length += count;
}

void put(struct text *to, const char *text)
{
	put_bytes(to, text, length_of(text));
}

void put_number(struct text *to, word number, u32 base)
{
	byte digits[64];
	word first = sizeof digits;
	do {
		digits[--first] = (byte)"0123456789abcdefghijklmnopqrstuvwxyz"[number % base];
		number /= base;
	} while (number);
	put_bytes(to, digits + first, sizeof digits - first);
}

word character(const byte *text, const byte *end)
{
	if (text >= end) return 0;
	byte first = text[0], low = 0x80, high = 0xbf;
	word count;
	if (first < 0x80) return 1;
	if (first < 0xc2 || first > 0xf4) return 0;
	count = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (first == 0xe0) low = 0xa0;
	if (first == 0xed) high = 0x9f;
	if (first == 0xf0) low = 0x90;
	if (first == 0xf4) high = 0x8f;
	if (count > (word)(end - text)) return 0;
	for (word at = 1; at < count; at++) {
		if (text[at] < low || text[at] > high) return 0;
		low = 0x80;
		high = 0xbf;
	}
	return count;
}

int is_utf8(const char *text)
{
	const byte *at = (const byte *)text, *end = at + length_of(text);
	for (word count; at < end; at += count) if (!(count = character(at, end))) return 0;
	return 1;
}
