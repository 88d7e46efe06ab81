/**
 * The output of a program, which any number of readers take at once: the log is one of them. No reader holds
 * back the program or another reader: what a slow one has not taken yet waits for it in memory, up to a bound.
 * What is beyond the bound is dropped, and the reader is told how many bytes are missing, and where.
 *
 * @module
 */
import { debug } from "../log.ts";
import type { LogPiece } from "../logs/log_file.ts";

/** Most bytes that wait for one reader. */
const WAITING_BYTES = 1 << 20;

/** Who takes output. */
export interface OutputReader {
  /**
   * Takes a piece, whose bytes it must not change. The next one comes when this has settled. An error ends the
   * reader's subscription, and nothing else.
   */
  take(piece: LogPiece): void | Promise<void>;
  /** So many bytes are missing here; the reader was too slow for them. */
  missed?(bytes: number): void | Promise<void>;
}

/** A reader's place among the readers. Disposing gives the place up. */
export interface OutputSubscription extends Disposable {
  /** Settles when the reader has taken all that was written until now. */
  idle(): Promise<void>;
}

/** What waits for a reader: a piece, or a number of bytes that are missing. */
type Waiting = LogPiece | { missed: number };

/** The output of one program, over all its restarts. */
export class Output {
  readonly #subscriptions = new Set<Subscription>();

  /**
   * Adds a reader, which gets what is written from now on.
   *
   * @param limit most bytes that wait for it
   * @returns what ends the subscription when it is disposed
   */
  subscribe(reader: OutputReader, limit = WAITING_BYTES): OutputSubscription {
    const leave = (): void => void this.#subscriptions.delete(subscription);
    const subscription = new Subscription(reader, limit, leave);
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Hands bytes to all readers. They are copied, once. */
  write(stream: LogPiece["stream"], bytes: Uint8Array): void {
    const piece = { time: Date.now(), stream, bytes: Uint8Array.from(bytes) };
    for (const subscription of [...this.#subscriptions]) subscription.offer(piece);
  }
}

class Subscription implements OutputSubscription {
  readonly #reader: OutputReader;
  readonly #limit: number;
  readonly #leave: () => void;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #left = false;
  /** Whether the reader has a piece in hand that it has not taken yet. */
  #busy = false;
  #drained = Promise.resolve();

  constructor(reader: OutputReader, limit: number, leave: () => void) {
    this.#reader = reader;
    this.#limit = limit;
    this.#leave = leave;
  }

  /** A reader that takes pieces at once, as the log does, gets each within this call. */
  offer(piece: LogPiece): void {
    if (this.#busy) return this.#keep(piece);
    try {
      const taken = this.#reader.take(piece);
      if (taken) this.#drained = this.#drain(taken);
    } catch (error) {
      this.#fail(error);
    }
  }

  idle(): Promise<void> {
    return this.#drained;
  }

  [Symbol.dispose](): void {
    this.#left = true;
    this.#waiting = [];
    this.#leave();
  }

  #keep(piece: LogPiece): void {
    const { length } = piece.bytes;
    if (this.#bytes + length <= this.#limit) {
      this.#bytes += length;
      this.#waiting.push(piece);
      return;
    }
    const last = this.#waiting.at(-1);
    if (last && "missed" in last) last.missed += length;
    else this.#waiting.push({ missed: length });
  }

  /** Never rejects. */
  async #drain(taken: Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await taken;
      for (let next = this.#next(); next && !this.#left; next = this.#next()) {
        await ("missed" in next ? this.#reader.missed?.(next.missed) : this.#reader.take(next));
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#busy = false;
  }

  #next(): Waiting | undefined {
    const next = this.#waiting.shift();
    if (next && "bytes" in next) this.#bytes -= next.bytes.length;
    return next;
  }

  #fail(error: unknown): void {
    debug("a reader of output failed", { reason: String(error) });
    this[Symbol.dispose]();
  }
}
