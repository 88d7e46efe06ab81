/**
 * Which files may hold a user's credentials for registries: Docker's config.json, and auth.json of podman and
 * skopeo (containers-auth.json(5)). Pure.
 *
 * @module
 */
import { join } from "node:path";
import { configFolder } from "../../host/config_folder.ts";
import type { Environment } from "../../host/environment.ts";

/** A file of credentials, which may be absent. */
export interface CredentialFile {
  readonly path: string;
  /** Whether its keys may be parts of a registry, `quay.io/acme`: an auth.json. */
  readonly byNamespace: boolean;
}

/**
 * The files in the order in which they are asked: the one that REGISTRY_AUTH_FILE names, Docker's, and where no
 * variable names another, the places where podman keeps its own.
 *
 * @param uid the user, for the folder that stands for an absent XDG_RUNTIME_DIR
 */
export function credentialFiles(environment: Environment, uid = Deno.uid()): CredentialFile[] {
  const chosen = environment("REGISTRY_AUTH_FILE");
  const docker = dockerConfig(environment);
  const runtime = environment("XDG_RUNTIME_DIR") || `/run/containers/${uid}`;
  const config = configFolder(environment);
  const podmans = [join(runtime, environment("XDG_RUNTIME_DIR") ? "containers" : "", "auth.json")];
  if (config !== undefined) podmans.push(join(config, "containers", "auth.json"));
  return [
    ...chosen ? [{ path: chosen, byNamespace: true }] : [],
    ...docker === undefined ? [] : [{ path: docker, byNamespace: false }],
    ...chosen ? [] : podmans.map((path) => ({ path, byNamespace: true })),
  ];
}

function dockerConfig(environment: Environment): string | undefined {
  const folder = environment("DOCKER_CONFIG");
  if (folder) return join(folder, "config.json");
  const home = environment("HOME");
  return home ? join(home, ".docker", "config.json") : undefined;
}
