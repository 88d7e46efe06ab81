/**
 * One repository of a registry: HTTP API v2 (OCI distribution-spec), as far as pulling goes.
 *
 * @module
 */
import type { Environment } from "../../host/environment.ts";
import { digestOf, verifyBytes } from "../model/digest.ts";
import type { RawManifest } from "../model/find_manifest.ts";
import type { Digest } from "../model/image.ts";
import { ACCEPTED_TYPES, type Descriptor, MAX_MANIFEST_BYTES } from "../model/manifest.ts";
import { familiarReference, isDigest, type Reference } from "../model/reference.ts";
import { Authorization } from "./authorization.ts";
import { findBase } from "./base.ts";
import { type Answer, type Ask, readAll, type RegistryHttp } from "./http.ts";
import { explain, failure } from "./refusal.ts";
import { retry } from "./retry.ts";

const MAX_ERROR_BYTES = 64 * 1024;

/** The tail of a blob. */
export interface BlobTail {
  /** Offset of the first byte; 0 when the registry would not resume. */
  readonly start: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** How a repository is read. */
export interface ClientOptions {
  readonly http: RegistryHttp;
  readonly environment: Environment;
  /** For errors: the image as the user named it; by default the reference. */
  readonly subject?: string | undefined;
  /** Told what the user should know though the pull goes on. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Reads from one repository. */
export class RegistryClient {
  readonly #http: RegistryHttp;
  readonly #reference: Reference;
  readonly #subject: string;
  readonly #authorization: Authorization;
  #base: Promise<URL> | undefined;

  constructor(reference: Reference, options: ClientOptions) {
    this.#http = options.http;
    this.#reference = reference;
    this.#subject = options.subject ?? familiarReference(reference);
    this.#authorization = new Authorization(reference, { ...options, subject: this.#subject });
  }

  /**
   * Fetches a manifest or index; what is asked for by digest has it.
   *
   * @param options `digest` by default what the reference names; `attempts` for whom has another place to ask
   * @throws {SmolvmError} kind `registry` or `image`
   */
  async manifest(
    options: { digest?: Digest; signal?: AbortSignal | undefined; attempts?: number | undefined } = {},
  ): Promise<RawManifest> {
    const wanted = options.digest ?? this.#reference.digest;
    const name = wanted ?? this.#reference.tag ?? "latest";
    return await retry(async () => {
      const answer = await this.#get(`manifests/${name}`, { accept: ACCEPTED_TYPES, signal: options.signal });
      const bytes = await readAll(answer, MAX_MANIFEST_BYTES, this.#subject);
      const mediaType = answer.headers.get("content-type") ?? undefined;
      // What the log-in page of a hotel's network, or a proxy, answers to everything.
      if (mediaType?.startsWith("text/html")) {
        throw this.#failure(
          "it answers with a web page",
          "open it in a browser: the network may want a log-in",
        );
      }
      const announced = wanted ?? answer.headers.get("docker-content-digest");
      if (announced && isDigest(announced)) verifyBytes(bytes, announced, "the manifest");
      return { bytes, digest: digestOf(bytes), mediaType };
    }, { signal: options.signal, attempts: options.attempts });
  }

  /**
   * Fetches a small blob into memory, verified.
   *
   * @param limit most bytes
   * @throws {SmolvmError} kind `registry` or `image`
   */
  async smallBlob(
    descriptor: Descriptor,
    options: { limit: number; what: string; signal?: AbortSignal | undefined },
  ): Promise<Uint8Array<ArrayBuffer>> {
    return await retry(async () => {
      const answer = await this.#get(`blobs/${descriptor.digest}`, { signal: options.signal });
      const bytes = await readAll(answer, options.limit, this.#subject);
      verifyBytes(bytes, descriptor.digest, options.what);
      return bytes;
    }, { signal: options.signal });
  }

  /**
   * Opens a blob, once; the caller verifies what it reads, and tries again.
   *
   * @param from first byte wanted
   * @throws {TransientError | SmolvmError}
   */
  async blob(digest: Digest, options: { from: number; signal?: AbortSignal | undefined }): Promise<BlobTail> {
    const answer = await this.#get(`blobs/${digest}`, options);
    if (answer.status === 200) return { start: 0, body: answer.body };
    const start = /^bytes (\d+)-/.exec(answer.headers.get("content-range") ?? "")?.[1];
    if (answer.status === 206 && Number(start) === options.from) {
      return { start: options.from, body: answer.body };
    }
    await answer.body.cancel();
    // An answer about other bytes is of no use; asking for the whole is always understood.
    if (options.from > 0) return await this.blob(digest, { ...options, from: 0 });
    throw this.#failure(`it answers ${answer.status} to a request for a blob`);
  }

  /** GET below the repository, proving who we are when asked to. */
  async #get(path: string, options: Pick<Ask, "accept" | "from" | "signal">): Promise<Answer> {
    const { signal } = options;
    const where = { http: this.#http, subject: this.#subject, signal };
    const base = await (this.#base ??= findBase(this.#reference.registry, where).catch((error) => {
      this.#base = undefined;
      throw error;
    }));
    const url = new URL(`/v2/${this.#reference.repository}/${path}`, base);
    // Twice: the second answer may be that a token of an earlier request has expired meanwhile.
    for (let attempt = 0;; attempt++) {
      const authorization = this.#authorization.header;
      const answer = await this.#http.send({ ...options, url, authorization, subject: this.#subject });
      if (answer.status === 200 || answer.status === 206 || answer.status === 416) return answer;
      const said = await readAll(answer, MAX_ERROR_BYTES, this.#subject);
      const challenge = answer.headers.get("www-authenticate") ?? "";
      const again = answer.status === 401 && attempt < 2 &&
        await this.#authorization.meet(challenge, authorization, signal);
      if (!again) throw await this.#refusal(answer.status, said);
    }
  }

  async #refusal(status: number, said: Uint8Array): Promise<Error> {
    const found = await this.#authorization.found();
    return explain({ registry: this.#reference.registry, subject: this.#subject, status, said, found });
  }

  #failure(reason: string, remedy?: string): Error {
    return failure(this.#reference.registry, this.#subject, reason, remedy);
  }
}
