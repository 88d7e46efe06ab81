import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { refuseWithoutMemory } from "./memory_wanted.ts";

const MIB = 2 ** 20;

Deno.test("refuseWithoutMemory() lets a VM start that finds what a start takes, however large it is", () => {
  refuseWithoutMemory(16_384, { bytes: 256 * MIB, of: "this host" });
  refuseWithoutMemory(128, { bytes: 128 * MIB, of: "this host" });
});

Deno.test("refuseWithoutMemory() says what is missing, of the host or of a limit", () => {
  const message = (memoryMiB: number, of: string): string =>
    assertThrows(() => refuseWithoutMemory(memoryMiB, { bytes: 100.9 * MIB, of }), SmolvmError).message;
  assertEquals(
    message(512, "this host"),
    "cannot start the VM: it needs 256 MiB of memory to start, and this host has 100 left; stop another VM or program",
  );
  assertEquals(
    message(128, "/sys/fs/cgroup/memory.max"),
    "cannot start the VM: it needs 128 MiB of memory to start, and the limit /sys/fs/cgroup/memory.max leaves 100; " +
      "raise that limit, or stop other programs under it",
  );
});
