/**
 * What frames of a guest may have of each turn of the event loop. Sessions and published ports of the VM are served by
 * the same loop, and a read of frames that is ready at once ends no turn by itself, so that a guest that sends without a
 * pause would have the loop to itself.
 *
 * @module
 */
/** How long frames are dealt with in one turn, in milliseconds. */
const MOST_MILLISECONDS = 2;

/** Frames after which the clock is looked at: 16 small ones take 50 us. */
const FRAMES_PER_LOOK = 16;

/** Flows that begin in one turn: each makes a socket, whose answer costs the turn after it up to 100 us. */
const MOST_FLOWS = 4;

/** The turns. */
export class Turns implements Disposable {
  readonly #now: () => number;
  readonly #next: (() => Promise<void>) | undefined;
  #channel: MessageChannel | undefined;
  #gone = Promise.withResolvers<void>();
  #closed = false;
  #began: number;
  #spent = 0;
  #frames = 0;
  #flows = 0;

  /**
   * @param now tells milliseconds
   * @param next resolves when the event loop has gone round; the loop's own unless said otherwise
   */
  constructor(now: () => number, next?: () => Promise<void>) {
    this.#now = now;
    this.#next = next;
    this.#began = now();
  }

  /** Frames have come: the time until then was not theirs. */
  begin(): void {
    this.#began = this.#now();
  }

  /** A flow was begun, or refused. */
  flow(): void {
    this.#flows++;
  }

  /** A frame was dealt with. @returns whether the next one has to wait for another turn */
  frame(): boolean {
    if (this.#flows >= MOST_FLOWS) return true;
    return ++this.#frames % FRAMES_PER_LOOK === 0 && this.#over();
  }

  /** All frames of a read were dealt with. @returns whether the next read has to wait for another turn */
  end(): boolean {
    const over = this.#flows >= MOST_FLOWS || this.#over();
    this.#spent += this.#now() - this.#began;
    return over;
  }

  /** Ends the turn. */
  async next(): Promise<void> {
    await (this.#next ?? (() => this.#round()))();
    this.#spent = this.#frames = this.#flows = 0;
    this.begin();
  }

  /** Nothing waits for a turn any more. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#channel?.port1.close();
    this.#channel?.port2.close();
    this.#gone.resolve();
  }

  /**
   * Resolves behind all that is ready in the event loop now. A message does, because it is received by an operation
   * that waits its turn among all others. setImmediate() comes before them: with a few new sockets in each turn those that
   * were ready grew in number until descriptors ran out and nothing else was served, and a timer takes a millisecond.
   */
  #round(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#gone = Promise.withResolvers();
    if (!this.#channel) {
      this.#channel = new MessageChannel();
      this.#channel.port1.onmessage = () => this.#gone.resolve();
    }
    this.#channel.port2.postMessage(null);
    return this.#gone.promise;
  }

  #over(): boolean {
    return this.#spent + this.#now() - this.#began >= MOST_MILLISECONDS;
  }
}
