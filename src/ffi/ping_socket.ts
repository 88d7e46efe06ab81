/**
 * Datagram sockets of ICMP and ICMPv6, by which a process without rights sends echo requests where its system lets it: Linux
 * those groups that net.ipv4.ping_group_range names, macOS everybody. Deno has none. The system sees to it that nothing but
 * echoes goes out, and that a socket hears the answers to its own.
 *
 * @module
 */
import { systemName } from "./errno.ts";
import { waitReady } from "./poll.ts";
import { errnoAt, errnoFunction, systemLibrary } from "./system_library.ts";

const onMac = Deno.build.os === "darwin";

const AF_INET = 2;
const AF_INET6 = onMac ? 30 : 10;
const SOCK_DGRAM = 2;
/** Linux only; on macOS a child that is started while pings are under way inherits the socket. */
const SOCK_CLOEXEC = onMac ? 0 : 0o2000000;
const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;
const MSG_DONTWAIT = onMac ? 0x80 : 0x40;
const SHUT_RDWR = 2;

/** sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6). */
const ADDRESS_BYTES = { 4: 16, 6: 28 } as const;
/** Offsets of sin_addr and sin6_addr. */
const ADDRESS_AT = { 4: 4, 6: 8 } as const;

function load() {
  return Deno.dlopen(systemLibrary, {
    // int socket(int domain, int type, int protocol)
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *addr, socklen_t addrlen)
    sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
    // ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *addr, socklen_t *addrlen)
    recvfrom: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"], result: "isize" },
    // int shutdown(int sockfd, int how)
    shutdown: { parameters: ["i32", "i32"], result: "i32" },
    // int close(int fd)
    close: { parameters: ["i32"], result: "i32" },
    errno: errnoFunction,
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

function libc(): ReturnType<typeof load> {
  return loaded ??= load();
}

function errno(): number {
  return errnoAt(libc().errno());
}

/** What the system says, with its errno's name as `code`. */
function systemError(call: string, number: number): Error {
  const code = systemName(number) ?? `errno ${number}`;
  return Object.assign(new Error(`Cannot send a ping: ${call} failed (${code})`), { code });
}

/** A message that came. */
export interface HeardMessage {
  /** Its bytes within the buffer. */
  readonly length: number;
  /** 4 or 16 bytes. */
  readonly from: Uint8Array;
}

/** A socket. */
export class PingSocket implements Disposable {
  readonly #version: 4 | 6;
  readonly #descriptor: number;
  #open = true;

  /** Opens one, for a version of IP. @throws with `code` where the system refuses: EACCES, EPERM, EMFILE, EAFNOSUPPORT */
  constructor(version: 4 | 6) {
    this.#version = version;
    const [family, protocol] = version === 4 ? [AF_INET, IPPROTO_ICMP] : [AF_INET6, IPPROTO_ICMPV6];
    const descriptor = libc().socket(family, SOCK_DGRAM | SOCK_CLOEXEC, protocol);
    if (descriptor < 0) throw systemError("socket", errno());
    this.#descriptor = descriptor;
  }

  /**
   * Sends an ICMP message, without waiting: Linux sets its identifier and its checksum, macOS neither.
   *
   * @param message from its type on
   * @param to 4 or 16 bytes
   * @throws with `code` where the system refuses, such as ENETUNREACH; EAGAIN: it has no room now
   */
  send(message: Uint8Array<ArrayBuffer>, to: Uint8Array): void {
    const address = new Uint8Array(ADDRESS_BYTES[this.#version]);
    // sin_family u16; on macOS sin_len u8 and sin_family u8.
    const family = this.#version === 4 ? AF_INET : AF_INET6;
    address.set(onMac ? [address.length, family] : [family, 0]);
    address.set(to, ADDRESS_AT[this.#version]);
    const { sendto } = libc();
    const sent = sendto(
      this.#descriptor,
      message,
      BigInt(message.length),
      MSG_DONTWAIT,
      address,
      address.length,
    );
    if (sent < 0) throw systemError("sendto", errno());
  }

  /** Waits until there may be a message: a second at most. */
  async readable(): Promise<void> {
    await waitReady(this.#descriptor, "read");
  }

  /** Takes a message, from its type on. @returns `undefined`: there is none, or the socket is closed */
  receive(into: Uint8Array<ArrayBuffer>): HeardMessage | undefined {
    if (!this.#open) return undefined;
    const address = new Uint8Array(ADDRESS_BYTES[6]);
    const size = new Uint32Array([address.length]);
    const { recvfrom } = libc();
    const came = recvfrom(this.#descriptor, into, BigInt(into.length), MSG_DONTWAIT, address, size);
    if (came <= 0) return undefined;
    const at = ADDRESS_AT[this.#version];
    return { length: Number(came), from: address.slice(at, at + (this.#version === 4 ? 4 : 16)) };
  }

  /** Closes it; whoever waits for a message wakes up. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    // Not connected, so the call fails, but wakes poll(2) up all the same (inet_shutdown() in Linux's net/ipv4/af_inet.c).
    libc().shutdown(this.#descriptor, SHUT_RDWR);
    libc().close(this.#descriptor);
  }
}
