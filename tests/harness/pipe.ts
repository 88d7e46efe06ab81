/**
 * A transport pair in memory that can be slow, split what is written, or end: a bad network for tests of
 * the guest protocol.
 *
 * @module
 */
import type { Transport } from "../../src/wire/transport.ts";

/** What a direction does to bytes. */
export interface PipeOptions {
  /** Most bytes one read returns; default all. */
  readonly splitAt?: () => number;
  /** Most bytes that wait unread; a writer waits beyond. */
  readonly capacity?: number;
}

/** One direction. */
class Pipe {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #waiters: (() => void)[] = [];
  readonly #options: PipeOptions;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      const chunk = this.#chunks[0];
      if (chunk) {
        const most = Math.max(1, this.#options.splitAt?.() ?? buffer.length);
        const count = Math.min(chunk.length, buffer.length, most);
        buffer.set(chunk.subarray(0, count));
        if (count === chunk.length) this.#chunks.shift();
        else this.#chunks[0] = chunk.subarray(count);
        this.#bytes -= count;
        this.#wake();
        return count;
      }
      if (this.#ended) return null;
      await this.#wait();
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#bytes >= (this.#options.capacity ?? 1 << 20) && !this.#ended) await this.#wait();
    if (this.#ended) throw new Deno.errors.BrokenPipe("the pipe is closed");
    this.#chunks.push(bytes.slice());
    this.#bytes += bytes.length;
    this.#wake();
    return bytes.length;
  }

  /** Bytes that wait unread. */
  get waiting(): number {
    return this.#bytes;
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

/** Both ends of a byte stream. */
export function transportPair(
  options: PipeOptions = {},
): { host: Transport; agent: Transport; toHost: Pipe } {
  const [toAgent, toHost] = [new Pipe(options), new Pipe(options)];
  const end = (): void => {
    toAgent.end();
    toHost.end();
  };
  return {
    host: { read: (buffer) => toHost.read(buffer), write: (bytes) => toAgent.write(bytes), close: end },
    agent: { read: (buffer) => toAgent.read(buffer), write: (bytes) => toHost.write(bytes), close: end },
    toHost,
  };
}
