import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { stateFolder } from "./host_findings.ts";

Deno.test("stateFolder() tries to write and to lock, and says how much room there is", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(stateFolder("data folder", `${folder}/new`, 0).grade, "ok");
  assertEquals([...Deno.readDirSync(`${folder}/new`)], []);
  assertEquals(stateFolder("data folder", folder, 2 ** 60).grade, "missing");
  assertEquals(stateFolder("data folder", "/proc/new", 0).grade, "bad");
  await Deno.remove(folder, { recursive: true });
});
