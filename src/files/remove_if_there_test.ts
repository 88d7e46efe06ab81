import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { removeIfThere } from "./remove_if_there.ts";

Deno.test("removeIfThere() removes a file once, and says what it cannot remove", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/file`, "");
    removeIfThere(`${folder}/file`);
    removeIfThere(`${folder}/file`);
    assertEquals([...Deno.readDirSync(folder)], []);
    Deno.mkdirSync(`${folder}/full/inner`, { recursive: true });
    assertThrows(() => removeIfThere(`${folder}/full`), Error);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
