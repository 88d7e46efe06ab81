import { assertEquals, assertThrows } from "../tests/harness/assert.ts";
import { targetNames } from "../src/target.ts";
import { wantedRelease } from "./release.ts";

Deno.test("wantedRelease() takes the version that deno.json has, and nothing else", () => {
  assertEquals(wantedRelease(["1.2.3"], "1.2.3"), { trial: false, targets: targetNames });
  assertEquals(wantedRelease(["1.2.3", "--trial"], "1.2.3"), { trial: true, targets: targetNames });
  assertEquals(wantedRelease(["1.2.3", "--trial", "x86_64-linux"], "1.2.3").targets, ["x86_64-linux"]);
  assertThrows(
    () => wantedRelease(["1.2.3", "--trial", "sparc"], "1.2.3"),
    TypeError,
    "Cannot use target sparc",
  );
  assertThrows(() => wantedRelease(["1.2.4"], "1.2.3"), TypeError, "deno.json says 1.2.3");
  for (const words of [[], ["1.2.3", "x86_64-linux"]]) {
    assertThrows(() => wantedRelease(words, "1.2.3"), TypeError, "write deno task release");
  }
});
