/**
 * The images of this user: found, pulled, loaded, listed, leased, removed. Leaves each of these to the file
 * that knows it, and holds them together.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../../error.ts";
import { fileDigest } from "../../files/file_digest.ts";
import { openDatabase } from "../../host/database.ts";
import type { DatabaseConnection } from "../../host/database_connection.ts";
import type { Paths } from "../../host/paths.ts";
import { debug } from "../../log.ts";
import { type BundledParts, readBundled } from "./bundled.ts";
import type { IntakeOptions } from "../model/candidate.ts";
import { hexOf } from "../model/digest.ts";
import { idDigits } from "../model/id_digits.ts";
import { explainSystem } from "../../host/system_words.ts";
import { DiskFolder } from "./disk_folder.ts";
import type { Digest, Image } from "../model/image.ts";
import { copiedDisk, type DiskBuilder, type Shelves, takeIn } from "./intake.ts";
import type { ImageRecord } from "./record_codec.ts";
import { ImageRecords, MIGRATIONS } from "./records.ts";
import { familiarName, formatReference, normalisedName, parseReference } from "../model/reference.ts";
import type { Environment } from "../registry/credentials.ts";
import { prune, type Pruned } from "./prune.ts";
import { type ImageUse, type Removal, removeUnused } from "./removal.ts";
import { sweep } from "./sweep.ts";

/** When {@linkcode ImageStore.pull} asks the registry: if there is no such image here, always, or never. */
export type PullPolicy = "missing" | "always" | "never";

/** How a store is opened. */
export interface StoreOptions {
  /** The parts of the binary, for the bundled image; without them there is none. */
  readonly payload?: BundledParts | undefined;
  readonly environment?: Environment;
  /** For tests: makes disks without reading layers. */
  readonly build?: DiskBuilder;
}

/** The store. Close it with `using`. */
export class ImageStore implements Disposable {
  readonly #paths: Paths;
  readonly #database: DatabaseConnection;
  readonly #shelves: Shelves;
  readonly #environment: Environment;
  readonly #parts: BundledParts | undefined;
  #bundled: Promise<Image> | undefined;

  private constructor(paths: Paths, database: DatabaseConnection, disks: DiskFolder, options: StoreOptions) {
    this.#paths = paths;
    this.#database = database;
    this.#shelves = { records: new ImageRecords(database), disks, build: options.build ?? buildCandidate };
    this.#environment = options.environment ?? ((name) => Deno.env.get(name));
    this.#parts = options.payload;
  }

  /**
   * Opens the store, and removes what interrupted commands left in it.
   *
   * @throws {SmolvmError} kind `state` when files cannot be read or written
   */
  static async open(paths: Paths, options: StoreOptions = {}): Promise<ImageStore> {
    const { database, damagedFile } = await openDatabase(join(paths.data, "images.db"), MIGRATIONS);
    try {
      const store = new ImageStore(paths, database, new DiskFolder(join(paths.data, "images")), options);
      if (damagedFile !== undefined) debug("image database is new", { damagedFile });
      sweep(store.#shelves.disks, store.#shelves.records);
      return store;
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
    this.#database.close();
  }

  /**
   * The image of that name, or of that id (at least four hex digits of it).
   *
   * @returns `undefined` when it is not here; nothing is fetched
   * @throws {SmolvmError} kind `reference` when the text is neither, kind `image` when several ids begin so
   */
  async resolve(text: string): Promise<Image | undefined> {
    const id = idDigits(text);
    // A name may look like the beginning of an id; a 64-digit one cannot be a name.
    const reference = text.startsWith("sha256:") || id?.length === 64 ? undefined : parseReference(text);
    return (reference && await this.#byReference(formatReference(reference))) ??
      (id === undefined ? undefined : await this.#byId(id, text));
  }

  /**
   * As {@linkcode resolve}, but an absent image is an error.
   *
   * @throws {SmolvmError} kind `image`
   */
  async inspect(text: string): Promise<Image> {
    const image = await this.resolve(text);
    if (image) return image;
    throw new SmolvmError("image", {
      action: "find the image",
      subject: text,
      reason: "there is none of that name or id here",
      remedy: "see smolvm image ls",
    });
  }

  /** All images, newest first, the bundled one last unless its names were all taken by others. */
  async list(): Promise<Image[]> {
    const bundled = await this.#bundledImage();
    const images = this.#shelves.records.list()
      // A copy of the bundled one, made by keep(), is nothing a person took in.
      .filter(({ facts, references }) => facts.id !== bundled?.id || references.length > 0)
      .flatMap((record) => this.#toImage(record) ?? []);
    if (!bundled) return images;
    const references = bundled.references.filter((name) => !this.#shelves.records.byReference(name));
    return references.length === 0 ? images : [...images, { ...bundled, references }];
  }

  /**
   * Gets an image by name, from the registry if need be.
   *
   * @param text as a person writes it
   * @throws {SmolvmError} kind `reference`, `registry`, `image`, `state` or `canceled`
   */
  async pull(text: string, options: IntakeOptions & { policy?: PullPolicy } = {}): Promise<Image> {
    const policy = options.policy ?? "missing";
    const known = policy === "always" ? undefined : await this.resolve(text);
    if (known) return known;
    const reference = parseReference(text);
    const name = familiarName(formatReference(reference));
    if (policy === "never") {
      throw new SmolvmError("image", {
        action: "use the image",
        subject: name,
        reason: "it is not here, and pulling was ruled out",
        remedy: `run smolvm image pull ${name}`,
      });
    }
    return await this.#takingIn("pull", name, options, async () => {
      const { pullCandidate } = await import("../pull.ts");
      await using pulled = await pullCandidate(reference, {
        ...options,
        cache: join(this.#paths.cache, "blobs"),
        environment: this.#environment,
      });
      const id = await takeIn(this.#shelves, pulled.candidate, options);
      await pulled.discard();
      return [id];
    }).then(first);
  }

  /**
   * Takes in the images of an archive or a folder.
   *
   * @param source path of a `docker save` archive, an OCI layout (tar or folder) or a root folder, or `-` for
   *   an archive on stdin
   * @param options `name` names the image where the source does not, and is a must for a root folder
   * @throws {SmolvmError} kind `reference`, `image`, `state` or `canceled`; images before the bad one stay
   */
  async load(source: string, options: IntakeOptions & { name?: string | undefined } = {}): Promise<Image[]> {
    return await this.#takingIn("load", source === "-" ? "stdin" : source, options, async () => {
      const { openCandidates } = await import("../load.ts");
      await using opened = await openCandidates(source, { ...options, cache: this.#paths.cache });
      const ids: Digest[] = [];
      for (const candidate of opened.candidates) ids.push(await takeIn(this.#shelves, candidate, options));
      return [...new Set(ids)];
    });
  }

  /**
   * Sees to it that an image stays as long as something is made of it: the bundled one would go with the
   * binary that brought it, so it is copied.
   *
   * @throws {SmolvmError} kind `state` when it cannot be written
   */
  async keep(image: Image): Promise<void> {
    if (this.#isOwn(image)) return;
    const { disk, origin = "the smolvm binary", ...rest } = image;
    const candidate = { ...rest, origin, references: [], layers: [] };
    const shelves = { ...this.#shelves, build: copiedDisk(disk) };
    await this.#takingIn("store", image.id, {}, async () => [await takeIn(shelves, candidate, {})]);
  }

  /**
   * Keeps an image from being removed until the lease is disposed or its process ends.
   *
   * @throws {SmolvmError} kind `image` when the image was removed meanwhile
   */
  async lease(image: Image, options: { signal?: AbortSignal } = {}): Promise<Disposable> {
    if (!this.#isOwn(image)) return { [Symbol.dispose]() {} };
    const { records, disks } = this.#shelves;
    const lock = await disks.locks.acquire(hexOf(image.id), { shared: true, signal: options.signal });
    if (records.get(image.id)) return lock;
    lock[Symbol.dispose]();
    throw new SmolvmError("image", {
      action: "use the image",
      subject: image.references[0] ?? image.id,
      reason: "it was removed a moment ago",
    });
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
    if (!this.#isOwn(image)) return digest;
    const { records, disks } = this.#shelves;
    records.setDiskDigest(image.id, digest);
    disks.saveRecords(records);
    return digest;
  }

  /**
   * Removes a name, and the image with its last name; or, by id, an image with all its names.
   *
   * @param options `force` removes an image by id though it has several names; `use` tells of machines that
   *   are made of an image and do not run
   * @throws {SmolvmError} kind `image` when it is not there, bundled, in use, or has several names
   */
  async remove(text: string, options: { force?: boolean; use?: ImageUse } = {}): Promise<Removal> {
    const image = await this.inspect(text);
    const refuse = (reason: string, remedy: string) =>
      new SmolvmError("image", { action: "remove the image", subject: text, reason, remedy });
    if (!this.#isOwn(image)) {
      throw refuse("it is part of the smolvm binary", "pull or load one of the same name to replace it");
    }
    const byName = image.references.find((name) => !idDigits(text) && name === normalisedName(text));
    if (byName !== undefined && image.references.length > 1) {
      this.#shelves.records.removeReference(byName);
      this.#shelves.disks.saveRecords(this.#shelves.records);
      return { references: [byName], images: [] };
    }
    if (image.references.length > 1 && !options.force) {
      throw refuse(`it has ${image.references.length} names`, "remove them one by one, or use --force");
    }
    const use = options.use?.(image.id);
    if (use) throw refuse(use.reason, use.remedy);
    if (!removeUnused(this.#shelves, image.id)) throw refuse("a VM is using it", "stop the VM first");
    return { references: image.references, images: [image.id] };
  }

  /**
   * Removes images without a name that nobody uses, and downloads that wait for a next attempt.
   *
   * @param options `all` removes every image that nobody uses; `use` as for {@linkcode remove}
   */
  async prune(options: { all?: boolean; use?: ImageUse } = {}): Promise<Pruned> {
    return await prune(this.#shelves, join(this.#paths.cache, "blobs"), options);
  }

  async #byReference(reference: string): Promise<Image | undefined> {
    const record = this.#shelves.records.byReference(reference);
    const image = record && this.#toImage(record);
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
    const record = this.#shelves.records.get(id);
    return (record && this.#toImage(record)) ?? (bundled?.id === id ? bundled : undefined);
  }

  /** An image whose disk somebody deleted is as good as absent: the next pull makes it anew. */
  #toImage({ facts, references }: ImageRecord): Image | undefined {
    const { disks } = this.#shelves;
    if (!disks.holds(facts.id, facts.diskBytes)) {
      debug("image without its disk", { id: facts.id });
      return undefined;
    }
    return { ...facts, references, disk: disks.path(facts.id) };
  }

  /** Whether its disk is the store's, not the binary's. */
  #isOwn({ id, disk }: Image): boolean {
    return disk === this.#shelves.disks.path(id);
  }

  #bundledImage(): Promise<Image> | undefined {
    return this.#bundled ??= this.#parts && readBundled(this.#parts);
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
        return (record && this.#toImage(record)) ?? [];
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
  return await buildCandidate(...order);
};

function first(images: readonly Image[]): Image {
  const [image] = images;
  if (image) return image;
  throw new SmolvmError("image", {
    action: "use the image",
    reason: "it was removed as soon as it was stored",
  });
}
