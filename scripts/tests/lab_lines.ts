/**
 * What scripts/tests/in_lab.sh says on stdout, a line at a time. Pure.
 *
 * @module
 */

/** A job began, or ended with an exit status. */
export type LabLine =
  | { readonly kind: "begin"; readonly job: number }
  | { readonly kind: "end"; readonly job: number; readonly status: number };

/** Reads a line; undefined for what is none of those. */
export function parseLine(line: string): LabLine | undefined {
  const [, begun] = /^begin (\d+)$/.exec(line) ?? [];
  if (begun !== undefined) return { kind: "begin", job: Number(begun) };
  const [, ended, status] = /^end (\d+) (\d+)$/.exec(line) ?? [];
  return ended === undefined ? undefined : { kind: "end", job: Number(ended), status: Number(status) };
}
