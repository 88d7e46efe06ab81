import { join } from "node:path";
import { assertEquals } from "../../tests/harness/assert.ts";
import { isFile, isFolder, isThere } from "./is_there.ts";

Deno.test("isThere(), isFile() and isFolder() tell what is at a path", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const file = join(folder, "file");
    const dangling = join(folder, "dangling");
    Deno.writeTextFileSync(file, "");
    Deno.symlinkSync(join(folder, "nothing"), dangling);
    const answers = [folder, file, dangling, join(file, "below")].map((path) => [
      isThere(path),
      isFile(path),
      isFolder(path),
    ]);
    assertEquals(answers, [
      [true, false, true],
      [true, true, false],
      [true, false, false],
      [false, false, false],
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
