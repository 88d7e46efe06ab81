import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { createContainer } from "./create_container.ts";
import { createMachine } from "./create_machine.ts";
import { stopContainers } from "./stop_containers.ts";

Deno.test("stopContainers() finds all before it is done with the first, and starts no machine for that", async () => {
  using host = new MadeHost();
  await host.image("made:1");
  await host.machines(async (context) => {
    const machine = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const image = { name: parseImageName("made:1"), process: { command: ["true"], env: [] } };
    await createContainer(machine, { name: "one", image }, context);
    const stopped: (string | undefined)[] = [];
    const stop = (...words: string[]) =>
      stopContainers(machine, words, context, { onStopped: ({ name }) => stopped.push(name) });
    await assertRejects(() => stop("one", "two"), SmolvmError, "there is none in web");
    assertEquals(stopped, []);
    await stop("one");
    assertEquals(stopped, ["one"]);
  });
});
