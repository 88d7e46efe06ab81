import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import { type MachineSpec, SPEC_VERSION, storageOnly } from "../machines/spec.ts";
import { volumeFolder } from "../volumes/folder.ts";
import { writeHolder } from "../volumes/holder.ts";
import { createVolume } from "./create_volume.ts";
import { inspectVolume, listVolumes } from "./list_volumes.ts";
import { pruneVolumes, removeVolumes } from "./remove_volumes.ts";

const machine: MachineSpec = {
  version: SPEC_VERSION,
  id: "0123456789ab",
  name: "web",
  created: "2026-01-01T00:00:00Z",
  cpus: 1,
  memoryMiB: 128,
  devices: {
    ...storageOnly(1),
    volumes: [{ name: "kept", target: "/data", readOnly: false, copy: true }],
  },
  hostname: "web",
  labels: {},
  restart: "no",
  engine: "auto",
};

/** A host with three volumes: one that a machine refers to, one that a VM has, and one that nobody needs. */
async function madeHost(): Promise<MadeHost & { lock: FileLock | undefined }> {
  const host = new MadeHost();
  for (const name of ["kept", "held", "free"]) await createVolume({ name, labels: { of: name } }, host);
  await host.machines(({ records }) => records.create(machine));
  // A machine's record without its folder is one half made; the next opening of the table would end it.
  Deno.mkdirSync(`${host.paths.data}/machines/${machine.id}`, { recursive: true });
  const folder = volumeFolder(host.paths, "held");
  const lock = FileLock.tryAcquire(folder.lock);
  writeHolder(folder, undefined);
  return Object.assign(host, { lock });
}

Deno.test("listVolumes() says who needs each", async () => {
  using host = await madeHost();
  using _lock = host.lock ?? null;
  const facts = await listVolumes(host);
  assertEquals(facts.map(({ name, machines, inUse }) => [name, machines, inUse]), [
    ["free", [], false],
    ["held", [], true],
    ["kept", ["web"], false],
  ]);
  assertEquals((await inspectVolume("held", host)).holder, { pid: Deno.pid });
  await assertRejects(() => inspectVolume("../x", host), SmolvmError, "cannot find the volume ../x");
});

Deno.test("listVolumes() tells of a volume that cannot be read, and lists the others", async () => {
  using host = await madeHost();
  using _lock = host.lock ?? null;
  Deno.writeTextFileSync(volumeFolder(host.paths, "free").record, '{"version":99}');
  const unreadable: string[] = [];
  const facts = await listVolumes(host, (name, { reason }) => unreadable.push(`${name}: ${reason}`));
  assertEquals(facts.map(({ name }) => name), ["held", "kept"]);
  assertEquals(unreadable, ["free: a newer smolvm wrote it (version 99, this one knows 1)"]);
  assertEquals(await removeVolumes(["free"], host), []);
});

Deno.test("removeVolumes() removes what nobody needs, whatever stands before it, and names who needs the rest", async () => {
  using host = await madeHost();
  using _lock = host.lock ?? null;
  const gone: string[] = [];
  const failures = await removeVolumes(["kept", "held", "none", "free"], host, {
    onRemoval: (one) => gone.push(one),
  });
  assertEquals(gone, ["free"]);
  assertEquals(failures.map(({ message }) => message), [
    "cannot remove the volume kept: volume is in use: the machine web has it;" +
    " delete it first, with smolvm microvm delete web",
    `cannot remove the volume held: volume is in use: a run (process ${Deno.pid}) has it; wait until it has ended`,
    "cannot find the volume none: there is none of that name; see smolvm volume ls",
  ]);
  assertEquals(await removeVolumes(["none"], host, { force: true }), []);
});

Deno.test("pruneVolumes() removes those that nobody needs, of them those that are wanted, and counts bytes", async () => {
  using host = await madeHost();
  using _lock = host.lock ?? null;
  assertEquals(await pruneVolumes(host, ({ labels }) => labels["of"] === "kept"), { volumes: [], bytes: 0 });
  Deno.writeTextFileSync(volumeFolder(host.paths, "free").disk, "x".repeat(8192));
  assertEquals(await pruneVolumes(host), { volumes: ["free"], bytes: 8192 });
  assertEquals((await listVolumes(host)).map(({ name }) => name), ["held", "kept"]);
});
