import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { readLabels } from "./label_options.ts";

Deno.test("readLabels() takes a name alone for an empty value, and the last of one name", () => {
  assertEquals(readLabels({ label: ["a", "b=1", "b=2=3"] }), { a: "", b: "2=3" });
});

Deno.test("readLabels() refuses a label without a name", () => {
  for (const word of ["", "=x", "__proto__=x"]) {
    assertThrows(() => readLabels({ label: [word] }), SmolvmError, "it has no name; write NAME=VALUE");
  }
});
