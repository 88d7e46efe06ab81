import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { createMachine } from "./create_machine.ts";
import { listMachines } from "./list_machines.ts";

Deno.test("listMachines() is sorted, with what each does and takes", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    for (const name of ["web", "db"]) await createMachine({ name, diskBytes: DISK_BYTES }, context);
    const machines = await listMachines(context);
    assertEquals(machines.map(({ name, state }) => [name, state]), [["db", "created"], ["web", "created"]]);
    assertTrue(machines.every(({ diskUsed }) => diskUsed < DISK_BYTES));
  });
});

Deno.test("listMachines() shows the others where a record cannot be read, and says which that is", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    for (const name of ["web", "db"]) await createMachine({ name, diskBytes: DISK_BYTES }, context);
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(`${host.paths.data}/machines.db`);
    database.exec(`UPDATE machines SET spec = '{"version":999}' WHERE name = 'db'`);
    database.close();
    const told: string[] = [];
    const machines = await listMachines(context, (name, { reason }) => told.push(`${name}: ${reason}`));
    assertEquals(machines.map(({ name }) => name), ["web"]);
    assertTrue(told[0]?.startsWith("db: a newer smolvm wrote"));
  });
});
