import { assertEquals } from "../../../tests/harness/assert.ts";
import { idDigits } from "./id_digits.ts";

Deno.test("idDigits() takes four hex digits and more for the beginning of an id", () => {
  assertEquals(idDigits("sha256:abcd"), "abcd");
  assertEquals(idDigits("0123456789ab"), "0123456789ab");
  for (const name of ["abc", "alpine", "ABCD", "sha256:", "a".repeat(65), "abcd/ef"]) {
    assertEquals(idDigits(name), undefined);
  }
});
