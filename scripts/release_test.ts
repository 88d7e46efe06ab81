import { assertEquals, assertThrows } from "../tests/harness/assert.ts";
import { wantedRelease } from "./release.ts";

Deno.test("wantedRelease() takes the version that deno.json has, and nothing else", () => {
  assertEquals(wantedRelease(["1.2.3"], "1.2.3"), { trial: false });
  assertEquals(wantedRelease(["1.2.3", "--trial"], "1.2.3"), { trial: true });
  assertThrows(() => wantedRelease(["1.2.4"], "1.2.3"), TypeError, "deno.json says 1.2.3");
  for (const words of [[], ["1.2.3", "now"]]) {
    assertThrows(() => wantedRelease(words, "1.2.3"), TypeError, "write deno task release");
  }
});
