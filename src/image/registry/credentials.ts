/**
 * Finds out who the user is at a registry: Docker's config.json, and the credential helpers it names.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../../error.ts";
import type { Environment } from "../../host/environment.ts";
import { askHelper } from "./credential_helper.ts";
import { type Credentials, lookUp } from "./docker_config.ts";

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/**
 * The credentials for a registry, or `undefined` when the user has none.
 *
 * @param registry as in a reference
 * @throws {SmolvmError} kind `registry` when the file or the helper fails
 */
export async function findCredentials(
  registry: string,
  options: { environment: Environment; signal?: AbortSignal | undefined },
): Promise<Credentials | undefined> {
  const path = configPath(options.environment);
  const bytes = path === undefined ? undefined : await readIfThere(path);
  if (path === undefined || bytes === undefined) return undefined;
  const entry = lookUp(bytes, path, registry);
  const helped = entry.helper && await askHelper(entry.helper, entry.serverAddress, options.signal);
  return helped || entry.stored;
}

function configPath(environment: Environment): string | undefined {
  const folder = environment("DOCKER_CONFIG");
  if (folder) return join(folder, "config.json");
  const home = environment("HOME");
  return home ? join(home, ".docker", "config.json") : undefined;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await Deno.stat(path);
    if (size > MAX_CONFIG_BYTES) throw new Error(`it has ${size} bytes`);
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
    const reason = (cause as Error).message;
    throw new SmolvmError("registry", { action: "read the credentials in", subject: path, reason, cause });
  }
}
