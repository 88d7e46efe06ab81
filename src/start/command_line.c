/* Which command lines the client takes. Pure. */
#include "command_line.h"

#include "json.h"

/* Longest folder, user and program in bytes: PATH_MAX, less the NUL. */
enum { PATH_BYTES = 4095 };

/* A machine's name (src/machines/names.ts). */
static int is_name(const char *name)
{
	word length = length_of(name);
	for (word at = 0; at < length; at++) {
		char one = name[at];
		int plain = (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
		if (!plain && (at == 0 || (one != '.' && one != '_' && one != '-'))) return 0;
	}
	return length >= 1 && length <= 63;
}

/* Keeps the value of the option of that letter, n for --name. Returns whether the client takes it. */
static int keep(struct wish *wish, char option, const char *value)
{
	switch (option) {
	case 'n':
		if (wish->container) return 0;
		wish->machine = value;
		wish->named = 1;
		return is_name(value);
	case 'w':
		wish->folder = value;
		return value[0] == '/' && length_of(value) <= PATH_BYTES;
	case 'u':
		wish->user = value;
		return length_of(value) <= PATH_BYTES;
	default:
		if (wish->variable_count == MOST_VARIABLES || value[0] == '=') return 0;
		wish->variables[wish->variable_count++] = value;
		/* One that is to be copied from the environment has no sign. */
		while (*value && *value != '=') value++;
		return *value == '=';
	}
}

/* The letter of a long option that takes a value, which begins at `*value`, or is the next word where that is null. */
static char long_option(const char *word, const char **value)
{
	static const char names[4][12] = {"n--name", "e--env", "w--workdir", "u--user"};
	for (int at = 0; at < 4; at++) {
		const char *name = names[at] + 1;
		if (!begins(word, name)) continue;
		const char *rest = word + length_of(name);
		*value = *rest == '=' ? rest + 1 : 0;
		if (*rest == '=' || *rest == 0) return names[at][0];
	}
	return 0;
}

/* Reads the options from `*words` on, up to the command. */
static int read_options(char ***words, struct wish *wish)
{
	char **at = *words;
	for (; *at && (*at)[0] == '-' && (*at)[1]; at++) {
		const char *word = *at, *value = 0;
		char option = 0;
		if (same(word, "--")) {
			at++;
			break;
		}
		if (same(word, "-i") || same(word, "--interactive")) {
			wish->interactive = 1;
			continue;
		}
		if (word[1] == '-') option = long_option(word, &value);
		else if (word[1] == 'e' || word[1] == 'w' || word[1] == 'u') {
			option = word[1];
			value = word[2] ? word + 2 : 0;
		}
		if (!option) return 0;
		if (!value && !(value = *++at)) return 0;
		if (!keep(wish, option, value)) return 0;
	}
	*words = at;
	return 1;
}

/* Takes the words of a machine and of a container, which may be its whole id; an option behind them is for the runtime to refuse. */
static int take_places(char ***words, struct wish *wish)
{
	char **at = *words;
	if (same(at[-1], "--") || !at[0] || !at[1] || !at[2] || at[2][0] == '-') return 0;
	wish->machine = at[0];
	wish->container = at[1];
	wish->named = 1;
	*words = at + 2;
	return is_name(at[0]) && is_name(at[1]);
}

int read_command_line(char **words, struct wish *wish)
{
	wish->machine = "default";
	wish->folder = wish->user = "";
	wish->container = 0;
	wish->variable_count = wish->interactive = wish->named = 0;
	if (!words[0] || !*++words) return 0;
	int contained = same(*words, "container");
	if (contained) wish->container = "";
	if (contained || same(*words, "microvm") || same(*words, "vm")) words++;
	if (!*words || !same(*words, "exec")) return 0;
	words++;
	if (!read_options(&words, wish)) return 0;
	if (contained && !take_places(&words, wish)) return 0;
	wish->words = words;
	return words[0] && length_of(words[0]) <= PATH_BYTES;
}

void put_request(struct text *to, const struct wish *wish)
{
	put(to, wish->container ? "{\"kind\":\"enter\",\"container\":" : "{\"kind\":\"exec\"");
	if (wish->container) put_word(to, wish->container);
	put(to, ",\"argv\":[");
	for (char **at = wish->words; *at; at++) {
		if (at > wish->words) put(to, ",");
		put_word(to, *at);
	}
	put(to, "],\"env\":[");
	for (int at = 0; at < wish->variable_count; at++) {
		if (at > 0) put(to, ",");
		put_word(to, wish->variables[at]);
	}
	put(to, "],\"cwd\":");
	put_word(to, wish->folder);
	put(to, ",\"user\":");
	put_word(to, wish->user);
	put(to, wish->interactive ? ",\"stdin\":true" : ",\"stdin\":false");
	put(to, ",\"timeoutMilliseconds\":0}");
}

int holds_bytes(const struct wish *wish)
{
	for (char **at = wish->words; *at; at++) if (!is_utf8(*at)) return 1;
	for (int at = 0; at < wish->variable_count; at++) if (!is_utf8(wish->variables[at])) return 1;
	return !is_utf8(wish->folder) || !is_utf8(wish->user);
}
