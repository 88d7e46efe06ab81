import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { envLines, readEnvFile } from "./env_file.ts";

Deno.test("envLines() reads lines as Docker does: comments, blanks, quotes and = in a value, CR LF, a mark in front", () => {
  const text = '\u{feff}A=1\r\n# no\n\n  \t# no\n \tB= "x y" # kept\nC=a=b\nD=\nE';
  assertEquals(envLines("f", text), ["A=1", 'B= "x y" # kept', "C=a=b", "D=", "E"]);
});

Deno.test("envLines() names the file and the line of what is no variable", () => {
  const bad = [["A=1\n=x", "line 2: it has no name"], [
    "export A=1",
    'line 1: the name "export A" has a blank',
  ]];
  for (const [text = "", words = ""] of bad) {
    assertThrows(() => envLines("my.env", text), SmolvmError, `cannot use --env-file my.env, ${words}`);
  }
});

Deno.test("readEnvFile() copies what the host has, and says which file or line cannot be read", () => {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, "HOST\nNONE\nA=1\n");
    assertEquals(readEnvFile(path, (name) => name === "HOST"), ["HOST", "A=1"]);
    Deno.writeFileSync(path, Uint8Array.of(65, 61, 49, 10, 66, 61, 255, 10));
    assertThrows(() => readEnvFile(path), SmolvmError, "line 2 is not UTF-8");
  } finally {
    Deno.removeSync(path);
  }
  assertThrows(() => readEnvFile(path), SmolvmError, `${path}: there is no such file`);
});
