/**
 * How many sockets of flows this process may hold.
 *
 * @module
 */
import { allowOpenFiles } from "../../ffi/open_files.ts";

/** Descriptors that are left for everything else: the link, clients, files, published ports. */
const RESERVED = 128;

/** The least that a system allows by default: macOS. */
const DEFAULT_LIMIT = 256;

/** Sockets for flows: what `ulimit -n` leaves, on macOS what it may be raised to, at least a few. */
export function socketLimit(): number {
  return Math.max(32, descriptorLimit() - RESERVED);
}

function descriptorLimit(): number {
  if (Deno.build.os === "darwin") return allowOpenFiles() ?? DEFAULT_LIMIT;
  try {
    return softLimit(Deno.readTextFileSync("/proc/self/limits"));
  } catch {
    return DEFAULT_LIMIT;
  }
}

/** Reads /proc/PID/limits. Pure. */
export function softLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return DEFAULT_LIMIT;
  return soft === "unlimited" ? 1_048_576 : Number(soft);
}
