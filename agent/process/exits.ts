/**
 * Which processes are waited for, and exits that came before they were asked for: a program may end before its
 * launcher has told its pid. Pure.
 *
 * @module
 */

/** How a process ended: exactly one of the two is not null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: number | null;
}

/** Reads a wait status (wait(2), WIFEXITED and WIFSIGNALED); `undefined` for a stop or a continue. */
export function readStatus(status: number): Exit | undefined {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null };
  if (signal === 0x7f) return undefined;
  return { code: null, signal };
}

/** A launch under way: its process's exit is kept until it is claimed. */
export interface Launching extends Disposable {
  /** Settles when the process of this launch has ended, also when it already has. */
  claim(pid: number): Promise<Exit>;
}

/**
 * The table of exits. Exits are kept only while a launch is under way: the kernel gives pids again, and a later
 * process must not be told the exit of an orphan that had its pid before.
 */
export class Exits {
  readonly #kept = new Map<number, { readonly exit: Exit; readonly number: number }>();
  readonly #waiters = new Map<number, (exit: Exit) => void>();
  #launches = 0;
  #count = 0;

  /** Called before a process is started. Disposed when its pid was claimed, or it never came to be. */
  launch(): Launching {
    this.#launches++;
    const before = this.#count;
    return {
      claim: (pid) => {
        const kept = this.#kept.get(pid);
        if (kept && kept.number >= before) {
          this.#kept.delete(pid);
          return Promise.resolve(kept.exit);
        }
        return new Promise((resolve) => this.#waiters.set(pid, resolve));
      },
      [Symbol.dispose]: () => {
        if (--this.#launches === 0) this.#kept.clear();
      },
    };
  }

  /** Whether a process is waited for: until its exit is noted, no other process has its pid. */
  isAwaited(pid: number): boolean {
    return this.#waiters.has(pid);
  }

  /** Notes an exit. */
  add(pid: number, exit: Exit): void {
    const waiter = this.#waiters.get(pid);
    if (waiter) {
      this.#waiters.delete(pid);
      waiter(exit);
      return;
    }
    if (this.#launches > 0) this.#kept.set(pid, { exit, number: this.#count++ });
  }
}
