/**
 * Shows on a terminal how far an image's download is.
 *
 * @module
 */
import type { Progress } from "../../image/model/candidate.ts";
import { progress } from "./output.ts";

/** At most this often, in milliseconds. */
const INTERVAL = 100;

/** A callback for the store. */
export function pullProgress(subject: string): (state: Progress) => void {
  let last = -Infinity;
  return ({ step, done, total }) => {
    const finished = total !== undefined && done >= total && step === "unpack";
    if (finished) return progress("");
    const now = performance.now();
    if (now - last < INTERVAL) return;
    last = now;
    const share = total === undefined || total === 0 ? "" : ` of ${mebibytes(total)}`;
    progress(`${subject}: ${step} ${mebibytes(done)}${share} MiB`);
  };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
