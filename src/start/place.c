/*
 * Where a machine's supervisor listens: by the link of its name in the data folder, as src/machines/by_name.ts reads it. Whatever is
 * not plain (no link, an odd path, nobody who listens) is left to the runtime, which asks the table of machines.
 */
#include "place.h"

#include "system.h"

enum { PATH_ROOM = 4096, SOCKET_PATH_BYTES = 107, ID_DIGITS = 12, CONNECT_SECONDS = 30 };

/* Largest inode that JavaScript counts exactly. */
#define EXACT (1UL << 53)

const char *variable(char **environment, const char *name)
{
	word length = length_of(name);
	for (; *environment; environment++)
		if (begins(*environment, name) && (*environment)[length] == '=') return *environment + length + 1;
	return 0;
}

/* A variable that is there and not empty. */
static const char *given(char **environment, const char *name)
{
	const char *value = variable(environment, name);
	return value && *value ? value : 0;
}

/* A path with `..` is another one where a link stands before it: the runtime resolves such a path by its text. */
static int is_plain(const char *path)
{
	for (; *path; path++) if (path[0] == '.' && path[1] == '.') return 0;
	return 1;
}

/* The runtime refuses a path that is not UTF-8 in any of these (src/payload/open_host.ts). */
static int are_utf8(char **environment)
{
	static const char names[8][16] = {
		"HOME", "SMOLVM_HOME", "SMOLVM_LIBKRUN", "SMOLVM_PAYLOAD", "TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
	};
	for (int at = 0; at < 8; at++) {
		const char *value = variable(environment, names[at]);
		if (value && !is_utf8(value)) return 0;
	}
	return 1;
}

/* Writes the path of the data folder (src/host/paths.ts). Returns whether it is a plain one. */
static int put_data_folder(struct text *to, char **environment)
{
	const char *own = given(environment, "SMOLVM_HOME"), *xdg = given(environment, "XDG_DATA_HOME");
	const char *home = given(environment, "HOME"), *caller = variable(environment, "SUDO_UID");
	if (!are_utf8(environment)) return 0;
	if (own) {
		put(to, own);
		put(to, "/data");
		return is_plain(own);
	}
	if (xdg && xdg[0] == '/') {
		put(to, xdg);
		put(to, "/smolvm");
		return is_plain(xdg);
	}
	/* Whose home it is under sudo the list of users says (src/host/home_folder.ts). */
	if (!home || (caller && !same(caller, "0") && call3(SYS_getuid, 0, 0, 0) == 0)) return 0;
	put(to, home);
	put(to, "/.local/share/smolvm");
	return is_plain(home);
}

/* Whether a socket is named after a machine of this data folder, and not of the one that it is a copy of. */
static int is_own(const char *socket, const char *folder)
{
	byte end[64];
	struct text wanted = {end, 0, sizeof end, 0};
	struct status of;
	const char *name = socket;
	for (const char *at = socket; *at; at++) if (*at == '/') name = at + 1;
	if (length_of(name) < ID_DIGITS) return 0;
	if (call6(SYS_newfstatat, AT_FDCWD, (long)folder, (long)&of, 0, 0, 0) < 0 || of.inode >= EXACT) return 0;
	put(&wanted, "-");
	put_number(&wanted, of.device, 36);
	put(&wanted, ".");
	put_number(&wanted, of.inode, 36);
	put_bytes(&wanted, ".sock", 6);
	return same(name + ID_DIGITS, (char *)end);
}

static int connect_socket(const char *path)
{
	struct { unsigned short family; char path[SOCKET_PATH_BYTES + 1]; } address = {AF_UNIX, {0}};
	/* While the supervisor's queue is full connect(2) waits, so long at most. */
	struct time limit = {CONNECT_SECONDS, 0};
	word length = length_of(path);
	if (length > SOCKET_PATH_BYTES) return -1;
	long socket = call3(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (socket < 0) return -1;
	copy_bytes(address.path, path, length);
	call6(SYS_setsockopt, socket, SOL_SOCKET, SO_SNDTIMEO, (long)&limit, sizeof limit, 0);
	if (call3(SYS_connect, socket, (long)&address, sizeof address) == 0) return (int)socket;
	call3(SYS_close, socket, 0, 0);
	return -1;
}

int connect_machine(const char *name, char **environment)
{
	byte path[PATH_ROOM], socket[PATH_ROOM];
	struct text link = {path, 0, sizeof path, 0};
	if (!put_data_folder(&link, environment)) return -1;
	word folder = link.length;
	put(&link, "/by-name/");
	put(&link, name);
	put_bytes(&link, ".sock", 6);
	if (link.full) return -1;
	long length = call6(SYS_readlinkat, AT_FDCWD, (long)path, (long)socket, sizeof socket - 1, 0, 0);
	if (length <= 0) return -1;
	socket[length] = 0;
	path[folder] = 0;
	return is_own((char *)socket, (char *)path) ? connect_socket((char *)socket) : -1;
}
