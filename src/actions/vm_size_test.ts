import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { vmBounds, vmSize } from "./vm_size.ts";

const bounds = {
  cpus: { min: 1, max: 4 },
  memoryMiB: { min: 128, max: 4_096 },
  diskBytes: { min: 128 * 2 ** 20 },
};

Deno.test("vmSize() completes a wish, and rounds the disk up to whole blocks", () => {
  assertEquals(vmSize({}, bounds), { cpus: 1, memoryMiB: 512, diskBytes: 20 * 2 ** 30 });
  assertEquals(vmSize({ cpus: 4, memoryMiB: 4_096, diskBytes: 2 ** 30 + 1 }, bounds), {
    cpus: 4,
    memoryMiB: 4_096,
    diskBytes: 2 ** 30 + 4_096,
  });
});

Deno.test("vmSize() names what is out of bounds, and the bounds", () => {
  const refused: [Parameters<typeof vmSize>[0], string][] = [
    [{ cpus: 0 }, "0 CPUs: it is out of bounds; give from 1 to 4"],
    [{ cpus: 1.5 }, "1.5 CPUs"],
    [{ memoryMiB: 127 }, "127 MiB of memory: it is out of bounds; give from 128 to 4096 MiB"],
    [{ memoryMiB: NaN }, "NaN MiB"],
    [{ diskBytes: 1 }, "a disk of 1 bytes: it is out of bounds; give at least 134217728 bytes"],
  ];
  for (const [wish, words] of refused) assertThrows(() => vmSize(wish, bounds), SmolvmError, words);
});

Deno.test("vmBounds() has room for the default size on this host", () => {
  const { cpus, memoryMiB } = vmBounds();
  assertTrue(cpus.max >= 1 && memoryMiB.max > 512);
  vmSize({});
});
