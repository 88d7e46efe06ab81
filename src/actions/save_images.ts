/**
 * Saves images into one archive.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { LayerError } from "../image/model/layer_error.ts";
import type { ImageName } from "../image/model/image_name.ts";
import { formatReference } from "../image/model/reference.ts";
import { type ArchiveForm, type ImageToSave, writeArchive } from "../image/save/archive.ts";
import type { Host } from "../payload/host.ts";
import { openImages } from "./open_images.ts";

/** How long another command may keep an image from being leased, in milliseconds. */
const LEASE_MILLISECONDS = 30_000;

/** How images are saved. */
export interface SaveOptions {
  readonly form?: ArchiveForm;
  /** Ends it, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Saves images under the names that they are called here by; one that is called by its id keeps all its names.
 * The store has an image's files and its configuration, not the layers that it came in: what is saved has one layer,
 * and so an id of its own, which is the same each time.
 *
 * @param write takes the archive's next bytes
 * @throws {SmolvmError} kind `image` when one is not here, or has a file that no archive can have; and what `write`
 * throws
 */
export async function saveImages(
  names: readonly ImageName[],
  host: Host,
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  { form = "docker", signal }: SaveOptions = {},
): Promise<void> {
  using store = await openImages(host);
  using leases = new DisposableStack();
  const wanted = new Map<string, ImageToSave>();
  for (const { text, reference } of names) {
    const image = await store.inspect({ text, ...(reference && { reference }) });
    leases.use(await store.lease(image, { signal: signal ?? AbortSignal.timeout(LEASE_MILLISECONDS) }));
    const called = reference && formatReference(reference);
    const known = called !== undefined && image.references.includes(called) ? [called] : image.references;
    const references = [...new Set([...wanted.get(image.id)?.references ?? [], ...known])].sort();
    wanted.set(image.id, { image, references });
  }
  try {
    await writeArchive([...wanted.values()], form, async (bytes) => {
      signal?.throwIfAborted();
      await write(bytes);
    });
  } catch (error) {
    if (!(error instanceof LayerError)) throw error;
    const subject = names.map(({ text }) => text).join(", ");
    throw new SmolvmError("image", { action: "save", subject, reason: error.message, cause: error });
  }
}
