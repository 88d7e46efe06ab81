import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { createContainer } from "./create_container.ts";
import { createMachine } from "./create_machine.ts";
import { placeInContainer, placeInMachine } from "./open_session.ts";
import { programRequest } from "./program_request.ts";

const program = programRequest({ argv: ["true"] }, { environment: {} });

Deno.test("placeInContainer() starts no machine, and says how that is done", async () => {
  using host = new MadeHost();
  await host.image("made:1");
  await host.machines(async (context) => {
    const machine = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const image = { name: parseImageName("made:1"), process: { command: ["true"], env: [] } };
    await createContainer(machine, { name: "one", image }, context);
    const place = (word: string) => placeInContainer("web", word, program, context);
    const error = await assertRejects(() => place("one"), SmolvmError, "its machine web does not run");
    assertEquals(error.remedy, "start it with smolvm container start web one");
    await assertRejects(() => place("two"), SmolvmError, "there is none in web");
  });
});

Deno.test("placeInMachine() refuses another engine before it starts the machine", async () => {
  using host = new MadeHost("touch $HOME/started");
  await host.machines(async (context) => {
    await createMachine({ name: "web", diskBytes: DISK_BYTES, engine: "krun" }, context);
    const place = (name: string) => placeInMachine(name, program, context, { engine: "qemu" });
    await assertRejects(() => place("web"), SmolvmError, "web was created for krun");
    await assertRejects(() => place("db"), SmolvmError, "there is none of that name");
    const names = [...Deno.readDirSync(host.environment["HOME"] ?? "")].map(({ name }) => name);
    assertEquals(names.includes("started"), false);
  });
});
