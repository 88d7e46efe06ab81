import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkHostname } from "./hostname.ts";

Deno.test("checkHostname() takes what RFC 1123 allows", () => {
  for (const name of ["a", "web-1", "Web.example", "1".repeat(63)]) assertEquals(checkHostname(name), name);
});

Deno.test("checkHostname() refuses the rest", () => {
  for (const name of ["", "-a", "a-", ".a", "a_b", "a b", "1".repeat(64), "ä"]) {
    assertThrows(() => checkHostname(name), SmolvmError, `cannot use --hostname ${JSON.stringify(name)}`);
  }
});
