import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { machineFolder } from "../machines/folder.ts";
import { createMachine } from "./create_machine.ts";
import { removeImages } from "./remove_images.ts";

Deno.test("createMachine() gives a bare machine the defaults, a folder and a disk", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const spec = await createMachine({ name: "my_web", diskBytes: DISK_BYTES }, context);
    assertEquals([spec.cpus, spec.memoryMiB, spec.hostname, spec.restart, spec.engine, spec.command], [
      1,
      512,
      "my-web",
      "no",
      "auto",
      undefined,
    ]);
    assertEquals(context.records.get("my_web")?.spec, spec);
    assertEquals(Deno.statSync(machineFolder(host.paths, spec.id).disk).size, DISK_BYTES);
  });
});

Deno.test("createMachine() plans the command of its image, which can then not be removed", async () => {
  using host = new MadeHost();
  const image = await host.image("made:1");
  await host.machines(async (context) => {
    const process = { command: ["true"], env: ["A=1", "ABSENT"], cwd: "/srv" };
    const wish = { name: "web", diskBytes: DISK_BYTES, image: { name: parseImageName("made:1"), process } };
    const { command } = await createMachine(wish, context);
    const { imageId, argv, env, cwd } = command ?? {};
    assertEquals([imageId, argv, cwd, env?.includes("A=1"), env?.includes("ABSENT")], [
      image.id,
      ["true"],
      "/srv",
      true,
      false,
    ]);
  });
  await assertRejects(
    () => removeImages([parseImageName("made:1")], host),
    SmolvmError,
    "the machine web is made of it",
  );
});

Deno.test("createMachine() refuses a name that is taken before it gets an image, and leaves nothing", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const image = { name: parseImageName("nowhere.invalid/x"), process: { command: [], env: [] } };
    await assertRejects(
      () => createMachine({ name: "web", image }, context),
      SmolvmError,
      "one of that name",
    );
    for (const wish of [{ name: "We b" }, { name: "a", cpus: 0 }, { name: "a", hostname: "-" }]) {
      assertEquals((await assertRejects(() => createMachine(wish, context), SmolvmError)).kind, "usage");
    }
    const missing = { name: "b", image: { ...image, policy: "never" } } as const;
    await assertRejects(() => createMachine(missing, context), SmolvmError, "it is not here");
    assertEquals(context.records.names(), ["web"]);
    assertTrue([...Deno.readDirSync(`${host.paths.data}/machines`)].length <= 2);
  });
});

Deno.test("createMachine() leaves nothing of a machine whose disk cannot be made", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const payload = { ...host.payload, path: () => Promise.resolve("/nowhere/storage.json") };
    const create = () => createMachine({ name: "lost", diskBytes: DISK_BYTES }, { ...context, payload });
    const error = await assertRejects(create, SmolvmError);
    assertEquals([error.kind, error.action, error.subject], ["state", "create the machine", "lost"]);
    assertEquals([context.records.names(), [...Deno.readDirSync(`${host.paths.data}/machines`)]], [[], []]);
  });
});
