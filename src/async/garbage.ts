/**
 * Has V8 look for what a process has thrown away. By itself V8 does so when the heap has grown by half, and the
 * marking in small steps that would do it in idle time is switched off (scripts/build/programs.ts): a thousand
 * connections would leave 20 MB behind them for hours.
 *
 * @module
 */

/** After how many things that ended V8 is asked at once. */
const MANY = 256;

/** How few are not worth asking for. */
const FEW = 16;

/** How long nothing has ended when V8 is asked for fewer, in milliseconds. */
const QUIET_MILLISECONDS = 1_000;

/** What collects: V8's own with `--expose-gc`. */
export type Collect = () => void;

/** Counts what ends, and collects what it leaves. */
export class Garbage {
  readonly #collect: Collect;
  #ended = 0;
  #timer: number | undefined;

  constructor(collect: Collect = exposed()) {
    this.#collect = collect;
  }

  /** One more has ended, such as a connection. */
  add(): void {
    clearTimeout(this.#timer);
    if (++this.#ended >= MANY) return this.#now();
    if (this.#ended < FEW) return;
    this.#timer = setTimeout(() => this.#now(), QUIET_MILLISECONDS);
    // Nothing is waited for: a process that is over has no garbage.
    Deno.unrefTimer(this.#timer);
  }

  #now(): void {
    this.#ended = 0;
    this.#collect();
  }
}

function exposed(): Collect {
  const { gc } = globalThis as { gc?: Collect };
  return () => gc?.();
}
