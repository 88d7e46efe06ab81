/**
 * Opens the images of this host: its store, with the image that the binary carries.
 *
 * @module
 */
import { ImageStore } from "../image/store/store.ts";
import type { Host } from "../payload/host.ts";

/**
 * Opens the store; close it with `using`.
 *
 * @throws {SmolvmError} kind `state` when its files cannot be read or written
 */
export async function openImages({ paths, payload, environment, warn }: Host): Promise<ImageStore> {
  return await ImageStore.open(paths, { payload, environment: (name) => environment[name], warn });
}
