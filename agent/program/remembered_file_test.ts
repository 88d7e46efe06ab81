import { assertEquals } from "../../tests/harness/assert.ts";
import { RememberedFiles } from "./remembered_file.ts";

/** A folder with one file, and a way to read it that counts. */
function fixture() {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/passwd`;
  const files = new RememberedFiles();
  let count = 0;
  const read = () =>
    files.read(path, () => {
      count++;
      return Deno.readTextFileSync(path);
    });
  return {
    path,
    read,
    count: () => count,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 1_100));

Deno.test("RememberedFiles.read() reads a settled file once, and again when it has changed", async () => {
  using one = fixture();
  Deno.writeTextFileSync(one.path, "first");
  await settled();
  assertEquals([one.read(), one.read(), one.count()], ["first", "first", 1]);
  Deno.writeTextFileSync(one.path, "other");
  assertEquals([one.read(), one.count()], ["other", 2]);
});

Deno.test("RememberedFiles.read() does not trust a file that changed a moment ago", () => {
  using one = fixture();
  for (const text of ["first", "other", "third"]) {
    Deno.writeTextFileSync(one.path, text);
    assertEquals(one.read(), text);
  }
});
