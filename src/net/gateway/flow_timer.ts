/**
 * One timer for all flows of a VM, on a clock that does not run on while this process stands still: after a host's
 * sleep, or a debugger's stop, flows have as much time left as before, and one second at most is gone.
 *
 * @module
 */
import type { Clock } from "../../async/clock.ts";

/** Shortest pause of the timer, in milliseconds: deadlines that are close share one. */
const GRAIN = 10;

/** How late a timer may be before this process must have stood still, in milliseconds. */
const LATE = 1_000;

/** The timer. */
export class FlowTimer {
  readonly #clock: Clock;
  readonly #due: (now: number) => number;
  #seen: number;
  #now = 1;
  /** When the timer goes off, in the time of {@linkcode now}. */
  #wakeAt = Infinity;
  #cancel: AbortController | undefined;
  #closed = false;

  /** @param due is called when a deadline may have passed, and says the next one */
  constructor(clock: Clock, due: (now: number) => number) {
    this.#clock = clock;
    this.#due = due;
    this.#seen = clock.now();
  }

  /** Milliseconds; never goes back. */
  now(): number {
    const real = this.#clock.now();
    const most = this.#wakeAt === Infinity ? Infinity : Math.max(0, this.#wakeAt - this.#now) + LATE;
    this.#now += Math.min(Math.max(0, real - this.#seen), most);
    this.#seen = real;
    return this.#now;
  }

  /** Has the timer go off by then. */
  by(deadline: number): void {
    if (this.#closed || deadline >= this.#wakeAt) return;
    this.#cancel?.abort();
    this.#cancel = new AbortController();
    const now = this.now();
    this.#wakeAt = Math.max(deadline, now + GRAIN);
    void this.#wait(this.#wakeAt - now, this.#cancel.signal);
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.abort();
  }

  async #wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#clock.delay(milliseconds, { signal, persistent: false });
    if (signal.aborted || this.#closed) return;
    const now = this.now();
    this.#wakeAt = Infinity;
    this.by(this.#due(now));
  }
}
