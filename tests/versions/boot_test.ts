/**
 * Each libkrun that there is boots a VM and runs a command in it. Needs a processor that runs VMs:
 * `deno task test:versions` has one, if need be the lab's.
 *
 * @module
 */
import { hostVirtualization, probeVirtualization } from "../../src/engine/krun/kvm.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { Home } from "../harness/smolvm.ts";

const host = probeVirtualization(hostVirtualization(Deno.execPath()));
const newer = new URL("../../.cache/parts/libkrun-newer", import.meta.url).pathname;

/** The library, and what doctor should say of it. */
const libraries: { name: string; env: Record<string, string>; pattern: RegExp }[] = [
  { name: "the carried libkrun", env: {}, pattern: /libkrun +1\.17\.4, / },
  { name: "a newer libkrun", env: { SMOLVM_LIBKRUN: newer }, pattern: /libkrun +\S*libkrun-newer$/m },
];

for (const { name, env, pattern } of libraries) {
  Deno.test({
    name: `${name} boots a VM, runs a container, and keeps what a guest writes`,
    // Not on emulation alone, and where cargo is absent the newer one was not built.
    ignore: !host.usable || (name === "a newer libkrun" && !exists(newer)),
    fn: async () => {
      await using home = new Home();
      const doctor = await home.run(["doctor", "--boot", "--engine", "krun"], { env });
      assertMatch(doctor.stdout, pattern);
      assertMatch(doctor.stdout, /^boot: a VM answered/m);
      assertEquals(doctor.code, 0);
      const script = "head -c 200000 | wc -c; echo kept > /kept && cat /kept; exit 7";
      const words = ["vm", "run", "-i", "--engine", "krun", "alpine", "sh", "-c", script];
      const ended = await home.run(words, { env, stdin: "x".repeat(200_000) });
      assertEquals([ended.code, ended.stdout, ended.stderr], [7, "200000\nkept\n", ""]);
      assertTrue(home.leftovers().length === 0);
    },
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
