import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import type { Host } from "../../payload/host.ts";
import { engineFor } from "./choose_engine.ts";

const never = () => Promise.reject(new Error("no part is needed"));
const host: Host = {
  paths: { data: "/d", cache: "/c", runtime: "/r" },
  payload: { path: never, manifest: never },
  program: ["/smolvm"],
  environment: { PATH: "" },
};

Deno.test({
  name: "engineFor() takes the engine that is wanted where the host has it, and else says what is missing",
  ignore: Deno.build.arch !== "x86_64",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/qemu-system-x86_64`, "", { mode: 0o755 });
    const { engine, passedOver } = await engineFor("qemu", { ...host, environment: { PATH: folder } });
    assertEquals([engine.name, passedOver], ["qemu", undefined]);
    await Deno.remove(folder, { recursive: true });
    await assertRejects(
      () => engineFor("qemu", host),
      SmolvmError,
      "qemu: qemu-system-x86_64 is not installed",
    );
  },
});
