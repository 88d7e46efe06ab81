/**
 * `--filter` of volumes, as Docker has it.
 *
 * @module
 */
import type { VolumeFacts } from "../../actions/list_volumes.ts";
import { filtersBy, labelTest, nameTest, type Tests } from "../options/filters.ts";

type Filtered = Pick<VolumeFacts, "name" | "labels" | "machines" | "inUse">;

/** What the option takes, for help. */
export const VOLUME_FILTERS = "label=K or label=K=V, name=PATTERN or dangling=true";

const tests: Tests<Filtered> = {
  label: labelTest,
  name: nameTest,
  // Docker's words for what nobody needs.
  dangling: (value) => {
    const wanted = ["true", "1"].includes(value.toLowerCase());
    return ({ machines, inUse }) => (machines.length === 0 && !inUse) === wanted;
  },
  // There is one kind, which is Docker's local.
  driver: (value) => () => value === "local",
};

/** Reads the option's words. @throws {SmolvmError} kind `usage` */
export function readVolumeFilters(words: readonly string[]): (volume: Filtered) => boolean {
  return filtersBy(words, tests);
}
