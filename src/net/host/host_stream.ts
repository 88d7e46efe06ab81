/**
 * A connection that the gateway made for a guest, and how one is had. Types, and the one error.
 *
 * @module
 */

import type { Denied } from "../model/gateway_parts.ts";

/** A connection to a server. Read and written by one owner, ended once. */
export interface HostStream {
  /** Reads at least one byte; `null` at the end. @throws when the server is gone */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes at least one byte. @throws when the server is gone */
  write(bytes: Uint8Array): Promise<number>;
  /** No more bytes will be written. */
  closeWrite(): Promise<void>;
  /** Ends it in order. */
  close(): void;
  /** Cuts the server off. */
  reset(): void;
}

/** Why no connection could be made. */
export type DialFailureKind = "refused" | "network" | "host" | "prohibited" | "timed out" | "failed";

/** What a connection could not be made for. */
export class DialFailure extends Error {
  override readonly name = "DialFailure";
  readonly kind: DialFailureKind;

  constructor(kind: DialFailureKind, cause: unknown) {
    super(`Cannot connect: ${kind}`, { cause });
    this.kind = kind;
  }
}

/** A flow that a connection is for. */
export interface DialFlow {
  /** The name that its verdict has. */
  readonly name?: string | undefined;
  /** Is told that what the guest says there was refused, by whoever stands between it and the server. */
  refused(verdict: Denied): void;
}

/** Where to connect to: addresses, in the order to try. */
export interface DialTarget {
  readonly addresses: readonly string[];
  readonly port: number;
  /** The flow that it is for; absent where it is for none. */
  readonly flow?: DialFlow;
}

/**
 * Connects by TCP.
 *
 * @param signal gives it up
 * @throws {DialFailure}
 */
export type Dial = (target: DialTarget, signal: AbortSignal) => Promise<HostStream>;
