import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { decodeBootWords, encodeBootWords } from "./boot.ts";

Deno.test("decodeBootWords() finds what encodeBootWords() wrote among the kernel's own words", () => {
  for (
    const more of [{ rootWritable: true }, { rootWritable: false }, { rootWritable: true, template: true }]
  ) {
    const told = { storage: "vdc", ...more };
    const line = `console=hvc0 root=/dev/vda ro ${encodeBootWords(told).join(" ")} panic=-1\n`;
    assertEquals(decodeBootWords(line), told);
  }
});

Deno.test("decodeBootWords() refuses a command line that names no block device as the storage", () => {
  for (const word of ["", "smolvm.storage=", "smolvm.storage=/dev/vdc", "smolvm.storage=sda"]) {
    assertThrows(() => decodeBootWords(`ro ${word}`), TypeError, "Cannot find the storage disk");
  }
});
