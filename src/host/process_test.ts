import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { identify, isAlive, signalProcess } from "./process.ts";

Deno.test("identify() tells this process from a number nobody has", () => {
  const own = identify(Deno.pid);
  assertTrue(own !== undefined && isAlive(own));
  assertEquals(identify(2 ** 22 + 1), undefined);
});

Deno.test("isAlive() is not fooled by a number that is used again", () => {
  assertEquals(isAlive({ pid: Deno.pid, started: "1" }), false);
});

Deno.test("signalProcess() ends the process that is meant, and no other", async () => {
  const child = new Deno.Command("sleep", { args: ["100"] }).spawn();
  const identity = identify(child.pid);
  assertEquals(signalProcess({ pid: child.pid, started: "1" }, "SIGKILL"), false);
  assertTrue(identity !== undefined && signalProcess(identity, "SIGTERM"));
  assertEquals((await child.status).signal, "SIGTERM");
  assertEquals(signalProcess(identity, "SIGTERM"), false);
});
