import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkName, decodeSpec, type MachineSpec } from "./spec.ts";

const spec: MachineSpec = {
  version: 1,
  id: "0123456789ab",
  name: "web",
  created: "2026-01-01T00:00:00.000Z",
  cpus: 1,
  memoryMiB: 256,
  diskBytes: 2 ** 30,
  hostname: "web",
  labels: {},
  restart: "no",
  engine: "auto",
};

Deno.test("decodeSpec() reads what was stored", () => {
  assertEquals(decodeSpec("web", JSON.stringify(spec)), spec);
});

Deno.test("decodeSpec() tells a newer record from a damaged one", () => {
  const newer = JSON.stringify({ ...spec, version: 2 });
  assertThrows(() => decodeSpec("web", newer), SmolvmError, "a newer smolvm wrote it (version 2");
  assertThrows(() => decodeSpec("web", "{"), SmolvmError, "its record is damaged");
  assertThrows(() => decodeSpec("web", JSON.stringify({ ...spec, id: "../x" })), SmolvmError, "damaged");
});

Deno.test("checkName() takes what is a name, and says what would be one", () => {
  for (const name of ["a", "web", "9.x_y-z", "a".repeat(63)]) assertEquals(checkName(name), name);
  for (const name of ["", "-a", ".a", "A", "a/b", "a b", "a".repeat(64)]) {
    assertThrows(() => checkName(name), SmolvmError, "it is not a machine name");
  }
});
