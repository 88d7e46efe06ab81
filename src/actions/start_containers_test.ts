import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { createContainer } from "./create_container.ts";
import { createMachine } from "./create_machine.ts";
import { startContainers } from "./start_containers.ts";

Deno.test("startContainers() finds all before it starts the machine, whose failure is the command's", async () => {
  using host = new MadeHost("touch $HOME/started");
  await host.image("made:1");
  await host.machines(async (context) => {
    const machine = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const image = { name: parseImageName("made:1"), process: { command: ["true"], env: [] } };
    await createContainer(machine, { name: "one", image }, context);
    const isStarted = () =>
      [...Deno.readDirSync(host.environment["HOME"] ?? "")].some(({ name }) => name === "started");
    const start = (...words: string[]) => startContainers(machine, words, context);
    await assertRejects(() => start("one", "two"), SmolvmError, "there is none in web");
    assertEquals(isStarted(), false);
    await assertRejects(() => start("one"), SmolvmError, "cannot start the machine web");
    assertEquals(isStarted(), true);
  });
});
