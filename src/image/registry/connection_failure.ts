/**
 * The words for a connection that could not be made, or broke, and what that means for another attempt. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { TransientError } from "./retry.ts";

/** A server that cannot be reached rarely can a moment later. */
const NETWORK_ATTEMPTS = 3;

const UNTRUSTED =
  "name the file of your company's certificates in SSL_CERT_FILE, or their folder in SSL_CERT_DIR";
const PLAIN = "pull with --insecure if you trust the network to it";

/**
 * The failure.
 *
 * @param cause what `fetch` or the body of its answer threw
 * @param where the image, and the host and port of the connection
 */
export function connectionFailure(cause: unknown, where: { subject: string; host: string }): TransientError {
  const { subject, host } = where;
  const text = cause instanceof Error ? cause.message : String(cause);
  // Deno wraps the system's words: "error sending request for url (…): client error (Connect): WORDS".
  const words = text.replace(/^.*\): client error \(\w+\): /, "").replace(/^.*?for url \(\S+\): /, "");
  // An alert (RFC 8446 section 6.2) is the server's word about what the client showed it, or did not.
  const unknown = /fatal alert: (?:\w*Certificate\w*|UnknownCA|AccessDenied)/.test(words);
  const untrusted = !unknown && /certificate/i.test(words);
  const plain = /InvalidContentType/.test(words);
  const remedy = unknown
    ? `put NAME.cert and NAME.key into ~/.config/containers/certs.d/${host}`
    : untrusted
    ? UNTRUSTED
    : plain
    ? PLAIN
    : "check the name and the network";
  const reason = `${host}: ${untrusted ? words : plainWords(words, unknown)}`.slice(0, 300);
  return new TransientError(new SmolvmError("registry", { action: "pull", subject, reason, remedy, cause }), {
    attempts: unknown || untrusted || plain ? 1 : NETWORK_ATTEMPTS,
    garbled: !/Connection refused/.test(words),
    untrusted: unknown || untrusted,
  });
}

/** What a new user understands of why there is no connection. */
function plainWords(words: string, unknown: boolean): string {
  if (unknown) return "it wants a certificate of this client, or does not take the one it was shown";
  if (/^dns error/.test(words)) return "there is no host of that name, or no network to find it by";
  if (/InvalidContentType/.test(words)) return "it speaks plain http, without TLS";
  if (/error reading a body|unexpected EOF|closed before message|connection closed/.test(words)) {
    return "the connection broke off";
  }
  if (/Connection refused/.test(words)) return "the connection was refused";
  if (/Network is unreachable|No route to host/.test(words)) return "there is no way to it in the network";
  return words.replace(/ \(os error \d+\)/, "");
}
