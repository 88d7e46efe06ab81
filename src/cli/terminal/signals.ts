/**
 * Signals of the terminal while a command runs: the first goes to the command, a second Ctrl-C soon after
 * ends the VM.
 *
 * @module
 */

/** What is passed on, with its number. */
const forwarded = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** A second Ctrl-C within this time forces. */
const FORCE_MILLISECONDS = 2_000;

/** Handles signals until disposed. */
export class SignalForwarder implements Disposable {
  readonly #listeners: [Deno.Signal, () => void][] = [];
  #lastInterrupt = -Infinity;

  /**
   * @param forward sends a signal to the command
   * @param force ends the VM at once
   */
  constructor(forward: (signal: number) => void, force: () => void) {
    for (const [name, number] of Object.entries(forwarded) as [keyof typeof forwarded, number][]) {
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
