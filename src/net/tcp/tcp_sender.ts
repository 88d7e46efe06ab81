/**
 * The half of a TCP connection that sends: what is not acknowledged, the peer's window, retransmission (RFC 6298
 * without a measured round trip: the link is a socket of this host), probes of a closed window. No congestion control,
 * because the link loses nothing; but the guest's kernel drops segments within its own window when its memory is
 * short, so at most 256 KiB are in flight, and nothing is forgotten before it is acknowledged. Pure.
 *
 * @module
 */
import type { ByteQueue } from "./byte_queue.ts";
import { before, distance, plus } from "./sequence.ts";

/** Most bytes in flight. */
export const MAX_IN_FLIGHT = 262_144;

/** First time-out of a retransmission, in milliseconds; each further one waits twice as long. */
export const FIRST_TIMEOUT = 200;

/** Longest time-out: a guest that was stopped goes on within this time after it runs again. */
const LONGEST_TIMEOUT = 5_000;

/** How long a peer may answer nothing at all, in milliseconds; Linux's own limit is of this size (tcp_retries2). */
const SILENCE = 900_000;

/** Duplicate acknowledgments that tell a loss (RFC 5681). */
const DUPLICATES = 3;

/** One piece to send. */
export interface Piece {
  readonly sequence: number;
  /** Where its bytes stand in the queue, and how many. */
  readonly offset: number;
  readonly length: number;
  readonly fin: boolean;
  /** Nothing waits behind it. */
  readonly last: boolean;
}

/** What an acknowledgment did. */
export type Acknowledged = "future" | "ancient" | "old" | "new";

/** The sending half, once the handshake is over. */
export class TcpSender {
  /** Bytes from the first unacknowledged one. */
  readonly queue: ByteQueue;
  readonly #mss: number;
  #una: number;
  #next: number;
  /** Behind everything that was ever sent. */
  #max: number;
  #window = 0;
  #largestWindow = 0;
  /** Sequence and acknowledgment of the segment that last changed the window (SND.WL1 and SND.WL2). */
  #windowSequence: number;
  #windowAcknowledgment: number;
  #ended = false;
  #finAcknowledged = false;
  #deadline = Infinity;
  #timeout = FIRST_TIMEOUT;
  #answered = 0;
  #duplicates = 0;
  /** Losses of what was sent before this number have been seen. */
  #recover: number;
  #recovering = false;
  #resend = false;
  #probe = false;

  /**
   * @param queue what is to be sent
   * @param mss most bytes of a segment
   * @param first sequence number of the first byte
   * @param peer the peer's first sequence number
   */
  constructor(queue: ByteQueue, { mss, first, peer }: { mss: number; first: number; peer: number }) {
    this.queue = queue;
    this.#mss = mss;
    this.#una =
      this.#next =
      this.#max =
      this.#recover =
      this.#windowAcknowledgment =
        first;
    this.#windowSequence = peer;
  }

  /** When {@linkcode expire} has to be called, in milliseconds. */
  get deadline(): number {
    return this.#deadline;
  }

  /** First unacknowledged number. */
  get unacknowledged(): number {
    return this.#una;
  }

  /** Number behind what is in flight. */
  get next(): number {
    return this.#next;
  }

  /** Number behind everything that was ever sent. */
  get sent(): number {
    return this.#max;
  }

  /** Whether the peer has everything, the end too. */
  get finished(): boolean {
    return this.#finAcknowledged;
  }

  /** Whether the end has been sent, if not acknowledged. */
  get finSent(): boolean {
    return this.#finAcknowledged || (this.#ended && distance(this.#una, this.#max) > this.queue.length);
  }

  /** Whether everything in the queue has been sent once. */
  get drained(): boolean {
    return distance(this.#una, this.#max) >= this.queue.length;
  }

  /** Whether the peer has not answered anything for too long. */
  silent(now: number): boolean {
    return this.#una !== this.#max && now - this.#answered > SILENCE;
  }

  /** No more bytes will come into the queue. */
  end(): void {
    this.#ended = true;
  }

  /**
   * Takes the acknowledgment of an acceptable segment.
   *
   * @param bare whether the segment has nothing else to say: no data, no end, no other window
   */
  acknowledge(acknowledgment: number, now: number, bare: boolean): Acknowledged {
    if (before(this.#max, acknowledgment)) return "future";
    if (before(acknowledgment, plus(this.#una, -this.#largestWindow))) return "ancient";
    if (before(acknowledgment, this.#una)) return "old";
    this.#answered = now;
    if (acknowledgment === this.#una) {
      if (bare && this.#una !== this.#next) this.#duplicate();
      return "old";
    }
    const count = distance(this.#una, acknowledgment);
    const bytes = Math.min(count, this.queue.length);
    this.queue.shift(bytes);
    if (count > bytes) this.#finAcknowledged = true;
    this.#una = acknowledgment;
    if (before(this.#next, acknowledgment)) this.#next = acknowledgment;
    this.#duplicates = 0;
    this.#timeout = FIRST_TIMEOUT;
    this.#deadline = this.#una === this.#next ? Infinity : now + this.#timeout;
    // RFC 6582: an acknowledgment of a part tells the next loss.
    this.#recovering &&= before(acknowledgment, this.#recover);
    this.#resend = this.#recovering;
    return "new";
  }

  /** Whether a segment's window is not the one that is known. */
  windowDiffers(window: number): boolean {
    return window !== this.#window;
  }

  /** Takes the window of an acceptable segment, scaled (RFC 9293, section 3.10.7.4, check of SND.WL1). */
  setWindow(window: number, sequence: number, acknowledgment: number): void {
    const newer = before(this.#windowSequence, sequence) ||
      (this.#windowSequence === sequence && !before(acknowledgment, this.#windowAcknowledgment));
    if (!newer) return;
    this.#windowSequence = sequence;
    this.#windowAcknowledgment = acknowledgment;
    if (window > this.#window && this.#una === this.#next) {
      // A probe's time-out is over.
      this.#deadline = Infinity;
      this.#timeout = FIRST_TIMEOUT;
    }
    this.#window = window;
    this.#largestWindow = Math.max(this.#largestWindow, window);
  }

  /**
   * Sends what may be sent now.
   *
   * @param send writes one segment; `false`: there is no room for it
   * @returns `false` where room was short
   */
  transmit(send: (piece: Piece) => boolean, now: number): boolean {
    if (this.#resend && !this.#sendAgain(send)) return false;
    if (this.#probe && !this.#sendProbe(send, now)) return false;
    for (let piece = this.#piece(); piece; piece = this.#piece()) {
      if (!send(piece)) return false;
      if (this.#una === this.#max) this.#answered = now;
      this.#next = plus(this.#next, piece.length + (piece.fin ? 1 : 0));
      if (before(this.#max, this.#next)) this.#max = this.#next;
      if (this.#deadline === Infinity) this.#deadline = now + this.#timeout;
    }
    // The window is closed, and only a probe is sure to learn when it opens.
    if (this.queue.length > 0 && this.#deadline === Infinity) this.#deadline = now + this.#timeout;
    return true;
  }

  /** The deadline has passed: what is in flight is lost, or the window has to be probed. */
  expire(now: number): void {
    this.#timeout = Math.min(2 * this.#timeout, LONGEST_TIMEOUT);
    this.#deadline = now + this.#timeout;
    if (this.#una === this.#next) {
      this.#probe = this.queue.length > 0;
      if (!this.#probe) this.#deadline = Infinity;
      return;
    }
    this.#next = this.#una;
    this.#recover = this.#max;
    this.#recovering = this.#resend = false;
    this.#duplicates = 0;
  }

  #duplicate(): void {
    if (++this.#duplicates !== DUPLICATES || before(this.#una, this.#recover)) return;
    this.#recover = this.#max;
    this.#recovering = this.#resend = true;
  }

  /** What comes next, as long as the window allows. */
  #piece(): Piece | undefined {
    const flown = distance(this.#una, this.#next);
    const waiting = this.queue.length - flown;
    const allowed = Math.min(this.#window, MAX_IN_FLIGHT) - flown;
    const length = Math.min(this.#mss, waiting, allowed);
    if (length < 0 || this.#finAcknowledged) return undefined;
    const last = length === waiting;
    const fin = last && this.#ended;
    if (length === 0 && !fin) return undefined;
    // RFC 9293, section 3.8.6.2.1: no small segment because the window is small, unless nothing else would move it.
    if (!last && length < this.#mss && flown > 0) return undefined;
    return { sequence: this.#next, offset: flown, length, fin, last };
  }

  #sendAgain(send: (piece: Piece) => boolean): boolean {
    const flown = distance(this.#una, this.#max);
    const length = Math.min(this.#mss, this.queue.length, flown);
    const last = length === this.queue.length;
    const fin = last && this.#ended && flown > length;
    if ((length > 0 || fin) && !send({ sequence: this.#una, offset: 0, length, fin, last })) return false;
    this.#resend = false;
    return true;
  }

  /** One byte more than the window allows: the peer answers with its window, and with luck takes the byte. */
  #sendProbe(send: (piece: Piece) => boolean, now: number): boolean {
    const needed = this.#una === this.#next && this.queue.length > 0 && this.#window === 0;
    if (needed && !send({ sequence: this.#una, offset: 0, length: 1, fin: false, last: true })) return false;
    if (needed && this.#max === this.#una) {
      this.#max = plus(this.#una, 1);
      this.#answered = now;
    }
    this.#probe = false;
    return true;
  }
}
