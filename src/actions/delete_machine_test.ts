import { existsSync } from "node:fs";
import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { SQLITE_FULL, SQLITE_READONLY } from "../host/database_error.ts";
import { FileLock } from "../host/lock.ts";
import { machineFolder } from "../machines/folder.ts";
import { createMachine } from "./create_machine.ts";
import { deleteMachine } from "./delete_machine.ts";

Deno.test("deleteMachine() takes record and folder, once that is confirmed", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const refuse = (name: string): never => {
      throw new TypeError(`not ${name}`);
    };
    await assertRejects(() => deleteMachine("web", context, { confirm: refuse }), TypeError, "not web");
    assertEquals(context.records.names(), ["web"]);
    await deleteMachine("web", context);
    assertEquals([context.records.names(), [...Deno.readDirSync(`${host.paths.data}/machines`)]], [[], []]);
    await assertRejects(() => deleteMachine("web", context), SmolvmError, "there is none of that name");
  });
});

Deno.test("deleteMachine() leaves one that runs, and asks nobody about it", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const { id } = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    using _supervisor = FileLock.tryAcquire(machineFolder(host.paths, id).lock) ?? null;
    const asked: string[] = [];
    const attempt = () => deleteMachine("web", context, { confirm: (name) => asked.push(name) });
    const error = await assertRejects(
      attempt,
      SmolvmError,
      "it is running; stop it with smolvm microvm stop web",
    );
    assertEquals([error.kind, asked, context.records.names()], ["state", [], ["web"]]);
  });
});

Deno.test("deleteMachine() leaves nothing, also of a machine whose lock file is there and whose folder is not", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const files =
      (): unknown => [context.records.names(), [...Deno.readDirSync(`${host.paths.data}/machines`)]];
    const { id } = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    Deno.writeTextFileSync(machineFolder(host.paths, id).lock, "");
    await deleteMachine("web", context, { force: true });
    assertEquals(files(), [[], []]);
    const lost = await createMachine({ name: "lost", diskBytes: DISK_BYTES }, context);
    Deno.removeSync(machineFolder(host.paths, lost.id).path, { recursive: true });
    await assertRejects(() => deleteMachine("lost", context), SmolvmError, "deleted a moment ago");
  });
});

/** A failure of the table, as the database throws it. */
function failure(errcode: number): SmolvmError {
  const cause = Object.assign(new Error("attempt to write"), { code: "ERR_SQLITE_ERROR", errcode });
  const words = { action: "use the database", subject: "/inner/machines.db", reason: "it is read-only" };
  return new SmolvmError("state", { ...words, cause });
}

Deno.test("deleteMachine() leaves a machine whole whose record cannot be removed, and names it", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const { id } = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const folder = machineFolder(host.paths, id);
    const files = (): string[] => [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
    const before = files();
    const remove = (): never => {
      throw failure(SQLITE_READONLY);
    };
    const records = { idOf: (name: string) => context.records.idOf(name), remove };
    const attempt = () => deleteMachine("web", { paths: host.paths, records }, { force: true });
    const { message } = await assertRejects(attempt, SmolvmError);
    assertEquals(message, "cannot delete the machine web: cannot use the database: it is read-only");
    assertEquals([files(), context.records.names()], [before, ["web"]]);
    await deleteMachine("web", context);
    assertEquals(context.records.names(), []);
  });
});

Deno.test("deleteMachine() makes room with the machine's files where the table has none on a full disk", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const { id } = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const gone = `${machineFolder(host.paths, id).path}.gone`;
    const seen: boolean[] = [];
    const remove = (which: string): void => {
      seen.push(existsSync(gone));
      if (existsSync(gone)) throw failure(SQLITE_FULL);
      context.records.remove(which);
    };
    const records = { idOf: (name: string) => context.records.idOf(name), remove };
    await deleteMachine("web", { paths: host.paths, records });
    assertEquals([seen, context.records.names()], [[true, false], []]);
  });
});
