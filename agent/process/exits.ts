/**
 * Who waits for which process, and which exits nobody has asked for yet: a program may end before its
 * launcher has told its pid. Pure.
 *
 * @module
 */

/** How a process ended: exactly one of the two is not null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: number | null;
}

/** Exits kept for a later claim; orphans nobody claims push older ones out. */
const KEPT = 1024;

/** Reads a wait status (wait(2), WIFEXITED and WIFSIGNALED); `undefined` for a stop or a continue. */
export function readStatus(status: number): Exit | undefined {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null };
  if (signal === 0x7f) return undefined;
  return { code: null, signal };
}

/** The table of exits. */
export class Exits {
  readonly #kept = new Map<number, Exit>();
  readonly #waiters = new Map<number, (exit: Exit) => void>();

  /** Settles when the process has ended, also when it already has. */
  claim(pid: number): Promise<Exit> {
    const exit = this.#kept.get(pid);
    this.#kept.delete(pid);
    if (exit) return Promise.resolve(exit);
    return new Promise((resolve) => this.#waiters.set(pid, resolve));
  }

  /** Notes an exit. */
  add(pid: number, exit: Exit): void {
    const waiter = this.#waiters.get(pid);
    if (waiter) {
      this.#waiters.delete(pid);
      waiter(exit);
      return;
    }
    this.#kept.delete(pid);
    this.#kept.set(pid, exit);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > KEPT && !oldest.done) this.#kept.delete(oldest.value);
  }
}
