import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkDirectory, readVariable } from "./program_words.ts";

const host = (name: string) => name === "HOME" ? "/root" : undefined;

Deno.test("readVariable() takes a value as it is, and copies the host's where there is none", () => {
  assertEquals(
    ["A=b", "A=", "A=b=c", "HOME", "ABSENT"].map((word) => readVariable(word, host)),
    [
      { name: "A", value: "b" },
      { name: "A", value: "" },
      { name: "A", value: "b=c" },
      { name: "HOME", value: "/root" },
      { name: "ABSENT", value: undefined },
    ],
  );
});

Deno.test("readVariable() refuses one without a name", () => {
  for (const word of ["", "=", "=x"]) {
    assertThrows(() => readVariable(word, host), SmolvmError, `cannot set variable ${JSON.stringify(word)}`);
  }
});

Deno.test("checkDirectory() takes absolute paths only", () => {
  assertEquals(checkDirectory("/srv"), "/srv");
  for (const path of ["srv", "./srv", ""]) assertThrows(() => checkDirectory(path), SmolvmError, "slash");
});
