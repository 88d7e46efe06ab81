import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseImageName } from "./image_name.ts";

const named = (repository: string) => ({ registry: "docker.io", repository, tag: "latest" });

Deno.test("parseImageName() tells names, ids, and what may be both", () => {
  const id = "0123456789abcdef".repeat(4);
  assertEquals(parseImageName("alpine"), { text: "alpine", reference: named("library/alpine") });
  assertEquals(parseImageName("cafe"), { text: "cafe", reference: named("library/cafe"), digits: "cafe" });
  assertEquals(parseImageName("caf"), { text: "caf", reference: named("library/caf") });
  assertEquals(parseImageName(id), { text: id, digits: id });
  for (const digits of [id, "0123"]) {
    assertEquals(parseImageName(`sha256:${digits}`), { text: `sha256:${digits}`, digits });
  }
});

Deno.test("parseImageName() says what is wrong with an id, and with a name", () => {
  for (const text of ["sha256:", "sha256:012", "sha256:xyz0", "sha256:ABCD", `sha256:${"0".repeat(65)}`]) {
    const error = assertThrows(() => parseImageName(text), SmolvmError, "4 to 64 lower-case hex digits");
    assertEquals([error.kind, error.subject], ["reference", JSON.stringify(text)]);
  }
  assertThrows(() => parseImageName("Alpine"), SmolvmError, "lower case");
  assertThrows(() => parseImageName(""), SmolvmError, "it is empty");
});
