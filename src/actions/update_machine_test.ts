import { join } from "node:path";
import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import { machineFolder } from "../machines/folder.ts";
import { decodeSpec } from "../machines/spec_codec.ts";
import { createMachine } from "./create_machine.ts";
import { findMachine } from "./find_machine.ts";
import { changedSpec, updateMachine } from "./update_machine.ts";

Deno.test("updateMachine() changes row and file, and what is not named stays", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const wish = { name: "web", diskBytes: DISK_BYTES, labels: { a: "1", b: "2" }, memoryMiB: 256 };
    const before = await createMachine(wish, context);
    const change = { memoryMiB: 300, restart: "always", labels: { b: "3" }, labelsGone: ["a"] } as const;
    const { spec, running } = await updateMachine("web", change, context);
    assertEquals(running, false);
    assertEquals(spec, { ...before, memoryMiB: 300, restart: "always", labels: { b: "3" } });
    assertEquals(findMachine("web", context).spec, spec);
    const { path } = machineFolder(host.paths, spec.id);
    assertEquals(decodeSpec("web", Deno.readTextFileSync(join(path, "machine.json"))), spec);
    await assertRejects(() => updateMachine("none", {}, context), SmolvmError, "there is none of that name");
    const none = () => updateMachine("web", { cpus: 0 }, context);
    assertEquals((await assertRejects(none, SmolvmError, "0 CPUs")).kind, "usage");
  });
});

Deno.test("updateMachine() grows a disk, of a machine that does not run", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const { id } = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const folder = machineFolder(host.paths, id);
    const larger = { diskBytes: 2 * DISK_BYTES };
    {
      using _supervisor = FileLock.tryAcquire(folder.lock) ?? null;
      const attempt = () => updateMachine("web", larger, context);
      const error = await assertRejects(attempt, SmolvmError, "its disk cannot grow while it runs");
      assertEquals([error.kind, Deno.statSync(folder.disk).size], ["state", DISK_BYTES]);
      assertEquals((await updateMachine("web", { memoryMiB: 300 }, context)).running, true);
    }
    const { spec } = await updateMachine("web", larger, context);
    assertEquals([spec.devices.storage.bytes, Deno.statSync(folder.disk).size], [
      2 * DISK_BYTES,
      2 * DISK_BYTES,
    ]);
    assertThrows(() => changedSpec(spec, { diskBytes: DISK_BYTES }), SmolvmError, "a disk only grows");
  });
});

Deno.test("updateMachine() changes nothing where the table cannot be written", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const spec = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const records = {
      get: (name: string) => context.records.get(name),
      setSpec: () => {
        throw new Deno.errors.PermissionDenied("no");
      },
    };
    const attempt = () => updateMachine("web", { memoryMiB: 300 }, { ...context, records });
    await assertRejects(attempt, SmolvmError, "cannot change the machine web");
    assertEquals(findMachine("web", context).spec, spec);
    const names = [...Deno.readDirSync(machineFolder(host.paths, spec.id).path)].map(({ name }) => name);
    assertEquals(names.includes("machine.json.new"), false);
  });
});
