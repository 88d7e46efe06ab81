import { assertEquals, assertMatch, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { guestOf, parseTarget, targetName, targetNames } from "../../src/target.ts";
import { parseTable, pinnedPart } from "./parts_table.ts";

const table = await Deno.readTextFile(new URL("../parts.tsv", import.meta.url));
const rows = table.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

Deno.test("pinnedPart() finds a part's first row", () => {
  const part = pinnedPart(
    "#name\ttarget\na\taarch64-linux\t1\tpip\ta==1\tb\tee\na\tbuild\t1\tpip\ta==1\tbin/a\tff\t-\na\tbuild\t1\tnpm\ta@1\tb\tee\n",
    "a",
  );
  assertEquals(part, {
    name: "a",
    target: "build",
    version: "1",
    client: "pip",
    package: "a==1",
    file: "bin/a",
    sha256: "ff",
  });
  assertThrows(() => pinnedPart("a\t1\n", "b"), Error, "Cannot find part b for build");
});

Deno.test("every row of the table is pinned to one version and a whole digest", () => {
  const form: Record<string, RegExp> = {
    https: /^https:\/\/[^ ]+[0-9.]+[^ ]+\.zip$/,
    pip: /^[a-z-]+==[0-9.]+$/,
    npm: /^@?[a-z0-9/-]+@[0-9.]+$/,
    cargo: /^[a-z0-9_-]+@[0-9.]+$/,
  };
  const all = parseTable(table);
  assertEquals(all.length, rows.length);
  for (const part of all) {
    assertMatch(part.sha256, /^[0-9a-f]{64}$/);
    assertMatch(part.package, form[part.client] ?? /^$/);
    const first = all.find(({ name, target }) => name === part.name && target === part.target);
    assertEquals(part.version, first?.version);
    assertTrue(part.target === "build" || targetName(parseTarget(part.target)) === part.target);
  }
});

Deno.test("every target has its runtime, and every guest its kernel and its Alpine", () => {
  for (const target of targetNames.map(parseTarget)) {
    assertEquals(pinnedPart(table, "denort", target).version, pinnedPart(table, "deno").version);
    for (const name of ["libkrunfw", "alpine"]) pinnedPart(table, name, guestOf(target));
  }
});
