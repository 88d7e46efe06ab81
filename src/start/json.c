/* JSON as far as the client needs it. Every byte is looked at once, in a loop; nothing calls itself. Pure. */
#include "json.h"

/* Deepest nesting that is passed over. */
enum { DEEPEST = 64 };

static void put_escape(struct text *to, byte first, byte one)
{
	const char *digits = "0123456789abcdef";
	byte escape[6] = {'\\', 'u', first ? 'd' : '0', first ? 'c' : '0', (byte)digits[one >> 4], (byte)digits[one & 15]};
	put_bytes(to, escape, sizeof escape);
}

/* ECMA-262, QuoteJSONString: what has no letter of its own is \u and four digits. */
static void put_control(struct text *to, byte one)
{
	switch (one) {
	case '\b': return put(to, "\\b");
	case '\t': return put(to, "\\t");
	case '\n': return put(to, "\\n");
	case '\f': return put(to, "\\f");
	case '\r': return put(to, "\\r");
	case '"': return put(to, "\\\"");
	case '\\': return put(to, "\\\\");
	default: put_escape(to, 0, one);
	}
}

void put_string(struct text *to, const byte *from, word count)
{
	const byte *end = from + count;
	put(to, "\"");
	while (from < end) {
		word bytes = character(from, end);
		if (bytes == 0) put_escape(to, 1, *from);
		else if (bytes == 1 && (*from < 0x20 || *from == '"' || *from == '\\')) put_control(to, *from);
		else put_bytes(to, from, bytes);
		from += bytes ? bytes : 1;
	}
	put(to, "\"");
}

void put_word(struct text *to, const char *text)
{
	put_string(to, (const byte *)text, length_of(text));
}

static void skip_space(struct object *from)
{
	while (from->at < from->end && (*from->at == ' ' || *from->at == '\t' || *from->at == '\n' || *from->at == '\r')) from->at++;
}

/* Passes over one byte that is wanted. */
static int take(struct object *from, byte wanted)
{
	skip_space(from);
	if (from->at >= from->end || *from->at != wanted) return 0;
	from->at++;
	return 1;
}

/* Passes over the rest of a string whose first quote is behind. */
static int skip_string(struct object *from)
{
	for (; from->at < from->end; from->at++) {
		if (*from->at < 0x20) return 0;
		if (*from->at == '"') {
			from->at++;
			return 1;
		}
		if (*from->at == '\\' && ++from->at >= from->end) return 0;
	}
	return 0;
}

/* Passes over an array or an object. Which bracket closes which is not judged. */
static int skip_nested(struct object *from)
{
	int depth = 0;
	while (from->at < from->end) {
		byte one = *from->at++;
		if (one == '"' && !skip_string(from)) return 0;
		if ((one == '[' || one == '{') && ++depth > DEEPEST) return 0;
		if ((one == ']' || one == '}') && --depth == 0) return 1;
	}
	return 0;
}

static int skip_literal(struct object *from)
{
	const byte *first = from->at;
	for (; from->at < from->end; from->at++) {
		byte one = *from->at, letter = one | 0x20;
		if (!((one >= '0' && one <= '9') || (letter >= 'a' && letter <= 'z') || one == '-' || one == '+' || one == '.')) break;
	}
	return from->at > first;
}

static int read_value(struct object *from, struct member *found)
{
	skip_space(from);
	if (from->at >= from->end) return 0;
	int quoted = *from->at == '"', nested = *from->at == '[' || *from->at == '{';
	found->kind = quoted ? '"' : nested ? '[' : 'a';
	if (quoted) from->at++;
	found->value = from->at;
	if (!(quoted ? skip_string(from) : nested ? skip_nested(from) : skip_literal(from))) return 0;
	found->value_length = (word)(from->at - found->value) - (quoted ? 1 : 0);
	return 1;
}

int next_member(struct object *from, struct member *found)
{
	int first = !from->begun;
	if (first && !take(from, '{')) return -1;
	from->begun = 1;
	if (take(from, '}')) {
		skip_space(from);
		return from->at == from->end ? 0 : -1;
	}
	if (!first && !take(from, ',')) return -1;
	if (!take(from, '"')) return -1;
	found->key = from->at;
	if (!skip_string(from)) return -1;
	found->key_length = (word)(from->at - found->key) - 1;
	return take(from, ':') && read_value(from, found) ? 1 : -1;
}

int is_key(const struct member *one, const char *key)
{
	return length_of(key) == one->key_length && same_bytes(one->key, (const byte *)key, one->key_length);
}

int has_value(const struct member *one, char kind, const char *value)
{
	return one->kind == kind && length_of(value) == one->value_length &&
		same_bytes(one->value, (const byte *)value, one->value_length);
}

int whole_number(const struct member *one, int *number)
{
	word at = 0, negative = one->value_length > 0 && one->value[0] == '-';
	*number = 0;
	if (one->kind != 'a' || one->value_length <= negative || one->value_length > negative + 9) return 0;
	for (at = negative; at < one->value_length; at++) {
		if (one->value[at] < '0' || one->value[at] > '9') return 0;
		*number = 10 * *number + (one->value[at] - '0');
	}
	if (negative) *number = -*number;
	return 1;
}
