import { assertEquals } from "../../../tests/harness/assert.ts";

const script = `
import { SignalForwarder } from "${new URL("./signals.ts", import.meta.url)}";
const forwarder = new SignalForwarder((signal) => console.log(signal), () => {
  console.log("force");
  forwarder[Symbol.dispose]();
});
console.log("ready");
setTimeout(() => {}, 60_000);
`;

Deno.test("SignalForwarder passes the first Ctrl-C on, forces at a second soon after, and then lets go", async () => {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const told = async () => (await lines.read()).value;
  assertEquals(await told(), "ready\n");
  const expected = [["SIGINT", "2\n"], ["SIGTERM", "15\n"], ["SIGINT", "force\n"]] as const;
  for (const [signal, words] of expected) {
    child.kill(signal);
    assertEquals(await told(), words);
  }
  child.kill("SIGTERM");
  assertEquals((await child.status).signal, "SIGTERM");
  await lines.cancel();
});
