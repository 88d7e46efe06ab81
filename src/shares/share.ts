/**
 * A folder or file of the host that a VM shares: what it is, and how it looks to people. Pure.
 *
 * @module
 */

/** A share. */
export interface Share {
  /** Path on the host, absolute. */
  readonly source: string;
  /** Path inside, absolute. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** A share as people see it: `/home/me/src -> /src (ro)`. */
export function shareWords({ source, target, readOnly }: Share): string {
  return `${source} -> ${target}${readOnly ? " (ro)" : ""}`;
}
