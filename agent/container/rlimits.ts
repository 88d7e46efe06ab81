/**
 * Limits of a process (getrlimit(2)) as steps. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { lookUp, type RuntimeProcess } from "./runtime_spec.ts";

/** Most descriptors: its number in asm-generic/resource.h. */
export const RLIMIT_NOFILE = 7;

/** Numbers of asm-generic/resource.h. */
const resources = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
};

/** RLIM_INFINITY, 2^64 - 1: as a number it is 2^64. */
const INFINITY = 2n ** 64n - 1n;

/**
 * Steps that set limits.
 *
 * @throws {UnsupportedSpecError} for a type that is not known
 */
export function rlimitSteps(rlimits: RuntimeProcess["rlimits"] = []): Step[] {
  return rlimits.map(({ type, soft, hard }) => ({
    op: "rlimit",
    resource: lookUp(resources, type, "process.rlimits"),
    soft: whole(soft),
    hard: whole(hard),
  }));
}

function whole(limit: number): bigint {
  const exact = BigInt(limit);
  return exact > INFINITY ? INFINITY : exact;
}
