import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { createMachine } from "./create_machine.ts";
import { pruneMachineImages } from "./prune_machine_images.ts";

Deno.test("pruneMachineImages() starts no machine for that, and says how it is started", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const machine = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const error = await assertRejects(() => pruneMachineImages(machine, context), SmolvmError);
    assertEquals([error.action, error.subject, error.reason, error.remedy], [
      "remove images in",
      "web",
      "it is not running",
      "start it with smolvm microvm start -d web",
    ]);
  });
});
