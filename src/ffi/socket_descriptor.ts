/**
 * Finds the descriptor of a TCP socket of this process by its two addresses: of a connection that it has made itself,
 * Deno tells no descriptor. Linux only.
 *
 * @module
 */

const AF_INET = 2;
const AF_INET6 = 10;

/** sizeof(struct sockaddr_in6). */
const ADDRESS_BYTES = 28;

/** So many numbers in a row without a descriptor are the end: the kernel gives the lowest free one. */
const GAP = 1_024;

function load() {
  return Deno.dlopen("libc.so.6", {
    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)
    getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    // int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)
    getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

/** The descriptor of the socket with these two ends; `undefined` where there is none. */
export function socketDescriptor(local: Deno.NetAddr, remote: Deno.NetAddr): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  loaded ??= load();
  const { getsockname, getpeername } = loaded;
  const address = new Uint8Array(ADDRESS_BYTES);
  const length = new Uint32Array(1);
  const [localEnd, remoteEnd] = [endOf(local), endOf(remote)];
  for (let fd = 3, missing = 0; missing < GAP; fd++) {
    length[0] = ADDRESS_BYTES;
    if (getsockname(fd, address, length) !== 0) {
      missing++;
      continue;
    }
    missing = 0;
    if (!isEnd(address, localEnd)) continue;
    length[0] = ADDRESS_BYTES;
    if (getpeername(fd, address, length) === 0 && isEnd(address, remoteEnd)) return fd;
  }
  return undefined;
}

/** An end as text that is the same for each way to write an address. */
function endOf({ hostname, port }: Deno.NetAddr): string {
  return `${hostname.includes(":") ? canonical(hostname.replace(/%.*$/, "")) : hostname} ${port}`;
}

/** struct sockaddr_in: sin_family u16, sin_port u16 big-endian, sin_addr; struct sockaddr_in6: the same, sin6_flowinfo, sin6_addr. */
function isEnd(address: Uint8Array, end: string): boolean {
  const family = (address[0] ?? 0) | ((address[1] ?? 0) << 8);
  const port = ((address[2] ?? 0) << 8) | (address[3] ?? 0);
  if (!end.endsWith(` ${port}`)) return false;
  if (family === AF_INET) return end === `${address.subarray(4, 8).join(".")} ${port}`;
  if (family !== AF_INET6) return false;
  return end === `${canonical(address.subarray(8, 24).toHex().replace(/(....)(?=.)/g, "$1:"))} ${port}`;
}

function canonical(ipv6: string): string {
  return new URL(`http://[${ipv6}]/`).hostname;
}
