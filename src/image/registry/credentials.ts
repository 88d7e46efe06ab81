/**
 * Finds out who the user is at a registry: from Docker's config.json or podman's auth.json, and the credential
 * helpers that these name.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Environment } from "../../host/environment.ts";
import type { Reference } from "../model/reference.ts";
import { type CredentialFile, credentialFiles } from "./credential_files.ts";
import { askHelper } from "./credential_helper.ts";
import { type Credentials, lookUp, type RegistryEntry } from "./docker_config.ts";

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** What is known of the user at a registry. */
export interface FoundCredentials {
  /** Absent when the user has none, or they cannot be had. */
  readonly credentials?: Credentials;
  /** Why the file or its helper is of no use: a registry that is open to the public needs neither. */
  readonly trouble?: SmolvmError;
}

/**
 * The credentials for a repository, from the first file that has some. As in Docker, a file or a helper that is of
 * no use is no error by itself: what the registry gives to everybody is pulled all the same.
 *
 * @throws the signal's reason
 */
export async function findCredentials(
  place: Pick<Reference, "registry" | "repository">,
  options: { environment: Environment; signal?: AbortSignal | undefined },
): Promise<FoundCredentials> {
  let trouble: SmolvmError | undefined;
  for (const file of credentialFiles(options.environment)) {
    const found = await lookIn(file, place, options.signal);
    trouble ??= found.trouble;
    if (found.credentials) return { ...found, ...(trouble && { trouble }) };
  }
  return trouble ? { trouble } : {};
}

async function lookIn(
  { path, byNamespace }: CredentialFile,
  { registry, repository }: Pick<Reference, "registry" | "repository">,
  signal: AbortSignal | undefined,
): Promise<FoundCredentials> {
  let entry: RegistryEntry | undefined;
  try {
    const bytes = await readIfThere(path);
    // Docker takes an empty file for one that is not there.
    if (bytes === undefined || bytes.byteLength === 0) return {};
    entry = lookUp(bytes, path, byNamespace ? { registry, repository } : { registry });
    const helped = entry.helper && await askHelper(entry.helper, entry.serverAddress, signal);
    return given(helped || entry.stored);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof SmolvmError)) throw error;
    return { ...given(entry?.stored), trouble: error };
  }
}

function given(credentials: Credentials | undefined): FoundCredentials {
  return credentials ? { credentials } : {};
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size, isFile, isCharDevice } = await Deno.stat(path);
    // Who wants no credentials names /dev/null.
    if (isCharDevice) return undefined;
    // A FIFO would be waited for without end.
    if (!isFile) throw new Error("it is not a file");
    if (size > MAX_CONFIG_BYTES) throw new Error(`it has ${size} bytes`);
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
    const denied = cause instanceof Deno.errors.PermissionDenied;
    throw new SmolvmError("registry", {
      action: "read the credentials in",
      subject: path,
      reason: denied ? "permission is denied" : (cause as Error).message,
      remedy: "repair or remove the file",
      cause,
    });
  }
}
