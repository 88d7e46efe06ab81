import { assertEquals } from "../../tests/harness/assert.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { StandInMachine } from "../../tests/harness/stand_in_machine.ts";
import type { SupervisorMessages } from "../supervisor_protocol/messages.ts";
import type { ClientStream } from "../wire/client_link.ts";
import { Channel } from "../wire/stream.ts";

/** All that comes on stdout until it ends. */
async function printed(stream: ClientStream<SupervisorMessages>): Promise<string> {
  let text = "";
  for (let bytes = await stream.read(Channel.stdout); bytes; bytes = await stream.read(Channel.stdout)) {
    text += new TextDecoder().decode(bytes);
  }
  return text;
}

Deno.test("attach shows the log's last lines, then all that is printed, and tells the end behind it", async () => {
  await using machine = new StandInMachine();
  await settled();
  const link = await machine.connect();
  const streams = [link.open({ kind: "attach", lines: 10 }), link.open({ kind: "attach", lines: 10 })];
  const texts = streams.map(printed);
  await settled();
  machine.program.prints("live\n");
  await settled();
  machine.program.exits(3);
  for (const [index, stream] of streams.entries()) {
    const end = await stream.nextMessage();
    assertEquals(end?.kind === "exited" && end.code, 3);
    assertEquals(await texts[index], "from the log\nlive\n");
  }
});

Deno.test("attach passes signals on, drops what is typed into a command without input, and leaves it running", async () => {
  await using machine = new StandInMachine();
  await settled();
  const heard: number[] = [];
  machine.program.onSignal = (signal) => void heard.push(signal);
  const link = await machine.connect();
  const stream = link.open({ kind: "attach", lines: 0 });
  await stream.write(Channel.stdin, new TextEncoder().encode("nobody reads this\n"));
  stream.send({ kind: "signal", signal: 2 });
  await settled();
  assertEquals(heard, [2]);
  link.close();
  await settled();
  machine.program.prints("on\n");
  await settled();
  assertEquals(machine.printed.includes("on\n"), true);
  machine.program.exits(0);
});

Deno.test("attach is refused where a machine has no command, and where a container does not run", async () => {
  await using machine = new StandInMachine({ command: false });
  await settled();
  const link = await machine.connect();
  const reasons = [{}, { container: "0123456789ab" }].map(async (more) => {
    const stream = link.open({ kind: "attach", lines: 1, ...more });
    return (await stream.ended).reason;
  });
  assertEquals(await Promise.all(reasons), ["it has no command of its own", "it does not run"]);
});
