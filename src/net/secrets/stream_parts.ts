/**
 * What a connection of a VM with secrets is made of. Types only.
 *
 * @module
 */
import type { HostStream } from "../host/host_stream.ts";
import type { Denied } from "../model/gateway_parts.ts";
import type { Allowance } from "./allowance.ts";
import type { Authority } from "./authority.ts";
import type { Secrets } from "./secrets.ts";

/** What the streams of one VM share. */
export interface StreamParts {
  readonly secrets: Secrets;
  readonly authority: Authority;
  /** Whom to believe who a server is, PEM, beside whom Deno believes. */
  readonly authorities: readonly string[];
  /** Bytes of bodies that wait until they are whole, and connections whose TLS is ended. */
  readonly bodies: Allowance;
  readonly ended: Allowance;
}

/** What one stream is made of. */
export interface StreamOptions {
  readonly stream: HostStream;
  readonly conn: Deno.TcpConn;
  readonly port: number;
  /** Connects once more. */
  again(): Promise<Deno.TcpConn>;
  /** Told why the guest was refused. */
  refused(verdict: Denied): void;
}
