/**
 * Keeps the cache small: removes parts and saved VMs that are no longer used. For the end of a process that had a VM, where
 * nobody waits for it.
 *
 * @module
 */
import { join } from "node:path";
import { Templates } from "../engine/qemu/templates.ts";
import type { Paths } from "../host/paths.ts";
import { debug } from "../log.ts";
import { sweepIsDue, sweepParts } from "../payload/sweep_parts.ts";

/** How long a saved VM stays that nobody goes on from, in milliseconds. */
const TEMPLATE_MILLISECONDS = 30 * 86_400_000;

/** Sweeps once a day, and when the first process of another binary has ended. What cannot be removed stays. */
export function sweepCache({ cache }: Pick<Paths, "cache">, now = Date.now()): void {
  try {
    if (!sweepIsDue(cache, now)) return;
    new Templates(join(cache, "templates")).removeUnused(now - TEMPLATE_MILLISECONDS);
    const removed = sweepParts(cache, now);
    debug("cache swept", { parts: removed.length });
  } catch (error) {
    debug("cache not swept", { reason: String(error) });
  }
}
