/**
 * Variables by which programs find the authority of their VM: those that do not read the system's bundle. Pure.
 *
 * @module
 */
import { AUTHORITY_BUNDLE, AUTHORITY_FILE, AUTHORITY_KEYSTORE } from "../../guest_protocol/network.ts";

/** What adds one certificate to what the program has. */
const ADDING = ["NODE_EXTRA_CA_CERTS", "DENO_CERT"];

/** What is used in place of what the program has. */
const REPLACING = [
  // OpenSSL and all that is built on it: Python's ssl, Ruby, PHP, wget; rustls, uv, Go on Linux.
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "PIP_CERT",
  "HTTPLIB2_CA_CERTS",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "CARGO_HTTP_CAINFO",
  "AWS_CA_BUNDLE",
  "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
];

/** Read by every Java machine, which says so on stderr. */
const JAVA = "JAVA_TOOL_OPTIONS";
const JAVA_WORDS = `-Djavax.net.ssl.trustStore=${AUTHORITY_KEYSTORE} -Djavax.net.ssl.trustStoreType=JKS`;

/** A program's variables with these. What the program has of its own stays, but for the placeholders' names. */
export function withTrust(env: readonly string[], placeholders: readonly string[]): string[] {
  const nameOf = (word: string) => word.slice(0, word.indexOf("="));
  const own = new Map(env.map((word) => [nameOf(word), word]));
  const taken = new Set(placeholders.map(nameOf));
  const java = own.get(JAVA)?.slice(JAVA.length + 1);
  const hasStore = java?.includes("javax.net.ssl.trustStore=");
  const added = [
    ...ADDING.map((name) => `${name}=${AUTHORITY_FILE}`),
    ...REPLACING.map((name) => `${name}=${AUTHORITY_BUNDLE}`),
  ].filter((word) => !own.has(nameOf(word)));
  return [
    ...added,
    ...env.filter((word) => !taken.has(nameOf(word)) && (hasStore || nameOf(word) !== JAVA)),
    ...(hasStore ? [] : [`${JAVA}=${java ? `${java} ` : ""}${JAVA_WORDS}`]),
    ...placeholders,
  ];
}
