import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { decodeVolume, encodeVolume, VOLUME_VERSION, type VolumeRecord } from "./record.ts";

/** A record as a smolvm of its day wrote it. */
function golden(version: number): string {
  return Deno.readTextFileSync(new URL(`golden/volume_v${version}.json`, import.meta.url));
}

const newest: VolumeRecord = JSON.parse(golden(VOLUME_VERSION));

Deno.test("decodeVolume() reads a volume of every version, and encodeVolume() writes the newest", () => {
  for (let version = 1; version <= VOLUME_VERSION; version++) {
    assertEquals(decodeVolume("cache", golden(version)), newest);
  }
  assertEquals(encodeVolume(newest), golden(VOLUME_VERSION).trim());
});

Deno.test("decodeVolume() tells a newer record from a damaged one", () => {
  const changed = (change: Record<string, unknown>) => () =>
    decodeVolume("cache", JSON.stringify({ ...newest, ...change }));
  assertThrows(changed({ version: 2 }), SmolvmError, "cannot read the volume cache: a newer smolvm wrote it");
  assertThrows(changed({ bytes: -1 }), SmolvmError, "its record is damaged (bytes: ");
  assertThrows(changed({ tomorrow: 1 }), SmolvmError, "its record is damaged (tomorrow: ");
  assertThrows(() => decodeVolume("cache", ""), SmolvmError, "remove it with smolvm volume rm cache");
});
