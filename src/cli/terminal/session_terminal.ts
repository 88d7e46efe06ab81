/**
 * A program's terminal at this end: its size and name before the program runs, raw mode, sizes and the end of the
 * window while the program does.
 *
 * @module
 */
import type { TerminalRequest } from "../../guest_protocol/messages.ts";
import type { ProgramHandle } from "../../session/program_handle.ts";
import { notice } from "./output.ts";
import { RawMode } from "./raw_mode.ts";
import { sizeOfWindow, wantedSize } from "./window.ts";

const SIGHUP = 1;
const SIGWINCH = 28;

/** How long a program may go on when the window is closed, in milliseconds. */
const HANG_UP_MILLISECONDS = 5_000;

/** The terminal. Disposing gives this process's own its mode back. */
export class SessionTerminal implements Disposable {
  readonly #typed: boolean;
  readonly #hungUp: () => void;
  #raw: RawMode | undefined;
  #program: ProgramHandle | undefined;
  #size = wantedSize();
  #timer: number | undefined;

  /**
   * @param typed whether what is typed goes to the program
   * @param hungUp ends the session: its window is gone, and the program does not end
   */
  constructor(typed: boolean, hungUp: () => void) {
    this.#typed = typed;
    this.#hungUp = hungUp;
    if (!Deno.stdout.isTerminal()) {
      notice("stdout is no terminal; what the command's terminal shows goes there");
    }
  }

  /** What the program is to have. */
  get request(): TerminalRequest {
    return { ...this.#size, type: Deno.env.get("TERM") || "xterm" };
  }

  /**
   * The session is open: from now on bytes go to the program as they are typed.
   *
   * @returns the program, as signals of this process concern it: its terminal sees to SIGWINCH
   */
  opened(program: ProgramHandle): ProgramHandle {
    this.#program = program;
    if (this.#typed) this.#raw = RawMode.enter(this.#follow);
    Deno.addSignalListener("SIGWINCH", this.#follow);
    this.#follow();
    return {
      resize: program.resize,
      signal: (number) => {
        if (number === SIGWINCH) return;
        if (number === SIGHUP) this.#timer ??= setTimeout(this.#hungUp, HANG_UP_MILLISECONDS);
        program.signal(number);
      },
    };
  }

  readonly #follow = (): void => {
    const now = sizeOfWindow();
    if (now === undefined || (now.rows === this.#size.rows && now.columns === this.#size.columns)) return;
    this.#size = now;
    this.#program?.resize(now);
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    if (this.#program) Deno.removeSignalListener("SIGWINCH", this.#follow);
    this.#raw?.[Symbol.dispose]();
  }
}

/** The terminal that the options of a program's streams ask for. */
export function openTerminal(
  { interactive = false, tty = false }: { readonly interactive?: boolean; readonly tty?: boolean },
  { hungUp }: { hungUp(): void },
): SessionTerminal | undefined {
  return tty ? new SessionTerminal(interactive, hungUp) : undefined;
}
