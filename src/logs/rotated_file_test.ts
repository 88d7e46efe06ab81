import { assertEquals } from "../../tests/harness/assert.ts";
import { RotatedFile, rotatedPaths } from "./rotated_file.ts";

Deno.test("RotatedFile keeps as many files of lines as it should, the newest lines in them", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/lines`;
  {
    using file = new RotatedFile(path, { bytes: 20, files: 2 });
    for (let index = 0; index < 25; index++) file.append(new TextEncoder().encode(`line ${index}\n`));
  }
  const lines = rotatedPaths(path, 2).flatMap((one) => Deno.readTextFileSync(one).trimEnd().split("\n"));
  assertEquals(lines, ["line 22", "line 23", "line 24"]);
  assertEquals([...Deno.readDirSync(folder)].length, 2);
  Deno.removeSync(folder, { recursive: true });
});
