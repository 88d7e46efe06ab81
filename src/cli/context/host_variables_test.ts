import { assertEquals } from "../../../tests/harness/assert.ts";
import { encodeWord } from "../../text/byte_word.ts";
import { bytesOf, hostVariables } from "./host_variables.ts";

Deno.test("bytesOf() finds the variables whose values are not UTF-8, and leaves out odd names", () => {
  const parts = ["A=é\0B=", [0xff, 0x3d, 0x61], "\0", [0xfe], "=x\0=", [0xff], "\0"];
  const environ = parts.flatMap((part) =>
    typeof part === "string" ? [...new TextEncoder().encode(part)] : part
  );
  const found = bytesOf(new Uint8Array(environ));
  assertEquals(Object.keys(found), ["B"]);
  assertEquals([...encodeWord(found.B ?? "")], [0xff, 0x3d, 0x61]);
});

Deno.test("hostVariables() has what Deno has", () => {
  assertEquals(hostVariables().PATH, Deno.env.get("PATH"));
});
