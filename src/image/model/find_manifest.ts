/**
 * From what a name leads to, in a registry or a layout, to the manifest of the image for this host, by way
 * of indexes where there are some. Leaves reading and verifying the bytes to the source.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Digest } from "./image.ts";
import { type IndexEntry, type Manifest, parseManifest, sortEntries } from "./manifest.ts";
import { artifactOf } from "./media_types.ts";
import { NotForHostError, type Unusable } from "./not_for_host.ts";
import type { Platform } from "./platform.ts";

/** A manifest or index as it came, verified. */
export interface RawManifest {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** What came with it, a Content-Type or a descriptor's; absent where nothing did. */
  readonly mediaType?: string | undefined;
}

/** A manifest, and the digest of what the name leads to: its own, or that of the index it is in. */
export interface FoundManifest<Accepted> {
  readonly manifest: Manifest;
  readonly digest: Digest;
  readonly accepted: Accepted;
}

/** How a manifest is found. */
export interface Finding<Accepted> {
  /** Whose programs the image must have. */
  readonly machine: Platform;
  /** Reads an entry of an index. */
  fetch(entry: IndexEntry): Promise<RawManifest>;
  /** Reads the manifest's configuration. @throws {NotForHostError} when that is for another machine */
  accept(manifest: Manifest): Promise<Accepted>;
}

/** Indexes inside each other; build tools make two. */
const MAX_DEPTH = 8;
/** Most manifests and indexes that are read on the way, over all indexes. */
const MAX_READ = 1000;

/**
 * Finds the manifest: the first of an index that is for the machine by its entry and by its configuration.
 *
 * @param raw what the name leads to
 * @throws {NotForHostError} when there is none for the machine
 * @throws {SmolvmError} kind `image` when a document is malformed; what `fetch` and `accept` throw
 */
export async function findManifest<Accepted>(
  raw: RawManifest,
  finding: Finding<Accepted>,
): Promise<FoundManifest<Accepted>> {
  const search = new Search(finding);
  const found = await search.in(raw, raw.mediaType, 0);
  if (found) return { ...found, digest: raw.digest };
  throw new NotForHostError(search.unusable, finding.machine);
}

class Search<Accepted> {
  readonly unusable: Unusable[] = [];
  readonly #finding: Finding<Accepted>;
  /** What was read already: a digest that comes again, in a circle or not, leads to nothing new. */
  readonly #seen = new Set<Digest>();

  constructor(finding: Finding<Accepted>) {
    this.#finding = finding;
  }

  async in(
    raw: RawManifest,
    mediaType: string | undefined,
    depth: number,
  ): Promise<Omit<FoundManifest<Accepted>, "digest"> | undefined> {
    this.#seen.add(raw.digest);
    const document = await this.#passing(() => Promise.try(parseManifest, raw.bytes, mediaType));
    if (!document) return undefined;
    if (document.kind === "manifest") return await this.#judge(document.manifest);
    if (depth === MAX_DEPTH) {
      this.unusable.push({ what: `indexes nested more than ${MAX_DEPTH} deep` });
      return undefined;
    }
    const { usable, unusable } = sortEntries(document, this.#finding.machine);
    this.unusable.push(...unusable);
    for (const entry of usable) {
      if (this.#seen.has(entry.digest)) continue;
      if (this.#seen.size >= MAX_READ) throw tooMany();
      const inner = await this.#finding.fetch(entry);
      const found = await this.in(inner, entry.mediaType ?? inner.mediaType, depth + 1);
      if (found) return found;
    }
    return undefined;
  }

  async #judge(manifest: Manifest): Promise<Omit<FoundManifest<Accepted>, "digest"> | undefined> {
    const what = artifactOf(manifest);
    if (what !== undefined) {
      this.unusable.push({ what });
      return undefined;
    }
    return await this.#passing(async () => ({ manifest, accepted: await this.#finding.accept(manifest) }));
  }

  /** What a step gives; `undefined` when that is nothing for the machine. */
  async #passing<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof NotForHostError)) throw error;
      this.unusable.push(...error.found);
      return undefined;
    }
  }
}

function tooMany(): SmolvmError {
  return new SmolvmError("image", {
    action: "read",
    subject: "the image index",
    reason: `it leads to more than ${MAX_READ} manifests, none of them for this host`,
  });
}
