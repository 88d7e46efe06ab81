/**
 * Paths of /proc and /sys that a spec hides or makes read-only, as steps. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { MS } from "../syscalls/mount.ts";
import { type RuntimeLinux, UnsupportedSpecError } from "./runtime_spec.ts";

/**
 * Steps that are taken while /dev is still the one that the plan made: with a volume over it, /dev/null could be
 * something else, and a mask would show that (CVE-2025-31133). Volumes come later, so that a mask elsewhere would
 * not hold.
 *
 * @throws {UnsupportedSpecError} for a path outside /proc and /sys
 */
export function maskSteps({ maskedPaths = [], readonlyPaths = [] }: RuntimeLinux): Step[] {
  for (const path of maskedPaths) refuseElsewhere("linux.maskedPaths", path);
  for (const path of readonlyPaths) refuseElsewhere("linux.readonlyPaths", path);
  return [
    ...maskedPaths.map((path): Step => ({ op: "mask", path })),
    ...readonlyPaths.flatMap(readonlySteps),
  ];
}

function refuseElsewhere(field: string, path: string): void {
  if (!/^\/(proc|sys)\//.test(path)) throw new UnsupportedSpecError(field, `${path} outside /proc and /sys`);
}

function readonlySteps(target: string): Step[] {
  const bind = { op: "mount", target, type: "", ignoreMissing: true } as const;
  const safe = MS.NOSUID | MS.NODEV | MS.NOEXEC;
  return [
    { ...bind, source: target, flags: MS.BIND | MS.REC },
    { ...bind, source: "", flags: MS.BIND | MS.REMOUNT | MS.RDONLY | safe },
  ];
}
