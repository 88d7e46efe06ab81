import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkContainerName, checkHostname, checkMachineName } from "./names.ts";

Deno.test("checkMachineName() takes what is a name, and says what would be one", () => {
  for (const name of ["a", "web", "9.x_y-z", "a".repeat(63)]) assertEquals(checkMachineName(name), name);
  for (const name of ["", "-a", ".a", "A", "a/b", "a b", "a".repeat(64)]) {
    assertThrows(() => checkMachineName(name), SmolvmError, "it is not a machine name");
  }
});

Deno.test("checkContainerName() refuses in a container's words", () => {
  assertEquals(checkContainerName("db"), "db");
  assertThrows(
    () => checkContainerName("D"),
    SmolvmError,
    'cannot name a container "D": it is not a container',
  );
});

Deno.test("checkHostname() takes what RFC 1123 allows", () => {
  for (const name of ["a", "web-1", "Web.example", "1".repeat(63)]) assertEquals(checkHostname(name), name);
});

Deno.test("checkHostname() refuses the rest", () => {
  for (const name of ["", "-a", "a-", ".a", "a_b", "a b", "1".repeat(64), "ä"]) {
    assertThrows(() => checkHostname(name), SmolvmError, `cannot use --hostname ${JSON.stringify(name)}`);
  }
});
