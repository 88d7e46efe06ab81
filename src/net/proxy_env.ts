/**
 * The host's proxy for a program in a VM: the variables by which programs find it, with one on the host's loopback
 * under the name by which the VM reaches that. Pure.
 *
 * @module
 */
import { HOST_NAME } from "./model/addresses.ts";

/** Programs read one case or the other, as Docker knows: both are given. */
const NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"];

/** Ports of proxies whose URL names none: curl's is 1080. */
const PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };
const CURLS_PORT = "1080";

/** What a program is given. */
export interface ProxyEnvironment {
  /** K=V words. */
  readonly variables: readonly string[];
  /** Ports of the host's loopback that it needs. */
  readonly loopbackPorts: readonly string[];
}

/** The variables of a host's environment; a variable of the lower case counts before one of the upper. */
export function proxyEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): ProxyEnvironment {
  const ports = new Set<string>();
  const variables = NAMES.flatMap((name) => {
    const value = environment[name.toLowerCase()] ?? environment[name];
    if (!value) return [];
    const inside = name === "NO_PROXY" ? value : rewritten(value, ports);
    return [`${name}=${inside}`, `${name.toLowerCase()}=${inside}`];
  });
  return { variables, loopbackPorts: [...ports] };
}

/** `http://127.0.0.1:3128` becomes `http://host.smolvm.internal:3128`; what is no proxy of the host's stays as it is. */
function rewritten(value: string, ports: Set<string>): string {
  // The scheme may be missing, and all but the host and the port is to stay as it was written.
  const [, before = "", host = "", port, after = ""] =
    /^((?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?)(\[[^\]]*\]|[^:/]*)(?::(\d+))?(\/.*)?$/i.exec(value) ?? [];
  if (!isLoopback(host)) return value;
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(before)?.[0].toLowerCase() ?? "http:";
  ports.add(port ?? (before.includes("://") ? PORTS[scheme] ?? CURLS_PORT : CURLS_PORT));
  return `${before}${HOST_NAME}${port === undefined ? "" : `:${port}`}${after}`;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0|\[::\])\.?$/i.test(host);
}
