import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { hostPath } from "./host_path.ts";

Deno.test("hostPath() takes any path of UTF-8, and refuses one with other bytes", () => {
  assertEquals(hostPath("load", "/tmp/é"), "/tmp/é");
  const error = assertThrows(() => hostPath("load", "/tmp/\udcff"), SmolvmError, "its path is not UTF-8");
  assertEquals(error.subject, "/tmp/\u{fffd}");
});
