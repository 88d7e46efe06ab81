import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { MAX_BUFFERED, MAX_FLOWS, waitingLimit } from "./limits.ts";

Deno.test("few flows may have much waiting, and all of them together no more than the memory there is", () => {
  assertEquals([waitingLimit(0), waitingLimit(1), waitingLimit(64)], [524_288, 524_288, 524_288]);
  for (const flows of [65, 100, 1_000, MAX_FLOWS]) {
    assertTrue(2 * flows * waitingLimit(flows) <= MAX_BUFFERED);
    assertTrue(waitingLimit(flows) >= 8_192);
  }
});
