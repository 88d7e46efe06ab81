import { join } from "node:path";
import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { MIN_STORAGE_BYTES } from "../payload/storage.ts";
import { machineFolder } from "../machines/folder.ts";
import { takeSupervision } from "../machines/liveness.ts";
import { MachineRecords } from "../machines/records.ts";
import {
  createMachine,
  deleteMachine,
  findMachine,
  killMachine,
  type NewMachine,
  stopMachine,
} from "./machines.ts";

const web: NewMachine = {
  name: "web",
  cpus: 1,
  memoryMiB: 256,
  diskBytes: MIN_STORAGE_BYTES,
  hostname: "web",
  labels: {},
  restart: "no",
  engine: "auto",
};

interface Context {
  readonly paths: Paths;
  readonly records: MachineRecords;
  readonly templates: string;
}

async function inHome(body: (context: Context) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  const paths = { data: join(home, "data"), cache: join(home, "cache"), runtime: join(home, "run") };
  const templates = join(home, "storage.json");
  Deno.writeTextFileSync(templates, JSON.stringify([{ bytes: MIN_STORAGE_BYTES, runs: [] }]));
  try {
    using records = await MachineRecords.open(paths);
    await body({ paths, records, templates });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

function left({ paths, records }: Context): unknown {
  const folder = join(paths.data, "machines");
  return [records.names(), [...Deno.readDirSync(folder)].map(({ name }) => name).sort()];
}

Deno.test("createMachine() makes a record and a folder with the spec and a disk of that size", () =>
  inHome(async (context) => {
    const spec = createMachine(web, context);
    const folder = machineFolder(context.paths, spec.id);
    assertEquals(context.records.get("web"), { spec, run: undefined });
    assertEquals([spec.version, spec.devices.storage.bytes], [2, MIN_STORAGE_BYTES]);
    assertEquals(JSON.parse(Deno.readTextFileSync(join(folder.path, "machine.json"))), spec);
    assertEquals((await Deno.stat(folder.disk)).size, MIN_STORAGE_BYTES);
    assertEquals(left(context), [["web"], [spec.id, `${spec.id}.lock`]]);
  }));

Deno.test("createMachine() leaves nothing of a machine whose name is taken, or whose disk cannot be made", () =>
  inHome((context) => {
    const { id } = createMachine(web, context);
    const before = left(context);
    const taken = assertThrows(() => createMachine(web, context), SmolvmError, "there is one of that name");
    assertEquals([taken.kind, left(context)], ["usage", before]);
    const small = { ...web, name: "small", diskBytes: 1 };
    assertThrows(() => createMachine(small, context), SmolvmError, "1 bytes are too few");
    const lost = { ...context, templates: "/nope" };
    const error = assertThrows(() => createMachine({ ...web, name: "lost" }, lost), SmolvmError);
    assertEquals([error.kind, error.action, error.subject], ["state", "create the machine", "lost"]);
    assertEquals([left(context), context.records.idOf("web")], [before, id]);
    return Promise.resolve();
  }));

Deno.test("findMachine() makes the default machine only, and takes the one that another was faster to make", () =>
  inHome((context) => {
    const { records } = context;
    const makeDefault = () => createMachine({ ...web, name: "default" }, context);
    assertThrows(
      () => findMachine("web", records, makeDefault),
      SmolvmError,
      "create it with smolvm microvm create",
    );
    assertThrows(() => findMachine("default", records), SmolvmError, "it is made when it is first used");
    const found = findMachine("default", records, () => {
      makeDefault();
      return makeDefault();
    });
    assertEquals([found, records.names()], [records.get("default"), ["default"]]);
    return Promise.resolve();
  }));

Deno.test("deleteMachine() leaves nothing, also of a machine whose folder is gone", () =>
  inHome(async (context) => {
    const spec = createMachine(web, context);
    Deno.writeTextFileSync(machineFolder(context.paths, spec.id).lock, "");
    await deleteMachine(spec, context, { force: false });
    assertEquals(left(context), [[], []]);
    await assertRejects(
      () => deleteMachine(spec, context, { force: false }),
      SmolvmError,
      "deleted a moment ago",
    );
  }));

Deno.test("deleteMachine() refuses a machine that a supervisor holds; stop and kill find nothing without one", () =>
  inHome(async (context) => {
    const spec = createMachine(web, context);
    const { paths } = context;
    {
      using _lock = await takeSupervision(machineFolder(paths, spec.id), 1_000);
      const error = await assertRejects(() => deleteMachine(spec, context, { force: false }), SmolvmError);
      assertEquals(error.message.includes("it is running; stop it with smolvm microvm stop web"), true);
    }
    assertEquals(await stopMachine({ spec, run: undefined }, paths, 0), false);
    assertEquals(await killMachine(spec, paths), false);
    await deleteMachine(spec, context, { force: true });
    assertEquals(left(context), [[], []]);
  }));
