/**
 * This process's terminal in raw mode, for as long as a program's terminal stands behind it: what is typed goes there
 * byte for byte. The mode from before comes back on every way out that the process itself sees, and while a shell has
 * stopped the process.
 *
 * @module
 */
import { keyMode, modeOf, rawMode, setMode, type TerminalMode } from "../../ffi/terminal_mode.ts";

const STDIN = 0;

/** What a process can be told to do with its terminal; a parameter so that tests need none. */
export interface TerminalSystem {
  mode(): TerminalMode | undefined;
  raw(mode: TerminalMode): TerminalMode;
  keys(mode: TerminalMode): TerminalMode;
  set(mode: TerminalMode): void;
  listen(signal: Deno.Signal, listener: () => void): void;
  unlisten(signal: Deno.Signal, listener: () => void): void;
  /** Stops this process, as SIGTSTP would have done. */
  stop(): void;
}

const system: TerminalSystem = {
  mode: () => modeOf(STDIN),
  raw: rawMode,
  keys: keyMode,
  set: (mode) => setMode(STDIN, mode),
  listen: (signal, listener) => Deno.addSignalListener(signal, listener),
  unlisten: (signal, listener) => Deno.removeSignalListener(signal, listener),
  stop: () => Deno.kill(Deno.pid, "SIGSTOP"),
};

/** The mode, until disposed. */
export class RawMode implements Disposable {
  readonly #system: TerminalSystem;
  readonly #before: TerminalMode;
  readonly #raw: TerminalMode;
  readonly #resumed: () => void;
  #over = false;

  private constructor(
    system: TerminalSystem,
    { before, meanwhile, resumed }: { before: TerminalMode; meanwhile: TerminalMode; resumed: () => void },
  ) {
    this.#system = system;
    this.#before = before;
    this.#raw = meanwhile;
    this.#resumed = resumed;
    system.set(this.#raw);
    system.listen("SIGTSTP", this.#suspend);
    system.listen("SIGCONT", this.#resume);
    globalThis.addEventListener("unload", this.#restore);
  }

  /**
   * Enters it.
   *
   * @param resumed called when the process goes on after it was stopped: the terminal may have another size
   * @returns `undefined` when stdin is no terminal
   */
  static enter(resumed: () => void, on: TerminalSystem = system): RawMode | undefined {
    const before = on.mode();
    return before && new RawMode(on, { before, meanwhile: on.raw(before), resumed });
  }

  /**
   * Enters a mode in which keys come as they are typed and all else is as before: for a program without a terminal,
   * whose user may type the keys that leave it.
   *
   * @returns `undefined` when stdin is no terminal
   */
  static enterKeys(on: TerminalSystem = system): RawMode | undefined {
    const before = on.mode();
    return before && new RawMode(on, { before, meanwhile: on.keys(before), resumed: () => {} });
  }

  readonly #suspend = (): void => {
    this.#system.set(this.#before);
    this.#system.stop();
  };

  readonly #resume = (): void => {
    if (this.#over) return;
    this.#system.set(this.#raw);
    this.#resumed();
  };

  readonly #restore = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#system.set(this.#before);
  };

  [Symbol.dispose](): void {
    this.#restore();
    this.#system.unlisten("SIGTSTP", this.#suspend);
    this.#system.unlisten("SIGCONT", this.#resume);
    globalThis.removeEventListener("unload", this.#restore);
  }
}
