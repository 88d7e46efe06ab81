/**
 * Scripts of TCP exchanges, as packetdrill has them: lines of what the guest sends, what the host does, what time
 * passes, and what the gateway's connection is seen to send. Sequence numbers count from 0 on each side, as tcpdump
 * shows them; the real ones begin just below 2^32.
 *
 *     guest S 0 mss 1000        a segment: flags S F R P or a dot, sequence or range, then ack, win, mss, scale
 *     host accept       or: data N, end, take N, abort, reset-when-sent
 *     wait 200                  milliseconds, in which deadlines are kept
 *     sees S 0 ack 1            one segment, the next one that was sent; a window only where one is written
 *     sees nothing
 *     phase open
 *
 * @module
 */
import { TcpFlag, type TcpSegment } from "../../src/net/packet/tcp_segment.ts";
import { ByteQueue } from "../../src/net/tcp/byte_queue.ts";
import { ChunkPool } from "../../src/net/tcp/chunk_pool.ts";
import type { OutgoingSegment } from "../../src/net/tcp/outgoing_segment.ts";
import { TcpConnection } from "../../src/net/tcp/tcp_connection.ts";
import { assertEquals } from "./assert.ts";

/** A handshake, with segments of 1,000 bytes at most. */
export const OPEN = `
  guest S 0 mss 1000
  host accept
  sees S 0 ack 1 mss 1000
  guest . 1 ack 1
`;

const GUEST_BASE = 0xfffffff0;
const HOST_BASE = 0xffffff00;
const letters = {
  S: TcpFlag.syn,
  F: TcpFlag.fin,
  R: TcpFlag.rst,
  P: TcpFlag.psh,
  A: TcpFlag.ack,
  ".": TcpFlag.ack,
};

/** A script under way. */
export class TcpScript {
  readonly pool = new ChunkPool(2 ** 26);
  readonly #incoming = new ByteQueue(this.pool);
  readonly #outgoing = new ByteQueue(this.pool);
  readonly #limit: number;
  #connection: TcpConnection | undefined;
  #now = 1_000;
  #seen: string[] = [];
  /** How many segments there is room for. */
  room = Infinity;

  /** @param limit bytes that may wait for the host */
  constructor(limit = 65_536) {
    this.#limit = limit;
  }

  /** The connection; the first SYN makes it. */
  get connection(): TcpConnection {
    if (!this.#connection) throw new Error("no SYN yet");
    return this.#connection;
  }

  /** Plays lines; all that was sent has to be seen. */
  play(...lines: readonly string[]): void {
    for (const line of lines.flatMap((text) => text.split("\n")).map((text) => text.trim()).filter(Boolean)) {
      const [verb = "", ...words] = line.split(/\s+/);
      if (verb === "guest") this.#guest(words);
      else if (verb === "host") this.#host(words);
      else if (verb === "wait") this.#wait(Number(words[0]));
      else if (verb === "phase") assertEquals(this.connection.phase, words[0] ?? "", line);
      else if (verb === "sees") this.#sees(words.join(" "), line);
      else throw new Error(`no such line: ${line}`);
    }
    assertEquals(this.#seen, [], "segments that nobody expected");
  }

  #guest([flags = "", range = "", ...rest]: string[]): void {
    const [from = 0, to = from] = range.split(":").map(Number);
    const option = (name: string) => rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : undefined;
    const bytes = Uint8Array.from({ length: to - from }, (_, index) => from + index);
    const ack = option("ack");
    const segment: TcpSegment = {
      sourcePort: 1,
      destinationPort: 2,
      sequence: (GUEST_BASE + from) >>> 0,
      acknowledgment: ack === undefined ? 0 : (HOST_BASE + ack) >>> 0,
      flags: [...flags].reduce((all, letter) => all | (letters[letter as keyof typeof letters] ?? 0), 0) |
        (ack === undefined ? 0 : TcpFlag.ack),
      window: option("win") ?? 0xffff,
      mss: option("mss"),
      windowScale: option("scale"),
      dataAt: 0,
      dataEnd: bytes.length,
    };
    if (!this.#connection) {
      this.#connection = new TcpConnection(segment, {
        iss: HOST_BASE,
        mss: 1_000,
        now: this.#now,
        incoming: this.#incoming,
        incomingLimit: () => this.#limit,
        outgoing: this.#outgoing,
      });
    } else if (this.#connection.segment(bytes, segment, this.#now) === "replaced") {
      this.#seen.push("replaced");
    }
    this.transmit();
  }

  #host([verb, count]: string[]): void {
    const connection = this.connection;
    if (verb === "accept") connection.accept(this.#now);
    else if (verb === "data") {
      const bytes = new Uint8Array(Number(count));
      this.#outgoing.push(bytes, 0, bytes.length);
    } else if (verb === "end") connection.sender.end();
    else if (verb === "take") this.#incoming.shift(Number(count));
    else if (verb === "abort") connection.abort("aborted");
    else if (verb === "reset-when-sent") connection.abortWhenDrained("reset");
    else throw new Error(`no such act: ${verb}`);
    this.transmit();
  }

  #wait(milliseconds: number): void {
    const until = this.#now + milliseconds;
    while (this.connection.deadline <= until) {
      this.#now = Math.max(this.#now, this.connection.deadline);
      this.connection.expire(this.#now);
      this.transmit();
    }
    this.#now = until;
  }

  /** Has the connection send what it wants to. */
  transmit(): boolean {
    const send = (segment: OutgoingSegment) => {
      if (this.room <= 0) return false;
      this.room--;
      this.#seen.push(words(segment));
      return true;
    };
    return this.connection.transmit({ send }, this.#now);
  }

  #sees(expected: string, line: string): void {
    const shown = this.#seen.shift() ?? "nothing";
    const actual = expected.includes(" win ") ? shown : shown.replace(/ win \d+/, "");
    assertEquals(actual, expected, `${line}; then: ${this.#seen.join(", ")}`);
  }
}

function words({ flags, sequence, acknowledgment, window, options, data }: OutgoingSegment): string {
  const names = Object.entries({ S: 2, F: 1, R: 4, P: 8 }).filter(([, bit]) => (flags & bit) !== 0).map((
    [name],
  ) => name).join("");
  const relative = (number: number, base: number) => (number - base) | 0;
  const from = sequence === 0 ? 0 : relative(sequence, HOST_BASE);
  const range = data && data.length > 0 ? `${from}:${from + data.length}` : `${from}`;
  const ack = (flags & TcpFlag.ack) !== 0 ? ` ack ${relative(acknowledgment, GUEST_BASE)}` : "";
  const more = options
    ? ` mss ${options.mss}${options.windowScale === undefined ? "" : ` scale ${options.windowScale}`}`
    : "";
  return `${names || "."} ${range}${ack} win ${window}${more}`;
}
