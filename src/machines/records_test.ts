import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { machineFolder } from "./folder.ts";
import { MachineRecords } from "./records.ts";
import { type MachineSpec, SPEC_VERSION } from "./spec.ts";

function golden(name: string): string {
  return Deno.readTextFileSync(new URL(`golden/${name}.json`, import.meta.url));
}

const web: MachineSpec = JSON.parse(golden(`machine_v${SPEC_VERSION}`));

async function inHome(body: (paths: Paths, table: string) => Promise<void>): Promise<void> {
  const data = await Deno.makeTempDir();
  try {
    await body({ data, cache: join(data, "cache"), runtime: join(data, "run") }, join(data, "machines.db"));
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

/** Puts a machine's folder where it belongs, as the smolvm of its day did. */
function putFolder(paths: Paths, id: string, spec: string): string {
  const folder = machineFolder(paths, id);
  Deno.mkdirSync(folder.path, { recursive: true });
  Deno.writeTextFileSync(join(folder.path, "machine.json"), spec);
  return folder.path;
}

function query(table: string, statement: string, ...values: string[]): Record<string, unknown>[] {
  const database = new DatabaseSync(table);
  try {
    return database.prepare(statement).all(...values);
  } finally {
    database.close();
  }
}

const versionsOf = (table: string) =>
  query(table, "SELECT spec FROM machines ORDER BY name").map(({ spec }) => JSON.parse(String(spec)).version);

Deno.test("MachineRecords keeps a machine and its last run, by name and by id", () =>
  inHome(async (paths, table) => {
    {
      using records = await MachineRecords.open(paths);
      putFolder(paths, web.id, "{}");
      records.create(web);
      const run = { supervisor: { pid: 1, started: "2" }, startedAt: "2026-01-01T00:00:00Z" };
      records.setRun(web.id, run);
      assertEquals(records.get("web"), { spec: web, run });
      assertEquals(records.byId(web.id)?.spec.name, "web");
      assertEquals([records.names(), records.idOf("web"), records.idOf("x")], [["web"], web.id, undefined]);
      assertThrows(
        () => records.create({ ...web, id: "0".repeat(12) }),
        SmolvmError,
        "there is one of that name",
      );
    }
    query(table, "UPDATE machines SET run = 'no JSON'");
    using records = await MachineRecords.open(paths);
    assertEquals([records.repair, records.get("web")?.run], [undefined, undefined]);
  }));

Deno.test("MachineRecords reads rows of version 1 and leaves them, and refuses those of a newer smolvm", () =>
  inHome(async (paths, table) => {
    const [first, newer] = [golden("machine_v1"), JSON.stringify({ ...web, version: 99 })];
    (await MachineRecords.open(paths))[Symbol.dispose]();
    const insert = "INSERT INTO machines (name, id, spec) VALUES (?, ?, ?)";
    query(table, insert, "web", web.id, first);
    query(table, insert, "new", "0123456789ab", newer);
    for (const id of [web.id, "0123456789ab"]) putFolder(paths, id, first);
    using records = await MachineRecords.open(paths);
    assertEquals([records.repair, records.names(), records.get("web")?.spec], [
      undefined,
      ["new", "web"],
      web,
    ]);
    assertEquals(records.byId(web.id)?.spec, web);
    assertThrows(
      () => records.get("new"),
      SmolvmError,
      "cannot read the machine new: a newer smolvm wrote it",
    );
    assertEquals(records.idOf("new"), "0123456789ab");
    // An older smolvm still reads what it wrote.
    assertEquals(versionsOf(table), [99, 1]);
  }));

Deno.test("MachineRecords finds lost machines by folders of every version, and writes the newest", () =>
  inHome(async (paths, table) => {
    const spec = { ...web, id: "0123456789ab", name: "second" };
    const folder = putFolder(paths, web.id, golden("machine_v1"));
    putFolder(paths, spec.id, JSON.stringify(spec));
    const unknown = putFolder(
      paths,
      "ba9876543210",
      JSON.stringify({ ...web, version: 99, id: "ba9876543210" }),
    );
    const container = JSON.parse(golden("container_v5"));
    Deno.mkdirSync(join(folder, "containers", container.id), { recursive: true });
    Deno.writeTextFileSync(
      join(folder, "containers", container.id, "container.json"),
      golden("container_v1"),
    );
    using records = await MachineRecords.open(paths);
    assertEquals([...records.repair?.restored ?? []].sort(), ["second", "web"]);
    assertEquals([records.get("web")?.spec, records.get("second")?.spec], [web, spec]);
    assertEquals(records.containers.list(web.id).map((one) => [one.spec, one.run?.end?.failure]), [
      [container, "the record of its runs was lost"],
    ]);
    assertEquals([versionsOf(table), Deno.readTextFileSync(join(unknown, "machine.json")).length > 0], [
      [SPEC_VERSION, SPEC_VERSION],
      true,
    ]);
  }));
