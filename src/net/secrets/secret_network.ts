/**
 * The secrets of a VM as its network has them: its authority, what its guest is given, and how it dials.
 *
 * @module
 */
import { dialTcp } from "../host/dial.ts";
import type { Dial } from "../host/host_stream.ts";
import type { Denied } from "../model/gateway_parts.ts";
import { hostAuthorities } from "../../host/authorities.ts";
import { Allowance } from "./allowance.ts";
import { Authority } from "./authority.ts";
import { SecretStream } from "./secret_stream.ts";
import { Secrets } from "./secrets.ts";
import { withTrust } from "./trust_variables.ts";

/** Bytes of bodies that wait until they are whole, of all connections. */
const MAX_BODIES = 16 << 20;

/** Connections whose TLS is ended at once: each takes three sockets and up to 0.3 MiB. */
const MAX_ENDED = 256;

/** Where the environment of whoever starts a VM comes from. */
export type SecretEnvironment = Readonly<Record<string, string | undefined>>;

/** The secrets. */
export class SecretNetwork {
  readonly #secrets: Secrets;
  readonly #authority = new Authority();
  readonly #environment: SecretEnvironment;
  readonly #bodies = new Allowance(MAX_BODIES);
  readonly #ended = new Allowance(MAX_ENDED);
  #authorities: readonly string[] | undefined;

  /** @throws {SmolvmError} kind `usage` where a value is missing, or can stand in no header */
  constructor(words: readonly string[], environment: SecretEnvironment) {
    this.#secrets = new Secrets(words, environment);
    this.#environment = environment;
  }

  /** The authority's certificate, PEM. */
  get certificate(): string {
    return this.#authority.certificate;
  }

  /** Variables of a program, K=V, with what it needs to know of the secrets. */
  environment(env: readonly string[]): string[] {
    return withTrust(env, this.#secrets.variables);
  }

  /** Other words count from now on. */
  change(words: readonly string[]): void {
    this.#secrets.change(words);
  }

  /** Dials for the gateway. */
  readonly dial: Dial = async (wanted, signal) => {
    let conn: Deno.TcpConn | undefined;
    const connect = async (to: Deno.ConnectOptions) => conn = await Deno.connect(to);
    const stream = await dialTcp(wanted, signal, connect);
    const { flow, port } = wanted;
    if (!conn || !flow) return stream;
    const { hostname } = conn.remoteAddr as Deno.NetAddr;
    const refused = (verdict: Denied) => {
      const name = verdict.name ?? flow.name;
      flow.refused({ ...verdict, ...(name !== undefined && { name }) });
    };
    this.#authorities ??= hostAuthorities((name) => this.#environment[name]);
    const parts = {
      secrets: this.#secrets,
      authority: this.#authority,
      authorities: this.#authorities,
      bodies: this.#bodies,
      ended: this.#ended,
    };
    const again = () => Deno.connect({ hostname, port });
    return new SecretStream(parts, { stream, conn, port, again, refused });
  };
}
