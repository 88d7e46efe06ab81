/**
 * A terminal's mode, by termios(3). Loaded at the first call, because a start pays for it.
 *
 * @module
 */
import { systemLibrary } from "./system_library.ts";

/** Room for struct termios: 60 bytes with glibc, 72 on macOS. */
const TERMIOS_BYTES = 128;

/** tcsetattr(3): the change takes effect when all output is written, and typed input is kept. */
const TCSADRAIN = 1;

/** All that a terminal is told; meaningless but to {@linkcode setMode}. */
export type TerminalMode = Uint8Array<ArrayBuffer>;

function load() {
  return Deno.dlopen(systemLibrary, {
    // int tcgetattr(int fildes, struct termios *termios_p)
    tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
    // int tcsetattr(int fildes, int optional_actions, const struct termios *termios_p)
    tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
    // void cfmakeraw(struct termios *termios_p)
    cfmakeraw: { parameters: ["buffer"], result: "void" },
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

/** The mode of a descriptor's terminal; `undefined` where it has none. */
export function modeOf(descriptor: number): TerminalMode | undefined {
  loaded ??= load();
  const mode = new Uint8Array(TERMIOS_BYTES);
  return loaded.tcgetattr(descriptor, mode) === 0 ? mode : undefined;
}

/** The same mode with every byte passed on as it is: no echo, no lines, no signals, output unchanged. */
export function rawMode(mode: TerminalMode): TerminalMode {
  loaded ??= load();
  const raw = mode.slice();
  loaded.cfmakeraw(raw);
  return raw;
}

/**
 * The same mode with keys passed on as they are typed, Ctrl-S and Ctrl-Q too; echo, signals and output stay. By the
 * fields of struct termios: on Linux u32 flags and 19 characters (asm-generic/termbits.h), on macOS u64 flags and 20
 * characters (sys/termios.h).
 */
export function keyMode(mode: TerminalMode): TerminalMode {
  const keys = mode.slice();
  const view = new DataView(keys.buffer);
  const { input, local, characters, flow, lines, least, time } = Deno.build.os === "darwin" ? darwin : linux;
  view.setUint32(input, view.getUint32(input, true) & ~flow, true);
  view.setUint32(local, view.getUint32(local, true) & ~lines, true);
  keys[characters + least] = 1;
  keys[characters + time] = 0;
  return keys;
}

/** Places of fields, in bytes; IXON and ICANON; places of VMIN and VTIME among the characters. */
const linux = { input: 0, local: 12, characters: 17, flow: 0x400, lines: 0x2, least: 6, time: 5 };
const darwin = { input: 0, local: 24, characters: 32, flow: 0x200, lines: 0x100, least: 16, time: 17 };

/** Sets a terminal's mode; a terminal that is gone has none. */
export function setMode(descriptor: number, mode: TerminalMode): void {
  loaded ??= load();
  loaded.tcsetattr(descriptor, TCSADRAIN, mode);
}
