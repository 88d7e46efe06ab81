import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import { pinnedPart } from "./parts_table.ts";

const table = await Deno.readTextFile(new URL("../parts.tsv", import.meta.url));

Deno.test("pinnedPart() finds a part's row", () => {
  const part = pinnedPart("#name\tversion\na\t1\tpip\ta==1\tff\t-\n", "a");
  assertEquals(part, { name: "a", version: "1", client: "pip", package: "a==1", sha256: "ff" });
  assertThrows(() => pinnedPart("a\t1\n", "b"), Error, "Cannot find part b");
});

Deno.test("every part of the table is pinned to one version and a whole digest", () => {
  const names = table.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) =>
    line.split("\t")[0] ?? ""
  );
  assertEquals(new Set(names).size, names.length);
  for (const name of names) {
    const part = pinnedPart(table, name);
    assertMatch(part.sha256, /^[0-9a-f]{64}$/);
    assertMatch(part.package, part.client === "pip" ? /^[a-z-]+==[0-9.]+$/ : /^@?[a-z0-9/-]+@[0-9.]+$/);
  }
});
