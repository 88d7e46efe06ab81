/**
 * How the run of a machine or a container ended, as it is stored.
 *
 * @module
 */
import * as v from "valibot";

/** The end of a run. */
export const endSchema = v.object({
  /** RFC 3339. */
  at: v.string(),
  /** Exit code of the command; `null` when it ended without one. */
  exitCode: v.nullable(v.number()),
  /** Why it failed, for people; absent after an orderly end. */
  failure: v.optional(v.string()),
});
export type RunEnd = v.InferOutput<typeof endSchema>;

/** Why what ran in a VM has ended when nobody could ask it: {@linkcode RunEnd.failure} of a container. */
export const VM_ENDED = "its VM ended";
