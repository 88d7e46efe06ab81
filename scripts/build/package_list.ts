/**
 * The list of what the guest root is made of, as rootfs/packages.tsv pins it. Pure.
 *
 * @module
 */
import type { Package } from "./apk.ts";

/** First line of the list: the columns. */
const HEADER = "#package\tversion\tlicence\tsource (package and commit of Alpine's aports)";

/** The list of some packages, one line each, as text. */
export function packageList(packages: readonly Package[]): string {
  const rows = packages.map((one) => {
    const field = (key: string): string => new RegExp(`^${key}:(.*)$`, "m").exec(one.record)?.[1] ?? "";
    return [one.name, one.version, one.licence, `${field("o")} ${field("c")}`].join("\t");
  });
  return [HEADER, ...rows.sort()].join("\n") + "\n";
}

/**
 * Holds a list against the pinned one.
 *
 * @throws {Error} when they differ, with the first line that does
 */
export function checkPackageList(pinned: string, actual: string): void {
  const [left, right] = [pinned.split("\n"), actual.split("\n")];
  const at = right.findIndex((line, index) => line !== left[index]);
  if (at < 0 && left.length === right.length) return;
  const [wanted, got] = at < 0 ? [left[right.length], "nothing"] : [left[at], right[at]];
  throw new Error(
    `Cannot build the guest root: rootfs/packages.tsv says "${wanted}", the Alpine disk has "${got}"`,
  );
}
