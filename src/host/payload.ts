/**
 * The parts that the binary carries behind its runtime: guest root, kernel library, storage templates,
 * bundled image. Unpacks a part into the cache once, named by its digest, atomically.
 *
 * @module
 */

/** Names of the parts. */
export type PartName =
  | "root.erofs"
  | "libkrunfw.so"
  | "libkrun.so"
  | "storage.json"
  | "alpine.erofs"
  | "alpine.json";

/** Access to the parts. The build writes the payload (scripts/), this module reads it. */
export interface Payload {
  /** Path in the cache of the whole, verified part; unpacks it first if need be. */
  path(part: PartName): Promise<string>;
  /** Name, version, licence and source of everything carried, as the build recorded it. */
  manifest(): Promise<PayloadManifest>;
}

/** What the build recorded. */
export interface PayloadManifest {
  readonly smolvm: string;
  readonly kernel: string;
  readonly libkrun: string;
  readonly alpine: string;
}
