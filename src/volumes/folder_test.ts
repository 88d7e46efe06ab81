import { assertEquals } from "../../tests/harness/assert.ts";
import { GONE, MAKING, volumeFolder, volumesFolder } from "./folder.ts";
import { checkVolumeName } from "./name.ts";

Deno.test("volumeFolder() keeps all of a volume in one folder of its name", () => {
  const files = volumeFolder({ data: "/data" }, "cache");
  assertEquals(files.path, `${volumesFolder({ data: "/data" })}/cache`);
  for (const file of [files.record, files.disk, files.lock]) {
    assertEquals(file.startsWith(`${files.path}/`), true);
  }
});

Deno.test("no volume is called like a folder that is being made or removed", () => {
  for (const begin of [MAKING, GONE]) {
    let taken = true;
    try {
      checkVolumeName(`${begin}x`);
    } catch {
      taken = false;
    }
    assertEquals(taken, false);
  }
});
