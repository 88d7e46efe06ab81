/**
 * Where a registry answers, and which hosts may see its secrets. Pure.
 *
 * @module
 */

/** The API of the default registry lives on another host than its name says. */
const API_HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** Token servers on another host than their registry, known to belong to it. */
const TOKEN_HOSTS: Readonly<Record<string, readonly string[]>> = {
  "docker.io": ["auth.docker.io"],
  "registry.gitlab.com": ["gitlab.com"],
};

/** Names the token servers that the user trusts: `registry.example=login.example,…`. */
export const TOKEN_HOSTS_VARIABLE = "SMOLVM_TOKEN_HOSTS";

/** Host and port that serve the API of a registry. */
export function apiHost(registry: string): string {
  return API_HOSTS[registry] ?? registry;
}

/** The host that serves the API of a registry, without its port. */
export function hostnameOf(registry: string): string {
  return new URL(`https://${apiHost(registry)}`).hostname;
}

/** Whether a host (with or without a port) is this host: only there is plain http allowed. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(host);
}

/** Whether bytes to and from a URL stay between the two ends. */
export function isPrivateChannel(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.host));
}

/**
 * Whether credentials of a registry may be sent to a token server: to the registry's own host (any port),
 * to a server known to belong to it, and to one the user named.
 *
 * @param trusted value of {@linkcode TOKEN_HOSTS_VARIABLE}
 */
export function mayReceiveCredentials(realm: URL, registry: string, trusted = ""): boolean {
  if (!isPrivateChannel(realm)) return false;
  if (realm.hostname === hostnameOf(registry)) return true;
  if (TOKEN_HOSTS[registry]?.includes(realm.hostname)) return true;
  return trusted.split(",").some((pair) => {
    const [left, right] = pair.trim().split("=");
    return left === registry && right === realm.hostname;
  });
}
