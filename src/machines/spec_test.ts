import * as v from "valibot";
import { assertEquals } from "../../tests/harness/assert.ts";
import { type MachineSpec, SPEC_VERSION, specSchema, storageOnly } from "./spec.ts";

const spec: MachineSpec = {
  version: SPEC_VERSION,
  id: "0123456789ab",
  name: "web",
  created: "2026-01-01T00:00:00.000Z",
  cpus: 1,
  memoryMiB: 256,
  devices: storageOnly(2 ** 30),
  hostname: "web",
  labels: {},
  restart: "no",
  engine: "auto",
};

Deno.test("specSchema takes what a machine is, and nothing that no machine can be", () => {
  assertEquals(v.is(specSchema, spec), true);
  const wrong = [
    { id: "../../../etc" },
    { cpus: 0 },
    { cpus: 1.5 },
    { memoryMiB: "256" },
    { restart: "sometimes" },
    { engine: "bochs" },
    { devices: { storage: { bytes: 1 } } },
    { diskBytes: 1 },
  ];
  for (const change of wrong) {
    assertEquals(v.is(specSchema, { ...spec, ...change }), false, Object.keys(change)[0]);
  }
});
