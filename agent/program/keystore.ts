/**
 * Certificates as Java's trust store of the kind JKS (sun.security.provider.JavaKeyStore), with its usual password. Pure.
 *
 * @module
 */

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED_CERTIFICATE = 2;
const PASSWORD = "changeit";
/** What the digest at the end is salted with. */
const SALT = "Mighty Aphrodite";

const encoder = new TextEncoder();

/** The store of all certificates in a text, PEM. */
export async function keystore(certificates: string): Promise<Uint8Array> {
  const blocks = [...certificates.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)];
  const entries = blocks.map(([, body = ""], index) => {
    const certificate = Uint8Array.fromBase64(body);
    // Tag, alias, date in milliseconds, type of the certificate, and the certificate behind its length.
    return [
      u32(TRUSTED_CERTIFICATE),
      utf(`smolvm${index}`),
      u32(0),
      u32(0),
      utf("X.509"),
      u32(certificate.length),
      certificate,
    ];
  });
  const store = join([u32(MAGIC), u32(VERSION), u32(entries.length), ...entries.flat()]);
  const password = Uint8Array.from([...PASSWORD].flatMap((letter) => [0, letter.charCodeAt(0)]));
  const digest = await crypto.subtle.digest("SHA-1", join([password, encoder.encode(SALT), store]));
  return join([store, new Uint8Array(digest)]);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Text behind its length in two bytes. */
function utf(text: string): Uint8Array {
  return join([Uint8Array.of(0, text.length), encoder.encode(text)]);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
