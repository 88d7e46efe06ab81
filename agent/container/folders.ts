/**
 * Folders that a plan makes on the way to a path. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";

/** Steps that make folders; those that are there stay as they are. */
export function folderSteps(paths: readonly string[]): Step[] {
  return paths.map((path) => ({ op: "mkdir", path, mode: 0o755 }));
}

/** Every folder from the root down to a path: `/a`, `/a/b`. */
export function parents(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  return names.map((_, index) => "/" + names.slice(0, index + 1).join("/"));
}
