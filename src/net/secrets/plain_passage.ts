/**
 * A connection that is not ended here and whose bytes can be seen: a placeholder in it goes nowhere, because nothing
 * proves who the server is. HTTP is told so in its own words.
 *
 * @module
 */
import type { HostStream } from "../host/host_stream.ts";
import type { Denied } from "../model/gateway_parts.ts";
import { Allowance } from "./allowance.ts";
import { refusalFor } from "./refusals.ts";
import { RequestFilter } from "./request_filter.ts";
import type { Secrets } from "./secrets.ts";

/** Nothing is put into a body here. */
const NO_BODIES = new Allowance(0);

/** Longest head that is held until it is whole, in bytes: a VM may have 4,096 connections. */
const MAX_HEAD = 16_384;

/** What one is made of. */
export interface PlainOptions {
  readonly stream: HostStream;
  readonly port: number;
  refused(verdict: Denied): void;
}

/** The connection. */
export class PlainPassage implements HostStream {
  readonly #options: PlainOptions;
  readonly #filter: RequestFilter;
  /** What the guest is told in the server's place. */
  #words: Uint8Array | undefined;
  /** The name in the last request. */
  #host: string | undefined;

  constructor(secrets: Secrets, options: PlainOptions) {
    this.#options = options;
    this.#filter = new RequestFilter((host) => {
      this.#host = host ?? this.#host;
      return secrets.at(undefined, options.port);
    }, { bodies: NO_BODIES, head: MAX_HEAD });
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (!this.#words) {
      try {
        const count = await this.#options.stream.read(into);
        if (!this.#words) return count;
      } catch (error) {
        if (!this.#words) throw error;
      }
    }
    const count = Math.min(into.length, this.#words.length);
    into.set(this.#words.subarray(0, count));
    this.#words = this.#words.subarray(count);
    return count === 0 ? null : count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#words) return bytes.length;
    let out: Uint8Array;
    try {
      out = this.#filter.take(bytes);
    } catch (error) {
      const { verdict, answer } = refusalFor(error, this.#host, "without TLS");
      this.#words = answer;
      this.#options.refused(verdict);
      this.#options.stream.reset();
      return bytes.length;
    }
    await writeAll(this.#options.stream, out);
    return bytes.length;
  }

  async closeWrite(): Promise<void> {
    if (this.#words) return;
    await writeAll(this.#options.stream, this.#filter.end());
    await this.#options.stream.closeWrite();
  }

  close(): void {
    this.#options.stream.close();
  }

  reset(): void {
    this.#options.stream.reset();
  }
}

/** Writes all of some bytes. */
export async function writeAll(
  stream: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
}
