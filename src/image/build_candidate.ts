/**
 * Makes a candidate's disk, and has it on stable storage before anybody hears of it.
 *
 * @module
 */
import { open } from "node:fs/promises";
import type { Candidate, IntakeOptions } from "./candidate.ts";
import { buildDisk } from "./layers/build_disk.ts";

/**
 * Writes the disk of a candidate.
 *
 * @param output the file to make
 * @throws {SmolvmError} as {@linkcode buildDisk}
 */
export async function buildCandidate(
  candidate: Candidate,
  output: string,
  options: IntakeOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  await buildDisk(candidate.layers, output, {
    signal,
    onProgress: (done) => onProgress?.({ step: "unpack", done }),
  });
  // A rename can reach the storage before what was renamed; after a power cut the image would be a hole.
  const file = await open(output, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
