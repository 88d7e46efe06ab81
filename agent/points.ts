/**
 * Points that a session passes, with their times, on the guest's console: for `deno task bench:steps`. Off, unless the
 * hello asks for them; then a point is one comparison.
 *
 * @module
 */

/** The point at which a session may begin: bytes came from the host. */
const BEGIN = "read";

let points: string[] | undefined;
let first = 0;

/** Has points noted from now on. */
export function notePoints(): void {
  points = [];
}

/** Notes that a point was passed; the first one of a session is where its times begin. */
export function point(name: string): void {
  if (!points) return;
  const now = performance.now();
  if (points.length === 1 && name === BEGIN) points = [];
  if (points.length === 0) first = now;
  points.push(`${name} ${(now - first).toFixed(2)}`);
}

/** Writes what one session passed, if points are noted: `agent: steps: NAME MILLISECONDS, …`. */
export function tellPoints(): void {
  if (!points) return;
  console.error(`agent: steps: ${points.join(", ")}`);
  points = [];
}
