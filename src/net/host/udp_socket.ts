/**
 * UDP sockets of this host that send for a guest.
 *
 * @module
 */

/** Who a datagram goes to or comes from. */
export interface UdpPeer {
  readonly address: string;
  readonly port: number;
}

/** A socket. */
export interface UdpSocket {
  /** Sends a copy of a datagram. @throws with a `code` where the system refuses, such as EHOSTUNREACH */
  send(datagram: Uint8Array, to: UdpPeer): Promise<void>;
  close(): void;
}

/** Gets each datagram, in bytes that the next one overwrites. */
export type HeardDatagram = (datagram: Uint8Array, from: UdpPeer) => void;

/** Opens a socket on any free port, for a version of IP. @throws where the system has none left */
export type OpenUdp = (version: 4 | 6, heard: HeardDatagram) => UdpSocket;

/** Largest datagram and one byte. */
const BUFFER_BYTES = 65_536;

/** Buffers of closed sockets that are kept: where a guest opens thousands a second, V8 would stop to free theirs. */
const MAX_SPARE = 32;
const spare: Uint8Array<ArrayBuffer>[] = [];

/** How long nothing is received after an error, in milliseconds. */
const PAUSE = 100;

/** Opens one of Deno's. */
export function openUdp(version: 4 | 6, heard: HeardDatagram): UdpSocket {
  const hostname = version === 4 ? "0.0.0.0" : "::";
  return new DenoUdpSocket(Deno.listenDatagram({ transport: "udp", hostname, port: 0 }), heard);
}

class DenoUdpSocket implements UdpSocket {
  readonly #inner: Deno.DatagramConn;
  #open = true;

  constructor(inner: Deno.DatagramConn, heard: HeardDatagram) {
    this.#inner = inner;
    void this.#receive(heard);
  }

  async send(datagram: Uint8Array, { address, port }: UdpPeer): Promise<void> {
    await this.#inner.send(datagram, { transport: "udp", hostname: address, port });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#inner.close();
  }

  async #receive(heard: HeardDatagram): Promise<void> {
    const buffer = spare.pop() ?? new Uint8Array(BUFFER_BYTES);
    while (this.#open) {
      try {
        const [datagram, from] = await this.#inner.receive(buffer);
        if (!this.#open || from.transport !== "udp") break;
        heard(datagram, { address: from.hostname, port: from.port });
      } catch {
        if (this.#open) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
    // No receive is under way any more that could write into it.
    if (spare.length < MAX_SPARE) spare.push(buffer);
  }
}
