/**
 * Refuses a VM for whose start there is no memory: the kernel would end it, or another process, somewhere in its boot.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { type FreeMemory, freeMemory } from "../host/free_memory.ts";

const MIB = 2 ** 20;

/**
 * What a VM and its VMM have touched when the guest's agent answers, in MiB: measured as proportional set sizes of 262 to 275 MB booted on QEMU.
 * The rest of a VM's memory is the host's until the guest touches it.
 */
const START_MIB = 256;

/**
 * Refuses a VM that finds no memory.
 *
 * @param memoryMiB of the VM
 * @throws {SmolvmError} kind `engine`
 */
export function refuseWithoutMemory(memoryMiB: number, free: FreeMemory = freeMemory()): void {
  const wanted = Math.min(memoryMiB, START_MIB);
  if (free.bytes >= wanted * MIB) return;
  const left = Math.floor(free.bytes / MIB);
  const host = free.of === "this host";
  throw new SmolvmError("engine", {
    action: "start the VM",
    reason: host
      ? `it needs ${wanted} MiB of memory to start, and this host has ${left} left`
      : `it needs ${wanted} MiB of memory to start, and the limit ${free.of} leaves ${left}`,
    remedy: host ? "stop another VM or program" : "raise that limit, or stop other programs under it",
  });
}
