/**
 * One repository of a registry: HTTP API v2 (OCI distribution-spec), as far as pulling goes.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "../model/bounded_json.ts";
import { digestOf, verifyBytes } from "../model/digest.ts";
import type { RawManifest } from "../model/find_manifest.ts";
import type { Digest } from "../model/image.ts";
import { ACCEPTED_TYPES, type Descriptor, MAX_MANIFEST_BYTES } from "../model/manifest.ts";
import { familiarReference, isDigest, type Reference } from "../model/reference.ts";
import { parseChallenge } from "./challenge.ts";
import type { Environment } from "../../host/environment.ts";
import { findCredentials } from "./credentials.ts";
import type { Credentials } from "./docker_config.ts";
import { apiHost, isLoopback, TOKEN_HOSTS_VARIABLE } from "./endpoint.ts";
import { type Answer, type Ask, readAll, type RegistryHttp } from "./http.ts";
import { retry, TransientError } from "./retry.ts";
import { basicAuthorization, fetchToken } from "./token.ts";

const MAX_ERROR_BYTES = 64 * 1024;

/** The tail of a blob. */
export interface BlobTail {
  /** Offset of the first byte; 0 when the registry would not resume. */
  readonly start: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** Reads from one repository. */
export class RegistryClient {
  readonly #http: RegistryHttp;
  readonly #reference: Reference;
  readonly #subject: string;
  readonly #environment: Environment;
  #authorization: string | undefined;
  #credentials: Promise<Credentials | undefined> | undefined;
  #meeting: Promise<boolean> | undefined;
  #base: Promise<URL> | undefined;

  constructor(reference: Reference, options: { http: RegistryHttp; environment: Environment }) {
    this.#http = options.http;
    this.#environment = options.environment;
    this.#reference = reference;
    this.#subject = familiarReference(reference);
  }

  /**
   * Fetches a manifest or index; what is asked for by digest has it.
   *
   * @param tagOrDigest by default what the reference names
   * @throws {SmolvmError} kind `registry` or `image`
   */
  async manifest(options: { digest?: Digest; signal?: AbortSignal | undefined } = {}): Promise<RawManifest> {
    const wanted = options.digest ?? this.#reference.digest;
    const name = wanted ?? this.#reference.tag ?? "latest";
    return await retry(async () => {
      const answer = await this.#get(`manifests/${name}`, { accept: ACCEPTED_TYPES, signal: options.signal });
      const bytes = await readAll(answer, MAX_MANIFEST_BYTES, this.#subject);
      const announced = wanted ?? answer.headers.get("docker-content-digest");
      if (announced && isDigest(announced)) verifyBytes(bytes, announced, "the manifest");
      const mediaType = answer.headers.get("content-type") ?? undefined;
      return { bytes, digest: digestOf(bytes), mediaType };
    }, { signal: options.signal });
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
    const base = await (this.#base ??= this.#findBase(signal).catch((error) => {
      this.#base = undefined;
      throw error;
    }));
    const url = new URL(`/v2/${this.#reference.repository}/${path}`, base);
    // Twice: the second answer may be that a token of an earlier request has expired meanwhile.
    for (let attempt = 0;; attempt++) {
      const authorization = this.#authorization;
      const answer = await this.#http.send({ ...options, url, authorization, subject: this.#subject });
      if (answer.status === 200 || answer.status === 206 || answer.status === 416) return answer;
      const said = serverWords(await readAll(answer, MAX_ERROR_BYTES, this.#subject));
      if (answer.status === 401 && attempt < 2 && await this.#meet(answer, authorization, signal)) continue;
      throw await this.#explain(answer.status, said);
    }
  }

  /** Answers a challenge; requests that were refused together share one answer. */
  async #meet(answer: Answer, used: string | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#authorization !== used) return true;
    const header = answer.headers.get("www-authenticate") ?? "";
    this.#meeting ??= this.#answerChallenge(header, signal).finally(() => this.#meeting = undefined);
    return await this.#meeting;
  }

  async #answerChallenge(header: string, signal: AbortSignal | undefined): Promise<boolean> {
    const challenge = parseChallenge(header);
    if (!challenge) return false;
    const { registry, repository } = this.#reference;
    const credentials = await (this.#credentials ??= findCredentials(registry, {
      environment: this.#environment,
      signal,
    }));
    if (challenge.scheme === "basic") {
      if (credentials?.type !== "password") return false;
      const authorization = basicAuthorization(credentials.username, credentials.password);
      if (authorization === this.#authorization) return false;
      this.#authorization = authorization;
      return true;
    }
    const trustedHosts = this.#environment(TOKEN_HOSTS_VARIABLE);
    const subject = this.#subject;
    const token = await fetchToken(this.#http, {
      challenge,
      registry,
      repository,
      credentials,
      trustedHosts,
      subject,
      signal,
    });
    this.#authorization = `Bearer ${token}`;
    return true;
  }

  /** On this host a registry may speak plain http, so it is asked; elsewhere it is https, unasked. */
  async #findBase(signal: AbortSignal | undefined): Promise<URL> {
    const host = apiHost(this.#reference.registry);
    const secure = new URL(`https://${host}/`);
    if (!isLoopback(host)) return secure;
    const plain = new URL(`http://${host}/`);
    try {
      const answer = await this.#http.send({ url: new URL("/v2/", plain), subject: this.#subject, signal });
      await answer.body.cancel();
      // What servers say to plain http on their TLS port.
      return answer.status === 400 ? secure : plain;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      // A busy server or a refused connection is no sign of TLS; a broken conversation is.
      return error.garbled ? secure : plain;
    }
  }

  async #explain(status: number, said: string): Promise<SmolvmError> {
    const registry = this.#reference.registry;
    if (status === 404) {
      return this.#failure(`there is no such image${said}`, "check the name and the tag");
    }
    if (status === 401 || status === 403) {
      const known = await this.#credentials?.catch(() => undefined);
      return known
        ? this.#failure(
          `access is denied to ${knownAs(known)}${said}`,
          `log in with docker login ${registry}`,
        )
        : this.#failure(
          `access is denied, or there is no such image${said}`,
          `check the name, or log in with docker login ${registry}`,
        );
    }
    return this.#failure(`it answers ${status}${said}`);
  }

  #failure(reason: string, remedy?: string): SmolvmError {
    return new SmolvmError("registry", {
      action: "pull",
      subject: this.#subject,
      reason: `${this.#reference.registry}: ${reason}`,
      ...(remedy !== undefined && { remedy }),
    });
  }
}

function knownAs(credentials: Credentials): string {
  return credentials.type === "password" ? `user ${credentials.username}` : "the owner of the stored token";
}

const errors = v.object({
  errors: v.array(v.object({ code: v.optional(v.string()), message: v.optional(v.string()) })),
});

/** What the server says of an error (distribution-spec, "Error Codes"), shortened; empty when it says nothing. */
function serverWords(bytes: Uint8Array): string {
  try {
    const first = parseJson(bytes, errors, "the error").errors[0];
    const words = (first?.message ?? first?.code ?? "").slice(0, 160);
    return words === "" ? "" : ` (${words})`;
  } catch {
    return "";
  }
}
