import { assertEquals } from "../../../tests/harness/assert.ts";
import { SessionSignals } from "./session_signals.ts";

function listen() {
  const heard: { forward: (signal: number) => void; force: () => void }[] = [];
  const signals = new SessionSignals((forward, force) => {
    heard.push({ forward, force });
    return { [Symbol.dispose]() {} };
  });
  const [ears] = heard;
  if (!ears) throw new Error("it does not listen");
  return { signals, ...ears };
}

Deno.test("SessionSignals ends the command by a signal that comes before its program", () => {
  const { signals, forward } = listen();
  assertEquals(signals.signal.aborted, false);
  forward(15);
  assertEquals([signals.signal.aborted, signals.signal.reason.exitCode], [true, 143]);
});

Deno.test("SessionSignals keeps a signal for its program that ends no command, and SIGQUIT ends one", () => {
  const { signals, forward } = listen();
  for (const signal of [10, 28]) forward(signal);
  assertEquals(signals.signal.aborted, false);
  const sent: number[] = [];
  signals.opened({ signal: (number) => sent.push(number), resize: () => {} });
  assertEquals(sent, [10, 28]);
  const early = listen();
  early.forward(3);
  assertEquals(early.signals.signal.reason.exitCode, 131);
});

Deno.test("SessionSignals passes signals on once the program runs, and a forced end is the command's", () => {
  const { signals, forward, force } = listen();
  const sent: number[] = [];
  signals.opened({ signal: (number) => sent.push(number), resize: () => {} });
  forward(2);
  assertEquals([sent, signals.signal.aborted], [[2], false]);
  force();
  assertEquals([signals.signal.reason.kind, signals.signal.reason.exitCode], ["canceled", 130]);
});

Deno.test("SessionSignals ends the command when nobody reads its output", () => {
  const { signals } = listen();
  signals.broken();
  assertEquals(signals.signal.reason.exitCode, 141);
});
