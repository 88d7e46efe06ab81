/**
 * The connection to a server of a VM that has secrets, as the gateway sees it. By what the guest says first it becomes
 * one of three: TLS to a host of a secret is ended here on both sides, other TLS passes as it is, and everything else
 * passes as it is too, but for the placeholders, which end it.
 *
 * @module
 */
import type { HostStream } from "../host/host_stream.ts";
import { MOST_BYTES, readFirstBytes } from "../policy/first_bytes.ts";
import { PlainPassage } from "./plain_passage.ts";
import { TlsPassage } from "./tls_passage.ts";
import type { StreamOptions, StreamParts } from "./stream_parts.ts";

/** How long the guest may take to say what tells, in milliseconds; then it is neither TLS nor HTTP. */
const TELLS_WITHIN = 3_000;

/** How long the guest's first byte is waited for before the server is read, in milliseconds. */
const SPEAKS_WITHIN = 200;

/** The stream. */
export class SecretStream implements HostStream {
  readonly #parts: StreamParts;
  readonly #options: StreamOptions;
  readonly #decided = Promise.withResolvers<HostStream>();
  /** What the connection has become. */
  #passage: HostStream | undefined;
  #first = new Uint8Array();
  #timer: number | undefined;
  #reading = false;
  #serverSpoke = false;
  #over = false;

  constructor(parts: StreamParts, options: StreamOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#decided.promise.catch(() => {});
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (!this.#passage) {
      // A guest that speaks first does so within its round trip; a server that does is 0.2 s late then.
      await Promise.race([this.#decided.promise, this.#patience()]);
    }
    if (!this.#passage) {
      this.#reading = true;
      try {
        const count = await this.#options.stream.read(into);
        if (!this.#passage || count !== null) {
          this.#serverSpoke = true;
          return count;
        }
      } catch (error) {
        if (!this.#passage) throw error;
      } finally {
        this.#reading = false;
      }
    }
    return await (await this.#decided.promise).read(into);
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#passage) return await this.#passage.write(bytes);
    const first = new Uint8Array(this.#first.length + bytes.length);
    first.set(this.#first);
    first.set(bytes, this.#first.length);
    this.#first = first;
    this.#timer ??= setTimeout(() => void this.#tell(true), TELLS_WITHIN);
    await this.#tell(false);
    return bytes.length;
  }

  async closeWrite(): Promise<void> {
    await this.#tell(true);
    await this.#passage?.closeWrite();
  }

  close(): void {
    this.#end((stream) => stream.close());
  }

  reset(): void {
    this.#end((stream) => stream.reset());
  }

  #end(act: (stream: HostStream) => void): void {
    this.#over = true;
    clearTimeout(this.#timer);
    act(this.#passage ?? this.#options.stream);
    this.#decided.reject(new Deno.errors.Interrupted());
  }

  /** Looks at what the guest has said first. @param final it says no more that tells */
  async #tell(final: boolean): Promise<void> {
    if (this.#passage || this.#over) return;
    const shown = readFirstBytes(this.#first.subarray(0, MOST_BYTES), final);
    if (shown.kind === "more") return;
    clearTimeout(this.#timer);
    const { secrets } = this.#parts;
    const { port } = this.#options;
    const isTls = shown.kind !== "other" && shown.what === "TLS";
    const host = isTls && shown.kind === "names" ? shown.server?.host : undefined;
    const first = this.#first;
    this.#first = new Uint8Array();
    if (host !== undefined && secrets.isFor(host, port) && !this.#serverSpoke) {
      this.#passage = new TlsPassage(this.#parts, { ...this.#options, host, busy: this.#reading });
    } else if (isTls) this.#passage = this.#options.stream;
    else this.#passage = new PlainPassage(secrets, this.#options);
    this.#decided.resolve(this.#passage);
    for (let at = 0; at < first.length && !this.#over;) at += await this.#passage.write(first.subarray(at));
  }

  #patience(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, SPEAKS_WITHIN);
      void this.#decided.promise.then(() => clearTimeout(timer), () => clearTimeout(timer)).then(() =>
        resolve()
      );
    });
  }
}
