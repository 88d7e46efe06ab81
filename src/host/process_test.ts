import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { identify, signalProcess } from "./process.ts";

Deno.test("identify() tells this process from a number nobody has", () => {
  assertEquals(identify(Deno.pid)?.pid, Deno.pid);
  assertEquals(identify(Deno.pid), identify(Deno.pid));
  assertEquals(identify(2 ** 22 + 1), undefined);
});

Deno.test("signalProcess() ends the process that is meant, and no other", async () => {
  const child = new Deno.Command("sleep", { args: ["100"] }).spawn();
  const identity = identify(child.pid);
  assertEquals(signalProcess({ pid: child.pid, started: "1" }, "SIGKILL"), false);
  assertTrue(identity !== undefined && signalProcess(identity, "SIGTERM"));
  assertEquals((await child.status).signal, "SIGTERM");
  assertEquals(signalProcess(identity, "SIGTERM"), false);
});
