import { assertEquals } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { coldBoot } from "./source.ts";

Deno.test("coldBoot() boots nothing before it is asked, and then a new VM each time", async () => {
  const engine = new StandInEngine();
  const source = coldBoot(engine, plainVm, { hostname: "vm" });
  assertEquals(engine.vmms.length, 0);
  await using one = await source();
  await using two = await source();
  assertEquals([one.pid, two.pid], [1, 2]);
});
