/**
 * One thing that was looked at on a host, for `smolvm doctor`.
 *
 * @module
 */

/** What was found. */
export interface Finding {
  readonly name: string;
  /** `missing` does not keep VMs from running, `bad` does. */
  readonly grade: "ok" | "missing" | "bad";
  readonly details: string;
  /** What to do about it. */
  readonly remedy?: string;
}
