/**
 * Attaches this process's streams, signals and terminal to a machine's command or a container.
 *
 * @module
 */
import { attach, attachedCommand, type AttachWish } from "../../actions/attach.ts";
import type { MachineContext } from "../../actions/machine_context.ts";
import type { ProgramHandle } from "../../session/program_handle.ts";
import { watchKeys } from "../terminal/detach_keys.ts";
import { warn } from "../terminal/output.ts";
import { RawMode } from "../terminal/raw_mode.ts";
import { SessionSignals } from "../terminal/session_signals.ts";
import { openTerminal } from "../terminal/session_terminal.ts";
import { processStreams } from "../terminal/streams.ts";
import { sizeOfWindow } from "../terminal/window.ts";

const SIGHUP = 1;

/** How this process is attached. */
export interface AttachHereOptions {
  /** Whether what is typed goes there. */
  readonly stdin: boolean;
  /** Bytes of the keys that leave what is attached running. */
  readonly keys?: Uint8Array;
}

/**
 * Attaches until the command has ended or is left.
 *
 * @returns the command's exit code
 * @throws {SmolvmError} what {@linkcode attach} throws; kind `canceled` with exit code 0 when the keys were typed
 */
export async function attachHere(
  wish: AttachWish,
  context: MachineContext,
  { stdin, keys }: AttachHereOptions,
): Promise<number> {
  const { interactive, tty } = attachedCommand(wish, context);
  using signals = new SessionSignals();
  const streams = processStreams(stdin, signals.broken);
  using terminal = openTerminal({ interactive: stdin && interactive, tty }, signals);
  // Where no terminal of the command's stands behind this one, lines would be gathered here.
  using _keys = keys && stdin && !(tty && interactive) ? RawMode.enterKeys() : undefined;
  const watched = keys && streams.stdin && { stdin: watchKeys(streams.stdin, keys, signals.left) };
  const outcome = await attach(wish, context, {
    streams: { ...streams, ...watched },
    signal: signals.signal,
    opened: (program) => {
      const shown = terminal?.opened(program) ?? program;
      redraw(program, tty);
      signals.opened({
        ...shown,
        signal: (number) => number === SIGHUP ? signals.hungUp() : shown.signal(number),
      });
    },
  });
  if (outcome.notice !== undefined) warn(outcome.notice);
  return outcome.exitCode;
}

/** A program that fills its terminal draws it anew when its size changes. */
function redraw(program: ProgramHandle, tty: boolean): void {
  const size = sizeOfWindow();
  if (!tty || !size || !Deno.stdout.isTerminal()) return;
  program.resize({ ...size, columns: size.columns + 1 });
  program.resize(size);
}
