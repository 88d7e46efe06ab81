/**
 * Limits of a process (getrlimit(2)) as steps. Pure.
 *
 * @module
 */
import { LIMITS, type Step } from "../launch/plan.ts";
import { lookUp, type RuntimeProcess } from "./runtime_spec.ts";

/** Most descriptors. */
export const RLIMIT_NOFILE = LIMITS.indexOf("nofile");

/** By the names that the runtime specification has. */
const resources = Object.fromEntries(LIMITS.map((name, number) => [`RLIMIT_${name.toUpperCase()}`, number]));

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
