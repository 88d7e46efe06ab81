import { assertEquals } from "../../../tests/harness/assert.ts";
import { mapsReadOnly } from "./save_template.ts";

Deno.test("mapsReadOnly() is true of QEMU 8.2 and later", () => {
  const versions = [[0, 0], [7, 2], [8, 1], [8, 2], [9, 0], [10, 1]] as const;
  assertEquals(versions.map(mapsReadOnly), [false, false, false, true, true, true]);
});
