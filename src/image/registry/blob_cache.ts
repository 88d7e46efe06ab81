/**
 * Downloads of blobs: each in a file of its own that grows until it is whole, survives interruption, and is
 * verified before anybody sees it. Leaves to the client how bytes are asked for.
 *
 * @module
 */
import {
  closeSync,
  createReadStream,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { SmolvmError } from "../../error.ts";
import { systemWords } from "../../host/system_words.ts";
import { debug } from "../../log.ts";
import { type Expected, hexOf, Verifier } from "../model/digest.ts";
import type { Digest } from "../model/image.ts";
import { LockFolder } from "../../host/lock_folder.ts";
import type { BlobTail } from "./client.ts";
import { retry, TransientError } from "./retry.ts";

const PARTIAL = ".partial";
/** Progress that earns a broken download a fresh set of attempts, in bytes. */
const WORTHWHILE = 1024 * 1024;
/** Age after which nobody will come back for a download, in milliseconds. */
const MAX_AGE = 24 * 3600 * 1000;
const BROKEN_ATTEMPTS = 3;
const GO_ON = "run the command again: the download goes on where it was";

/** A whole, verified blob; it stays while the lease is held. */
export interface BlobLease extends Disposable {
  readonly path: string;
}

/** How a blob is fetched. */
export interface FetchBlob {
  /** Opens the blob at an offset; may throw {@linkcode TransientError}. */
  readonly open: (from: number) => Promise<BlobTail>;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that came, negative when what came before must be fetched again. */
  readonly onBytes?: (bytes: number) => void;
}

/** The folder of downloads, shared by all smolvm processes of a user. */
export class BlobCache {
  readonly #folder: string;
  readonly #locks: LockFolder;

  /** @param folder `cache/blobs`; made when absent */
  constructor(folder: string) {
    this.#folder = join(folder, "sha256");
    this.#locks = new LockFolder(join(this.#folder, "locks"));
  }

  /**
   * Gets a blob, downloading what is missing of it.
   *
   * @throws {SmolvmError} kind `registry` when it cannot be had, kind `image` when it is not what was asked for
   */
  async fetch(blob: Expected, options: FetchBlob): Promise<BlobLease> {
    const name = hexOf(blob.digest);
    const path = join(this.#folder, name);
    for (let downloaded = false;;) {
      const shared = await this.#locks.acquire(name, { shared: true, signal: options.signal });
      if (sizeOf(path) === blob.size) {
        if (!downloaded) options.onBytes?.(blob.size);
        return { path, [Symbol.dispose]: () => shared[Symbol.dispose]() };
      }
      shared[Symbol.dispose]();
      using _lock = await this.#locks.acquire(name, { signal: options.signal });
      if (sizeOf(path) === blob.size) continue;
      await download(blob, path + PARTIAL, options);
      renameSync(path + PARTIAL, path);
      downloaded = true;
    }
  }

  /** Deletes a blob unless somebody uses it. @returns bytes freed */
  discard(digest: Digest): number {
    return this.#discard(hexOf(digest));
  }

  /** Deletes everything that nobody uses. @returns bytes freed */
  clear(): number {
    return this.#names().reduce((sum, name) => sum + this.#discard(name), 0);
  }

  /** Deletes what was left behind too long ago to be resumed. */
  sweep(now = Date.now()): void {
    for (const name of this.#names()) {
      const files = [join(this.#folder, name), join(this.#folder, name + PARTIAL)];
      const times = files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (now - Math.max(...times) > MAX_AGE) this.#discard(name);
    }
  }

  #names(): string[] {
    const files = readdirSync(this.#folder).map((file) => file.replace(PARTIAL, ""));
    return [...new Set([...files, ...this.#locks.names()])].filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  #discard(name: string): number {
    using lock = this.#locks.tryAcquire(name);
    if (!lock) return 0;
    let freed = 0;
    for (const file of [join(this.#folder, name), join(this.#folder, name + PARTIAL)]) {
      freed += sizeOf(file) ?? 0;
      rmSync(file, { force: true });
    }
    this.#locks.discard(name);
    return freed;
  }
}

/** Downloads until the file is whole; what an earlier process left in it is used, if it proves right. */
async function download(blob: Expected, partial: string, options: FetchBlob): Promise<void> {
  let counted = 0;
  const count = (bytes: number) => {
    counted += bytes;
    options.onBytes?.(bytes);
  };
  for (let mayRestart = (sizeOf(partial) ?? 0) > 0;;) {
    const before = sizeOf(partial) ?? 0;
    try {
      return await retry(() => attempt(blob, partial, count, counted, options), { signal: options.signal });
    } catch (error) {
      if (!(error instanceof SmolvmError)) {
        // What filled the disk would keep it full.
        if (systemWords(error)?.remedy !== undefined) rmSync(partial, { force: true });
        throw error;
      }
      if (error.kind === "image") {
        // Wrong bytes may have been in the file before this download: one fresh start tells. A second one would not.
        rmSync(partial, { force: true });
        count(-counted);
        if (!mayRestart) throw error;
        mayRestart = false;
        debug("download begins anew", { digest: blob.digest, reason: error.reason });
      } else if ((sizeOf(partial) ?? 0) - before < WORTHWHILE) throw error;
    }
  }
}

async function attempt(
  blob: Expected,
  partial: string,
  count: (bytes: number) => void,
  counted: number,
  options: FetchBlob,
): Promise<void> {
  const file = openSync(partial, "a", 0o600);
  try {
    let verifier = await verifierOf(blob, partial);
    count(verifier.bytes - counted);
    if (verifier.bytes < blob.size || blob.size === 0) {
      const { start, body } = await options.open(verifier.bytes);
      if (start !== verifier.bytes) {
        ftruncateSync(file, 0);
        count(-verifier.bytes);
        verifier = new Verifier(blob);
      }
      try {
        for await (const chunk of body) {
          verifier.update(chunk);
          writeWhole(file, chunk);
          count(chunk.byteLength);
        }
      } catch (error) {
        throw error instanceof TransientError ? brokeOff(error, blob, verifier.bytes) : error;
      }
    }
    if (verifier.bytes < blob.size) throw endedEarly(blob, verifier.bytes);
    verifier.finish();
  } finally {
    closeSync(file);
  }
}

/** A verifier that has seen what is in the file. */
async function verifierOf(blob: Expected, path: string): Promise<Verifier> {
  const verifier = new Verifier(blob);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    verifier.update(chunk as Uint8Array);
  }
  return verifier;
}

function writeWhole(file: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.byteLength;) at += writeSync(file, chunk, at);
}

/** The same failure with how far the download came: what is in the file is not fetched again. */
function brokeOff(error: TransientError, blob: Expected, bytes: number): TransientError {
  const { action, subject, reason } = error.failure;
  return new TransientError(
    new SmolvmError("registry", {
      action,
      ...(subject !== undefined && { subject }),
      reason: `${reason} after ${bytes} of ${blob.size} bytes of a layer`,
      remedy: GO_ON,
      cause: error,
    }),
    { attempts: error.attempts, retryAfter: error.retryAfter },
  );
}

function endedEarly(blob: Expected, bytes: number): TransientError {
  const reason = `the registry sent ${bytes} of ${blob.size} bytes`;
  return new TransientError(
    new SmolvmError("registry", {
      action: "download",
      subject: blob.digest,
      reason,
      remedy: GO_ON,
    }),
    { attempts: BROKEN_ATTEMPTS },
  );
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
