import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import { pinnedPart } from "./parts_table.ts";

const table = await Deno.readTextFile(new URL("../parts.tsv", import.meta.url));
const rows = table.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

Deno.test("pinnedPart() finds a part's first row", () => {
  const part = pinnedPart("#name\tversion\na\t1\tpip\ta==1\tbin/a\tff\t-\na\t1\tnpm\ta@1\tb\tee\n", "a");
  assertEquals(part, {
    name: "a",
    version: "1",
    client: "pip",
    package: "a==1",
    file: "bin/a",
    sha256: "ff",
  });
  assertThrows(() => pinnedPart("a\t1\n", "b"), Error, "Cannot find part b");
});

Deno.test("every row of the table is pinned to one version and a whole digest", () => {
  const form: Record<string, RegExp> = {
    https: /^https:\/\/[^ ]+[0-9.]+[^ ]+\.zip$/,
    pip: /^[a-z-]+==[0-9.]+$/,
    npm: /^@?[a-z0-9/-]+@[0-9.]+$/,
    cargo: /^[a-z0-9_-]+@[0-9.]+$/,
  };
  for (const row of rows) {
    const part = pinnedPart(row, row.split("\t")[0] ?? "");
    assertMatch(part.sha256, /^[0-9a-f]{64}$/);
    assertMatch(part.package, form[part.client] ?? /^$/);
    assertEquals(part.version, pinnedPart(table, part.name).version);
  }
});
