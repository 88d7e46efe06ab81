import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseChoice, parseCount, parseDuration, parseSize } from "./values.ts";

Deno.test("parseDuration() reads units, sums and plain seconds", () => {
  assertEquals(
    ["30s", "1h30m", "500ms", "1.5s", "10"].map((text) => parseDuration("--timeout", text)),
    [30_000, 5_400_000, 500, 1_500, 10_000],
  );
  for (const text of ["", "s", "30x", "-1s", "1s2"]) {
    assertThrows(() => parseDuration("--timeout", text), SmolvmError, "cannot use --timeout");
  }
  // A timer that is given more fires at once.
  for (const text of ["600h", "2200000"]) {
    assertThrows(() => parseDuration("--timeout", text), SmolvmError, "give at most 500h");
  }
});

Deno.test("parseSize() reads powers of 1024", () => {
  assertEquals(["20G", "512m", "1.5GiB", "4096"].map((text) => parseSize("--disk", text)), [
    20 * 2 ** 30,
    512 * 2 ** 20,
    1.5 * 2 ** 30,
    4096,
  ]);
  assertThrows(() => parseSize("--disk", "lots"), SmolvmError, "write it like 20G");
});

Deno.test("parseCount() holds its bounds", () => {
  assertEquals(parseCount("--cpus", "2", { min: 1, max: 4 }), 2);
  for (const text of ["0", "5", "1.5", "x", ""]) {
    assertThrows(() => parseCount("--cpus", text, { min: 1, max: 4 }), SmolvmError, "from 1 to 4");
  }
});

Deno.test("parseChoice() names the choices", () => {
  assertEquals(parseChoice("--pull", "never", ["missing", "never"]), "never");
  assertThrows(() => parseChoice("--pull", "maybe", ["missing", "never"]), SmolvmError, "missing, never");
});
