/**
 * Certificates as Java's trust store of the kind JKS (sun.security.provider.JavaKeyStore), with its usual password. Pure.
 *
 * @module
 */
import { joinedBytes } from "../../src/text/joined_bytes.ts";

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
  const store = joinedBytes(u32(MAGIC), u32(VERSION), u32(entries.length), ...entries.flat());
  const password = Uint8Array.from([...PASSWORD].flatMap((letter) => [0, letter.charCodeAt(0)]));
  const digest = await crypto.subtle.digest("SHA-1", joinedBytes(password, encoder.encode(SALT), store));
  return joinedBytes(store, new Uint8Array(digest));
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Text behind its length in two bytes. */
function utf(text: string): Uint8Array {
  return joinedBytes([0, text.length], encoder.encode(text));
}
