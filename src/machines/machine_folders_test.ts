import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { FileLock } from "../host/lock.ts";
import { machineFolders, runningMachines } from "./machine_folders.ts";

Deno.test("machineFolders() have names of every version, and their ids where there is no spec; runningMachines() are those with a supervisor", async () => {
  const home = await Deno.makeTempDir();
  const paths = { data: home, cache: home, runtime: home };
  try {
    assertEquals(machineFolders(paths), []);
    const [a, b, c] = ["a".repeat(12), "b".repeat(12), "c".repeat(12)] as const;
    for (const id of [a, b, c, `${c}.gone`]) await Deno.mkdir(`${home}/machines/${id}`, { recursive: true });
    await Deno.writeTextFile(`${home}/machines/${a}/machine.json`, '{"version":1,"name":"web"}');
    await Deno.writeTextFile(`${home}/machines/${b}/machine.json`, '{"version":99,"name":"db"}');
    await Deno.writeTextFile(`${home}/machines/${c}/machine.json`, "{");
    assertEquals(machineFolders(paths).map(({ name }) => name), [c, "db", "web"]);
    assertEquals(runningMachines(paths), []);
    using _supervisor = await FileLock.acquire(`${home}/machines/${a}/lock`);
    assertEquals(runningMachines(paths), [{ id: a, name: "web" }]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
