import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { eventually } from "../../tests/harness/smolvm.ts";
import { identify, signalProcess, standsStill } from "./process.ts";

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

Deno.test("standsStill() tells a stopped process from one that sleeps, and from none", async () => {
  const child = new Deno.Command("sleep", { args: ["100"] }).spawn();
  assertEquals([standsStill(child.pid), standsStill(2 ** 22 + 1)], [false, false]);
  child.kill("SIGSTOP");
  assertTrue(await eventually(() => standsStill(child.pid), 10_000));
  child.kill("SIGKILL");
  await child.status;
});
