/**
 * Volumes, for a program that uses smolvm as a library.
 *
 * @module
 */
import { createVolume, type VolumeWish } from "../actions/create_volume.ts";
import { inspectVolume, listVolumes, type VolumeFacts } from "../actions/list_volumes.ts";
import { type PrunedVolumes, pruneVolumes, removeVolumes } from "../actions/remove_volumes.ts";
import type { Host } from "../payload/host.ts";

/** Volumes: disks that outlive the VMs that use them, each for one VM at a time. */
export class Volumes {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Makes a volume; one that is there is fine. @returns its name */
  create(wish: VolumeWish = {}): Promise<string> {
    return createVolume(wish, this.#host);
  }

  /** What a volume is, and who needs it. @throws {SmolvmError} kind `usage` when there is none of that name */
  find(name: string): Promise<VolumeFacts> {
    return inspectVolume(name, this.#host);
  }

  /** All volumes, sorted by name. */
  list(): Promise<VolumeFacts[]> {
    return listVolumes(this.#host);
  }

  /** Removes a volume with all it holds. @throws {SmolvmError} when there is none, or somebody needs it */
  async remove(name: string): Promise<void> {
    const [failure] = await removeVolumes([name], this.#host);
    if (failure) throw failure;
  }

  /** Removes every volume that nobody needs. */
  prune(): Promise<PrunedVolumes> {
    return pruneVolumes(this.#host);
  }
}
