import { assertEquals } from "../../../tests/harness/assert.ts";
import { RawMode, type TerminalSystem } from "./raw_mode.ts";

/** A terminal whose mode is one byte: 1 as a shell has it, 2 raw, 4 with single keys. */
class StandInTerminal implements TerminalSystem {
  current = 1;
  stops = 0;
  readonly listeners = new Map<Deno.Signal, () => void>();
  readonly isTerminal: boolean;

  constructor(isTerminal = true) {
    this.isTerminal = isTerminal;
  }

  mode = () => this.isTerminal ? Uint8Array.of(this.current) : undefined;
  raw = () => Uint8Array.of(2);
  keys = () => Uint8Array.of(4);
  set = (mode: Uint8Array) => void (this.current = mode[0] ?? 0);
  listen = (signal: Deno.Signal, listener: () => void) => void this.listeners.set(signal, listener);
  unlisten = (signal: Deno.Signal) => void this.listeners.delete(signal);
  stop = () => void this.stops++;
}

Deno.test("RawMode makes a terminal raw until it is disposed, and listens to nothing then", () => {
  const terminal = new StandInTerminal();
  {
    using raw = RawMode.enter(() => {}, terminal);
    assertEquals([raw !== undefined, terminal.current], [true, 2]);
  }
  assertEquals([terminal.current, terminal.listeners.size], [1, 0]);
});

Deno.test("RawMode gives the mode back while the process is stopped, and enters it again", () => {
  const terminal = new StandInTerminal();
  let resumed = 0;
  using _raw = RawMode.enter(() => resumed++, terminal);
  terminal.listeners.get("SIGTSTP")?.();
  assertEquals([terminal.current, terminal.stops, resumed], [1, 1, 0]);
  terminal.listeners.get("SIGCONT")?.();
  assertEquals([terminal.current, resumed], [2, 1]);
});

Deno.test("RawMode gives the mode back when the process ends at once, and once only", () => {
  const terminal = new StandInTerminal();
  const raw = RawMode.enter(() => {}, terminal);
  globalThis.dispatchEvent(new Event("unload"));
  assertEquals(terminal.current, 1);
  terminal.current = 3;
  raw?.[Symbol.dispose]();
  assertEquals(terminal.current, 3);
});

Deno.test("RawMode is not entered where stdin is no terminal", () => {
  assertEquals(RawMode.enter(() => {}, new StandInTerminal(false)), undefined);
});

Deno.test("RawMode.enterKeys() has keys passed on one by one until it is disposed", () => {
  const terminal = new StandInTerminal();
  const keys = RawMode.enterKeys(terminal);
  assertEquals(terminal.current, 4);
  keys?.[Symbol.dispose]();
  assertEquals(terminal.current, 1);
});
