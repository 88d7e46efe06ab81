/**
 * The HTTP clients for registries: whom they trust (the system's bundle of CAs, or the one SSL_CERT_FILE
 * names, beside Deno's own list), and by which proxy they go.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Environment } from "../../host/environment.ts";

/** Where systems keep their bundle: Debian and Alpine, Fedora, openSUSE, macOS. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Proxies come from HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which Deno itself reads. */
const NO_PROXY = "NO_PROXY";
const LOOPBACK_NAMES = "localhost,127.0.0.1,::1,[::1]";

/**
 * Makes a client for a host; close it.
 *
 * @throws {SmolvmError} kind `registry` when SSL_CERT_FILE cannot be read or used
 */
export function createClient(options: { environment: Environment; loopback: boolean }): Deno.HttpClient {
  if (options.loopback) return withoutProxy(() => createTrusting(options.environment));
  return createTrusting(options.environment);
}

function createTrusting(environment: Environment): Deno.HttpClient {
  const chosen = environment("SSL_CERT_FILE");
  if (!chosen) return createFromSystem();
  try {
    return Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(chosen)] });
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

function createFromSystem(): Deno.HttpClient {
  for (const path of SYSTEM_BUNDLES) {
    try {
      return Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(path)] });
    } catch {
      // The file is absent or is no list of certificates: the next one is tried, and Deno's own list is always there.
    }
  }
  return Deno.createHttpClient({});
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
