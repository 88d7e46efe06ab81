/**
 * The images of this user: found, pulled, loaded, listed, named, leased, removed. Leaves each of these to the file
 * that knows it, and holds them together.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../../error.ts";
import { fileDigest } from "../../files/file_digest.ts";
import { openDatabase } from "../../host/database.ts";
import type { Environment } from "../../host/environment.ts";
import type { Paths } from "../../host/paths.ts";
import { explainSystem } from "../../host/system_words.ts";
import { debug } from "../../log.ts";
import type { IntakeOptions } from "../model/candidate.ts";
import type { Digest, Image } from "../model/image.ts";
import type { ImageName } from "../model/image_name.ts";
import { familiarReference, formatReference, type Reference } from "../model/reference.ts";
import { type BundledParts, readBundled } from "./bundled.ts";
import { DiskFolder } from "./disk_folder.ts";
import { ImageFinder } from "./find.ts";
import { copiedDisk, type DiskBuilder, type Shelves, takeIn } from "./intake.ts";
import { takeInAll } from "./intake_all.ts";
import { type LeasedImage, leaseImage, removed } from "./lease.ts";
import { prune, type Pruned } from "./prune.ts";
import { ImageRecords, MIGRATIONS } from "./records.ts";
import { type ImageUse, type Removal, type RemovalOptions, removeImage } from "./removal.ts";
import { sweep } from "./sweep.ts";

/** When {@linkcode ImageStore.pull} asks the registry: if there is no such image here, always, or never. */
export type PullPolicy = "missing" | "always" | "never";

/** How an image is pulled. */
export interface PullOptions extends IntakeOptions {
  readonly policy?: PullPolicy;
  /** Whether the registry may be spoken to by plain http. */
  readonly insecure?: boolean | undefined;
  /** Told the place that serves the image where that is not the registry of its name: a mirror's name for it. */
  readonly onPlace?: ((place: string) => void) | undefined;
}

/** How a store is opened. */
export interface StoreOptions {
  /** The parts of the binary, for the bundled image; without them there is none. */
  readonly payload?: BundledParts | undefined;
  readonly environment?: Environment;
  /** Told what the user should know though the work goes on. */
  readonly warn?: ((text: string) => void) | undefined;
  /** For tests: makes disks without reading layers. */
  readonly build?: DiskBuilder;
}

/** The store. Close it with `using`. */
export class ImageStore implements Disposable {
  readonly #paths: Paths;
  readonly #shelves: Shelves;
  readonly #finder: ImageFinder;
  readonly #environment: Environment;
  readonly #warn: StoreOptions["warn"];
  readonly #close: () => void;

  private constructor(paths: Paths, shelves: Shelves, options: StoreOptions, close: () => void) {
    this.#paths = paths;
    this.#shelves = shelves;
    this.#finder = new ImageFinder(shelves, () => options.payload && readBundled(options.payload));
    this.#environment = options.environment ?? ((name) => Deno.env.get(name));
    this.#warn = options.warn;
    this.#close = close;
  }

  /**
   * Opens the store, and removes what interrupted commands left in it.
   *
   * @throws {SmolvmError} kind `state` when files cannot be read or written
   */
  static async open(paths: Paths, options: StoreOptions = {}): Promise<ImageStore> {
    const { database, damagedFile } = await openDatabase(join(paths.data, "images.db"), MIGRATIONS);
    try {
      if (damagedFile !== undefined) debug("image database is new", { damagedFile });
      const records = new ImageRecords(database);
      const disks = new DiskFolder(join(paths.data, "images"));
      sweep(disks, records);
      const shelves = { records, disks, build: options.build ?? buildCandidate };
      return new ImageStore(paths, shelves, options, () => database.close());
    } catch (cause) {
      database.close();
      if (cause instanceof SmolvmError) throw cause;
      throw new SmolvmError("state", {
        action: "open the image store in",
        subject: paths.data,
        reason: (cause as Error).message,
        cause,
      });
    }
  }

  /** Closes the database. */
  [Symbol.dispose](): void {
    this.#close();
  }

  /**
   * The image of that name, or of that id.
   *
   * @returns `undefined` when it is not here; nothing is fetched
   * @throws {SmolvmError} kind `image` when several ids begin so
   */
  async resolve(name: ImageName): Promise<Image | undefined> {
    return await this.#finder.find(name);
  }

  /**
   * As {@linkcode resolve}, but an absent image is an error.
   *
   * @throws {SmolvmError} kind `image`
   */
  async inspect(name: ImageName): Promise<Image> {
    const image = await this.resolve(name);
    if (image) return image;
    throw new SmolvmError("image", {
      action: "find the image",
      subject: name.text,
      reason: "there is none of that name or id here",
      remedy: "see smolvm image ls",
    });
  }

  /** All images, newest first, the bundled one last unless its names were all taken by others. */
  async list(): Promise<Image[]> {
    return await this.#finder.list();
  }

  /**
   * Gets an image by name, from the registry if need be.
   *
   * @throws {SmolvmError} kind `registry`, `image`, `state` or `canceled`
   */
  async pull(name: ImageName, options: PullOptions = {}): Promise<Image> {
    const { policy = "missing" } = options;
    const known = policy === "always" ? undefined : await this.resolve(name);
    if (known) return known;
    const { reference } = name;
    // Only the text of an id alone gives no reference, and no registry finds an image by its id.
    if (!reference) return await this.inspect(name);
    const subject = familiarReference(reference);
    if (policy === "never") {
      throw new SmolvmError("image", {
        action: "use the image",
        subject,
        reason: "it is not here, and pulling was ruled out",
        remedy: `run smolvm image pull ${subject}`,
      });
    }
    const [image] = await this.#takingIn("pull", subject, options, async () => {
      const { pullCandidate } = await import("../pull.ts");
      await using pulled = await pullCandidate(reference, {
        ...options,
        cache: join(this.#paths.cache, "blobs"),
        environment: this.#environment,
        warn: this.#warn,
      });
      const id = await takeIn(this.#shelves, pulled.candidate, options);
      await pulled.discard();
      return [id];
    });
    if (image) return image;
    throw new SmolvmError("image", {
      action: "use the image",
      subject,
      reason: "it was removed as soon as it was stored",
    });
  }

  /**
   * Takes in the images of an archive or a folder that this host can run, and warns of what else is there.
   *
   * @param source path of a `docker save` archive, an OCI layout or a root file system, each a tar or a folder,
   *   or `-` for a tar on stdin
   * @param options `name` names the image where the source does not, and is a must for a root file system
   * @throws {SmolvmError} kind `image`, `state` or `canceled`; the store is then as it was
   */
  async load(
    source: string,
    options: IntakeOptions & { name?: Reference | undefined } = {},
  ): Promise<Image[]> {
    return await this.#takingIn("load", source === "-" ? "stdin" : source, options, async () => {
      const { openCandidates } = await import("../load.ts");
      const { cache } = this.#paths;
      await using opened = await openCandidates(source, { ...options, cache, warn: this.#warn });
      return await takeInAll(this.#shelves, opened.candidates, options);
    });
  }

  /**
   * Sees to it that an image stays as long as something is made of it: the bundled one would go with the
   * binary that brought it, so it is copied.
   *
   * @returns the image whose disk is the store's own
   * @throws {SmolvmError} kind `state` when it cannot be written
   */
  async keep(image: Image): Promise<Image> {
    if (this.#finder.isOwn(image)) return image;
    const { disk, origin = "the smolvm binary", ...rest } = image;
    const candidate = { ...rest, origin, references: [], layers: [] };
    const shelves = { ...this.#shelves, build: copiedDisk(disk) };
    const [kept] = await this.#takingIn(
      "store",
      image.id,
      {},
      async () => [await takeIn(shelves, candidate, {})],
    );
    if (kept) return kept;
    throw removed(image);
  }

  /**
   * Keeps an image from being removed until the lease is disposed or its process ends.
   *
   * @throws {SmolvmError} kind `image` when the image was removed meanwhile
   */
  async lease(image: Image, options: { signal?: AbortSignal } = {}): Promise<Disposable> {
    if (!this.#finder.isOwn(image)) return { [Symbol.dispose]() {} };
    return await leaseImage(this.#shelves, image, options.signal);
  }

  /**
   * Gets an image as {@linkcode pull} does, and a lease on it: nothing can remove the image before the lease is
   * disposed, for instance when the record of a machine that is made of it is written.
   *
   * @param options `keep` has the image outlive the binary, as {@linkcode keep} does
   * @throws {SmolvmError} as {@linkcode pull}; kind `image` when the image was removed before the lease was taken
   */
  async obtain(name: ImageName, options: PullOptions & { keep?: boolean } = {}): Promise<LeasedImage> {
    const pulled = await this.pull(name, options);
    const image = options.keep ? await this.keep(pulled) : pulled;
    const lease = await this.lease(image, options.signal && { signal: options.signal });
    return { image, [Symbol.dispose]: () => lease[Symbol.dispose]() };
  }

  /**
   * The digest of an image's disk. One that no record has yet is computed, and written down for the next time.
   *
   * @param image leased, so that its disk stays
   * @throws {Deno.errors} when the disk cannot be read
   */
  async diskDigest(image: Image): Promise<Digest> {
    if (image.diskDigest !== undefined) return image.diskDigest;
    const digest: Digest = `sha256:${await fileDigest(image.disk)}`;
    if (!this.#finder.isOwn(image)) return digest;
    const { records, disks } = this.#shelves;
    records.setDiskDigest(image.id, digest);
    disks.saveRecords(records);
    return digest;
  }

  /**
   * Points a name at an image that is here, taking it from the image that had it. The bundled image is copied, as
   * {@linkcode keep} does, unless the name is its own.
   *
   * @param target a name with a tag
   * @returns the image with its names
   * @throws {SmolvmError} kind `image` when it is not there; kind `state` when it cannot be written
   */
  async tag(source: ImageName, target: Reference): Promise<Image> {
    const found = await this.inspect(source);
    const reference = formatReference(target);
    if (found.references.includes(reference)) return found;
    const image = await this.keep(found);
    using _lease = await this.lease(image);
    const { records, disks } = this.#shelves;
    if (!records.addReferences(image.id, [reference])) throw removed(image);
    disks.saveRecords(records);
    return await this.inspect({ text: source.text, reference: target });
  }

  /**
   * Removes a name, and the image with its last name; or, by id, an image with all its names.
   *
   * @throws {SmolvmError} kind `image` when it is not there, bundled, in use, or has several names
   */
  async remove(name: ImageName, options: RemovalOptions = {}): Promise<Removal> {
    const image = await this.inspect(name);
    if (this.#finder.isOwn(image)) return removeImage(this.#shelves, { image, name }, options);
    throw new SmolvmError("image", {
      action: "remove the image",
      subject: name.text,
      reason: "it is part of the smolvm binary",
      remedy: "pull or load one of the same name to replace it",
    });
  }

  /**
   * Removes images without a name that nobody uses, and downloads that wait for a next attempt.
   *
   * @param options `all` removes every image that nobody uses; `use` as for {@linkcode remove}
   */
  async prune(options: { all?: boolean; use?: ImageUse } = {}): Promise<Pruned> {
    return await prune(this.#shelves, join(this.#paths.cache, "blobs"), options);
  }

  /** Runs an intake; what it threw because of the signal is a cancellation. */
  async #takingIn(
    action: string,
    subject: string,
    options: IntakeOptions,
    body: () => Promise<readonly Digest[]>,
  ): Promise<Image[]> {
    try {
      const ids = await body();
      this.#shelves.disks.saveRecords(this.#shelves.records);
      return ids.flatMap((id) => {
        const record = this.#shelves.records.get(id);
        return (record && this.#finder.ofRecord(record)) ?? [];
      });
    } catch (cause) {
      if (!options.signal?.aborted) throw explainSystem(cause, { action, subject });
      if (options.signal.reason instanceof SmolvmError) throw options.signal.reason;
      throw new SmolvmError("canceled", { action, subject, reason: "it was interrupted", cause });
    }
  }
}

/** Loaded when a disk is to be made, which most commands never do. */
const buildCandidate: DiskBuilder = async (...order) => {
  const { buildCandidate } = await import("./build_candidate.ts");
  await buildCandidate(...order);
};
