/* JSON as far as the client needs it: words are written, and members of one object are read in place. Pure. */
#ifndef JSON_H
#define JSON_H

#include "text.h"

/*
 * Writes bytes as a JSON string: UTF-8 as it is, and any other byte 0xXX as \udcXX (docs/protocol.md, Sessions),
 * so that the text is what src/text/byte_word.ts and JSON.stringify() make of them.
 */
void put_string(struct text *to, const byte *from, word count);
void put_word(struct text *to, const char *text);

/* What is left to be read of an object. */
struct object { const byte *at, *end; int begun; };

/*
 * A member. `kind`: '"' a string, whose `value` is the text between the quotes with its escapes; '[' an array or an object; 'a' a
 * literal, such as a number. All are views of what is read.
 */
struct member { const byte *key, *value; word key_length, value_length; char kind; };

/* Reads the next member: 1; at the end of the object, and of the text: 0; where it is no JSON: -1. */
int next_member(struct object *from, struct member *found);

int is_key(const struct member *one, const char *key);
/* Whether it is this literal, or, where `kind` is a quote, this string. */
int has_value(const struct member *one, char kind, const char *value);
/* Reads a whole number of at most 9 digits. Returns whether it is one. */
int whole_number(const struct member *one, int *number);

#endif
