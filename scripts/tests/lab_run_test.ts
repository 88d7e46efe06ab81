import { assertEquals } from "../../tests/harness/assert.ts";
import { resultsOf } from "./lab_run.ts";

const good = { name: "good", passed: true, seconds: 1 };

Deno.test("resultsOf() counts a file that was cut off twice as a failure", () => {
  const [kept, missing] = resultsOf("a_test.ts", { results: [good], whole: false });
  assertEquals(kept, good);
  assertEquals([missing?.name, missing?.passed], ["a_test.ts runs to its end", false]);
});
