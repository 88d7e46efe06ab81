/**
 * The certificate by which a client proves to a server who it is, and its key: whether Deno's TLS takes them.
 *
 * @module
 */

/** A certificate, with its chain, and its key, both PEM. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

/**
 * Tries a pair. `Deno.createHttpClient` ends the whole process where the pair does not fit, or the certificate is
 * of X.509 version 1, as openssl makes them by default; a listener judges by the same rules and throws.
 *
 * @returns why it is of no use; `undefined` when it is
 */
export function identityFault({ cert, key }: ClientIdentity): string | undefined {
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key }).close();
    return undefined;
  } catch (error) {
    return inWords((error as Error).message);
  }
}

/** rustls's words in those of people who made a certificate. */
function inWords(words: string): string {
  if (/UnsupportedCertVersion/.test(words)) return "it is of X.509 version 1, and TLS wants version 3";
  if (/KeyMismatch/.test(words)) return "the key is another certificate's";
  if (/No keys found/.test(words)) return "the key is none, or has a passphrase";
  if (/No certificates found/.test(words)) return "there is no certificate in it";
  return words;
}
