import { assertEquals, assertThrows } from "../harness/assert.ts";
import { agentParts, clientParts, gather, logParts } from "./passed.ts";

Deno.test("clientParts() takes the time between points, from the process's start to its end", () => {
  const line = "smolvm: steps: entered 1000500 connected 1001000 closed 1004000\n";
  assertEquals(clientParts(line, { begun: 1000, ended: 1006 }), [
    { name: "entered", milliseconds: 0.5 },
    { name: "connected", milliseconds: 0.5 },
    { name: "closed", milliseconds: 3 },
    { name: "gone", milliseconds: 2 },
  ]);
});

Deno.test("clientParts() says that the runtime took the command", () => {
  assertThrows(() => clientParts("", { begun: 0, ended: 1 }), Error, "told no steps");
});

Deno.test("agentParts() reads each session of a console among other lines", () => {
  const console =
    "[1.0] kernel\nagent: steps: read 0.00, judged 4.00, close 10.00\nagent: steps: read 0.00\n";
  assertEquals(
    agentParts(console).map((parts) => parts.map(({ name, milliseconds }) => [name, milliseconds])),
    [
      [["read", 0], ["judged", 4], ["close", 6]],
      [["read", 0]],
    ],
  );
});

Deno.test("logParts() names a step without its fields, and leaves out the guest's own lines", () => {
  const log = '+1.0ms command line read\n+3.0ms vmm started engine="qemu" pid=7\n+9.0ms guest: link at=3\n' +
    "+9.0ms the VMM: agent: steps: read 0.00\n+10.0ms agent ready\n";
  assertEquals(logParts(log), [
    { name: "command line read", milliseconds: 1 },
    { name: "vmm started", milliseconds: 2 },
    { name: "agent ready", milliseconds: 7 },
  ]);
});

Deno.test("gather() keeps the order of first appearance, and a step that one round lacks", () => {
  const [a, b] = [{ name: "a", milliseconds: 1 }, { name: "b", milliseconds: 2 }];
  assertEquals([...gather([[a, b], [a]])], [["a", [1, 1]], ["b", [2]]]);
});
