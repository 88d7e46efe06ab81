/**
 * How large a VM may be on this host: the bounds, and the judge of a size.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { MIN_STORAGE_BYTES } from "../payload/storage.ts";
import { DEFAULT_CPUS, DEFAULT_DISK_BYTES, DEFAULT_MEMORY_MIB } from "./machine_defaults.ts";

/** Least memory that a kernel and an agent start in, in MiB. */
const MIN_MEMORY_MIB = 128;

/** Disks are whole blocks of this size, in bytes. */
const BLOCK_BYTES = 4_096;

/** What a VM has. */
export interface VmSize {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskBytes: number;
}

/** Bounds of a size; a disk has no upper one, because it takes only what is written to it. */
export interface VmBounds {
  readonly cpus: { readonly min: number; readonly max: number };
  readonly memoryMiB: { readonly min: number; readonly max: number };
  readonly diskBytes: { readonly min: number };
}

/** The bounds of this host: its processors and its memory. */
export function vmBounds(): VmBounds {
  return {
    cpus: { min: 1, max: Math.max(navigator.hardwareConcurrency, 1) },
    memoryMiB: { min: MIN_MEMORY_MIB, max: Math.floor(Deno.systemMemoryInfo().total / 2 ** 20) },
    diskBytes: { min: MIN_STORAGE_BYTES },
  };
}

/**
 * Completes a size by the defaults, judges it, and rounds its disk up to whole blocks.
 *
 * @throws {SmolvmError} kind `usage` when the bounds do not hold it
 */
export function vmSize(wish: Partial<VmSize>, bounds: VmBounds = vmBounds()): VmSize {
  const { cpus = DEFAULT_CPUS, memoryMiB = DEFAULT_MEMORY_MIB, diskBytes = DEFAULT_DISK_BYTES } = wish;
  const { min, max } = bounds.memoryMiB;
  if (!isWithin(cpus, bounds.cpus)) {
    throw outOfBounds(`${cpus} CPUs`, `give from ${bounds.cpus.min} to ${bounds.cpus.max}`);
  }
  if (!isWithin(memoryMiB, bounds.memoryMiB)) {
    throw outOfBounds(`${memoryMiB} MiB of memory`, `give from ${min} to ${max} MiB`);
  }
  if (!isWithin(diskBytes, { min: bounds.diskBytes.min, max: Number.MAX_SAFE_INTEGER })) {
    throw outOfBounds(`a disk of ${diskBytes} bytes`, `give at least ${bounds.diskBytes.min} bytes`);
  }
  return { cpus, memoryMiB, diskBytes: Math.ceil(diskBytes / BLOCK_BYTES) * BLOCK_BYTES };
}

function isWithin(value: number, { min, max }: { min: number; max: number }): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function outOfBounds(subject: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "make a VM with",
    subject,
    reason: "it is out of bounds",
    remedy,
  });
}
