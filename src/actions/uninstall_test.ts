import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { isThere } from "../files/is_there.ts";
import { FileLock } from "../host/lock.ts";
import { machineFolder } from "../machines/folder.ts";
import { noteUse } from "../payload/uses.ts";
import { createMachine } from "./create_machine.ts";
import { endAll, planUninstall, uninstall } from "./uninstall.ts";

/** A host with a machine, a socket that a killed supervisor left, and an installed program. */
async function furnished(host: MadeHost): Promise<string> {
  const { paths } = host;
  const { id } = await host.machines((context) =>
    createMachine({ name: "web", diskBytes: DISK_BYTES }, context)
  );
  for (const folder of [paths.runtime, `${paths.cache}/parts`]) Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(machineFolder(paths, id).socket, "");
  Deno.writeTextFileSync(`${paths.data}/smolvm`, "");
  Deno.writeTextFileSync(`${paths.data}/installed`, `${paths.data}/smolvm\n`);
  return id;
}

Deno.test("planUninstall() leaves machines, volumes and images, unless they are to go too", async () => {
  using host = new MadeHost();
  await furnished(host);
  const { paths } = host;
  const plan = planUninstall({ paths, binary: `${paths.data}/smolvm` });
  assertEquals([...new Set(plan.removed.map(({ kind }) => kind))], ["cache", "sockets", "program"]);
  // Where the table was made in this home there is the lock of its making.
  const kept = plan.kept.map(({ path }) => path.slice(paths.data.length + 1));
  assertEquals(kept.filter((name) => !name.endsWith(".lock")), ["machines", "machines.db"]);
  assertEquals(plan.foreign, undefined);
  const all = planUninstall({ paths, binary: "/opt/homebrew/Cellar/smolvm/1/bin/smolvm" }, { purge: true });
  assertEquals([all.kept, all.removed.filter(({ kind }) => kind === "data")], [[], plan.kept]);
  assertEquals(all.foreign?.brew, true);
});

Deno.test("uninstall() removes what is smolvm's, keeps what is not, and can be done twice", async () => {
  using host = new MadeHost();
  await furnished(host);
  const { paths } = host;
  Deno.writeTextFileSync(`${paths.data}/letter`, "mine");
  const removed: string[] = [];
  uninstall(planUninstall({ paths }, { purge: true }), { paths }, ({ path }) => removed.push(path));
  assertTrue(removed.includes(`${paths.data}/machines`) && removed.at(-1) === `${paths.data}/smolvm`);
  assertEquals([...Deno.readDirSync(paths.data)].map(({ name }) => name), ["letter"]);
  assertEquals([isThere(paths.runtime), isThere(`${paths.cache}/uses`)], [false, false]);
  uninstall(planUninstall({ paths }, { purge: true }), { paths });
  assertEquals(planUninstall({ paths }, { purge: true }).removed, []);
});

Deno.test("endAll() names the machines that run, and says so of a run that is going on", async () => {
  using host = new MadeHost();
  const id = await furnished(host);
  const { paths } = host;
  await endAll({ paths });
  {
    using _supervisor = await FileLock.acquire(machineFolder(paths, id).lock);
    const error = await assertRejects(() => endAll({ paths }), SmolvmError);
    assertMatch(
      error.message,
      /the machine web is running; stop what runs with smolvm microvm stop web, or give --stop$/,
    );
  }
  const part = { name: "vmlinux", sha256: "0".repeat(64), size: 1, offset: 0, storedSize: 1 };
  const manifest = { smolvm: "", kernel: "", libkrun: "", alpine: "" };
  const payload = { file: "/smolvm", partsStart: 0, index: { manifest, parts: [part] } };
  using _run = await noteUse(payload, paths.cache) ?? null;
  await assertRejects(() => endAll({ paths }, { stop: true }), SmolvmError, "is still going on");
});
