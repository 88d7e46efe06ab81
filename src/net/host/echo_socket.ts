/**
 * Sockets of this host that ask for echoes for a guest: one for each version of IP, whose sequence numbers tell the echoes of
 * all programs of the guest apart, because the system gives a socket one identifier.
 *
 * @module
 */
import { PingSocket } from "../../ffi/ping_socket.ts";
import { complement, newMemory, sumOf } from "../packet/checksum.ts";

/** An answer. */
export interface HeardEcho {
  /** 4 or 16 bytes of whom it comes from. */
  readonly from: Uint8Array;
  readonly sequence: number;
  /** What the request had, in bytes that the next one overwrites. */
  readonly data: Uint8Array;
}

/** A request. */
export interface EchoRequest {
  /** 4 or 16 bytes of whom it goes to. */
  readonly to: Uint8Array;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** A socket. */
export interface EchoSocket {
  /** Sends a request. @throws with a `code` where the system refuses, such as EHOSTUNREACH */
  send(request: EchoRequest): void;
  close(): void;
  /** Resolves when it is closed and nothing of it is under way any more. */
  readonly over: Promise<void>;
}

/** Opens one, for a version of IP. @throws with a `code` where the system lets this user send none */
export type OpenEcho = (version: 4 | 6, heard: (echo: HeardEcho) => void) => EchoSocket;

/** Largest message that fits a packet, and on macOS the header of IPv4 in front of it. */
const BUFFER_BYTES = 65_536 + 60;

/** Messages that are taken before others have their turn. */
const MESSAGES_PER_TURN = 64;

/** Type, code, checksum, identifier, sequence number (RFC 792, RFC 4443 4.1). */
const HEADER_BYTES = 8;

/** Opens one of the system's. */
export function openEcho(version: 4 | 6, heard: (echo: HeardEcho) => void): EchoSocket {
  return new SystemEchoSocket(version, heard);
}

class SystemEchoSocket implements EchoSocket {
  readonly #version: 4 | 6;
  readonly #inner: PingSocket;
  readonly over: Promise<void>;
  /** Linux puts its own in the place of this; macOS does not, and answers to others are heard as well. */
  readonly #identifier = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  readonly #memory = newMemory(BUFFER_BYTES);
  #open = true;

  constructor(version: 4 | 6, heard: (echo: HeardEcho) => void) {
    this.#version = version;
    this.#inner = new PingSocket(version);
    this.over = this.#listen(heard);
  }

  send({ to, sequence, data }: EchoRequest): void {
    const message = this.#memory.bytes.subarray(0, HEADER_BYTES + data.length);
    message.set([this.#version === 4 ? 8 : 128, 0, 0, 0, ...pair(this.#identifier), ...pair(sequence)]);
    message.set(data, HEADER_BYTES);
    // ICMPv6's covers addresses, and is the system's everywhere.
    if (this.#version === 4) message.set(pair(complement(sumOf(this.#memory, 0, message.length))), 2);
    this.#inner.send(message, to);
  }

  close(): void {
    this.#open = false;
    this.#inner[Symbol.dispose]();
  }

  async #listen(heard: (echo: HeardEcho) => void): Promise<void> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    while (this.#open) {
      await this.#inner.readable();
      for (let count = 0; count < MESSAGES_PER_TURN; count++) {
        const came = this.#inner.receive(buffer);
        if (!came) break;
        const echo = readEcho(buffer.subarray(0, came.length), this.#version);
        const other = Deno.build.os === "darwin" && echo?.identifier !== this.#identifier;
        if (echo && !other) heard({ from: came.from, ...echo });
      }
    }
  }
}

/** What a system hands over: the message, in front of which macOS leaves the header of IPv4. Pure. */
export function readEcho(
  bytes: Uint8Array,
  version: 4 | 6,
): { identifier: number; sequence: number; data: Uint8Array } | undefined {
  // No type of an ICMP message that a socket hears is 0x4X.
  const headerBytes = version === 4 && (bytes[0] ?? 0) >> 4 === 4 ? 4 * ((bytes[0] ?? 0) & 15) : 0;
  const message = bytes.subarray(headerBytes);
  if (message.length < HEADER_BYTES || message[0] !== (version === 4 ? 0 : 129) || message[1] !== 0) {
    return undefined;
  }
  const [, , , , high = 0, low = 0, sequenceHigh = 0, sequenceLow = 0] = message;
  return {
    identifier: (high << 8) | low,
    sequence: (sequenceHigh << 8) | sequenceLow,
    data: message.subarray(HEADER_BYTES),
  };
}

function pair(number: number): [number, number] {
  return [(number >> 8) & 255, number & 255];
}
