import { assertEquals } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { createMachine } from "./create_machine.ts";
import { withMachines } from "./machine_context.ts";

Deno.test("withMachines() tells of a table that was repaired, and knows its machines again", async () => {
  using host = new MadeHost();
  await host.machines((context) => createMachine({ name: "web", diskBytes: DISK_BYTES }, context));
  Deno.removeSync(`${host.paths.data}/machines.db`);
  const told: (readonly string[])[] = [];
  const names = await withMachines(host, ({ records }) => records.names(), {
    onRepair: ({ restored }) => told.push(restored),
  });
  assertEquals([names, told], [["web"], [["web"]]]);
});
