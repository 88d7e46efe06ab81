/**
 * The half of a TCP connection that receives: bytes in order, and the window that is the room for them. What comes too
 * early is dropped and acknowledged at once: the link keeps the order, so that it can only be behind a loss. Pure.
 *
 * @module
 */
import { TcpFlag, type TcpSegment } from "../packet/tcp_segment.ts";
import type { ByteQueue } from "./byte_queue.ts";
import { before, distance, plus } from "./sequence.ts";

/** Shift of our window field: steps of 128 bytes, up to 8 MiB. */
export const WINDOW_SCALE = 7;

/** What a segment's data was. */
export type Received = "nothing" | "taken" | "again" | "early" | "no memory";

/** The receiving half. */
export class TcpReceiver {
  /** Bytes for the host. */
  readonly queue: ByteQueue;
  readonly #limit: () => number;
  readonly #shift: number;
  #next: number;
  /** Number behind the window that was last advertised; it never goes back. */
  #edge: number;
  #ended = false;

  /**
   * @param queue where bytes go
   * @param next sequence number of the first byte
   * @param scaled whether both sides scale their windows
   * @param limit how many bytes may wait now
   */
  constructor(queue: ByteQueue, options: { next: number; scaled: boolean; limit: () => number }) {
    this.queue = queue;
    this.#limit = options.limit;
    this.#shift = options.scaled ? WINDOW_SCALE : 0;
    this.#next = this.#edge = options.next;
  }

  /** Number of the next byte. */
  get next(): number {
    return this.#next;
  }

  /** Whether the peer has ended, and everything before its end is in the queue. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether a segment may be looked at (RFC 9293, section 3.10.7.4, first check), for a window of 0 too. */
  acceptable({ sequence, flags, dataAt, dataEnd }: TcpSegment): boolean {
    const length = dataEnd - dataAt + ((flags & TcpFlag.fin) !== 0 ? 1 : 0) +
      ((flags & TcpFlag.syn) !== 0 ? 1 : 0);
    if (sequence === this.#next) return true;
    const window = this.#promised;
    const within = (number: number) => distance(this.#next, number) < window;
    return within(sequence) || (length > 0 && within(plus(sequence, length - 1)));
  }

  /** Takes data and end of an acceptable segment. */
  take(bytes: Uint8Array, { sequence, flags, dataAt, dataEnd }: TcpSegment): Received {
    const fin = (flags & TcpFlag.fin) !== 0;
    const length = dataEnd - dataAt;
    if (length === 0 && !fin) return "nothing";
    if (before(this.#next, sequence)) return "early";
    const known = distance(sequence, this.#next);
    // Nothing is new: the end, too, is one that came before.
    if (this.#ended || known > length || (known === length && !fin)) return "again";
    const wanted = Math.min(length - known, this.#promised);
    const taken = this.queue.push(bytes, dataAt + known, dataAt + known + wanted);
    this.#next = plus(this.#next, taken);
    if (known + taken < length) return taken === 0 && wanted > 0 ? "no memory" : "taken";
    if (fin) {
      this.#next = plus(this.#next, 1);
      this.#ended = true;
    }
    return "taken";
  }

  /** What the window field of a segment says that is sent now. */
  advertise(unscaled: boolean): number {
    const shift = unscaled ? 0 : this.#shift;
    const field = Math.min(0xffff, this.#window() >>> shift);
    const edge = plus(this.#next, field * 2 ** shift);
    if (before(this.#edge, edge)) this.#edge = edge;
    return field;
  }

  /** Whether so much room was made that the peer has to be told: a quarter of all. */
  get updateDue(): boolean {
    return !this.#ended && this.#window() - this.#promised >= this.#most / 4;
  }

  /** What is left of the window that was advertised; the peer's end may stand behind it. */
  get #promised(): number {
    return before(this.#next, this.#edge) ? distance(this.#next, this.#edge) : 0;
  }

  /** Largest window that can be meant, and is now wanted. */
  get #most(): number {
    return Math.min(this.#limit(), 0xffff * 2 ** this.#shift);
  }

  #window(): number {
    return Math.max(this.#promised, this.#most - this.queue.length);
  }
}
