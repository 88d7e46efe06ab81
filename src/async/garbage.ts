/**
 * Has V8 look for what a process has thrown away. By itself V8 does so when the heap has grown by half, and the
 * marking in small steps that would do it in idle time is switched off (scripts/build/programs.ts): a thousand
 * connections would leave 20 MB behind them for hours.
 *
 * @module
 */

/** After how many sessions V8 is asked at once. */
const MANY = 256;

/** How few are not worth asking for. */
const FEW = 64;

/** How long nothing has begun or ended when V8 is asked for fewer, in milliseconds. */
const QUIET_MILLISECONDS = 1_000;

/**
 * Collects what nobody refers to any more.
 *
 * @param thoroughly also what V8 would keep for the next time, such as the code it has made of busy functions: for
 * times when nothing is to be done
 */
export type Collect = (thoroughly: boolean) => void;

/** Counts what begins and ends, such as connections, and collects what that leaves. */
export class Garbage implements Disposable {
  readonly #collect: Collect;
  #count = 0;
  #timer: number | undefined;

  constructor(collect: Collect = collectGarbage) {
    this.#collect = collect;
  }

  /** One more has begun or ended. */
  add(): void {
    clearTimeout(this.#timer);
    if (++this.#count % MANY === 0) this.#collect(false);
    if (this.#count < FEW) return;
    this.#timer = setTimeout(() => {
      this.#count = 0;
      this.#collect(true);
    }, QUIET_MILLISECONDS);
    // Nothing is waited for: a process that is over has no garbage.
    Deno.unrefTimer(this.#timer);
  }

  /** Collects nothing any more. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** V8's own function: there with its flag `--expose-gc`, with which our programs are compiled (scripts/build/programs.ts). */
declare const gc: ((how?: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void) | undefined;

/** Collects by V8; does nothing where V8 does not offer that. @param thoroughly as of {@linkcode Collect} */
export function collectGarbage(thoroughly: boolean): void {
  if (typeof gc !== "function") return;
  if (thoroughly) gc({ type: "major", execution: "sync", flavor: "last-resort" });
  else gc();
}
