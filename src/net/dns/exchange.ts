/**
 * One query to one resolver, over UDP, and over TCP where the answer is too large for that.
 *
 * @module
 */
import { canonicalIp } from "../model/ip.ts";
import type { NameServerAddress } from "../model/name_server.ts";

/** A query on its way. */
export interface Exchange {
  /** With an id of its own. */
  readonly query: Uint8Array;
  /** Whether bytes are the answer to it; whatever else comes is passed over. */
  readonly isAnswer: (bytes: Uint8Array) => boolean;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/** Largest answer over UDP. */
const MAX_UDP_BYTES = 65_535;

/** Asks over UDP: from a port that the system chooses at random, and only the resolver's own datagrams count. */
export async function askOverUdp(
  server: NameServerAddress,
  { query, isAnswer, signal }: Exchange,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  const { address, port } = server;
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: address.includes(":") ? "::" : "0.0.0.0",
    port: 0,
  });
  // Ends what waits for a datagram.
  const abort = () => socket.close();
  signal.addEventListener("abort", abort);
  // A zone is not a part of the address that a datagram says it is from.
  const from = canonicalIp(address.replace(/%.*$/, ""));
  try {
    await socket.send(query, { transport: "udp", hostname: address, port });
    const buffer = new Uint8Array(MAX_UDP_BYTES);
    for (;;) {
      const [datagram, peer] = await socket.receive(buffer);
      if (peer.transport !== "udp" || peer.port !== port || canonicalIp(peer.hostname) !== from) continue;
      if (isAnswer(datagram)) return datagram.slice();
    }
  } finally {
    signal.removeEventListener("abort", abort);
    if (!signal.aborted) socket.close();
  }
}

/** Asks over TCP (RFC 7766): two bytes of length before each message. */
export async function askOverTcp(
  server: NameServerAddress,
  { query, isAnswer, signal }: Exchange,
): Promise<Uint8Array> {
  using connection = await Deno.connect({ hostname: server.address, port: server.port, signal });
  const abort = () => connection.close();
  signal.addEventListener("abort", abort);
  try {
    const message = new Uint8Array(2 + query.length);
    new DataView(message.buffer).setUint16(0, query.length);
    message.set(query, 2);
    for (let at = 0; at < message.length;) at += await connection.write(message.subarray(at));
    const length = await readWhole(connection, new Uint8Array(2));
    const answer = await readWhole(connection, new Uint8Array(new DataView(length.buffer).getUint16(0)));
    if (!isAnswer(answer)) throw new TypeError("Cannot take an answer over TCP: it is to another question");
    return answer;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function readWhole(
  connection: Deno.Conn,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) throw new TypeError("Cannot read an answer over TCP: the connection ended within it");
    at += count;
  }
  return bytes;
}
