import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { MachineRecords } from "./records.ts";
import { knownContainers, knownMachines } from "./known_names.ts";

Deno.test("names are read of the table that MachineRecords makes, and nothing is made where there is none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = { data: `${folder}/data`, cache: `${folder}/cache`, runtime: `${folder}/run` };
    assertThrows(() => knownMachines(paths), Error);
    assertEquals([...Deno.readDirSync(folder)], []);
    (await MachineRecords.open(paths))[Symbol.dispose]();
    assertEquals([knownMachines(paths), knownContainers(paths, "web")], [[], []]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
