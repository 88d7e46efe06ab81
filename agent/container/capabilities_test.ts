import { assertEquals } from "../../tests/harness/assert.ts";
import { DEFAULT_CAPABILITIES } from "./capabilities.ts";

Deno.test("DEFAULT_CAPABILITIES is the mask that crun and Docker show in /proc/self/status", () => {
  assertEquals(DEFAULT_CAPABILITIES.toString(16), "a80425fb");
});
