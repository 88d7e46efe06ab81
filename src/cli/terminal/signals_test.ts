import { constants } from "node:os";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { forwardedSignals } from "./signals.ts";

const script = `
import { SignalForwarder } from "${new URL("./signals.ts", import.meta.url)}";
const forwarder = new SignalForwarder((signal) => console.log(signal), () => {
  // Let go of first: a signal that comes while there are listeners is theirs, and would be lost with them.
  forwarder[Symbol.dispose]();
  console.log("force");
});
console.log("ready");
setTimeout(() => {}, 60_000);
`;

/** What the issue and signal(7) leave out, each for the reason that signals.ts gives. */
const LEFT_OUT = [
  ["SIGKILL", "SIGSTOP"],
  ["SIGCHLD", "SIGPIPE", "SIGURG", "SIGTSTP", "SIGCONT"],
  ["SIGILL", "SIGFPE", "SIGSEGV", "SIGBUS"],
].flat();

Deno.test({
  name: "forwardedSignals has every signal that Linux has but those left out, by its number",
  ignore: Deno.build.os !== "linux",
  fn() {
    const other = { SIGIOT: "SIGABRT", SIGPOLL: "SIGIO", SIGUNUSED: "SIGSYS" };
    const all = Object.entries(constants.signals).filter(([name]) =>
      !(name in other) && !LEFT_OUT.includes(name)
    );
    assertEquals({ ...forwardedSignals }, Object.fromEntries(all) as unknown as typeof forwardedSignals);
  },
});

/** A process that listens; ended at the latest when it is disposed. */
async function listening() {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const told = async () => (await lines.read()).value;
  assertEquals(await told(), "ready\n");
  return {
    child,
    told,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await Promise.all([child.status, lines.cancel()]);
    },
  };
}

Deno.test("SignalForwarder passes the first Ctrl-C on, forces at a second soon after, and then lets go", async () => {
  await using process = await listening();
  const { child, told } = process;
  const expected = [["SIGINT", "2\n"], ["SIGTERM", "15\n"], ["SIGUSR1", "10\n"], ["SIGQUIT", "3\n"], [
    "SIGINT",
    "force\n",
  ]] as const;
  for (const [signal, words] of expected) {
    child.kill(signal);
    assertEquals(await told(), words);
  }
  child.kill("SIGTERM");
  assertEquals((await child.status).signal, "SIGTERM");
});

Deno.test("SignalForwarder passes on all that can be caught, to a process without a terminal", async () => {
  await using process = await listening();
  const { child, told } = process;
  for (const [name, number] of Object.entries(forwardedSignals)) {
    child.kill(name as Deno.Signal);
    assertEquals([name, await told()], [name, `${number}\n`]);
  }
});
