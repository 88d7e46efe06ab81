/**
 * Unix stream sockets of the C library, for children that inherit them: what Deno opens, it keeps from children.
 *
 * @module
 */
import { cString } from "./cstring.ts";
import { systemLibrary } from "./system_library.ts";

const onMac = Deno.build.os === "darwin";
const AF_UNIX = 1;
const SOCK_STREAM = 1;

/** Longest path in struct sockaddr_un, with its NUL. */
const PATH_BYTES = onMac ? 104 : 108;

/** `/s` and its NUL, behind a folder's path. */
const NAME_BYTES = 3;

function load() {
  return Deno.dlopen(systemLibrary, {
    // int socket(int domain, int type, int protocol)
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen)
    bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    // int listen(int sockfd, int backlog)
    listen: { parameters: ["i32", "i32"], result: "i32" },
    // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)
    connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    // int close(int fd)
    close: { parameters: ["i32"], result: "i32" },
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

function libc(): ReturnType<typeof load> {
  return loaded ??= load();
}

/** A blocking socket without the close-on-exec flag. */
export class UnixSocket implements Disposable {
  /** Inherited by children under the same number. */
  readonly descriptor: number;
  #open = true;

  /** Opens one. @throws {Error} when the system refuses */
  constructor() {
    this.descriptor = checked("socket", libc().socket(AF_UNIX, SOCK_STREAM, 0));
  }

  /** @throws {Error} when the path is taken or too long */
  bind(path: string): void {
    const address = addressOf(path);
    checked("bind", libc().bind(this.descriptor, address, address.length));
  }

  /** @param backlog how many connections may wait */
  listen(backlog: number): void {
    checked("listen", libc().listen(this.descriptor, backlog));
  }

  /** Connects to a listener, in whose queue the connection may wait: it returns at once. */
  connect(path: string): void {
    const address = addressOf(path);
    checked("connect", libc().connect(this.descriptor, address, address.length));
  }

  /** Closes it here; children that were started keep theirs. */
  [Symbol.dispose](): void {
    if (this.#open) libc().close(this.descriptor);
    this.#open = false;
  }
}

/** A folder of mode 0700 for a socket's name, so that nobody else connects while there is one; disposing removes it. */
export function socketFolder(): Disposable & { readonly path: string } {
  const path = makeFolder();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** In /tmp where TMPDIR is too long for a socket's path. */
function makeFolder(): string {
  const prefix = "smolvm-";
  const path = Deno.makeTempDirSync({ prefix });
  if (cString(path).length - 1 + NAME_BYTES <= PATH_BYTES) return path;
  Deno.removeSync(path);
  return Deno.makeTempDirSync({ dir: "/tmp", prefix });
}

/** struct sockaddr_un: on Linux sun_family u16, on macOS sun_len u8 and sun_family u8; then sun_path. */
function addressOf(path: string): Uint8Array<ArrayBuffer> {
  const name = cString(path);
  if (name.length > PATH_BYTES) throw new Error(`Cannot make a socket: its path is too long (${path})`);
  const address = new Uint8Array(2 + name.length);
  address.set(onMac ? [address.length, AF_UNIX] : [AF_UNIX, 0]);
  address.set(name, 2);
  return address;
}

function checked(call: string, result: number): number {
  if (result < 0) throw new Error(`Cannot make a socket: ${call} failed`);
  return result;
}
