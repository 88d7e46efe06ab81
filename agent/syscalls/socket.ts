/**
 * Sockets that the agent connects to servers of the guest, in the network namespace of its choice.
 *
 * @module
 */
import { Descriptor, OpenMode } from "./descriptor.ts";
import { check, errno, libc, SyscallError } from "./libc.ts";
import { reactor } from "./reactor.ts";

const AF_UNSPEC = 0;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SHUT_WR = 1;
const CLONE_NEWNET = 0x4000_0000;
const EINTR = 4;
const EAGAIN = 11;
const EISCONN = 106;
const EALREADY = 114;
const EINPROGRESS = 115;

/** What a socket carries. */
export type SocketKind = "tcp" | "udp";

/** The loopback of a network namespace, as a server there may listen on it. */
export type Loopback = "127.0.0.1" | "::1";

/** A connected, non-blocking socket, closed by `using`. */
export class Socket implements Disposable {
  readonly #descriptor: Descriptor;
  #open = true;

  private constructor(descriptor: Descriptor) {
    this.#descriptor = descriptor;
  }

  /**
   * Connects to a port on a loopback.
   *
   * @param netns path of the network namespace, `/proc/PID/ns/net`; `undefined`: the agent's own
   * @param milliseconds how long a server that takes no more connections for now is waited for
   * @throws {SyscallError} when nothing listens, or there is no such namespace or loopback; EALREADY
   * when the time was over
   */
  static async connect(
    kind: SocketKind,
    { netns, address, port, milliseconds }: {
      readonly netns: string | undefined;
      readonly address: Loopback;
      readonly port: number;
      readonly milliseconds: number;
    },
  ): Promise<Socket> {
    const domain = address === "::1" ? AF_INET6 : AF_INET;
    const type = (kind === "tcp" ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK_CLOEXEC;
    using made = new DisposableStack();
    const descriptor = made.use(
      inNamespace(netns, () => new Descriptor(check("socket", libc.socket(domain, type, 0)))),
    );
    await establish(descriptor, loopback(address, port), milliseconds);
    const one = new Uint8Array(Int32Array.of(1).buffer);
    if (kind === "tcp") check("setsockopt", libc.setsockopt(descriptor.fd, IPPROTO_TCP, TCP_NODELAY, one, 4));
    made.move();
    return new Socket(descriptor);
  }

  /**
   * Reads what is there.
   *
   * @returns how many bytes, 0 at the end; `undefined`: nothing yet, {@linkcode Socket.ready} waits
   * @throws {SyscallError} when the peer reset the connection
   */
  readNow(buffer: Uint8Array<ArrayBuffer>): number | undefined {
    while (this.#open) {
      const count = Number(libc.read(this.#descriptor.fd, buffer, BigInt(buffer.length)));
      if (count >= 0) return count;
      const code = errno();
      if (code === EAGAIN) return undefined;
      if (code !== EINTR) throw new SyscallError("read", code);
    }
    return 0;
  }

  /** Settles when there may be something to read, or the socket was closed. */
  async ready(): Promise<void> {
    if (this.#open) await reactor.ready(this.#descriptor.fd, "read");
  }

  /**
   * Writes all bytes.
   *
   * @returns false when the peer is gone or this socket was closed
   * @throws {SyscallError} when the peer reset the connection
   */
  write(bytes: Uint8Array): Promise<boolean> {
    return this.#descriptor.write(bytes);
  }

  /**
   * Sends a datagram, or loses it where there is no room, as UDP may.
   *
   * @returns whether it, and every one before it, was not refused
   */
  sendDatagram(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    const sent = libc.write(this.#descriptor.fd, bytes as Uint8Array<ArrayBuffer>, BigInt(bytes.length));
    if (sent < 0n && errno() !== EAGAIN) return false;
    // A loopback has refused it by now.
    const code = new Int32Array(1);
    const length = new Uint8Array(Uint32Array.of(4).buffer);
    libc.getsockopt(this.#descriptor.fd, SOL_SOCKET, SO_ERROR, new Uint8Array(code.buffer), length);
    return code[0] === 0;
  }

  /** Whether it was not closed yet. */
  get open(): boolean {
    return this.#open;
  }

  /** No more bytes are sent; those of the peer can still be read. */
  endWriting(): void {
    if (this.#open) libc.shutdown(this.#descriptor.fd, SHUT_WR);
  }

  /** Ends the connection by a TCP reset: connect(2) to AF_UNSPEC, see tcp_disconnect() in net/ipv4/tcp.c. */
  reset(): void {
    if (this.#open) libc.connect(this.#descriptor.fd, new Uint8Array(16).fill(AF_UNSPEC), 16);
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#open = false;
    this.#descriptor.close();
  }
}

/** What is made in a network namespace belongs to it, wherever this thread goes on. */
function inNamespace<T>(netns: string | undefined, make: () => T): T {
  if (netns === undefined) return make();
  using own = Descriptor.open("/proc/self/ns/net", OpenMode.read);
  using other = Descriptor.open(netns, OpenMode.read);
  check(`setns ${netns}`, libc.setns(other.fd, CLONE_NEWNET));
  try {
    return make();
  } finally {
    check("setns back", libc.setns(own.fd, CLONE_NEWNET));
  }
}

/** A handshake on a loopback is over when connect(2) returns, unless the server's queue is full: then it is waited for. */
async function establish(
  descriptor: Descriptor,
  address: Uint8Array<ArrayBuffer>,
  milliseconds: number,
): Promise<void> {
  const end = performance.now() + milliseconds;
  for (let tries = 0;; tries++) {
    if (libc.connect(descriptor.fd, address, address.length) === 0) return;
    const code = errno();
    if (code === EISCONN) return;
    if (code !== EINPROGRESS && code !== EALREADY && code !== EINTR) throw new SyscallError("connect", code);
    // The second call tells how a handshake ended that was over when the first one returned.
    if (tries === 0) continue;
    const left = end - performance.now();
    if (left <= 0) throw new SyscallError("connect", EALREADY);
    const timer = setTimeout(() => reactor.forget(descriptor.fd), left);
    await reactor.ready(descriptor.fd, "write");
    clearTimeout(timer);
  }
}

/** struct sockaddr_in: family, port, address; struct sockaddr_in6: family, port, flow, address, scope. */
function loopback(address: Loopback, port: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(address === "::1" ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, address === "::1" ? AF_INET6 : AF_INET, true);
  view.setUint16(2, port);
  if (address === "::1") bytes[23] = 1;
  else bytes.set([127, 0, 0, 1], 4);
  return bytes;
}
