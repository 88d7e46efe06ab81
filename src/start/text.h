/* Bytes: bounded buffers, and words of command lines. Pure. */
#ifndef TEXT_H
#define TEXT_H

typedef unsigned char byte;
typedef unsigned int u32;
typedef unsigned long word;

/* A buffer that is written to from its front. What does not fit is left out, whole, and makes it `full`. */
struct text { byte *at; word length, room; int full; };

word length_of(const char *text);
int same(const char *one, const char *other);
/* Whether `text` begins with all of `beginning`. */
int begins(const char *text, const char *beginning);
int same_bytes(const byte *one, const byte *other, word count);
void copy_bytes(void *to, const void *from, word count);

void put_bytes(struct text *to, const void *from, word count);
void put(struct text *to, const char *text);
/* In a base of 36 at most, with small letters, as JavaScript's toString(). */
void put_number(struct text *to, word number, u32 base);

/* Bytes of the character at `text`, before `end`, by Unicode's table 3-7; 0 where none begins. */
word character(const byte *text, const byte *end);
int is_utf8(const char *text);

#endif
