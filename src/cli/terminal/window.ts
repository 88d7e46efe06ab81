/**
 * The window of this process's terminal.
 *
 * @module
 */
import type { TerminalSize } from "../../guest_protocol/messages.ts";

/** Where no end of this process is a terminal. */
const DEFAULT_SIZE: TerminalSize = { rows: 24, columns: 80 };

/** Its size in characters; `undefined` where there is no window, or one that was never told its size. */
export function sizeOfWindow(): TerminalSize | undefined {
  try {
    const { rows, columns } = Deno.consoleSize();
    return rows > 0 && columns > 0 ? { rows, columns } : undefined;
  } catch {
    return undefined;
  }
}

/** The size that a program is to have: the window's, else that of a VT100. */
export function wantedSize(): TerminalSize {
  return sizeOfWindow() ?? DEFAULT_SIZE;
}
