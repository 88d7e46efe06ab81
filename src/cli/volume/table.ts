/**
 * How volumes look to a person. Pure.
 *
 * @module
 */
import type { VolumeFacts } from "../../actions/list_volumes.ts";
import { columns, humanAge, humanSize } from "../terminal/table.ts";

/** The list: a heading and a line for each. */
export function volumeTable(volumes: readonly VolumeFacts[], now: number): string[] {
  const rows = volumes.map((one) => [
    one.name,
    humanSize(one.usedBytes),
    humanSize(one.bytes),
    users(one),
    humanAge(one.created, now),
  ]);
  return columns([["NAME", "DISK", "SIZE", "USED BY", "CREATED"], ...rows]);
}

/** The machines that refer to it, and a run that has it now. */
function users({ machines, inUse, holder }: VolumeFacts): string {
  const run = inUse && holder?.machine === undefined;
  const process = holder ? ` (process ${holder.pid})` : "";
  const all = [...machines, ...(run ? [`a run${process}`] : [])];
  return all.length === 0 ? "-" : all.join(", ");
}
