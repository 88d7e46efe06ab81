/**
 * Signals that this process gets while a command runs: all that can be caught go to the command, a second
 * Ctrl-C soon after the first ends the VM.
 *
 * @module
 */

/** A second Ctrl-C within this time forces. */
const FORCE_MILLISECONDS = 2_000;

/**
 * What is passed on, with its number in the guest (signal(7), x86 and ARM): as the docker client does, every
 * signal that can be caught, but
 * - SIGCHLD, SIGPIPE and SIGURG, which tell this process something about itself;
 * - SIGTSTP and SIGCONT, by which a shell stops this process and lets it go on;
 * - SIGILL, SIGFPE, SIGSEGV and SIGBUS, which a fault of this process raises: caught, the fault would repeat;
 * - the real-time signals (34 to 64), which Deno cannot listen to: they end this process.
 */
export const forwardedSignals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const satisfies Partial<Record<Deno.Signal, number>>;

type Forwarded = keyof typeof forwardedSignals;

/** What macOS does not have. */
const LINUX_ONLY: readonly Forwarded[] = ["SIGSTKFLT", "SIGPWR"];

/**
 * On a terminal they stop a process in the background that uses the terminal: caught, its read would be tried
 * again at once, for ever.
 */
const OF_TERMINALS: readonly Forwarded[] = ["SIGTTIN", "SIGTTOU"];

/** Handles signals until disposed. */
export class SignalForwarder implements Disposable {
  readonly #listeners: [Deno.Signal, () => void][] = [];
  #lastInterrupt = -Infinity;

  /**
   * @param forward sends a signal to the command; by its number in the guest
   * @param force ends the VM at once
   */
  constructor(forward: (signal: number) => void, force: () => void) {
    const left = [
      ...(Deno.build.os === "linux" ? [] : LINUX_ONLY),
      ...([Deno.stdin, Deno.stdout, Deno.stderr].some((one) => one.isTerminal()) ? OF_TERMINALS : []),
    ];
    for (const [name, number] of Object.entries(forwardedSignals) as [Forwarded, number][]) {
      if (left.includes(name)) continue;
      const listener = (): void => {
        const now = performance.now();
        const again = name === "SIGINT" && now - this.#lastInterrupt < FORCE_MILLISECONDS;
        if (name === "SIGINT") this.#lastInterrupt = now;
        if (again) force();
        else forward(number);
      };
      Deno.addSignalListener(name, listener);
      this.#listeners.push([name, listener]);
    }
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners.splice(0)) Deno.removeSignalListener(name, listener);
  }
}
