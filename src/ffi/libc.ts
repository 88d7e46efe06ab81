/**
 * The C library calls that the host half needs and Deno does not offer. Each symbol has its prototype
 * beside it; descriptors opened here do not leave the file that opened them.
 *
 * @module
 */
import { cString } from "./cstring.ts";
import { errnoAt, errnoFunction, systemLibrary } from "./system_library.ts";

function load() {
  return Deno.dlopen(systemLibrary, {
    // int open(const char *path, int oflag): without O_CREAT, so that the variadic mode is never passed
    open: { parameters: ["buffer", "i32"], result: "i32" },
    // int close(int fildes)
    close: { parameters: ["i32"], result: "i32" },
    // int flock(int fd, int operation)
    flock: { parameters: ["i32", "i32"], result: "i32" },
    // int connect(int socket, const struct sockaddr *address, socklen_t address_len)
    connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    // int fcntl(int fd, int cmd): F_GETFD takes nothing more, so that the variadic argument is never passed
    fcntl: { parameters: ["i32", "i32"], result: "i32" },
    // int fallocate(int fd, int mode, off_t offset, off_t len), Linux only
    fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32", optional: true },
    errno: errnoFunction,
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

/** The symbols, opened at the first call so that `--help` pays nothing. */
function libc(): ReturnType<typeof load> {
  return loaded ??= load();
}

function errno(): number {
  return errnoAt(libc().errno());
}

const O_RDWR = 2;
const O_CLOEXEC = Deno.build.os === "darwin" ? 0x1000000 : 0o2000000;
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const ENOENT = 2;
const EWOULDBLOCK = Deno.build.os === "darwin" ? 35 : 11;

/**
 * Opens an existing file and takes a flock(2) on it without waiting.
 *
 * @returns a function that releases it, or `undefined` when another open file holds it
 * @throws {Deno.errors.NotFound | Error} when the file cannot be opened or the call fails
 */
export function tryFlock(path: string, options: { shared: boolean }): (() => void) | undefined {
  const fd = libc().open(cString(path), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    const code = errno();
    if (code === ENOENT) throw new Deno.errors.NotFound(`open ${path}: it is not there`);
    throw new Error(`open ${path}: errno ${code}`);
  }
  if (libc().flock(fd, (options.shared ? LOCK_SH : LOCK_EX) | LOCK_NB) === 0) {
    return () => void libc().close(fd);
  }
  const code = errno();
  libc().close(fd);
  if (code === EWOULDBLOCK) return undefined;
  throw new Error(`flock ${path}: errno ${code}`);
}

/** Names of this process's open descriptors. */
const DESCRIPTORS = Deno.build.os === "darwin" ? "/dev/fd" : "/proc/self/fd";
const F_GETFD = 1;
const FD_CLOEXEC = 1;

/**
 * Closes what this process inherited beside its three streams, so that it does not hold its caller's pipes:
 * what Deno opened is close-on-exec, what was inherited cannot be. Does nothing where the system does not list them.
 */
export function closeInherited(): void {
  let names: string[];
  try {
    names = [...Deno.readDirSync(DESCRIPTORS)].map(({ name }) => name);
  } catch {
    return;
  }
  for (const fd of names.map(Number).filter((number) => number > 2)) {
    // The folder's own descriptor is gone by now: then the flags are -1.
    if ((libc().fcntl(fd, F_GETFD) & FD_CLOEXEC) === 0) libc().close(fd);
  }
}

/**
 * Ends a TCP connection by a reset: connect(2) to AF_UNSPEC (0), see tcp_disconnect() in Linux's net/ipv4/tcp.c.
 *
 * @param fd an open socket; it stays open
 */
export function disconnect(fd: number): void {
  libc().connect(fd, new Uint8Array(16), 16);
}

const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;

/**
 * Gives ranges of a file back to the filesystem; they read as zeros. Where the system or the filesystem
 * cannot do that, nothing happens: it saves space and changes no file that is referred to.
 *
 * @param path an existing file
 * @param ranges in bytes
 */
export function punchHoles(path: string, ranges: readonly { offset: number; length: number }[]): void {
  const punch = libc().fallocate;
  if (!punch || ranges.length === 0) return;
  const fd = libc().open(cString(path), O_RDWR | O_CLOEXEC);
  if (fd < 0) throw new Error(`open ${path}: errno ${errno()}`);
  for (const { offset, length } of ranges) {
    punch(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, BigInt(offset), BigInt(length));
  }
  libc().close(fd);
}
