/**
 * `smolvm doctor` on this host.
 *
 * @module
 */
import { hostVirtualization, probeVirtualization } from "../../src/engine/krun/kvm.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { Home } from "../harness/smolvm.ts";

interface Finding {
  readonly name: string;
  readonly grade: string;
  readonly details: string;
}

Deno.test("doctor names the engine that auto takes, why, and what a VM needs", async () => {
  await using home = new Home();
  const { code, stdout, stderr } = await home.run(["doctor", "--json"]);
  assertEquals([code, stderr], [0, ""]);
  const { findings, engine, why } = JSON.parse(stdout);
  const expected = probeVirtualization(hostVirtualization()).usable ? "krun" : "qemu";
  assertEquals(engine, expected);
  assertTrue(why !== "");
  const names = findings.map(({ name }: Finding) => name);
  for (const name of ["host", "engine krun", "engine qemu", "libkrun", "data folder"]) {
    assertTrue(names.includes(name), name);
  }
});

Deno.test("doctor says what a libkrun cannot promise, or why it does not load", async () => {
  await using home = new Home();
  const { stdout } = await home.run(["doctor"], { env: { SMOLVM_LIBKRUN: "/no/such/libkrun.so" } });
  assertMatch(stdout, /^-- {2}libkrun .*\/no\/such\/libkrun\.so.*No such file/m);
});

Deno.test("doctor fails where nothing can be kept", async () => {
  await using home = new Home();
  const { code, stdout } = await home.run(["doctor"], { env: { SMOLVM_HOME: "/proc/smolvm" } });
  assertEquals(code, 1);
  assertMatch(stdout, /No VM can run here: .*folder/);
});

Deno.test("doctor --boot boots a VM", async () => {
  await using home = new Home();
  const { code, stdout } = await home.run(["doctor", "--boot"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^boot: a VM answered after \d+\.\d s$/m);
});
