/**
 * The HTTP clients for registries: whom they trust (the system's bundle of CAs, or the one SSL_CERT_FILE
 * names, and the folders that SSL_CERT_DIR names, beside Deno's own list, and the registry's own authorities),
 * who they are, and by which proxy they go.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { CERTIFICATE_BUNDLES } from "../../text/certificate_bundles.ts";
import { certificatesInFolders } from "../../host/authorities.ts";
import type { Environment } from "../../host/environment.ts";
import type { ClientIdentity } from "./client_identity.ts";

/** Proxies come from HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which Deno itself reads. */
const NO_PROXY = "NO_PROXY";
const LOOPBACK_NAMES = "localhost,127.0.0.1,::1,[::1]";

/** For whom a client is. */
export interface TrustOptions {
  readonly environment: Environment;
  /** Whether it is for this host itself. */
  readonly loopback: boolean;
  /** Who may vouch for the server beside those whom the system trusts, PEM. */
  readonly authorities?: readonly string[];
  /** Who the client is; one that {@linkcode identityFault} has no objection to. */
  readonly identity?: ClientIdentity | undefined;
}

/**
 * Makes a client for a host; close it.
 *
 * @throws {SmolvmError} kind `registry` when SSL_CERT_FILE cannot be read or used
 */
export function createClient(options: TrustOptions): Deno.HttpClient {
  return options.loopback ? withoutProxy(() => createTrusting(options)) : createTrusting(options);
}

function createTrusting({ environment, authorities = [], identity }: TrustOptions): Deno.HttpClient {
  const chosen = environment("SSL_CERT_FILE");
  const more = [...authorities, ...certificatesInFolders(environment("SSL_CERT_DIR") ?? "")];
  if (!chosen) return createFromSystem(more, identity);
  try {
    return Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(chosen), ...more], ...identity });
  } catch (cause) {
    throw new SmolvmError("registry", {
      action: "use the certificates in",
      subject: chosen,
      reason: (cause as Error).message,
      remedy: "correct SSL_CERT_FILE",
      cause,
    });
  }
}

function createFromSystem(more: readonly string[], identity: ClientIdentity | undefined): Deno.HttpClient {
  for (const path of CERTIFICATE_BUNDLES) {
    try {
      return Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(path), ...more], ...identity });
    } catch {
      // The file is absent or is no list of certificates: the next one is tried, and Deno's own list is always there.
    }
  }
  return Deno.createHttpClient({ caCerts: [...more], ...identity });
}

/**
 * A proxy cannot reach this host's own loopback. Deno reads the environment when a client is made and
 * has no other way to say "no proxy", so the variable is changed for that moment, without an await.
 */
function withoutProxy(create: () => Deno.HttpClient): Deno.HttpClient {
  const before = Deno.env.get(NO_PROXY);
  try {
    Deno.env.set(NO_PROXY, LOOPBACK_NAMES);
    return create();
  } finally {
    if (before === undefined) Deno.env.delete(NO_PROXY);
    else Deno.env.set(NO_PROXY, before);
  }
}
