/**
 * Takes the images of one source into the store: all of them or, when one fails, none.
 *
 * @module
 */
import type { Candidate, IntakeOptions } from "../model/candidate.ts";
import type { Digest } from "../model/image.ts";
import { type Shelves, takeIn } from "./intake.ts";
import { removeUnused } from "./removal.ts";

/**
 * Takes candidates in.
 *
 * @returns the ids of the images, each once
 * @throws {SmolvmError} as {@linkcode takeIn}; images that came in before are removed again, unless somebody uses
 *   them by now, and their names lead where they led before
 */
export async function takeInAll(
  shelves: Shelves,
  candidates: readonly Candidate[],
  options: IntakeOptions,
): Promise<Digest[]> {
  const { records } = shelves;
  const present = new Set(records.list().map(({ facts }) => facts.id));
  const owners = new Map<string, Digest | undefined>();
  const taken = new Set<Digest>();
  try {
    for (const candidate of candidates) {
      for (const reference of candidate.references) {
        if (!owners.has(reference)) owners.set(reference, records.ownerOf(reference));
      }
      taken.add(await takeIn(shelves, candidate, options));
    }
  } catch (error) {
    for (const [reference, before] of owners) {
      const now = records.ownerOf(reference);
      // Somebody else's pull may have taken the name meanwhile.
      if (now === undefined || !taken.has(now)) continue;
      if (before === undefined || !records.addReferences(before, [reference])) {
        records.removeReference(reference);
      }
    }
    for (const id of taken) if (!present.has(id)) removeUnused(shelves, id, undefined);
    throw error;
  }
  return [...taken];
}
