/**
 * Where systems keep the certificates of the authorities that they trust, on a host and in a guest.
 *
 * @module
 */

/** Files of PEM: of Debian and Alpine, of Fedora, of openSUSE, and OpenSSL's own, which macOS has. */
export const CERTIFICATE_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
] as const;
