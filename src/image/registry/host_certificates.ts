/**
 * What the user keeps for one registry's TLS: authorities, and who the user is to the registry. The folders are
 * those of containers-certs.d(5) and of Docker ("Verify repository client with certificates").
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../../error.ts";
import { configFolder } from "../../host/config_folder.ts";
import type { Environment } from "../../host/environment.ts";
import { causeWords, systemWords } from "../../host/system_words.ts";
import { type ClientIdentity, identityFault } from "./client_identity.ts";
import { certificatesIn } from "../../host/pem.ts";

/** A registry's certificates; empty where there is no folder for it. */
export interface HostCertificates {
  /** Who else may vouch for the registry, PEM. */
  readonly authorities: readonly string[];
  readonly identity?: ClientIdentity;
}

/**
 * Reads the first of the registry's folders that is there: each `*.crt` is an authority, `NAME.cert` and `NAME.key`
 * are the user's. Of several pairs the first by its name is used.
 *
 * @param registry as in a reference: `docker.io`, `registry.example:5000`
 * @param system where the system's folders are
 * @throws {SmolvmError} kind `registry` for a pair that is none or cannot be used, and a file that cannot be read
 */
export function hostCertificates(
  registry: string,
  environment: Environment,
  system = "/etc",
): HostCertificates {
  const user = configFolder(environment);
  const parents = [...user === undefined ? [] : [user], system];
  const folders = parents.flatMap((parent) => ["containers", "docker"].map((tool) => join(parent, tool)));
  for (const folder of folders.map((folder) => join(folder, "certs.d", registry))) {
    const names = namesIn(folder);
    if (names) return readFolder(folder, names);
  }
  return { authorities: [] };
}

function readFolder(folder: string, names: readonly string[]): HostCertificates {
  const ending = (end: string) =>
    names.filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length));
  const authorities = ending(".crt").flatMap((name) => certificatesIn(read(folder, `${name}.crt`)));
  const [certificates, keys] = [ending(".cert"), ending(".key")];
  const alone = certificates.find((name) => !keys.includes(name));
  if (alone !== undefined) {
    throw unusable(
      folder,
      `${alone}.cert is a client's, and ${alone}.key is missing`,
      "name an authority's *.crt",
    );
  }
  const lost = keys.find((name) => !certificates.includes(name));
  if (lost !== undefined) {
    throw unusable(folder, `${lost}.key has no ${lost}.cert`, "add it, or remove the key");
  }
  const [name] = certificates;
  if (name === undefined) return { authorities };
  const identity = { cert: read(folder, `${name}.cert`), key: read(folder, `${name}.key`) };
  const fault = identityFault(identity);
  if (fault !== undefined) {
    throw unusable(folder, `${name}.cert with ${name}.key: ${fault}`, "make another pair");
  }
  return { authorities, identity };
}

/** @returns `undefined` when there is no such folder, or it is closed to the user, as containers/image has it */
function namesIn(folder: string): string[] | undefined {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (systemWords(error)) return undefined;
    throw error;
  }
}

function read(folder: string, name: string): string {
  try {
    return Deno.readTextFileSync(join(folder, name));
  } catch (cause) {
    throw unusable(
      folder,
      `${name}: ${causeWords(cause).reason}`,
      "correct the file",
    );
  }
}

function unusable(folder: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("registry", { action: "use the certificates in", subject: folder, reason, remedy });
}
