/**
 * A Unix stream socket that listens and a connection that waits in its queue, for two children that inherit one each:
 * a server that wants a listener, and its only client. No name is left by which anybody else could connect.
 *
 * @module
 */
import { cString } from "./cstring.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;

/** Longest path in struct sockaddr_un, with its NUL. */
const PATH_BYTES = 108;

function load() {
  return Deno.dlopen("libc.so.6", {
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

/** The two. Disposing closes them here; children that were started keep theirs. */
export class QueuedConnection implements Disposable {
  /** Descriptor of the listener, inherited under the same number. */
  readonly listener: number;
  /** Descriptor of the connection, inherited under the same number. */
  readonly connection: number;

  private constructor(listener: number, connection: number) {
    this.listener = listener;
    this.connection = connection;
  }

  /** Opens one. @throws {Error} when a call fails */
  static open(): QueuedConnection {
    using made = new DisposableStack();
    // Mode 0700: nobody else connects while the socket has a name.
    const folder = Deno.makeTempDirSync({ prefix: "smolvm-" });
    made.defer(() => Deno.removeSync(folder, { recursive: true }));
    const address = addressOf(`${folder}/s`);
    using sockets = new DisposableStack();
    const open = (): number => {
      const fd = checked("socket", libc().socket(AF_UNIX, SOCK_STREAM, 0));
      sockets.defer(() => libc().close(fd));
      return fd;
    };
    const [listener, connection] = [open(), open()];
    checked("bind", libc().bind(listener, address, address.length));
    checked("listen", libc().listen(listener, 1));
    checked("connect", libc().connect(connection, address, address.length));
    sockets.move();
    return new QueuedConnection(listener, connection);
  }

  [Symbol.dispose](): void {
    for (const fd of [this.listener, this.connection]) libc().close(fd);
  }
}

/** struct sockaddr_un: sun_family u16, sun_path. */
function addressOf(path: string): Uint8Array<ArrayBuffer> {
  const name = cString(path);
  if (name.length > PATH_BYTES) {
    throw new Error(`Cannot make a socket: the path of TMPDIR is too long (${path})`);
  }
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}

function checked(call: string, result: number): number {
  if (result < 0) throw new Error(`Cannot make a socket: ${call} failed`);
  return result;
}
