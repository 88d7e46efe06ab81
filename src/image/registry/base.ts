/**
 * Finds out under which URL a registry answers, and whether by TLS.
 *
 * @module
 */
import { apiHost, isLoopback } from "./endpoint.ts";
import type { RegistryHttp } from "./http.ts";
import { TransientError } from "./retry.ts";

/**
 * The URL of a registry. It is https, unasked, except on this host, where a registry may speak plain http, and
 * where the user allowed plain http: there TLS is tried first, as Docker does with its insecure-registries.
 *
 * @param registry as in a reference
 * @throws {TransientError | SmolvmError}
 */
export async function findBase(
  registry: string,
  options: { http: RegistryHttp; subject: string; signal?: AbortSignal | undefined },
): Promise<URL> {
  const { http, subject, signal } = options;
  const host = apiHost(registry);
  const secure = new URL(`https://${host}/`);
  const plain = new URL(`http://${host}/`);
  const loopback = isLoopback(host);
  if (!loopback && !http.allowsPlain(secure.hostname)) return secure;
  try {
    const url = new URL("/v2/", loopback ? plain : secure);
    const answer = await http.send({ url, subject, signal });
    await answer.body.cancel();
    // 400 is what servers say to plain http on their TLS port.
    return loopback && answer.status !== 400 ? plain : secure;
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    // A server that does not speak TLS, or nobody at its port, may be there by plain http; a certificate that
    // is not trusted is no reason to do without any.
    if (!loopback) return error.untrusted || error.answered ? secure : plain;
    // A busy server or a refused connection is no sign of TLS; a broken conversation is.
    return error.garbled ? secure : plain;
  }
}
