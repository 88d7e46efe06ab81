import { assertEquals, assertMatch, assertTrue } from "../../tests/harness/assert.ts";
import { parseTarget, thisTarget } from "../../src/target.ts";
import { glibcFiles, glibcRows } from "./glibc.ts";

Deno.test("glibcFiles() of this machine's own processor are its own, loader first", () => {
  const files = glibcFiles(thisTarget);
  assertTrue(files.every(({ path, source }) => path === source));
  assertMatch(files[0]?.path ?? "", /\/ld-linux-/);
  assertMatch(glibcRows(thisTarget), /^libc6\t\d\S+\t.*\nlibgcc-s1\t/);
});

Deno.test("glibcFiles() of the other processor are unpacked packages, at the places that its programs name", () => {
  const other = parseTarget(thisTarget.processor === "x86_64" ? "aarch64-linux" : "x86_64-linux");
  for (const { path, source } of glibcFiles(other)) {
    assertEquals(source, `.cache/parts/${other.processor}-linux/glibc${path}`);
  }
});
