import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { createContainer } from "./create_container.ts";
import { createMachine } from "./create_machine.ts";
import { listContainers } from "./list_containers.ts";
import { removeContainer } from "./remove_container.ts";
import { removeImages } from "./remove_images.ts";

const image = { name: parseImageName("made:1"), process: { command: ["true"], env: [] } };

Deno.test("createContainer() makes one that is listed, needs its image, and can be removed", async () => {
  using host = new MadeHost();
  await host.image("made:1");
  await host.machines(async (context) => {
    const machine = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const { id, hostname } = await createContainer(machine, { name: "one", image }, context);
    const other = await createContainer(machine, { image, hostname: "here" }, context);
    assertEquals([hostname, other.hostname, other.name], [id, "here", undefined]);
    assertEquals(listContainers(machine, context).map(({ spec, state }) => [spec.name, state.state]), [
      ["one", "created"],
      [undefined, "created"],
    ]);
    const remove = () => removeImages([parseImageName("made:1")], host);
    await assertRejects(remove, SmolvmError, "the container one in web is made of it");
    assertEquals((await removeContainer(machine, "one", context)).id, id);
    assertEquals((await removeContainer(machine, other.id.slice(0, 6), context)).id, other.id);
    assertEquals(listContainers(machine, context), []);
    await remove();
  });
});

Deno.test("createContainer() refuses a name that is taken, and a bad one", async () => {
  using host = new MadeHost();
  await host.image("made:1");
  await host.machines(async (context) => {
    const machine = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    await createContainer(machine, { name: "one", image }, context);
    const create = (name: string) => createContainer(machine, { name, image }, context);
    await assertRejects(() => create("one"), SmolvmError, "there is one of that name in web");
    await assertRejects(() => create("One"), SmolvmError, "cannot name");
    assertEquals(listContainers(machine, context).length, 1);
  });
});
