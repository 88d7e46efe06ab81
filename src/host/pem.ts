/**
 * Certificates in text files (RFC 7468).
 *
 * @module
 */
import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates in a text; one block that is none would make a whole HTTP client unusable. */
export function certificatesIn(text: string): string[] {
  return [...text.matchAll(CERTIFICATE)].map(([block]) => block).filter(isCertificate);
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).fingerprint256 !== "";
  } catch {
    return false;
  }
}
