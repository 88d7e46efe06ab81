import { join } from "node:path";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { SmolvmError } from "../../error.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { parseReference } from "../../image/model/reference.ts";
import { ImageStore } from "../../image/store/store.ts";
import { openPayload } from "../../payload/payload.ts";
import { planCommand } from "./command_plan.ts";

const options = { env: ["A=1"], pull: "never" };

Deno.test("planCommand() keeps the image from being removed until the plan is disposed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = { data: join(folder, "data"), cache: join(folder, "cache"), runtime: join(folder, "run") };
    const context = { paths, payload: openPayload(paths) };
    await Deno.mkdir(join(folder, "root"));
    using store = await ImageStore.open(paths);
    const name = parseImageName("mine:1");
    const images = await store.load(join(folder, "root"), { name: parseReference("mine:1") });
    const ids = images.map(({ id }) => id);
    {
      using planned = await planCommand("mine:1", ["true"], options, context);
      const { imageId, argv } = planned.command;
      assertEquals([planned.command.image, imageId, argv], ["mine:1", ids[0] as string, ["true"]]);
      await assertRejects(() => store.remove(name), SmolvmError, "a VM is using it");
    }
    await assertRejects(
      () => planCommand("mine:1", ["true"], { ...options, env: ["=x"] }, context),
      SmolvmError,
    );
    // Nothing holds the image: neither the plan that was disposed nor the one that failed.
    assertEquals((await store.remove(name)).images, ids);
    await assertRejects(() => planCommand("No", [], options, context), SmolvmError, "lower case");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
