/**
 * Makes a candidate's disk, and has it on stable storage before anybody hears of it.
 *
 * @module
 */
import type { Candidate, IntakeOptions } from "../model/candidate.ts";
import { buildDisk } from "../tree/build_disk.ts";
import { Writeback } from "./writeback.ts";

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
  // A rename can reach the storage before what was renamed; after a power cut the image would be a hole.
  await using writeback = new Writeback(() => Deno.openSync(output));
  await buildDisk(candidate.layers, output, {
    signal,
    onProgress(done) {
      onProgress?.({ step: "unpack", done });
      writeback.grown(done);
    },
  });
  await writeback.finish();
}
