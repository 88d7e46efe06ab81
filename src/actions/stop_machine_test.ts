import { assertEquals } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { createMachine } from "./create_machine.ts";
import { killMachine, stopMachine } from "./stop_machine.ts";

Deno.test("stopMachine() and killMachine() say that a machine did not run", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const spec = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    assertEquals([await stopMachine(spec, host), await killMachine(spec, host)], [false, false]);
  });
});
