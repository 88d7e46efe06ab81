import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { createContainer } from "./create_container.ts";
import { createMachine } from "./create_machine.ts";
import { listContainers } from "./list_containers.ts";
import { FileLock } from "../host/lock.ts";
import { machineFolder } from "../machines/folder.ts";
import { removeContainer } from "./remove_container.ts";

Deno.test("removeContainer() leaves one that runs unless it is forced", async () => {
  using host = new MadeHost();
  await host.image("made:1");
  await host.machines(async (context) => {
    const machine = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const image = { name: parseImageName("made:1"), process: { command: ["true"], env: [] } };
    await createContainer(machine, { name: "one", image }, context);
    const { spec } = context.records.containers.find(machine, "one");
    context.records.containers.setRun(spec.id, { startedAt: new Date().toISOString() });
    const remove = () => removeContainer(machine, "one", context);
    {
      using _supervisor = FileLock.tryAcquire(machineFolder(host.paths, machine.id).lock) ?? null;
      const error = await assertRejects(
        remove,
        SmolvmError,
        "cannot remove the container one: it is running",
      );
      assertEquals(error.kind, "state");
    }
    // It has run, so its files are in the machine, which has to be started for them.
    await assertRejects(remove, SmolvmError, "cannot start the machine web");
    assertEquals(listContainers(machine, context).length, 1);
  });
});
