/**
 * Whom this host trusts to say who a server is: the system's bundle of CAs, or the one that SSL_CERT_FILE names, and
 * the folders that SSL_CERT_DIR names.
 *
 * @module
 */
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type { Environment } from "./environment.ts";
import { CERTIFICATE_BUNDLES } from "../text/certificate_bundles.ts";
import { certificatesIn } from "./pem.ts";

/** Bounds of a folder of certificates; a system's has 300 files of 2 KiB, and one of 250 KiB. */
const MAX_FILES = 4096;
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The authorities of this host that Deno does not trust by itself, PEM: each connection reads those that it is given
 * anew, and of the 140 that a system has most are Deno's own.
 */
export function hostAuthorities(environment: Environment): string[] {
  const chosen = environment("SSL_CERT_FILE");
  const bundle = chosen
    ? readSmall(chosen)
    : CERTIFICATE_BUNDLES.map(readSmall).find((text) => text !== "") ?? "";
  const all = new Set([
    ...certificatesIn(bundle),
    ...certificatesInFolders(environment("SSL_CERT_DIR") ?? ""),
  ]);
  const own = new Set(rootCertificates.map(bare));
  return [...all].filter((block) => !own.has(bare(block)));
}

/**
 * The certificates in the files of folders, each once, though such folders name every file a second time by a
 * link. As OpenSSL does, a folder that is not there and a file without certificates are passed over.
 *
 * @param folders value of SSL_CERT_DIR: paths with colons between
 */
export function certificatesInFolders(folders: string): string[] {
  const found = new Set<string>();
  for (const folder of folders.split(":").filter((path) => path !== "")) {
    for (const path of filesIn(folder)) {
      for (const block of certificatesIn(readSmall(path))) found.add(block);
    }
  }
  return [...found];
}

/** PEM without its line breaks, which writers set differently. */
function bare(block: string): string {
  return block.replaceAll(/\s/g, "");
}

function filesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].slice(0, MAX_FILES).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

/** The text of a file, empty where it is none, cannot be read or is too large for certificates. */
function readSmall(path: string): string {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile && size <= MAX_FILE_BYTES ? Deno.readTextFileSync(path) : "";
  } catch {
    return "";
  }
}
