/**
 * Finds images by name and by id, among those in the store and the one that the binary brings along.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";
import { hexOf } from "../model/digest.ts";
import type { Image } from "../model/image.ts";
import type { ImageName } from "../model/image_name.ts";
import { formatReference } from "../model/reference.ts";
import type { Shelves } from "./intake.ts";
import type { ImageRecord } from "./record_codec.ts";

/** Looks images up; changes nothing. */
export class ImageFinder {
  readonly #shelves: Shelves;
  readonly #openBundled: () => Promise<Image> | undefined;
  #bundled: Promise<Image> | undefined;

  /** @param bundled reads the binary's own image, when it is first needed */
  constructor(shelves: Shelves, bundled: () => Promise<Image> | undefined) {
    this.#shelves = shelves;
    this.#openBundled = bundled;
  }

  /**
   * The image of that name, or of that id.
   *
   * @returns `undefined` when it is not here
   * @throws {SmolvmError} kind `image` when several ids begin so
   */
  async find({ text, reference, digits }: ImageName): Promise<Image | undefined> {
    return (reference && await this.#byReference(formatReference(reference))) ??
      (digits === undefined ? undefined : await this.#byId(digits, text));
  }

  /** All images, newest first, the bundled one last unless its names were all taken by others. */
  async list(): Promise<Image[]> {
    const bundled = await this.#bundledImage();
    const images = this.#shelves.records.list()
      // A copy of the bundled one, made by ImageStore.keep(), is nothing a person took in.
      .filter(({ facts, references }) => facts.id !== bundled?.id || references.length > 0)
      .flatMap((record) => this.ofRecord(record) ?? []);
    if (!bundled) return images;
    const references = bundled.references.filter((name) => !this.#shelves.records.byReference(name));
    return references.length === 0 ? images : [...images, { ...bundled, references }];
  }

  /** The image of a record; `undefined` when somebody deleted its disk: the next pull makes it anew. */
  ofRecord({ facts, references }: ImageRecord): Image | undefined {
    const { disks } = this.#shelves;
    if (!disks.holds(facts.id, facts.diskBytes)) {
      debug("image without its disk", { id: facts.id });
      return undefined;
    }
    return { ...facts, references, disk: disks.path(facts.id) };
  }

  /** Whether an image's disk is the store's own, not the binary's. */
  isOwn({ id, disk }: Image): boolean {
    return disk === this.#shelves.disks.path(id);
  }

  async #byReference(reference: string): Promise<Image | undefined> {
    const record = this.#shelves.records.byReference(reference);
    const image = record && this.ofRecord(record);
    if (image) return image;
    const bundled = await this.#bundledImage();
    return bundled?.references.includes(reference) ? bundled : undefined;
  }

  async #byId(digits: string, text: string): Promise<Image | undefined> {
    const ids = this.#shelves.records.idsByPrefix(digits);
    const bundled = await this.#bundledImage();
    if (bundled && hexOf(bundled.id).startsWith(digits) && !ids.includes(bundled.id)) ids.push(bundled.id);
    const [id, another] = ids;
    if (another !== undefined) {
      throw new SmolvmError("image", {
        action: "find the image",
        subject: text,
        reason: `${ids.length} ids begin so`,
        remedy: "give more digits",
      });
    }
    if (id === undefined) return undefined;
    const record = this.#shelves.records.get(id, text);
    return (record && this.ofRecord(record)) ?? (bundled?.id === id ? bundled : undefined);
  }

  #bundledImage(): Promise<Image> | undefined {
    return this.#bundled ??= this.#openBundled();
  }
}
