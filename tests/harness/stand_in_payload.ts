/**
 * The parts that the binary carries, without a binary: every part is a file of a folder, and the storage template
 * is an empty disk.
 *
 * @module
 */
import type { Payload } from "../../src/payload/payload.ts";
import { MIN_STORAGE_BYTES } from "../../src/payload/storage.ts";

/** Parts in a folder that the caller removes. */
export function standInPayload(folder: string): Payload {
  const templates = [{ bytes: MIN_STORAGE_BYTES, runs: [] }];
  Deno.writeTextFileSync(`${folder}/storage.json`, JSON.stringify(templates));
  return {
    path: (part) => Promise.resolve(`${folder}/${part}`),
    manifest: () => Promise.resolve({ smolvm: "0", kernel: "0", libkrun: "0", alpine: "0" }),
  };
}
