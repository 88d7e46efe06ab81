import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { findMachine, findUsableMachine } from "./find_machine.ts";

Deno.test("findUsableMachine() makes the default machine when it is first used, once", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    assertThrows(() => findMachine(undefined, context), SmolvmError, "it is made when it is first used");
    const { spec } = await findUsableMachine(undefined, context);
    assertEquals([spec.name, spec.memoryMiB], ["default", 512]);
    assertEquals((await findUsableMachine("default", context)).spec.id, spec.id);
    assertEquals(findMachine(undefined, context).spec.id, spec.id);
  });
});

Deno.test("findUsableMachine() makes no other, and the default one once where two use it at once", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    await assertRejects(() => findUsableMachine("web", context), SmolvmError, "cannot find the machine web");
    const both = await Promise.all([
      findUsableMachine(undefined, context),
      findUsableMachine(undefined, context),
    ]);
    assertEquals(both[0]?.spec.id, both[1]?.spec.id);
    assertEquals(context.records.names(), ["default"]);
  });
});
